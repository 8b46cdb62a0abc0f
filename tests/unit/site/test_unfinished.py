"""未办结的报送 go on by themselves."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import receive_submission
from chengxin.foundation.collection.types import Channel
from chengxin.site import unfinished
from tests.harness.handing_in import HANDED_IN, market_regulation
from tests.harness.penalties import as_csv, penalty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy_set")]


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Submission:
    """A submission whose process died before its first batch."""
    office = market_regulation()
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN + unfinished.SILENT_AFTER_SECONDS + 1))
    content = io.BytesIO(as_csv([penalty(1, office.code)]))
    return receive_submission(
        department=office,
        item="administrative_penalty",
        stream=content,
        file_name="a.csv",
        channel=Channel.API,
        key="",
        actor="token",
        at=HANDED_IN,
    )


def test_a_silent_submission_is_taken_up_once_and_closed(received: Submission) -> None:
    unfinished.enqueue_unfinished()
    unfinished.enqueue_unfinished()
    assert DBTaskResult.objects.ready().count() == 1
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    received.refresh_from_db()
    assert (received.state, received.accepted) == ("closed", 1)
    assert unfinished.silent_submissions(HANDED_IN + 10_000) == []


def test_a_submission_that_moves_is_left_alone(received: Submission) -> None:
    assert unfinished.silent_submissions(HANDED_IN + unfinished.SILENT_AFTER_SECONDS) == []
    assert unfinished.silent_submissions(HANDED_IN + unfinished.SILENT_AFTER_SECONDS + 1) == [received.pk]
    Submission.objects.update(progress_at=HANDED_IN + 60)
    assert unfinished.silent_submissions(HANDED_IN + unfinished.SILENT_AFTER_SECONDS + 1) == []
