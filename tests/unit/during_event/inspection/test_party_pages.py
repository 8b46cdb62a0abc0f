"""A party's own page: link from one person, code from another, the number from the party alone; on paper two people, each for himself."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from typer.testing import CliRunner

from chengxin.during_event.inspection import ceremony, draw_commands, draws, on_paper, party_links
from chengxin.during_event.inspection.models import Draw, InspectionPlan, PartyEntry, PartyNumber, PartyPage
from chengxin.during_event.inspection.parties_showing import party_lines, protection
from chengxin.during_event.inspection.types import PartyStep
from chengxin.engine import draw as engine
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.models import Content
from chengxin.policy import PolicySet
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = city.PARTIES
PAPER = "市公证处送达回执〔2026〕7 号，11 月 23 日"


@pytest.fixture
def office() -> city.Office:
    return city.office()


@pytest.fixture
def plan(policy_set: PolicySet, office: city.Office) -> InspectionPlan:
    city.firms(40)
    return city.ready_plan(policy_set, office)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The moment at which pages are asked; the test moves it."""
    moment = [city.NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def commitment(plan: InspectionPlan, party: str) -> str:
    return engine.party_commitment(plan.number, party, city.number_of(party)).hex()


def own_page(plan: InspectionPlan, party: str) -> tuple[str, str]:
    """Link and code of a party."""
    return party_links.make_link(plan, party, by="甲", at=city.NOW), party_links.make_code(plan, party, by="乙", at=city.NOW)


def test_a_party_seals_and_opens_on_its_page(plan: InspectionPlan, now: list[int]) -> None:
    links = {party: own_page(plan, party) for party in plan.parties}
    client = Client()
    for party, (link, code) in links.items():
        page = client.get(f"/p/{link}")
        assert (page.status_code, page["Cache-Control"], page["X-Robots-Tag"]) == (200, "no-store", "noindex")
        assert f"{party}的专页" in page.content.decode()
        answer = client.post(f"/p/{link}/seal", {"code": code.upper(), "commitment": commitment(plan, party)})
        assert answer.status_code == 302
        assert commitment(plan, party) in client.get(f"/p/{link}").content.decode()
    ceremony.commit_draw(plan, by="测试", at=city.NOW)
    now[0] += 60
    link = links[FIRST][0]
    assert 'name="number"' in client.get(f"/p/{link}").content.decode()
    wrong = client.post(f"/p/{link}/open", {"number": "ab" * 32})
    assert (wrong.status_code, "与它事先封存的不符" in wrong.content.decode()) == (422, True)
    for party, (link, _code) in links.items():
        assert client.post(f"/p/{link}/open", {"number": city.number_of(party).hex()}).status_code == 302
        assert "已开封，没有别的事要办了" in client.get(f"/p/{link}").content.decode()
    city.public_value(plan)
    now[0] = city.PUBLIC_DUE + 60
    draws.run_draw(plan, by="测试", at=now[0])
    public = client.get(f"/draws/{plan.number}").content.decode()
    assert public.count("本方在专页上") == 2 * len(plan.parties)
    assert "3 方在自己的专页上封存" in public
    kept = json.dumps(list(PartyPage.objects.values()), default=str)
    assert not [secret for pair in links.values() for secret in pair if secret in kept or secret.replace("-", "") in kept]


def test_nobody_alone_has_link_and_code(plan: InspectionPlan) -> None:
    with pytest.raises(NotFound, match="还没有专页链接"):
        party_links.make_code(plan, FIRST, by="乙", at=city.NOW)
    link = party_links.make_link(plan, FIRST, by="甲", at=city.NOW)
    page = party_links.page_by_link(link)
    with pytest.raises(Conflict, match="开启码还没有生成"):
        party_links.seal_on_page(page, "", commitment(plan, FIRST), at=city.NOW)
    with pytest.raises(Conflict, match="须由另一人生成"):
        party_links.make_code(plan, FIRST, by="甲", at=city.NOW)
    code = party_links.make_code(plan, FIRST, by="乙", at=city.NOW)
    with pytest.raises(Conflict, match="不再显示"):
        party_links.make_code(plan, FIRST, by="丙", at=city.NOW)
    page.refresh_from_db()
    for bad in ("", code[:-1], code[:-1] + ("a" if code[-1] != "a" else "b"), page.code_sha256):
        with pytest.raises(Refused, match="开启码不对"):
            party_links.seal_on_page(page, bad, commitment(plan, FIRST), at=city.NOW)
    assert not PartyNumber.objects.exists()


def test_the_staff_cannot_type_for_a_party_with_a_page(plan: InspectionPlan) -> None:
    link, code = own_page(plan, FIRST)
    with pytest.raises(Conflict, match="有自己的专页") as refused:
        ceremony.seal_number(plan, FIRST, commitment(plan, FIRST), by="甲", at=city.NOW)
    assert (refused.value.slug, "两人各录入一次" in refused.value.what_to_do) == ("party-has-page", True)
    party_links.seal_on_page(party_links.page_by_link(link), code, commitment(plan, FIRST), at=city.NOW)
    for party in (SECOND, THIRD):
        ceremony.seal_number(plan, party, commitment(plan, party), by="甲", at=city.NOW)
    ceremony.commit_draw(plan, by="甲", at=city.NOW)
    with pytest.raises(Conflict, match="有自己的专页"):
        ceremony.open_number(plan, FIRST, city.number_of(FIRST).hex(), by="甲", at=city.NOW + 1)
    assert not PartyNumber.objects.get(party=FIRST).revealed


def test_a_used_page_says_so(plan: InspectionPlan, now: list[int]) -> None:
    link, code = own_page(plan, FIRST)
    client, given = Client(), {"code": code, "commitment": commitment(plan, FIRST)}
    assert client.post(f"/p/{link}/seal", given).status_code == 302
    again = client.post(f"/p/{link}/seal", given)
    assert "已经封存，专页只能封存一次" in again.content.decode()
    assert "不是您封存的，马上告诉" in again.content.decode()
    early = client.post(f"/p/{link}/open", {"number": city.number_of(FIRST).hex()})
    assert "名单还没有封存" in early.content.decode()
    for party in (SECOND, THIRD):
        ceremony.seal_number(plan, party, commitment(plan, party), by="甲", at=city.NOW)
    ceremony.commit_draw(plan, by="甲", at=city.NOW)
    now[0] = city.REVEAL_DUE
    late = client.post(f"/p/{link}/open", {"number": city.number_of(FIRST).hex()})
    assert "开封的截止时间已过，按未开封处理" in late.content.decode()
    assert "按未开封记录，抽取照常进行" in client.get(f"/p/{link}").content.decode()
    with pytest.raises(Conflict, match="专页没有用了"):
        party_links.make_link(plan, SECOND, by="甲", at=now[0])


def test_a_new_link_ends_the_former(plan: InspectionPlan, now: list[int]) -> None:
    former, _ = own_page(plan, FIRST)
    link, code = own_page(plan, FIRST)
    assert "作废了，换了新的" in Client().get(f"/p/{former}").content.decode()
    assert Client().get(f"/p/{former}x").status_code == 404
    assert Client().post(f"/p/{former}/seal", {"code": code, "commitment": commitment(plan, FIRST)}).status_code == 409
    assert Client().post(f"/p/{link}/seal", {"code": code, "commitment": commitment(plan, FIRST)}).status_code == 302
    assert Content.objects.filter(event="inspection:party:linked").count() == 2
    with pytest.raises(Refused, match="计划里没有"):
        party_links.make_link(plan, "路人", by="甲", at=city.NOW)


def test_on_paper_two_people_type_the_same(plan: InspectionPlan) -> None:
    own_page(plan, FIRST)
    said = commitment(plan, FIRST)

    def typed(value: str, by: str, source: str = PAPER) -> bool:
        return on_paper.enter_on_paper(plan, FIRST, PartyStep.SEAL, value, source, by=by, at=city.NOW)

    with pytest.raises(Refused, match="出处没有写"):
        typed(said, "甲", "  ")
    assert not typed(said[::-1], "甲")  # a slip
    assert not typed(said, "乙")
    with pytest.raises(Conflict, match="另一人"):
        typed(said, "乙")
    assert not PartyNumber.objects.exists()
    assert party_lines(plan)[0].sealed.waiting
    assert typed(said, "甲")
    (line, *_) = party_lines(plan)
    assert (line.number.committed_by if line.number else "", line.sealed.letters) == ("乙、甲", "工作人员乙、工作人员甲")
    assert (line.sealed.source, line.sealed.waiting) == (PAPER, False)
    assert PartyEntry.objects.filter(party=FIRST).count() == 3, "the slip stays"
    with pytest.raises(Conflict, match="不能更换"):
        typed(said, "丙")


def test_opening_on_paper_too(plan: InspectionPlan) -> None:
    own_page(plan, FIRST)
    for person in ("甲", "乙"):
        on_paper.enter_on_paper(plan, FIRST, PartyStep.SEAL, commitment(plan, FIRST), PAPER, by=person, at=city.NOW)
    for party in (SECOND, THIRD):
        ceremony.seal_number(plan, party, commitment(plan, party), by="甲", at=city.NOW)
    ceremony.commit_draw(plan, by="甲", at=city.NOW)
    number, step = city.number_of(FIRST).hex(), PartyStep.OPEN
    with pytest.raises(Refused, match="与它事先封存的不符"):
        on_paper.enter_on_paper(plan, FIRST, step, "ab" * 32, PAPER, by="甲", at=city.NOW + 1)
    assert not on_paper.enter_on_paper(plan, FIRST, step, number, PAPER, by="甲", at=city.NOW + 1)
    assert not PartyNumber.objects.get(party=FIRST).revealed
    assert on_paper.enter_on_paper(plan, FIRST, step, number, PAPER, by="乙", at=city.NOW + 2)
    assert PartyNumber.objects.get(party=FIRST).revealed == number
    with pytest.raises(Conflict, match="开封的截止时间已过"):
        on_paper.enter_on_paper(plan, SECOND, step, city.number_of(SECOND).hex(), PAPER, by="甲", at=city.REVEAL_DUE)


def test_the_public_reads_what_protects_the_draw(plan: InspectionPlan) -> None:
    assert protection(plan) == ""
    for party in plan.parties:
        ceremony.seal_number(plan, party, commitment(plan, party), by="jingban", at=city.NOW)
    ceremony.commit_draw(plan, by="jingban", at=city.NOW)
    page = Client().get(f"/draws/{plan.number}").content.decode()
    assert page.count("一名工作人员代录：工作人员甲") == 3
    assert "都由同一名工作人员录入" in page
    assert "jingban" not in page


def test_by_command(plan: InspectionPlan, office: city.Office, monkeypatch: pytest.MonkeyPatch, now: list[int]) -> None:
    command = CliRunner()
    people = office.clerk.username, office.reviewer.username

    def ask(*words: str) -> str:
        answer = command.invoke(draw_commands.app, list(words))
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.output

    link = re.search(r"/p/(\S+)", ask("page", plan.number, FIRST, "--by", people[0]))
    code = re.search(r"：(\S+)\s*$", ask("code", plan.number, FIRST, "--by", people[1]))
    assert link
    assert code
    party_links.seal_on_page(party_links.page_by_link(link[1]), code[1], commitment(plan, FIRST), at=city.NOW)
    with pytest.raises(NotFound, match="在用账户"):
        ask("page", plan.number, FIRST, "--by", "没有这个人")
    ask("seal", plan.number, SECOND, commitment(plan, SECOND))
    assert "等另一人" in ask("seal", plan.number, THIRD, commitment(plan, THIRD), "--paper", PAPER, "--by", people[0])
    assert "已封存" in ask("seal", plan.number, THIRD, commitment(plan, THIRD), "--paper", PAPER, "--by", people[1])
    ask("commit", plan.number)
    assert "已开封" in ask("reveal", plan.number, SECOND, city.number_of(SECOND).hex())
    with pytest.raises(Conflict, match="有自己的专页"):
        ask("reveal", plan.number, FIRST, city.number_of(FIRST).hex())
    assert Draw.objects.get().state == "committed"


def test_at_a_desk(plan: InspectionPlan, office: city.Office, now: list[int]) -> None:
    clerk, reviewer = Client(), Client()
    clerk.force_login(office.clerk)
    reviewer.force_login(office.reviewer)
    here = f"/office/inspections/{plan.number}"
    answer = clerk.post(f"{here}/link", {"party": FIRST})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    link = re.search(r"/p/([\w-]+)", answer.content.decode())
    assert link
    assert link[1] not in clerk.get(here).content.decode(), "shown once"
    refused = clerk.post(f"{here}/code", {"party": FIRST})
    assert "须由另一人生成" in refused.content.decode()
    shown = reviewer.post(f"{here}/code", {"party": FIRST}).content.decode()
    code = re.search(r"\b\w{4}-\w{4}-\w{4}\b", shown)
    assert code
    assert Client().post(f"/p/{link[1]}/seal", {"code": code[0], "commitment": commitment(plan, FIRST)}).status_code == 302
    typed = {"party": SECOND, "commitment": commitment(plan, SECOND), "paper": PAPER}
    assert clerk.post(f"{here}/seal", typed).status_code == 302
    assert "等另一人录入同样的" in clerk.get(here).content.decode()
    assert reviewer.post(f"{here}/seal", typed).status_code == 302
    page = clerk.get(here).content.decode()
    assert f"{office.clerk.username}、{office.reviewer.username}" in page
    stranger = Client()
    stranger.force_login(city.office("别的局", 900_002).clerk)
    assert stranger.post(f"{here}/link", {"party": THIRD}).status_code == 403
