"""失信的故事：an invented office does not put right what it was told to; the breach is on file, and honours are barred for a year."""

from __future__ import annotations

from typing import Final

from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import add_department
from chengxin.casework.models import Case
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.kernel.instants import Instant, date_of
from chengxin.rights.rectification.on_file import record_of_breach
from chengxin.site.demo import numbers
from chengxin.site.demo.building import City, opening_of
from chengxin.site.demo.restorations import Paper
from chengxin.site.demo.rights import acting, story_account
from chengxin.site.demo.scene import Scene, Story, link

_NAME: Final = "泰安市云杉管理局（演示）"
_ORDER: Final = {
    "facts": "承诺的奖补逾期一年没有兑现。", "clause": "政务诚信方案二（二）4", "correct": "兑现已经公开承诺的奖补",
    "document_number": "演示责令整改〔1〕号",
}  # fmt: skip
_FINDING: Final = {
    "facts": "承诺的奖补没有兑现，两次催办，书面答复不办。", "document_number": "演示认定失信〔1〕号", "clause": "政务诚信方案二（二）4",
    "hearing": "已当面听取陈述，理由不成立。", "remedy": "兑现以后可以申请修复。", "reconsideration_authority": "市人民政府（演示）",
    "suit_court": "有管辖权的人民法院（演示）", "delivery_method": "直接送达",
}  # fmt: skip


def not_put_right(scene: Scene) -> Story:
    """拒不整改，认定失信，一年不得参评"""
    city = scene.city
    office = _office(city)
    people = [
        story_account(f"演示故事-{part}", city.departments["development"], city.now, Role.CREDIT_OFFICE)
        for part in ("责令", "核查", "认定")
    ]
    case = _breach(office, people, city.at(scene.workday(20)), city.at(scene.workday(4)))
    record = record_of_breach(case)
    return Story(
        "拒不整改，认定失信，一年不得参评",
        f"{office.name}没有兑现公开承诺的奖补，被责令限期整改；两次催办，书面答复不办。",
        "核查人记下没有按期整改，同一机关的另一个人认定失信；认定的那一步同时入档，向上级通报，通知里写明记录的地址。机关可以像企业一样"
        "提出异议、申请修复。谁来查它能否参评荣誉，答复不得，写明哪条记录、依据、起止日期；以后撤销或者修复，查过的人会收到更正告知。",
        [
            *link("政务失信记录", "record", args=[record]),
            *link("这个部门的页面", "office", args=[office.code]),
            *link("参评资格核查（部门登录）", "eligibility"),
            *link("案件（信用办登录）", "case", args=[case.pk]),
        ],
    )


def _office(city: City) -> Department:
    code = numbers.credit_code_of("11370900", "MB0DEM90")
    known = Department.objects.filter(code=code).first()
    return known or add_department(
        code=code, name=_NAME, short_name="市云杉局", division="370900", kind="administrative_organ",
        parent=city.departments["development"], at=opening_of(city.now),
    )  # fmt: skip


def _breach(office: Department, people: list[Account], ordered_at: Instant, found_at: Instant) -> Case:
    """Ordered by one, found wanting by another, found a breach by a third."""
    orderer, checker, finder = people
    case = open_case(
        procedure="rectification", about=About("office", office.code), actor=acting(orderer, ordered_at), texts=_ORDER, at=ordered_at
    )
    steps: tuple[tuple[str, Account, dict[str, str], list[tuple[str, Paper]]], ...] = (
        ("note_default", checker, {"how": "refused", "because": "两次催办，书面答复不办。"}, []),
        ("find_breach", finder, {**_FINDING, "delivered_on": str(date_of(found_at))}, [("delivery_proof", Paper("送达回证.pdf"))]),
    )
    for version, (verb, account, texts, files) in enumerate(steps):
        take_step(case_id=case.pk, verb=verb, version=version, actor=acting(account, found_at), texts=texts, files=files, at=found_at)
    return Case.objects.get(pk=case.pk)
