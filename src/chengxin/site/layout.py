"""页面框架：who we are, where one can go, who may see which place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import resolve

from chengxin.access.caller import Caller, caller_of
from chengxin.access.ports import sections
from chengxin.access.roles import Role
from chengxin.kernel import clock
from chengxin.policy import active
from chengxin.policy.errors import NothingAdopted
from chengxin.site.access_matrix import line_of


@dataclass(frozen=True)
class City:
    """城市：its name and the name of the platform."""

    name: str = "本市"
    platform: str = "公共信用信息平台"


@dataclass(frozen=True)
class Place:
    """去处：one line of a navigation. Who is offered it is who the access matrix admits, and of them those whom it serves."""

    href: str
    label: str
    group: str = ""
    here: bool = False
    section: str = ""  # of ``access.ports.sections``; empty: serves everybody whom it admits


PORTAL = (
    Place("/", "查询"),
    Place("/acts", "行政行为"),
    Place("/lists", "名单荣誉"),
    Place("/offices", "公示及时率"),
    Place("/draws", "随机抽查"),
    Place("/evaluation/method", "评价方法"),
    Place("/policy", "政策依据"),
    Place("/data", "开放数据"),
    Place("/verify", "存证核验"),
    Place("/agencies", "服务机构"),
    Place("/about", "办法说明"),
)

OFFICE = (
    Place("/office/", "工作台"),
    Place("/cases", "案件"),
    Place("/office/submissions", "报送", group="归集"),
    Place("/office/submissions/new", "报送新文件", group="归集"),
    Place("/office/templates", "报送模板", group="归集"),
    Place("/office/quarantine", "待甄别", group="归集"),
    Place("/office/matching", "主体比对", group="归集"),
    Place("/office/records", "记录办理", group="公示"),
    Place("/office/fields", "字段核对", group="公示"),
    Place("/office/retractions", "更正告知", group="公示"),
    Place("/office/overdue", "逾期看板", group="公示"),
    Place("/office/withdrawals", "逾期撤回", group="公示"),
    Place("/office/restorations/differences", "修复差异", group="公示"),
    Place("/office/agencies", "服务机构", group="公示"),
    Place("/office/eligibility", "参评资格", group="评价"),
    Place("/evaluation/runs", "评价报告", group="评价"),
    Place("/evaluation/external", "外来的评价", group="评价"),
    Place("/evaluation/reviews", "人工复核", group="评价"),
    Place("/evaluation/simulations", "试算", group="评价"),
    Place("/office/officials", "公务员记录", group="政务诚信", section="officials"),
    Place("/tiering", "分级分类", group="监管"),
    Place("/office/inspections", "随机抽查", group="监管"),
    Place("/office/visits", "检查任务", group="监管"),
    Place("/office/hand-overs", "移送办理", group="监管"),
    Place("/office/inspectors", "检查人员", group="监管"),
    Place("/office/targets", "抽查对象库", group="监管"),
    Place("/office/annual-plan", "年度抽查计划", group="监管"),
    Place("/office/warnings", "风险预警", group="监管"),
    Place("/office/reads", "查看留痕", group="审计"),
    Place("/office/reads/delays", "暂缓告知", group="审计"),
    Place("/office/accounts", "账户管理", group="平台"),
    Place("/account", "我的账户", group="平台"),
    Place("/office/pieces", "组件陈列", group="平台", section="pieces"),
)


def city() -> City:
    """The city whose platform this is: the title in policies/city.yaml, without its province."""
    try:
        return City(active.policy_set().city.title.rpartition("省")[2])
    except NothingAdopted:
        return City()


def source_titles() -> Mapping[str, str]:
    """依据文件的名称 by id; nothing before a policy is adopted."""
    try:
        return {source.id: source.title for source in active.policy_set().sources.values()}
    except NothingAdopted:
        return {}


@dataclass(frozen=True)
class County:
    """县市区。"""

    code: str
    name: str


#: Where the tiles of the county map lie: two rows of three, west to east, as on a map of the city.
_TILES = ("370983", "370911", "370902", "370923", "370921", "370982")


def counties() -> list[County]:
    """The counties in the order of the map's tiles; their names come from the code table of divisions."""
    try:
        names = active.policy_set().code_table("division").values
    except NothingAdopted:
        names = {}
    return [County(code, names.get(code, code)) for code in _TILES]


def _covers(place: Place, path: str) -> bool:
    return path == place.href or (place.href not in ("/", "/office/") and path.startswith(place.href.rstrip("/") + "/"))


def _admitted(place: Place, caller: Caller) -> bool:
    line = line_of(resolve(place.href).view_name)
    return line is not None and line.admits(caller) and _serves(place.section, caller)


def _serves(section: str, caller: Caller) -> bool:
    """Whether there is anything for the caller in a section; the gallery of pieces is for who runs the machine."""
    if section == "pieces":
        return caller.role is Role.SYSTEM_ADMIN
    known = dict(sections.items())
    return section not in known or known[section](caller, clock.now())


def places(frame: str, request: HttpRequest) -> list[Place]:
    """The places of a frame that this visitor may go to; the longest address that covers the present one is marked."""
    seen = [place for place in {"portal": PORTAL, "office": OFFICE}[frame] if _admitted(place, caller_of(request))]
    covering = max((place.href for place in seen if _covers(place, request.path)), key=len, default="")
    return [replace(place, here=place.href == covering) for place in seen]
