"""A correction corrects what was disputed: another version of the same record ends no case, however much else it changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.models import Hold, Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from tests.harness.handing_in import hand_in
from tests.harness.penalties import penalty, person_number
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
FIRST = {
    "CF_CFLB": "没收违法所得、没收非法财物",
    "CF_NR_FK": "",
    "CF_NR_WFFF": "1.2",
    "CF_FR_ZJLX": "身份证",
    "CF_FR_ZJHM": person_number(1),
}
AMOUNT = "没收违法所得、没收非法财物的金额（万元）"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=DECIDED, **FIRST)


@pytest.fixture
def judge(town: Town) -> Account:
    return add_account(username="裁决", department=town.credit_office, role=Role.CLERK, password=PASSWORD, at=HANDED_IN)


def take(case: Case, verb: str, account: Any, **texts: str) -> None:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, NOW), texts=texts, at=NOW)


def ordered(town: Town, judge: Account, disputed: str) -> Case:
    """An objection that was upheld: these fields are wrong."""
    said = {"ground": "wrong_content", "facts": "数额写错"}
    case = open_case(procedure="objection", about=About("record", str(town.record.pk)), actor=acting(town.owner, NOW), texts=said, at=NOW)
    take(case, "verify", town.clerk, finding="wrong", because="抄错")
    texts = {"document_number": "泰发改异〔2026〕3号", "because": "抄错", "correct_content": "一万元", "disputed": disputed}
    take(case, "order_correction", judge, **texts)
    return case


def again(town: Town, at: int, **changes: str) -> None:
    """The office hands the same document in once more."""
    row = penalty(1, town.office.code, CF_JDRQ=DECIDED.isoformat(), **(FIRST | changes))
    assert hand_in(town.office, [row], key=f"at-{at}", at=at).updated == 1


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_a_version_that_corrects_something_else_leaves_the_case_waiting_and_says_so(town: Town, judge: Account) -> None:
    case = ordered(town, judge, AMOUNT)
    again(town, NOW + 60, CF_SY="改了事实的写法")
    assert state(case) == "correcting"
    assert not Record.objects.filter(visible(Surface.PUBLIC, NOW + 60)).exists(), "what is wrong stays hidden"
    (told,) = Notice.objects.filter(case=case, title="更正还没有完成")
    assert (told.to_kind, told.to_key) == ("office", str(town.office.pk))
    assert AMOUNT in told.text
    again(town, NOW + 120, CF_SY="改了事实的写法", CF_NR_WFFF="1.0")
    assert state(case) == "corrected"
    assert not Hold.objects.filter(ended_at=None).exists()
    sign_checkpoint(NOW + 120)
    assert fsck(at=NOW + 120).sound


def test_every_field_that_was_named_has_to_change_in_one_version_or_in_several(town: Town, judge: Account) -> None:
    case = ordered(town, judge, f"{AMOUNT}、CF_YJ")
    again(town, NOW + 60, CF_NR_WFFF="1.0")
    assert state(case) == "correcting"
    again(town, NOW + 120, CF_NR_WFFF="1.0", CF_YJ="《企业信息公示暂行条例》第十七条")
    assert state(case) == "corrected"


def test_what_is_changed_and_changed_back_is_not_corrected(town: Town, judge: Account) -> None:
    case = ordered(town, judge, f"{AMOUNT}，处罚依据")
    again(town, NOW + 60, CF_NR_WFFF="1.0")
    again(town, NOW + 120, CF_YJ="《企业信息公示暂行条例》第十七条")  # and the old amount
    assert state(case) == "correcting"


def test_a_sealed_field_is_compared_without_being_opened(town: Town, judge: Account) -> None:
    case = ordered(town, judge, "法定代表人证件号码")
    again(town, NOW + 60, CF_SY="改了事实的写法")  # sealed anew: another box, the same number
    assert state(case) == "correcting"
    again(town, NOW + 120, CF_FR_ZJHM=person_number(2))
    assert state(case) == "corrected"


@pytest.mark.parametrize("disputed", ["数额", "罚款金额（万元）、甲乙丙"])
def test_a_field_that_is_none_is_named_with_those_there_are(town: Town, judge: Account, disputed: str) -> None:
    with pytest.raises(Refused, match=r"没有“(数额|甲乙丙)”这个字段") as refused:
        ordered(town, judge, disputed)
    assert AMOUNT in refused.value.what_to_do
    assert Case.objects.get().state == "verified"


def test_the_page_of_the_case_says_which_fields_and_of_which_version(town: Town, judge: Account) -> None:
    case = ordered(town, judge, AMOUNT)
    page = browser_of(town.owner).get(f"/cases/{case.pk}").content.decode()
    assert AMOUNT in page
    assert "有误的版本" in page
