"""演示城市的权利救济：a log-in for a firm that may apply today, and the story of one that was listed wrongly and cleared."""

from __future__ import annotations

import secrets
from typing import Final

from chengxin.access.accounts import add_account, open_enterprise_account
from chengxin.access.caller import Caller
from chengxin.access.mandating import grant_mandate
from chengxin.access.models import Account, Department
from chengxin.access.roles import LABELS, Role
from chengxin.access.types import MandateKind
from chengxin.casework.people import actor_of
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About, Actor
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.foundation.records.uses import Channel, note_uses
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import FOREVER, Instant
from chengxin.policy.types import Polarity
from chengxin.rights.restoration.routes import routes_of
from chengxin.site.demo.building import City
from chengxin.site.demo.scene import GENERAL_FINE, PENALTY, Scene, Story, link, page_of

FIRM_LOGIN: Final = "qiye"
_LOOKED_AT: Final = 300


def build_firm_login(city: City) -> list[dict[str, str]]:
    """A representative of a firm whose penalty may be restored today, so that the way can be walked at once; nothing if it is there."""
    if Account.objects.filter(username=FIRM_LOGIN).exists():
        return []
    subject = _with_a_way(city)
    if subject is None:
        return []
    password = secrets.token_urlsafe(9)
    account = open_enterprise_account(username=FIRM_LOGIN, password=password, at=city.now)
    _represents(account, subject.pk, city.now)
    return [{"role": LABELS[Role.ENTERPRISE], "username": FIRM_LOGIN, "password": password, "office": f"{subject.name}（法定代表人）"}]


def wrongly_listed(scene: Scene) -> Story:
    """写错了企业，撤回并告知"""
    city, firm, office = scene.city, scene.firms[14], scene.city.office("market")
    row = scene.row(PENALTY, office, firm, decided=scene.workday(18), number="演示故事异议处罚〔1〕号", facts=GENERAL_FINE)
    city.hand_in(office, PENALTY, [row], scene.workday(15))
    record = Record.objects.get(document_number="演示故事异议处罚〔1〕号")
    reader = city.departments["development"]
    note_uses(Caller(department=reader), [(record.pk, record.version)], Channel.ANSWER, city.at(scene.workday(10)))
    owner = story_account("演示故事-法定代表人", None, city.now)
    _represents(owner, record.subject_id, city.at(scene.workday(14)))
    story_account(
        "演示故事-信用办", city.departments["development"], city.now, Role.CREDIT_OFFICE
    )  # says which office may be the second one
    said = {"ground": "wrong_subject", "facts": "决定书处罚的是另一家名称相近的企业，代码写成了本企业的。"}
    case = open_case(
        procedure="objection", about=About("record", str(record.pk)), actor=acting(owner, city.at(scene.workday(5))), texts=said,
        at=city.at(scene.workday(5)),
    )  # fmt: skip
    clerk = story_account("演示故事-核实人", city.departments["market"], city.now, Role.CLERK)
    judge = story_account("演示故事-裁决人", Department.objects.get(pk=case.second_office_id or 0), city.now, Role.REVIEWER)
    steps = (
        ("verify", clerk, {"finding": "wrong", "because": "核对送达回证，当事人是另一家企业。"}, 3),
        ("revoke", judge, {"document_number": "演示裁决〔1〕号", "because": "代码写错，信息与该企业无关。"}, 1),
    )
    for version, (verb, account, texts, back) in enumerate(steps):
        at = city.at(scene.workday(back))
        take_step(case_id=case.pk, verb=verb, version=version, actor=acting(account, at), texts=texts, at=at)
    return Story(
        "写错了企业，撤回并告知",
        f"{office.name}把一份处罚的代码写成了{firm.name}的。企业提出异议，说不是自己的。",
        "按政策，这一类异议在裁决以前停止公示和使用；来源单位只核实，由没有参与原决定的机关裁决。异议成立，当天撤回，"
        "此前查询过的单位都收到签名的更正告知并须回执，企业取得恢复信誉通知书。",
        [
            *page_of(firm),
            *link("案件", "case", args=[case.pk]),
            *link("恢复信誉通知书", "reputation_notice", args=[case.pk]),
            *link("更正告知", "retractions"),
        ],
    )


def _with_a_way(city: City) -> Subject | None:
    market = city.departments["market"].pk
    adverse = [item.number for item in city.policy.catalogue.values() if item.polarity is Polarity.ADVERSE and item.severity]
    rows = Record.objects.filter(visible(Surface.PUBLIC, city.now), authority_id=market, item__in=adverse).order_by("pk")[:_LOOKED_AT]
    ready = [route for route in routes_of(list(rows), city.now).values() if route.applies_here and route.record.subject_code]
    return Subject.objects.filter(code=ready[0].record.subject_code).first() if ready else None


def story_account(username: str, department: Department | None, at: Instant, role: Role = Role.ENTERPRISE) -> Account:
    """A person of a story; nobody knows the password."""
    found = Account.objects.filter(username=username).first()
    if found is not None:
        return found
    if department is None:
        return open_enterprise_account(username=username, password=secrets.token_urlsafe(24), at=at)
    return add_account(username=username, department=department, role=role, password=secrets.token_urlsafe(24), at=at)


def _represents(account: Account, subject_id: int, at: Instant) -> None:
    grant_mandate(
        account=account, subject_id=subject_id, kind=MandateKind.LEGAL_REPRESENTATIVE, reference="营业执照（演示）", valid_from=at,
        valid_until=FOREVER, at=at, by=None,
    )  # fmt: skip


def acting(account: Account, at: Instant) -> Actor:
    """The account as a request would know it."""
    return actor_of(Caller(account.department, account, Role(account.role)), at)
