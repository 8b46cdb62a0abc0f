"""评价、分级、预警的故事。Planted like the others, by real hand-ins and real verbs; then the city is graded and the rules are run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.access.models import Account
from chengxin.during_event.evaluation import agencies
from chengxin.during_event.evaluation.adoption import EvaluationEffect
from chengxin.during_event.evaluation.external_file import signed_file, written
from chengxin.during_event.evaluation.external_intake import take_in
from chengxin.during_event.evaluation.national_intake import hand_in_national, release_national
from chengxin.during_event.evaluation.runs import order_of, run_evaluation
from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.during_event.warnings.services import run_warnings
from chengxin.foundation.catalogue.services import propose_policy_set
from chengxin.kernel.codes import credit_code, organization_code
from chengxin.kernel.refused import Conflict
from chengxin.policy import load_files
from chengxin.site.demo.building import City, story_firms
from chengxin.site.demo.city import Firm
from chengxin.site.demo.scene import PENALTY, Scene, Story, link

INSPECTION: Final = "administrative_inspection"
#: The firms of these stories come after those of the first ten.
FIRST_FIRM: Final = 16
_SERIOUS: Final = {"penalty_kinds": "罚款", "content": "罚款1200000元", "fine": "120", "procedure": "普通程序"}
_FOUND, _NOTHING = {"JC_JCJG": "发现问题待后续处理"}, {"JC_JCJG": "未发现问题"}
_SCALE: Final = (("AAA", "很好"), ("AA", "好"), ("B", "一般"), ("C", "差"))


def plant_evaluation(city: City) -> list[dict[str, Any]]:
    """Play them, grade the city by every model, run the warnings; what ``tour.json`` holds of it."""
    scene = Scene(city, story_firms(city))
    told = [tell(scene) for tell in STORIES]
    for model in sorted(city.policy.evaluation_models):
        run_evaluation(order_of(model, city.today, city.now), by="演示城市", at=city.now)
    run_warnings(city.now, by="演示城市")
    return [{"title": each.title, "happened": each.happened, "did": each.did, "checks": list(each.checks)} for each in told]


def two_visits_and_thirty(scene: Scene) -> Story:
    """同样的比例，查两次和查三十次"""
    small, large = _firm(scene, 0), _firm(scene, 1)
    office = scene.city.office("market")
    for firm, visits in ((small, 2), (large, 30)):
        rows = [
            scene.row(
                INSPECTION,
                office,
                firm,
                decided=scene.workday(3 + n),
                number=f"演示故事检查〔{visits}〕{n}号",
                facts=_NOTHING if n % 2 else _FOUND,
            )
            for n in range(visits)
        ]
        scene.city.hand_in(office, INSPECTION, rows, scene.workday(1))
    return Story(
        "同样的比例，查两次和查三十次",
        f"“{small.name}”查了两次，一次发现问题；“{large.name}”查了三十次，十五次发现问题。",
        "查两次说明不了什么：超过可信下限的扣分返还，单列一行，说明写着“观察次数少”。查得多的按次数折算，不因查得多而多扣。",
        [*_evaluation(small), *_evaluation(large), *link("评价方法，谁都能看", "evaluation_method", args=[PUBLIC_MODEL])],
    )


def why_not_the_best(scene: Scene) -> Story:
    """三个月四张罚单"""
    firm, office = _firm(scene, 2), scene.city.office("emergency")
    rows = [
        scene.row(PENALTY, office, firm, decided=scene.workday(4 + 6 * n), number=f"演示故事预警〔{n}〕号", facts=_SERIOUS)
        for n in range(4)
    ]
    scene.city.hand_in(office, PENALTY, rows, scene.workday(2))
    return Story(
        "三个月四张罚单",
        f"“{firm.name}”三个月里受到四次严重处罚，从前没有过。",
        "每一条扣多少分、依据哪一条、计到哪天，逐项列明；问“为什么不是优”，答差多少分、少了哪几条就是、哪天起就是。"
        "同时按规则发出预警，进部门的收件箱，只提醒人去核对。",
        [
            *_evaluation(firm),
            *link("风险预警收件箱（部门登录）", "warnings_inbox"),
            *link("四张以上怎样算突增", "policy_page", args=["penalty_burst"]),
        ],
    )


def results_from_outside(scene: Scene) -> Story:
    """外来的结果，旧文件再放一次"""
    firm, at = _firm(scene, 3), scene.city.now
    first, second = _person("xinyongban"), _person("xinyongban-fuhe")
    key = Ed25519PrivateKey.generate()
    given = agencies.Agency(
        agency_code(), "演示信用评价有限公司", "market", _SCALE, "备案（演示）1号", key.public_key().public_bytes_raw().hex()
    )
    agencies.propose_agency(given, by=first, at=at)
    agencies.register_agency(given.code, by=second, at=at)
    today = scene.city.today
    until = today.replace(year=today.year + 1, day=min(today.day, 28))
    row = {"code": firm.code, "name": firm.name, "grade": "AA", "evaluated_on": str(today), "valid_until": str(until)}
    signed = written(given.code, sequence=1, made_on=today, method="演示评价办法", rows=[row])
    content = signed_file(signed, key.sign(signed))
    taken = take_in(content, file_name="演示评价.jsonl", by=first.username, at=at)
    again = _refused(content, scene)
    table = f"统一社会信用代码,主体名称,评价等级,评价日期\n{firm.code},{firm.name},良,{today}\n"
    national = hand_in_national(table.encode(), file_name="全国结果（演示）.csv", made_on=today, by=first, at=at)
    release_national(national.pk, by=second, at=at)
    return Story(
        "外来的结果，旧文件再放一次",
        f"一家登记的机构签名报来“{firm.name}”的评价，上级也下发了它的全国结果。有人把机构的文件又放了一次。",
        f"全国的排在最前，机构的单独一行，都不与本市的相加、换算。第二次放的被退回：{again}全国的结果没有签名，由信用办两个人办。",
        [
            *_evaluation(firm),
            *link("外来的评价（信用办登录）", "external_evaluations"),
            *link("这份文件的回执", "external_file", args=[taken.pk]),
        ],
    )


def nothing_known(scene: Scene) -> Story:
    """数据不足"""
    firm = _firm(scene, 4)
    return Story(
        "数据不足，不是坏的结果",
        f"“{firm.name}”登记了，但没有许可、检查、处罚，什么记录也没有。",
        "登记不是表现：它的结果是“数据不足”，不给等级，抽查按普通的比例。个体工商户和自然人根本不评价。",
        [*_evaluation(firm), *link("各类抽多少（部门登录）", "tiering")],
    )


def tried_before_adopted(scene: Scene) -> Story:
    """先试算，再采纳"""
    at, policy = scene.city.now, scene.city.policy
    name = policy.evaluation_model(PUBLIC_MODEL).path
    stricter = {**policy.files, name: policy.files[name].replace("least: 850", "least: 880")}
    EvaluationEffect().simulate(policy, load_files(stricter), at)
    number = propose_policy_set(files=stricter, by="xinyongban", because="把“优”的门槛提到 880 分（演示）", at=at)
    return Story(
        "先试算，再采纳",
        f"信用办一人提请把“优”的门槛提到 880 分（第 {number} 号提请）。",
        "提请时就按现行的和要采纳的各算了一遍全市：谁升谁降，集中在哪些县市区、行业、规模和年限。没有这份试算，另一人也采纳不了。",
        [*link("试算报告（信用办登录）", "evaluation_simulations"), *link("现行的方法", "evaluation_method", args=[PUBLIC_MODEL])],
    )


def agency_code() -> str:
    """A sound code of an agency that does not exist."""
    body = "MADEM001"
    begin = f"91370900{body}{organization_code.check_character(body)}"
    return begin + credit_code.check_character(begin)


def _refused(content: bytes, scene: Scene) -> str:
    """What the platform says to the same file once more."""
    try:
        take_in(content, file_name="再放一次.jsonl", by="xinyongban", at=scene.city.now)
    except Conflict as refused:
        return refused.sentence
    raise AssertionError("the same file was taken in twice")


def _firm(scene: Scene, number: int) -> Firm:
    return scene.firms[FIRST_FIRM + number]


def _person(name: str) -> Account:
    return Account.objects.get(username=name)


def _evaluation(firm: Firm) -> list[dict[str, str]]:
    return link(f"{firm.name}的评价（写明用途和事项）", "subject_evaluation", args=[firm.code])


STORIES: Final[tuple[Callable[[Scene], Story], ...]] = (
    two_visits_and_thirty,
    why_not_the_best,
    results_from_outside,
    nothing_known,
    tried_before_adopted,
)
