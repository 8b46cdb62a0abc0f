"""修复的故事：one penalty is restored by three people and gone the same day, the other one says from when it may be."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Final

from chengxin.access.roles import Role
from chengxin.access.types import EVERY_SCOPE
from chengxin.casework.models import Case
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About, Actor
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import Instant
from chengxin.rights.restoration.routes import route_of
from chengxin.site.demo.scene import GENERAL_FINE, PENALTY, Scene, Story, link, page_of

#: Days back: past the shortest period of an ordinary case, and well within it.
_LONG_AGO: Final = 100
_LATELY: Final = 10


class Paper(io.BytesIO):
    """材料：a made-up document of a story."""

    def __init__(self, name: str) -> None:
        content = b"%PDF-1.7\n% demo\n%%EOF\n"
        super().__init__(content)
        self.name, self.size = name, len(content)


def restored_the_same_day(scene: Scene) -> Story:
    """期满申请，准予的当天消失"""
    firm, office = scene.firms[15], scene.city.office("market")
    numbers = {"演示故事修复处罚〔12〕号": _LONG_AGO, "演示故事修复处罚〔13〕号": _LATELY}
    for number, back in numbers.items():
        decided = scene.city.today - timedelta(days=back)
        row = scene.row(PENALTY, office, firm, decided=decided, number=number, facts=GENERAL_FINE)
        scene.city.hand_in(office, PENALTY, [row], decided + timedelta(days=2))
    old, new = (Record.objects.get(document_number=number) for number in numbers)
    case = _restore(old, scene.city.at(scene.city.today))
    route = route_of(new, scene.city.now)
    earliest = route.earliest_on if route is not None else None
    return Story(
        "期满申请，准予的当天消失",
        f"“{firm.name}”有两份罚款，一份是{_LONG_AGO}天前的，最短公示期已满；一份是{_LATELY}天前的。企业为前一份申请了信用修复。",
        "经办人受理并提出意见，另一位审批人准予：三个人，四步，每步一条账。准予的当时，它从页面、搜索、接口一起消失。"
        f"后一份最早 {earliest} 可以申请，早一天也不受理，到那天页面上自己变成可以申请。",
        [*page_of(firm), *link("这个案件（信用办登录）", "case", args=[case.pk]), *link("修复的程序", "policy_page", args=["restoration"])],
    )


def _restore(record: Record, at: Instant) -> Case:
    """Applied for, accepted, proposed, approved, by three people."""
    owner = Actor("demo:owner", "企业法定代表人（演示）", mandates={record.subject_id: frozenset(str(each) for each in EVERY_SCOPE)})
    clerk = Actor("demo:clerk", "经办（演示）", record.authority_id, Role.CLERK)
    reviewer = Actor("demo:reviewer", "复核（演示）", record.authority_id, Role.REVIEWER)
    case = open_case(
        procedure="restoration",
        about=About("record", str(record.pk)),
        actor=owner,
        texts={"performed": "罚款已缴清，已整改（演示）", "promise": "yes"},
        files=[("performance_proof", Paper("收据.pdf")), ("commitment_letter", Paper("承诺书.pdf"))],
        at=at,
    )
    decision = {"document_number": "演示修〔2026〕1号"}
    opinion = {"opinion": "approve", "because": "收据已核对（演示）"}
    steps: list[tuple[str, Actor, dict[str, str]]] = [("accept", clerk, {}), ("propose", clerk, opinion), ("approve", reviewer, decision)]
    for verb, actor, texts in steps:
        case.refresh_from_db()
        take_step(case_id=case.pk, verb=verb, version=case.version, actor=actor, texts=texts, at=at)
    return case
