"""What must not go into a draw or a visit: each refused with the sentence and the way out. Repeated firms: see test_targets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from typer.testing import CliRunner

from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.during_event.inspection import ceremony, draw_commands, draws
from chengxin.during_event.inspection.documents import keep_documents
from chengxin.during_event.inspection.drawn_folders import folder_of
from chengxin.during_event.inspection.findings import FindingForm, checks_of, enter_finding
from chengxin.during_event.inspection.handing_over import hand_over
from chengxin.during_event.inspection.inspectors import enter_conflict
from chengxin.during_event.inspection.models import Draw, InspectionPlan, Inspector, VisitTask
from chengxin.during_event.inspection.pools import WEIGHTS
from chengxin.during_event.inspection.types import CheckResult, Mode
from chengxin.engine import draw as engine
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.ledger import services as ledger
from chengxin.policy import PolicySet, active, load_files
from chengxin.policy.errors import PolicyRefused
from chengxin.policy.files import read_files
from tests.conftest import PROJECT
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db
AFTER = city.PUBLIC_DUE + 3600


@pytest.fixture
def office() -> city.Office:
    return city.office()


@pytest.fixture
def plan(policy_set: PolicySet, office: city.Office) -> InspectionPlan:
    city.firms(20)
    return city.ready_plan(policy_set, office)


def test_a_firm_twice_in_a_pool(plan: InspectionPlan, policy_set: PolicySet) -> None:
    city.sealed(plan)
    inputs, _names, _waiting = ceremony.inputs_of(plan, as_of=city.TODAY, policy=policy_set)
    twice = replace(inputs, pool=engine.Pool((*inputs.pool.firms, inputs.pool.firms[0])))
    with pytest.raises(Refused, match="出现不止一次，它被抽中的机会会变大") as refused:
        engine.check_inputs(twice)
    assert "每户只留一行" in refused.value.what_to_do


def test_an_inspector_in_conflict_is_not_drawn(plan: InspectionPlan) -> None:
    code = city.invented_code(5, "91")
    numbers = list(Inspector.objects.order_by("id").values_list("licence_number", flat=True))
    for number in numbers[:4]:
        enter_conflict(number, code, "近亲属任职", by="测试", at=city.NOW)
    city.drawn(plan)
    task = VisitTask.objects.get(visit__subject_code=code)
    assert set(task.inspectors) == set(numbers[4:])


def test_a_ratio_of_zero_is_no_policy() -> None:
    files = read_files([PROJECT / "policies"])
    (name,) = (each for each in files if each.endswith("prices_and_advertising.yaml"))
    with pytest.raises(PolicyRefused) as refused:
        load_files({**files, name: files[name].replace("per_mille: 10,", "per_mille: 0,", 1)})
    assert "per_mille" in str(refused.value)


def test_a_number_that_was_not_sealed(plan: InspectionPlan) -> None:
    city.sealed(plan)
    ceremony.commit_draw(plan, by="测试", at=city.NOW)
    with pytest.raises(Refused, match="与它事先封存的不符") as refused:
        ceremony.open_number(plan, city.PARTIES[0], "ab" * 32, by="甲", at=city.NOW + 1)
    assert "按未开封记录，抽取照常进行" in refused.value.what_to_do


def test_a_policy_without_weights(plan: InspectionPlan, policy_set: PolicySet) -> None:
    weights = policy_set.parameters[WEIGHTS]
    poor = replace(weights, values=tuple(replace(each, value={"近期抽到过": 0, "近期未抽到": 2}) for each in weights.values))
    city.sealed(plan)
    with active.use(replace(policy_set, parameters={**policy_set.parameters, WEIGHTS: poor})), pytest.raises(Refused) as refused:
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    assert refused.value.slug == "policy-without-weights"
    assert "各一个正整数" in refused.value.what_to_do


def test_a_set_that_was_not_adopted(plan: InspectionPlan, policy_set: PolicySet) -> None:
    city.sealed(plan)
    active.use(None)
    try:
        with pytest.raises(Refused, match="尚未采纳任何政策集") as refused:
            ceremony.commit_draw(plan, by="测试", at=city.NOW)
    finally:
        active.use(policy_set)
    assert "chengxin policy adopt" in refused.value.what_to_do
    assert not Draw.objects.exists()


def remote_form(task: VisitTask, policy: PolicySet, **given: Any) -> FindingForm:
    items = {key: (CheckResult.FINE, "") for key, _, _ in checks_of(task, policy)}
    return replace(FindingForm("phone-0001", city.TODAY, "线上", "未发现问题", items, tuple(task.inspectors)), **given)


def test_a_remote_visit_has_something_on_the_table(policy_set: PolicySet, office: city.Office) -> None:
    city.firms(20)
    city.drawn(city.ready_plan(policy_set, office, mode=Mode.REMOTE))
    task = VisitTask.objects.select_related("visit__plan").order_by("id")[0]
    with pytest.raises(Refused, match="非现场检查要有材料"):
        enter_finding(task, remote_form(task, policy_set), policy=policy_set, by=office.clerk, at=AFTER)
    pdf = SimpleUploadedFile("台账.pdf", b"%PDF-1.7 invented")
    documents = keep_documents([pdf], policy=policy_set, at=AFTER)
    for place, given in enumerate(({"call": "10:00–10:20，和店长，视频"}, {"documents": documents}, {"readings": [{"名称": "甲烷"}]})):
        form = remote_form(task, policy_set, form_key=f"phone-{place:04}", **given)
        assert enter_finding(task, form, policy=policy_set, by=office.clerk, at=AFTER).version == place + 1
    for file, sentence in (
        (SimpleUploadedFile("x.pdf", b"MZ"), "不是 PDF"),
        (SimpleUploadedFile("x.pdf", b"%PDF-" + b"0" * 10_000_001), "超过"),
    ):
        with pytest.raises(Refused, match=sentence):
            keep_documents([file], policy=policy_set, at=AFTER)
    with pytest.raises(Refused, match="最多 10 份"):
        keep_documents([pdf] * 11, policy=policy_set, at=AFTER)


def test_on_the_spot_a_video_call_is_no_visit(plan: InspectionPlan, policy_set: PolicySet, office: city.Office) -> None:
    city.drawn(plan)
    task = VisitTask.objects.select_related("visit__plan").order_by("id")[0]
    with pytest.raises(Refused, match="只用于非现场检查"):
        enter_finding(task, remote_form(task, policy_set, call="视频"), policy=policy_set, by=office.clerk, at=AFTER)
    enter_finding(task, remote_form(task, policy_set), policy=policy_set, by=office.clerk, at=AFTER)
    with pytest.raises(Refused, match="没有要移送的"):
        hand_over(task, office_code=office.department.code, case_number="1", because="问题", policy=policy_set, by=office.clerk, at=AFTER)


def test_the_whole_ceremony_by_command(plan: InspectionPlan, office: city.Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*arguments: str, at: int = city.NOW) -> str:
        monkeypatch.setenv(clock.PINNED_CLOCK, str(at))
        done = CliRunner().invoke(draw_commands.app, list(arguments), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    numbers = {}
    for party in city.PARTIES:
        secret, commitment = (line.rpartition("：")[2] for line in run("number", plan.number, party).splitlines())
        numbers[party] = secret
        run("seal", plan.number, party, commitment)
    assert "名单已封存，20 户" in run("commit", plan.number)
    for party in city.PARTIES:
        run("reveal", plan.number, party, numbers[party], at=city.NOW + 60)
    with pytest.raises(Refused, match="没有名为 甲 的在用账户"):
        run("public", plan.number, "8f1e2d", "--seen-at", "某处", "--by", "甲", at=city.PUBLIC_DUE)
    other = add_account(username="lu-er", department=office.department, role=Role.CLERK, password="quiet-mountain-seven", at=1)
    for account in (office.clerk, other):
        run("public", plan.number, "8f1e2d", "--seen-at", "某处", "--by", account.username, at=city.PUBLIC_DUE)
    assert "从 20 户抽出 20 户" in run("run", plan.number, at=city.PUBLIC_DUE + 1)
    ledger.sign_checkpoint(city.PUBLIC_DUE + 2)
    run("publish", plan.number, at=city.PUBLIC_DUE + 3)
    assert "相符" in run("verify", str(folder_of(Draw.objects.get())))
    assert draws.published_draw(plan.number).published_at == city.PUBLIC_DUE + 3
