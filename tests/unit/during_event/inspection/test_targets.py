"""Lists of firms as strangers type them: some thousands of rows work, or are refused with the rows that do not and the way out."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from chengxin.during_event.inspection import ceremony
from chengxin.during_event.inspection.models import TargetList, TargetMember
from chengxin.during_event.inspection.plans import draft_plan
from chengxin.during_event.inspection.pools import pool_of
from chengxin.during_event.inspection.targets import end_targets, enter_targets
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier
from chengxin.kernel.codes import registration_number
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import PolicySet
from tests.harness import inspections as city
from tests.harness import spreadsheets
from tests.harness.subjects import invented_code

pytestmark = pytest.mark.django_db
HEADER = ("序号", "企业名称", "注册号/统一社会信用代码", "管辖单位")
FIRMS = 3000
REGISTERED = tuple(range(2701, 2801))


def old_number(n: int) -> str:
    body = f"3709002{n:07}"
    return body + registration_number.check_character(body)


def name_of(n: int) -> str:
    return f"测例餐饮{n}"


@pytest.fixture
def office(policy_set: PolicySet) -> city.Office:
    where = city.office()
    city.firms(FIRMS)
    SubjectIdentifier.objects.bulk_create(
        [SubjectIdentifier(subject_id=n, kind="registration_number", value=old_number(n), content_id=0) for n in REGISTERED]
    )
    return where


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if each.isascii() and not each.isspace() else each for each in text)


def typed(n: int) -> tuple[str, str]:
    """Name and code of a firm as somebody typed them: widths, brackets, spaces, small letters, old numbers."""
    name, code = name_of(n), invented_code(n, "91")
    if n in REGISTERED:
        return name, old_number(n)
    return [(name, code), (f"{name} ", f" {code[:8]} {code[8:]}"), (full_width(name), full_width(code)), (name, code.lower())][n % 4]


def sheet(rows: Sequence[tuple[str, str]]) -> io.BytesIO:
    return io.BytesIO(spreadsheets.spreadsheet_2003([HEADER, *((str(n), *row, "某所") for n, row in enumerate(rows, 1))]))


def entered(office: city.Office, policy: PolicySet, rows: Sequence[tuple[str, str]], name: str = "名单", **given: bool) -> TargetList:
    return enter_targets(name, sheet(rows), file_name="名单.xls", office=office.department, policy=policy, by="测试", at=city.NOW, **given)


def test_thousands_of_rows_in_every_spelling_name_their_firms(policy_set: PolicySet, office: city.Office) -> None:
    made = entered(office, policy_set, [typed(n) for n in range(1, 2901)])
    assert (made.rows, made.members_count, made.left_out) == (2900, 2900, [])
    assert list(TargetMember.objects.order_by("subject_id").values_list("subject_id", flat=True)) == list(range(1, 2901))


def test_a_list_with_repeated_rows_is_refused_with_them_and_works_when_told(policy_set: PolicySet, office: city.Office) -> None:
    rows = [typed(n) for n in range(2690, 2710)]
    rows += [(name_of(2705), invented_code(2705, "91")), typed(2691)]  # one under its new code, too; one plainly twice
    with pytest.raises(
        Refused, match="2 行重复，重复的被抽中的机会会变大：第 22 行与第 17 行是同一家；第 23 行与第 3 行是同一家"
    ) as refused:
        entered(office, policy_set, rows)
    assert "重复的只留一行" in refused.value.what_to_do
    assert not TargetList.objects.exists()
    made = entered(office, policy_set, rows, merge_repeated=True)
    assert (made.rows, made.members_count) == (22, 20)
    assert [each["because"] for each in made.left_out] == ["第 22 行与第 17 行是同一家", "第 23 行与第 3 行是同一家"]


def test_rows_that_name_nobody_are_told_one_by_one(policy_set: PolicySet, office: city.Office) -> None:
    Subject.objects.filter(pk=2702).update(code=None)
    Subject.objects.filter(pk=50).update(kind=5)
    SubjectIdentifier.objects.create(subject_id=2704, kind="tax_number", value=old_number(2703), content_id=0)
    good = invented_code(1, "91")
    rows = [
        typed(1), ("某某公司", invented_code(9_001, "91")),
        ("测例餐饮7", good[:-1] + ("0" if good[-1] != "0" else "1")), ("没有号码", ""),
        ("完全不同的名字", invented_code(8, "91")), typed(2702), typed(2703), ("没有", old_number(9_999)),
        (name_of(50), invented_code(50, "91")),
    ]  # fmt: skip
    said = {
        3: "主体库里没有这个代码", 4: "不是统一社会信用代码，也不是旧注册号", 5: "没有代码", 6: "名称与代码对不上，主体库里是“测例餐饮8”",
        7: "主体库里只有旧号码，还没有统一社会信用代码，不能公开列名", 8: "这个号码在主体库里对应不止一个主体",
        9: "旧注册号在主体库里没有对应的主体", 10: "是自然人，不抽查",
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        entered(office, policy_set, rows)
    assert refused.value.slug == "targets-faulty"
    for row, because in said.items():
        assert because in refused.value.sentence, row
    made = entered(office, policy_set, rows, leave_out=True)
    assert made.members_count == 1
    assert {int(each["row"]): each["because"] for each in made.left_out} == said


def test_what_is_no_list_is_refused(policy_set: PolicySet, office: city.Office) -> None:
    with pytest.raises(Refused, match="没有一行对得上主体库"):
        entered(office, policy_set, [("某某公司", invented_code(9_001, "91"))], leave_out=True)
    with pytest.raises(Refused, match="没有名称"):
        entered(office, policy_set, [typed(1)], name=" ")
    given = {"office": office.department, "policy": policy_set, "by": "测试", "at": city.NOW}
    with pytest.raises(Refused) as refused:
        enter_targets("名单", io.BytesIO("甲,乙\n1,2\n".encode()), file_name="a.csv", **given)  # type: ignore[arg-type]
    assert refused.value.slug == "file-no-header"
    entered(office, policy_set, [typed(1)])
    with pytest.raises(Conflict, match="已有名为"):
        entered(office, policy_set, [typed(2)])


def test_a_plan_draws_from_a_list_and_who_is_no_target_is_out_with_a_reason(policy_set: PolicySet, office: city.Office) -> None:
    """The list decides who, not the industry; the class still decides how many."""
    Subject.objects.filter(pk=3).update(state="XX")
    Subject.objects.filter(pk=4).update(industry="G54")
    made = entered(office, policy_set, [typed(n) for n in range(1, 41)])
    given = city.draft(office, targets="名单")
    city.load_inspectors(city.inspectors_table(office.department), policy=policy_set, by="测试", at=city.NOW)
    plan = draft_plan(given, policy=policy_set, by="测试", at=city.NOW)
    frames = pool_of(plan, as_of=city.TODAY, policy=policy_set)
    assert frames.pool.height == 39
    assert 4 in frames.pool["subject_id"].to_list()
    assert frames.excluded.select("subject_id", "because").rows() == [(3, "在对象库里，但已注销、吊销或者不是抽查的对象")]
    city.sealed(plan)
    assert ceremony.commit_draw(plan, by="测试", at=city.NOW).firms == 39
    end_targets(made.pk, office.department.pk, by="测试", at=city.NOW)
    with pytest.raises(NotFound, match="在用的对象库"):
        end_targets(made.pk, office.department.pk, by="测试", at=city.NOW)
    with pytest.raises(Refused, match="没有名为“名单”的在用对象库"):
        draft_plan(city.draft(office, number="二", targets="名单"), policy=policy_set, by="测试", at=city.NOW)
