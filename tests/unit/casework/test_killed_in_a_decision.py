"""kill -9 in the middle of a decision: nothing is half done, and the decision can be taken afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.files import read_files, shipped_folder
from tests.harness.databases import url_of_test_database
from tests.harness.rights import Town, a_town, acting, morning, pdf

PROJECT = Path(__file__).parents[3]
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 7, 13))
#: The reviewer approves; at the named point the process kills itself, as a power cut would.
DECIDE = """
import os, signal, sys
import django
django.setup()
from chengxin.access.models import Account
from chengxin.access.caller import Caller
from chengxin.access.roles import Role
from chengxin.casework import notices, ports, services
from chengxin.casework.people import actor_of
from chengxin.casework.models import Case
case_id, account_id, at, point = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(done):
    def both(*arguments, **named):
        done(*arguments, **named)
        die()
    return both

if point == "before_effect":
    ports.effects.register("restore_record", die)
elif point == "after_effect":
    ports.effects.register("restore_record", then_die(dict(ports.effects.items())["restore_record"]))
elif point == "after_notices":
    notices.tell = then_die(notices.tell)
elif point == "after_entry":
    services.ledger.append = then_die(services.ledger.append)
account = Account.objects.get(pk=account_id)
actor = actor_of(Caller(account.department, account, Role(account.role)), at)
case = Case.objects.get(pk=case_id)
texts = {"document_number": "泰市监修〔2026〕1号"}
services.take_step(case_id=case_id, verb="approve", version=case.version, actor=actor, texts=texts, at=at)
print("decided")
"""
POINTS = ("before_effect", "after_effect", "after_notices", "after_entry")


def decide(case: Case, town: Town, point: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CHENGXIN_DATABASE": url_of_test_database(), "CHENGXIN_CLOCK": str(NOW)}
    environment |= {"DJANGO_SETTINGS_MODULE": "chengxin.site.settings", "PYTHONPATH": str(PROJECT / "src")}
    command = [sys.executable, "-c", DECIDE, str(case.pk), str(town.reviewer.pk), str(NOW), point]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_half_done_wherever_it_dies(policy_set: object) -> None:
    adopt_shipped_set(files=read_files([shipped_folder()]), at=HANDED_IN - 86_400)
    town = a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")
    case = open_case(
        procedure="restoration", about=About("record", str(town.record.pk)), actor=acting(town.owner, NOW),
        texts={"performed": "已缴清", "promise": "yes"}, files=[("performance_proof", pdf()), ("commitment_letter", pdf())], at=NOW,
    )  # fmt: skip
    for verb, texts in (("accept", {}), ("propose", {"opinion": "approve", "because": "已核"})):
        case.refresh_from_db()
        take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(town.clerk, NOW), texts=texts, at=NOW)
    told = Notice.objects.count()
    for point in POINTS:
        killed = decide(case, town, point)
        assert killed.returncode == -signal.SIGKILL, (point, killed.stderr)
        case.refresh_from_db()
        assert (case.state, case.steps.count(), case.closed_at) == ("proposed", 3, None), point
        assert not RecordAct.objects.exists(), point
        assert Notice.objects.count() == told, point
        assert Record.objects.filter(visible(Surface.PUBLIC, NOW)).exists(), point
    done = decide(case, town, "never")
    assert done.stdout.strip() == "decided", done.stderr
    case.refresh_from_db()
    assert case.state == "approved"
    assert RecordAct.objects.filter(verb="restored").count() == 1
    assert not Record.objects.filter(visible(Surface.PUBLIC, NOW)).exists()
    sign_checkpoint(NOW)
    assert not fsck(at=NOW).fault_count
