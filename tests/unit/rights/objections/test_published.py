"""An objection to a page: marked at once, withheld by another office's word, shown again when it is put right."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.casework.models import Case
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.catalogue import services
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.policy.files import read_files
from chengxin.rights.objections.published import key_of, path_of, state_of
from chengxin.site.published_pages import PUBLISHING
from chengxin.site.views_by_name import all_views
from tests.conftest import PROJECT
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, a_town, above_the_credit_office, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

#: Published long enough.
SERIOUS = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
SUBJECT = f"/s/{code_of(1)}"
SAID = {"ground": "privacy", "facts": "第二行公开了个人的住址"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    services.adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), **SERIOUS)


@pytest.fixture
def judge(town: Town) -> Account:
    above = above_the_credit_office(town, HANDED_IN)
    return add_account(username="裁决", department=above, role=Role.REVIEWER, password=PASSWORD, at=HANDED_IN)


def object_to(path: str, by: Account) -> Case:
    return open_case(procedure="page_objection", about=About("page", key_of(path)), actor=acting(by, NOW), texts=SAID, at=NOW)


def take(case: Case, verb: str, account: Account, **texts: str) -> None:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, NOW), texts=texts, at=NOW)


def seen(path: str, by: Account | None = None) -> tuple[int, str]:
    answer = (browser_of(by) if by else Client()).get(path)
    return answer.status_code, answer.content.decode()


def test_a_page_is_marked_at_once_withheld_by_the_other_office_and_shown_again(town: Town, judge: Account) -> None:
    assert "有争议" not in seen(SUBJECT)[1]
    case = object_to(SUBJECT, town.owner)
    assert case.subject_id == town.record.subject_id
    mark = f"页面异议〔2026〕{case.pk}号正在办理"
    assert seen(SUBJECT) == (200, seen(SUBJECT)[1])
    assert mark in seen(SUBJECT)[1]
    take(case, "withhold_first", judge, because="个人住址")
    status, page = seen(SUBJECT)
    assert (status, mark in page) == (451, True)
    assert "云杉" not in page, "what is withheld is not in the answer"
    assert seen(SUBJECT, town.stranger)[0] == 451
    assert seen(SUBJECT, town.clerk)[0] == 200, "those inside must be able to look at it"
    take(case, "verify", town.credit, finding="wrong", because="是有")
    take(case, "order_correction", judge, document_number="1号", because="有", correct_content="删去住址", meanwhile="withheld")
    assert state_of(SUBJECT).withheld
    take(case, "report", town.credit, because="已删去")
    take(case, "send_back", judge, because="还有一处", meanwhile="shown")
    assert (state_of(SUBJECT).withheld, seen(SUBJECT)[0]) == (False, 200)
    take(case, "report", town.credit, because="都删了")
    take(case, "confirm", judge, because="看过")
    assert seen(SUBJECT)[0] == 200
    assert "有争议" not in seen(SUBJECT)[1]


def test_an_objection_that_is_dismissed_or_withdrawn_leaves_no_mark(town: Town, judge: Account) -> None:
    case = object_to("/lists", town.stranger)
    take(case, "withhold_first", judge, because="先停")
    assert seen("/lists")[0] == 451
    take(case, "withdraw", town.stranger)
    assert seen("/lists")[0] == 200
    assert "页面异议" not in seen("/lists")[1]


def test_the_office_whose_page_it_is_verifies_and_the_one_above_it_adjudicates(town: Town, judge: Account) -> None:
    case = object_to(f"/offices/{town.office.code}", town.stranger)
    assert (case.office_id, case.second_office_id) == (town.office.pk, town.credit_office.pk)
    with pytest.raises(Forbidden):
        take(case, "withhold_first", town.clerk, because="我们自己停")


def test_a_record_has_its_own_objection(town: Town, judge: Account) -> None:
    with pytest.raises(Refused, match="请对记录提出异议") as refused:
        object_to(f"/r/{town.record.pk}", town.owner)
    assert f"/cases/open/objection/record/{town.record.pk}" in refused.value.what_to_do
    assert f'href="/cases/open/objection/record/{town.record.pk}"' in seen(f"/r/{town.record.pk}")[1]


@pytest.mark.parametrize("path", ["/office/", "/login", "/nothing", "/s/91370900MA00000000", "//evil.example/", "/metrics", "/cases", "x"])
def test_what_publishes_nothing_cannot_be_objected_to(town: Town, judge: Account, path: str) -> None:
    with pytest.raises(NotFound):
        object_to(path, town.owner)
    assert not Case.objects.exists()


def test_every_publishing_view_exists_and_its_page_leads_to_an_objection(town: Town, judge: Account) -> None:
    routes = {name: route for route, name in all_views()}
    assert set(routes) >= PUBLISHING
    for name in sorted(PUBLISHING):
        if "<" in routes[name]:
            continue
        path = f"/{routes[name]}"
        assert f'href="/cases/open/page_objection/page/{key_of(path)}"' in seen(path)[1], path
        assert browser_of(town.stranger).get(f"/cases/open/page_objection/page/{key_of(path)}").status_code == 200, path
        assert path_of(key_of(path)) == path


def test_however_its_address_is_written_what_is_withheld_is_withheld(town: Town, judge: Account) -> None:
    case = object_to(SUBJECT, town.owner)
    take(case, "withhold_first", judge, because="个人住址")
    code, number = code_of(1), town.record.subject_id
    written = [code.lower(), f"{code}%20", f"%20{code}", str(number), f"0{number}", f"%39{code[1:]}"]
    pages = [f"/s/{text}" for text in written] + [f"{SUBJECT}?as_of=2026-05-01"]
    programs = [f"/api/v1/subjects/{text}{rest}" for text in (code, str(number)) for rest in ("", "/records")]
    for path in pages + programs:
        status, told = seen(path)
        assert (status, "云杉" in told) == (451, False), path
    answer = Client().get(f"/api/v1/subjects/{code}")
    assert (answer.json()["type"].rpartition("/")[2], answer["Cache-Control"]) == ("page-withheld", "no-store")
    assert Client().head(SUBJECT).status_code == 451
    inside = Client(headers={"Authorization": f"Bearer {issue_token(town.office, NOW)}"})
    assert inside.get(f"/api/v1/subjects/{code}").status_code == 200
    take(case, "withdraw", town.owner)
    assert [seen(path)[0] for path in pages + programs] == [200] * len(pages + programs)


def test_a_page_is_objected_to_under_one_address_and_stays_marked_when_its_subject_becomes_another(town: Town, judge: Account) -> None:
    number = town.record.subject_id
    for other in (f"/s/{code_of(1).lower()}", f"/s/{number}", f"{SUBJECT} "):
        with pytest.raises(NotFound, match="没有这个公开页面"):
            object_to(other, town.owner)
    assert f'href="/cases/open/page_objection/page/{key_of(SUBJECT)}"' in seen(f"/s/{number}")[1]
    case = object_to(SUBJECT, town.owner)
    take(case, "withhold_first", judge, because="个人住址")
    known = Subject.objects.get(pk=number)
    Subject.objects.create(
        pk=number + 100,
        canonical_id=number + 100,
        code=code_of(2),
        name=known.name,
        kind=known.kind,
        opened_at=NOW,
        content_id=known.content_id,
    )
    Subject.objects.filter(pk=number).update(canonical_id=number + 100)
    assert [seen(path)[0] for path in (f"/s/{code_of(2)}", f"/api/v1/subjects/{code_of(2)}/records")] == [451, 451]


def test_what_was_withheld_is_not_offered_again_and_waits_on_nobodys_desk(town: Town, judge: Account) -> None:
    case = object_to(SUBJECT, town.owner)
    form, row = f'action="/cases/{case.pk}/withhold_first"', f'href="/cases/{case.pk}"'
    assert form in seen(f"/cases/{case.pk}", judge)[1]
    assert row in seen("/office/", judge)[1]
    take(case, "withhold_first", judge, because="个人住址")
    assert form not in seen(f"/cases/{case.pk}", judge)[1]
    assert row not in seen("/office/", judge)[1]
    take(case, "verify", town.credit, finding="wrong", because="是有")
    assert form not in seen(f"/cases/{case.pk}", judge)[1]
    assert row in seen("/office/", judge)[1], "now it waits for the decision"
