"""以企业名义投诉：the complaint is the firm's. Whoever holds a mandate goes on with it, who left does not; the office learns nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.mandating import end_mandate, grant_mandate
from chengxin.access.models import Account, Mandate
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.access.types import MandateKind, Scope
from chengxin.casework.models import Case, CasePerson, CaseStep, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet
from tests.harness.procedures import follow
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
SAID = {"ground": "delay", "facts": "三个月没有答复"}


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10))


def an_agent(town: Town, name: str, *scopes: Scope, subject_id: int = 0) -> Account:
    agent = open_enterprise_account(username=name, password=PASSWORD, at=HANDED_IN)
    grant_mandate(
        account=agent, subject_id=subject_id or town.record.subject_id, kind=MandateKind.AGENT, reference="委托书", valid_from=HANDED_IN,
        valid_until=morning(date(2026, 12, 31)), at=HANDED_IN, by=None, scopes=scopes,
    )  # fmt: skip
    return agent


def complain(town: Town, by: Account) -> Case:
    texts = SAID | {"in_name_of": str(town.record.subject_id)}
    return open_case(procedure="complaint", about=About("office", town.office.code), actor=acting(by, NOW), texts=texts, at=NOW)


def take(case: Case, verb: str, by: Account, **texts: str) -> CaseStep:
    case.refresh_from_db()
    return take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(by, NOW), texts=texts, at=NOW)


def sees(account: Account, case: Case) -> bool:
    client = browser_of(account)
    listed = f"/cases/{case.pk}" in client.get("/cases").content.decode()
    page, program = client.get(f"/cases/{case.pk}").status_code, client.get(f"/api/v1/cases/{case.pk}").status_code
    assert {listed, page == 200, program == 200} == {listed}, (listed, page, program)
    return listed


def test_a_representatives_mandate_of_long_ago_holds_for_complaints_too(town: Town) -> None:
    Mandate.objects.update(scopes="view,restoration,objection,review,authorise,download")
    assert complain(town, town.owner).people.get().person == f"subject:{town.record.subject_id}"


def test_the_form_offers_oneself_and_ones_firms(town: Town) -> None:
    form = f"/cases/open/complaint/office/{town.office.code}"
    name = Subject.objects.get(pk=town.record.subject_id).name
    assert f">{name}</option>" in browser_of(town.owner).get(form).content.decode()
    assert "本人" in browser_of(town.owner).get(form).content.decode()
    for other in (town.stranger, an_agent(town, "只看", Scope.VIEW), town.credit):
        assert 'name="in_name_of"' not in browser_of(other).get(form).content.decode()


def test_colleagues_go_on_with_it_and_who_left_does_not(town: Town, policy_set: PolicySet) -> None:
    agent, viewer = an_agent(town, "代理人", Scope.COMPLAINT), an_agent(town, "只看", Scope.VIEW, Scope.OBJECTION)
    case = complain(town, agent)
    assert CaseStep.objects.get().person == f"account:{agent.pk}", "who did it stands in the step"
    assert [sees(each, case) for each in (agent, town.owner, viewer, town.stranger)] == [True, True, False, False]
    firm = browser_of(town.owner)
    assert "已收到您的投诉" in firm.get("/cases").content.decode()
    assert f"/cases/{case.pk}" in firm.get("/centre", follow=True).content.decode()
    assert f"/cases/{case.pk}" not in browser_of(viewer).get("/centre", follow=True).content.decode()
    take(case, "supply", town.owner, more="又有一份回执")
    with pytest.raises(Forbidden, match="投诉人"):
        take(case, "withdraw", viewer)
    end_mandate(Mandate.objects.get(account=agent), because="离职", at=NOW, by=town.owner)
    assert [sees(each, case) for each in (agent, town.owner)] == [False, True], "on the next request"
    with pytest.raises(Forbidden):
        take(case, "withdraw", agent)
    follow(case, policy_set.procedure("complaint"), [("accept", town.credit)], NOW)
    take(case, "withdraw", town.owner)
    assert Case.objects.get(pk=case.pk).state == "withdrawn"
    assert list(case.people.filter(part="complainant").values_list("person", flat=True)) == [f"subject:{town.record.subject_id}"]
    sign_checkpoint(NOW)
    assert not fsck(at=NOW).fault_count


def test_ones_own_complaint_stays_ones_own(town: Town) -> None:
    agent = an_agent(town, "代理人", Scope.COMPLAINT)
    about = About("office", town.office.code)
    case = open_case(procedure="complaint", about=about, actor=acting(agent, NOW), texts=SAID, at=NOW)
    assert [sees(each, case) for each in (agent, town.owner)] == [True, False]
    end_mandate(Mandate.objects.get(account=agent), because="离职", at=NOW, by=town.owner)
    assert sees(agent, case), "it was never the firm's"
    take(case, "withdraw", agent)


def test_nobody_complains_in_a_name_that_is_not_theirs(town: Town) -> None:
    viewer = an_agent(town, "只看", Scope.VIEW)
    with pytest.raises(Forbidden, match="以企业名义投诉"):
        complain(town, viewer)
    for account in (town.stranger, town.credit, town.clerk):
        with pytest.raises(Forbidden, match="没有授权"):
            complain(town, account)
    for number in ("0", "-1", "9" * 30, "②", "x"):
        with pytest.raises(Forbidden):
            open_case(
                procedure="complaint", about=About("office", town.office.code), actor=acting(town.owner, NOW),
                texts=SAID | {"in_name_of": number}, at=NOW,
            )  # fmt: skip
    assert not Case.objects.exists()


def test_subjects_judged_to_be_one_are_one_complainant(town: Town) -> None:
    own = Subject.objects.get(pk=town.record.subject_id)
    twin = Subject.objects.create(
        id=own.pk + 1_000, code=None, kind=own.kind, name=own.name, canonical_id=own.pk, opened_at=1, content_id=0
    )
    colleague = an_agent(town, "另一号", Scope.COMPLAINT, subject_id=twin.pk)
    case = complain(town, town.owner)
    assert sees(colleague, case)
    fields = browser_of(colleague).get(f"/cases/open/complaint/office/{town.office.code}").context["move"]["fields"]
    assert [each["choices"] for each in fields if each["name"] == "in_name_of"] == [[(str(own.pk), own.name)]]
    take(case, "supply", colleague, more="又及")
    assert CasePerson.objects.filter(case=case).count() == 1
    Subject.objects.filter(pk=twin.pk).update(canonical_id=twin.pk)
    assert not sees(colleague, case), "the judgement was taken back"


def test_who_decides_sees_the_firm_and_the_office_does_not(town: Town, policy_set: PolicySet) -> None:
    second = add_account(username="信用办二", department=town.credit_office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=HANDED_IN)
    case = complain(town, town.owner)
    follow(case, policy_set.procedure("complaint"), [("accept", town.credit), ("answer", town.clerk)], NOW)
    name = Subject.objects.get(pk=town.record.subject_id).name
    for account, shown in ((town.credit, True), (town.owner, True), (town.clerk, False), (town.reviewer, False), (second, False)):
        page = browser_of(account).get(f"/cases/{case.pk}").content.decode()
        assert (name in page, town.owner.username in page and account != town.owner) == (shown, False), account.username
    told = " ".join(Notice.objects.filter(to_kind="office").values_list("text", flat=True))
    assert name not in told


def test_everything_to_take_away_has_the_complaints_in_the_firms_name(town: Town) -> None:
    case = complain(town, town.owner)
    own = open_case(
        procedure="complaint", about=About("office", town.office.code), actor=acting(town.owner, NOW), texts=SAID, at=NOW
    )  # fmt: skip
    subject = Subject.objects.get(pk=town.record.subject_id)
    answer = browser_of(town.owner).get(f"/centre/{subject.code}/everything.json")
    whole = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert [each["id"] for each in whole["cases"]] == [case.pk], "what one complains as oneself is not the firm's"
    assert own.pk not in {each["case_id"] for each in whole["case_steps"]}
    assert any("已收到" in each["text"] for each in whole["notices"])
