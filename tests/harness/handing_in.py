"""Departments, and files handed in by them, through the services."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date

from chengxin.access.models import Department
from chengxin.access.services import add_department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import process_submission, receive_submission
from chengxin.foundation.collection.types import Channel
from chengxin.kernel.instants import Instant, start_of_day
from tests.harness.penalties import as_csv, code_of

#: A working day on which the sample penalties are handed in, in time.
HANDED_IN: Instant = start_of_day(date(2026, 11, 16)) + 36_000


def market_regulation(number: int = 1, parent: Department | None = None) -> Department:
    """A department that may impose penalties and grant permits."""
    name = "泰安市市场监督管理局" if number == 1 else f"泰安市第{number}区市场监督管理局"
    return add_department(code=code_of(number, "11370900MB"), name=name, at=HANDED_IN - 86_400, parent=parent)


def hand_in(
    department: Department,
    rows: Iterable[Mapping[str, str]] | bytes,
    *,
    item: str = "administrative_penalty",
    channel: Channel = Channel.CLI,
    key: str = "",
    at: Instant = HANDED_IN,
    actor: str = "经办人甲",
    file_name: str = "处罚.csv",
) -> Submission:
    """Hand in and process, as the command does."""
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    submission = receive_submission(
        department=department, item=item, stream=io.BytesIO(content), file_name=file_name, channel=channel, key=key, actor=actor, at=at
    )
    return process_submission(submission.pk, at=lambda: at)
