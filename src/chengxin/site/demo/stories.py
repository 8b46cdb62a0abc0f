"""导览的故事。Each is planted by real hand-ins and real verbs: what happened, what the platform did, where to check it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from chengxin.foundation.collection.types import Channel
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.policy import active
from chengxin.policy.types import Severity
from chengxin.site.demo.breaches import not_put_right
from chengxin.site.demo.building import City, story_firms
from chengxin.site.demo.inspections import aborted_draw, drawn_and_visited, joint_draw_under_way
from chengxin.site.demo.restorations import restored_the_same_day
from chengxin.site.demo.rights import wrongly_listed
from chengxin.site.demo.scene import GENERAL_FINE, LICENCE, PENALTY, Scene, Story, decided_so_that, link, page_of, takes


def plant(city: City) -> list[dict[str, Any]]:
    """Play all of them; the answer is what ``tour.json`` holds."""
    scene = Scene(city, story_firms(city))
    with active.use(city.policy):  # also where ``init`` adopted it only today: the city has lived by it from its first day
        told = [tell(scene) for tell in STORIES]
    return [{"title": each.title, "happened": each.happened, "did": each.did, "checks": list(each.checks)} for each in told]


def on_time_and_late(scene: Scene) -> Story:
    """一件按时，一件迟报"""
    prompt, slow = scene.firms[0], scene.firms[1]
    office = scene.city.office("emergency")
    today = scene.workday(0)
    good = scene.row(LICENCE, office, prompt, decided=scene.workday(1), number="演示故事一许可〔1〕号", facts={"title": "普通"})
    late = scene.row(PENALTY, office, slow, decided=scene.workday(30), number="演示故事一处罚〔1〕号", facts=GENERAL_FINE)
    scene.city.hand_in(office, LICENCE, [good], today)
    scene.city.hand_in(office, PENALTY, [late], today)
    return Story(
        "一件按时，一件迟报",
        f"同一天，{office.name}报送了两份决定：一份许可是前一个工作日作出的，一份处罚已经作出三十个工作日。",
        "两份都当天公示。工作日时钟从决定之日起算：许可计为按时，处罚计为迟报，算进这个部门当月的及时率，数字背后列得出是哪一份。",
        [
            *page_of(prompt),
            *page_of(slow),
            *link("各部门及时率", "timeliness", "home"),
            *link("上网公开的期限", "policy_page", args=["disclosure_deadline"]),
        ],
    )


def letter_for_digit(scene: Scene) -> Story:
    """字母 O 写成了数字 0"""
    firm, office = next(firm for firm in scene.firms[2:6] if "0" in firm.code), scene.city.office("transport")
    wrong = firm.code.replace("0", "O", 1)
    row = scene.row(
        PENALTY, office, firm, decided=scene.workday(2), number="演示故事二处罚〔2〕号", facts={**GENERAL_FINE, "subject_code": wrong}
    )
    submission = scene.city.hand_in(office, PENALTY, [row], scene.workday(0))
    return Story(
        "字母 O 写成了数字 0",
        f"{office.name}报送的代码是 {wrong}：里面有一个字母 O，而统一社会信用代码从不用这个字母。",
        f"只有一种改法能让两位校验码都成立，名称也对得上，于是改成 {firm.code} 并记下“已更正”。换作改法不止一种，这一行会退回。",
        [*page_of(firm), *link("这次报送", "submission", "desk", args=[] if not takes("submission") else [submission.pk])],
    )


def someone_elses_code(scene: Scene) -> Story:
    """别家的代码"""
    named, coded = scene.firms[6], scene.firms[7]
    office = scene.city.office("housing")
    row = scene.row(
        PENALTY, office, named, decided=scene.workday(2), number="演示故事三处罚〔3〕号", facts={**GENERAL_FINE, "subject_code": coded.code}
    )
    scene.city.hand_in(office, PENALTY, [row], scene.workday(0))
    return Story(
        "别家的代码",
        f"一份处罚写的名称是“{named.name}”，代码却是“{coded.name}”的，校验完全正确。",
        "名称与代码对不上，平台没有替谁认账：这一行待甄别，时钟照走，两家的页面上都没有它，由人来判定。",
        [*page_of(coded), *page_of(named), *link("待判定的名单（信用办登录）", "matching", "desk")],
    )


def last_day_of_publication(scene: Scene) -> Story:
    """期满自动消失"""
    gone, last = scene.firms[8], scene.firms[9]
    office = scene.city.office("environment")
    period = scene.city.policy.publication_period_at(scene.city.today).classes[Severity.GENERAL].maximum
    ends_today = decided_so_that(scene.city.today, period)
    ended = decided_so_that(scene.city.today - timedelta(days=1), period)
    for firm, decided, number in ((gone, ended, "演示故事四处罚〔4〕号"), (last, ends_today, "演示故事四处罚〔5〕号")):
        row = scene.row(PENALTY, office, firm, decided=decided, number=number, facts=GENERAL_FINE)
        scene.city.hand_in(office, PENALTY, [row], decided + timedelta(days=3))
    return Story(
        "期满自动消失",
        f"两份一般失信的处罚，作出的日子只差一天：{ended} 和 {ends_today}。",
        "前一份的最长公示期昨天届满，今天零时起从列表、搜索、接口和下载里一起消失；后一份今天还在，明天零时消失。没有人去删，是时间到了。",
        [*page_of(gone), *page_of(last), *link("失信信息公示期", "policy_page", args=["publication_period"])],
    )


def minor_is_not_published(scene: Scene) -> Story:
    """轻微的只归集，不公示"""
    firm, office = scene.firms[10], scene.city.office("taishan")
    facts = {"penalty_kinds": "警告", "content": "给予警告", "procedure": "简易程序"}
    row = scene.row(PENALTY, office, firm, decided=scene.workday(3), number="演示故事五处罚〔6〕号", facts=facts)
    scene.city.hand_in(office, PENALTY, [row], scene.workday(0))
    return Story(
        "轻微的只归集，不公示",
        f"{office.name}当场给了“{firm.name}”一个警告，走的是简易程序。",
        "按现行办法属轻微失信：归集入账，供履职查询，不在网上公示。它的页面上没有这一条。",
        [*page_of(firm), *link("失信严重程度怎样定", "policy_page", args=["severity_of_penalty"])],
    )


def withdrawn_decision(scene: Scene) -> Story:
    """决定撤销，当即撤下"""
    firm, office, number = scene.firms[11], scene.city.office("market"), "演示故事六处罚〔7〕号"
    row = scene.row(PENALTY, office, firm, decided=scene.workday(8), number=number, facts=GENERAL_FINE)
    scene.city.hand_in(office, PENALTY, [row], scene.workday(5))
    record = Record.objects.get(document_number=number)
    withdraw_record(
        record_id=record.pk,
        reason=WithdrawalReason.REVOKED,
        decided_on=scene.workday(1),
        because="行政复议决定撤销该处罚（演示）",
        by=f"cli:{office.code}",
        at=scene.city.at(scene.workday(0)),
    )
    return Story(
        "决定撤销，当即撤下",
        f"“{firm.name}”的处罚公示了几天，复议机关撤销了它。",
        "撤销一登记，所有展示面同时没有了这一条；账本里两条都在：曾经公示过，后来撤回，何时、因何、由谁。",
        [*page_of(firm), *link("账本", "log"), *link("撤回的期限", "policy_page", args=["withdrawal_deadline"])],
    )


def rejected_and_corrected(scene: Scene) -> Story:
    """退回一行，改好再报"""
    firm, office, number = scene.firms[12], scene.city.office("labour"), "演示故事七处罚〔8〕号"
    wrong = firm.code[:-1] + ("1" if firm.code[-1] != "1" else "2")
    for code, on in ((wrong, scene.workday(2)), (firm.code, scene.workday(1))):
        row = scene.row(PENALTY, office, firm, decided=scene.workday(4), number=number, facts={**GENERAL_FINE, "subject_code": code})
        scene.city.hand_in(office, PENALTY, [row], on)
    return Story(
        "退回一行，改好再报",
        f"{office.name}报送的代码末位不对，改法不止一种，这一行被退回，附批注工作簿：哪一格、哪条规则、怎样改。",
        "第二天改好再报，接收并公示。退回的那次也留在账上；批注工作簿改完可以原样再报。",
        [*page_of(firm), *link("报送记录（经办人登录）", "submissions", "desk")],
    )


def corrected_content(scene: Scene) -> Story:
    """改了内容，旧版留账"""
    firm, office, number = scene.firms[13], scene.city.office("xintai"), "演示故事八处罚〔9〕号"
    first = scene.row(
        PENALTY, office, firm, decided=scene.workday(6), number=number, facts={**GENERAL_FINE, "content": "罚款1200000元", "fine": "120"}
    )
    second = scene.row(PENALTY, office, firm, decided=scene.workday(6), number=number, facts=GENERAL_FINE)
    scene.city.hand_in(office, PENALTY, [first], scene.workday(4))
    scene.city.hand_in(office, PENALTY, [second], scene.workday(2))
    scene.city.hand_in(office, PENALTY, [second], scene.workday(1), key="demo-story-8-once-more")
    return Story(
        "改了内容，旧版留账",
        f"{office.name}把罚款 12 万元录成了 120 万元，两天后用同一文书号重报，第三天又把同样的内容报了一次。",
        "重报算更新：页面换成新内容，失信程度随之重算，旧版和当时的展示期留在账上。第三次没有变化，不记账，计为“无变化”。",
        [*page_of(firm), *link("账本", "log")],
    )


def natural_person(scene: Scene) -> Story:
    """自然人：隐去名字，号码封存"""
    office = scene.city.office("transport")
    row = scene.row(
        PENALTY,
        office,
        None,
        decided=scene.workday(3),
        number="演示故事九处罚〔10〕号",
        facts={**GENERAL_FINE, "content": "罚款12000元", "fine": "1.2"},
    )
    scene.city.hand_in(office, PENALTY, [row], scene.workday(0))
    return Story(
        "自然人：隐去名字，号码封存",
        f"{office.name}处罚了一位货车司机，报送的文件里有他的身份证号码。",
        "证件号码在写进任何表、账本、日志之前就已加密；公示时姓名隐去；搜索框按人名查不到任何人。原始文件也是加密的。",
        [*link("按人名搜一搜", "search"), *link("平台怎样对待个人信息", "about")],
    )


def two_people(scene: Scene) -> Story:
    """两个人才放得出去"""
    firm, office = scene.firms[14], scene.city.office("market")
    row = scene.row(PENALTY, office, firm, decided=scene.workday(2), number="演示故事十处罚〔11〕号", facts=GENERAL_FINE)
    submission = scene.city.hand_in(office, PENALTY, [row], scene.workday(0), channel=Channel.PAGE, by="jingban")
    return Story(
        "两个人才放得出去",
        "经办人 jingban 在网页上报送了一份处罚。对人不利的信息从网页或文件夹来，须由同部门另一个人复核。",
        f"它停在“待复核”，谁也看不见。请用 fuhe 登录放行报送 {submission.pk}，再看这家企业的页面：经办人自己放不了。",
        [*page_of(firm), *link("待复核的报送（复核人登录）", "submissions", "desk")],
    )


STORIES: Final[tuple[Callable[[Scene], Story], ...]] = (
    on_time_and_late,
    letter_for_digit,
    someone_elses_code,
    last_day_of_publication,
    minor_is_not_published,
    withdrawn_decision,
    rejected_and_corrected,
    corrected_content,
    natural_person,
    two_people,
    drawn_and_visited,
    joint_draw_under_way,
    aborted_draw,
    wrongly_listed,
    restored_the_same_day,
    not_put_right,
)
