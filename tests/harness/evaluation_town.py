"""A small town that has been graded: one office, a few firms with penalties, a person, a stall, and the shipped policy adopted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.during_event.evaluation.runs import order_of, run_evaluation
from chengxin.foundation.catalogue import services
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy.files import read_files
from tests.conftest import PROJECT
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty, person_penalty

AT: Instant = HANDED_IN + 3_600
#: A heavy fine: its own class, so that points go.
HEAVY = {"CF_NR_FK": "60", "CF_NR": "罚款600000元"}
STALL = code_of(7, "92370900MA")


@dataclass
class Town:
    """一座小城。"""

    office: Department

    def client(self, role: str) -> Client:
        """A browser of somebody in this role."""
        client = Client()
        client.force_login(self.person(role))
        return client

    def person(self, role: str, name: str = "") -> Account:
        """Somebody in this role; another one under another name."""
        name = name or f"{role}-one"
        known = Account.objects.filter(username=name).first()
        return known or add_account(username=name, department=self.office, role=Role(role), password="quiet-mountain-seven", at=AT)

    def told_why(self, role: str, code: str) -> Client:
        """A browser of somebody who has said for what matter."""
        client = self.client(role)
        client.post(f"/s/{code}/evaluation", {"purpose": "日常监管", "matter": "泰市监〔2026〕9号"})
        return client

    def firm(self, number: int) -> Subject:
        """One of the firms."""
        return Subject.objects.get(code=code_of(number))

    def firm_by(self, code: str) -> Subject:
        """The firm with this code."""
        return Subject.objects.get(code=code)

    def run(self, model: str = "public_comprehensive") -> EvaluationRun:
        """Grade everybody today."""
        return run_evaluation(order_of(model, date_of(AT), AT), by="测试", at=AT)


def grocer(office: str) -> dict[str, str]:
    """What the registry says of the second firm: it sells food."""
    return {
        **{"DJ_MC": penalty(2, office)["CF_XDR_MC"], "DJ_LB": "法人及非法人组织", "DJ_SHXYM": code_of(2), "DJ_FRDB": "甲某某"},
        **{"DJ_CLRQ": "2019-05-06", "DJ_HZRQ": "2026-10-20", "DJ_ZT": "开业", "DJ_QH": "370902", "DJ_ZS": "泰山区东岳大街 1 号"},
        **{"DJ_JYFW": "食品销售", "DJ_JG": "泰安市市场监督管理局", "DJ_JGDM": office, "DJ_HY": "F522"},
    }


def small_town(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town at ``AT``; files of runs and simulations lie in ``folder``."""
    monkeypatch.setattr(settings, "CHENGXIN_HOME", folder)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(AT))
    services.adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    made = Town(market_regulation())
    rows = [penalty(1, made.office.code, **HEAVY), penalty(2, made.office.code, **HEAVY)]
    third = penalty(3, made.office.code)
    rows += [third, penalty(30, made.office.code, **HEAVY) | {name: third[name] for name in ("CF_XDR_SHXYM", "CF_XDR_MC")}]
    rows += [penalty(7, made.office.code, CF_XDR_LB="个体工商户", CF_XDR_SHXYM=STALL), person_penalty(8, made.office.code)]
    assert hand_in(made.office, rows, at=HANDED_IN).accepted == len(rows)
    registered = hand_in(made.office, [grocer(made.office.code)], item="registry_basics", file_name="登记.csv", at=HANDED_IN + 60)
    assert registered.accepted == 1
    return made
