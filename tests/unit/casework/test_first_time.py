"""Who comes for the first time finds the way: what a page of a case says to somebody who knows nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.access.roles import Role
from chengxin.casework.models import Case
from chengxin.kernel import clock
from chengxin.site.templatetags.chengxin_words import place_words, with_records
from tests.harness.rights import Town, a_colleague, a_town, browser_of, morning
from tests.harness.second_factor import shown

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = morning(date(2026, 7, 13))


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    handed_in = morning(date(2026, 4, 14))
    return a_town(handed_in, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def form(town: Town) -> str:
    return f"/cases/open/restoration/record/{town.record.pk}"


def apply(town: Town) -> Case:
    pdf = b"%PDF-1.7\n%%EOF\n"
    files = {f"file.{kind}": SimpleUploadedFile(f"{kind}.pdf", pdf) for kind in ("performance_proof", "commitment_letter")}
    answer = browser_of(town.owner).post(f"{form(town)}/new", {"performed": "已缴清", "promise": "yes"} | files)
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.get()


def test_a_refused_form_names_no_identifiers_and_says_that_files_are_gone(town: Town) -> None:
    page = browser_of(town.owner).post(f"{form(town)}/new", {"performed": ""}).content.decode()
    assert "没有填写“怎样纠正了失信行为、履行了义务”。" in page
    assert "位置：" not in page
    assert "附的材料要重新选" in page


def test_who_applies_twice_is_led_to_the_case_that_runs(town: Town) -> None:
    case = apply(town)
    page = browser_of(town.owner).get(form(town)).content.decode()
    assert f'<a class="button quiet" href="/cases/{case.pk}">打开正在办理的案件</a>' in page


def test_a_case_leads_to_what_it_is_about_and_names_no_office_that_does_nothing(town: Town) -> None:
    case = apply(town)
    page = browser_of(town.owner).get(f"/cases/{case.pk}").content.decode()
    assert f'<a href="/r/{town.record.pk}">' in page
    assert "裁决机关" not in page
    assert "受理：认定单位经办人" in page


def test_who_only_looks_on_is_told_who_must_act_and_not_who_might_give_up(town: Town) -> None:
    case = apply(town)
    page = browser_of(town.credit).get(f"/cases/{case.pk}").content.decode()
    assert "受理：认定单位经办人" in page
    assert "撤回申请" not in page


def test_notices_to_an_office_are_not_for_who_looks_after_the_machine(town: Town) -> None:
    apply(town)
    runs = a_colleague(town.clerk, NOW, Role.SYSTEM_ADMIN, "运维")
    told = "请在期限内决定是否受理"
    assert told in browser_of(town.clerk).get("/cases").content.decode()
    page = shown(Client(), runs).get("/cases")
    assert page.status_code == 200
    assert told not in page.content.decode()


def test_a_firm_at_the_door_of_an_office_is_sent_to_its_own(town: Town) -> None:
    answer = browser_of(town.owner).get("/office/")
    assert answer.status_code == 403
    assert '<a class="button quiet" href="/centre">企业中心</a>' in answer.content.decode()
    assert "本部门的账户管理员" not in answer.content.decode()


def test_places_are_told_in_words_and_keys_for_machines_are_not() -> None:
    assert place_words({"file": "表.csv", "row": "3", "field": "performed"}) == "文件“表.csv”，第 3 行"
    assert place_words({"field": "performed"}) == place_words(None) == ""


def test_only_records_become_links_in_the_text_of_a_notice() -> None:
    assert with_records("<b>记录：/r/12。") == '&lt;b&gt;记录：<a href="/r/12">打开这条记录</a>。'
    assert "<a" not in with_records("见 /office/reads 和 /r/x")


def test_the_only_reviewer_is_warned_before_taking_the_clerks_part(town: Town) -> None:
    path = f"/cases/{apply(town).pk}"
    warning = "您是本单位唯一的复核人"
    assert warning in browser_of(town.reviewer).get(path).content.decode()
    assert warning not in browser_of(town.clerk).get(path).content.decode()
    a_colleague(town.reviewer, NOW, Role.REVIEWER)
    assert warning not in browser_of(town.reviewer).get(path).content.decode(), "another one can approve"
