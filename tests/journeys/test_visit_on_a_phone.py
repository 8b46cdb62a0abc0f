"""From the draw to the firm's page, on a phone that loses its signal: the form waits with its photo and is sent by itself, once."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.conftest import City, Visit

pytestmark = pytest.mark.browser
#: Two offices' worth of a ceremony, three hours ago; run inside the installation.
DRAW = """
import json
from datetime import timedelta
from chengxin.access.models import Department
from chengxin.during_event.inspection import ceremony, draws, public_values
from chengxin.during_event.inspection.inspectors import HEADER, load_inspectors
from chengxin.during_event.inspection.models import VisitTask
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan
from chengxin.engine import draw as engine
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.ledger.services import sign_checkpoint
from chengxin.policy import active
office, at = Department.objects.order_by("id").first(), clock.now() - 10_800
parties = ("甲方", "乙方", "丙方")
with active.use(active.policy_set()) as policy:
    rows = [f"{office.code},检查员{n},鲁J{n:04},市场监管综合,,2099-12-31" for n in range(1, 5)]
    load_inspectors("\\n".join([",".join(HEADER), *rows]), policy=policy, by="测试", at=at)
    day = date_of(at)
    plan = draft_plan(PlanDraft("走查-01", "价格抽查", ["price_and_advertising"], [office.code], day, day + timedelta(days=20), parties,
        "测试信标", at + 3600, at + 7200, outside_because="走查"), policy=policy, by="测试", at=at)
    for party in parties:
        ceremony.seal_number(plan, party, engine.party_commitment(plan.number, party, party.encode().ljust(32)).hex(), by="测试", at=at)
    ceremony.commit_draw(plan, by="测试", at=at + 60)
    for person in ("甲", "乙"):
        public_values.enter_public_value(plan, "8f1e2d", "某处", by=person, at=at + 7200)
    draws.run_draw(plan, by="测试", at=at + 7260)
    sign_checkpoint(at + 7300)
    draws.publish_draw(plan, by="测试", at=at + 7400)
task = VisitTask.objects.select_related("visit").order_by("id").first()
print(json.dumps({"task": task.pk, "token": task.visit.token, "code": task.visit.subject_code}))
"""


@pytest.fixture(scope="module")
def drawn(city: City) -> dict[str, Any]:
    """A published draw with its visits."""
    found: dict[str, Any] = json.loads(city.python(DRAW).splitlines()[-1])
    return found


def photo() -> dict[str, Any]:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "#1f5f6b").save(content, "JPEG")
    return {"name": "柜台.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def fill(page: Page) -> None:
    page.wait_for_selector("form[data-ready]")
    page.get_by_label("地点", exact=True).fill("泰山区示例路 1 号")
    for group in page.locator("fieldset.check-line").all():
        group.get_by_label("未发现问题").check()
    page.locator("#outcome").select_option("未发现问题")
    page.set_input_files("#photos", [photo()])
    page.wait_for_function("document.getElementById('draft-state').textContent.includes('已存在这部手机上')")


def without_a_signal_the_form_waits_and_is_sent_once(visit: Visit, drawn: dict[str, Any]) -> None:
    address = f"/office/visits/{drawn['task']}"
    first = visit(width=390, role="clerk")
    first.goto(address)
    fill(first)
    first.context.set_offline(True)
    first.get_by_role("button", name="提交，等同事复核").click()
    first.wait_for_function("document.getElementById('draft-state').textContent.includes('没有信号')")
    assert first.url.endswith(address), "the page stays"
    context = first.context
    first.close()  # the phone is put away

    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector("text=第 1 次录入")
    assert again.locator(".photos img").count() == 1, "the photo came along"
    again.wait_for_function("document.querySelector('.photos img').naturalWidth > 0")  # it loads when the page is there already
    assert again.evaluate(f"localStorage.getItem('chengxin-task-{drawn['task']}')") is None
    again.reload()
    assert again.locator("text=第 2 次录入").count() == 0

    # A second word is a second version, not the first one again.
    fill(again)
    again.locator("#words").fill("补充：已看过台账")
    again.get_by_role("button", name="提交，等同事复核").click()
    again.wait_for_selector("text=第 2 次录入")
    assert "补充：已看过台账" in again.inner_text("main")

    # The signal comes back while the page is open.
    fill(again)
    again.locator("#words").fill("第三次")
    context.set_offline(True)
    again.get_by_role("button", name="提交，等同事复核").click()
    again.wait_for_function("document.getElementById('draft-state').textContent.includes('没有信号')")
    context.set_offline(False)
    again.wait_for_selector("text=第 3 次录入")


def a_refused_form_keeps_what_was_filled_in(visit: Visit, drawn: dict[str, Any]) -> None:
    page = visit(width=390, role="clerk")
    page.goto(f"/office/visits/{drawn['task']}")
    fill(page)
    page.locator("#outcome").select_option("发现问题已责令改正")
    page.get_by_role("button", name="提交，等同事复核").click()
    page.wait_for_selector("form .refusal")
    assert "各项都没有发现问题" in page.inner_text("form .refusal")
    assert page.input_value("#place") == "泰山区示例路 1 号"
    assert page.evaluate("document.getElementById('photos').files.length") == 1
    page.locator("#outcome").select_option("未发现问题")
    page.get_by_role("button", name="提交，等同事复核").click()
    page.wait_for_selector("text=次录入")


def reviewed_public_rated_and_run_again(visit: Visit, drawn: dict[str, Any]) -> None:
    reviewer = visit(width=390, role="reviewer")
    reviewer.goto("/office/visits")
    reviewer.goto(f"/office/visits/{drawn['task']}")
    reviewer.get_by_role("button", name="同意并报送公示").click()
    reviewer.wait_for_selector("text=已报送公示")

    firm = visit(width=390)
    firm.goto(f"/v/{drawn['token']}")
    assert "结果：未发现问题" in firm.inner_text("main")
    firm.get_by_label("5 分").check()
    firm.get_by_label("是", exact=True).check()
    firm.get_by_role("button", name="提交评价").click()
    firm.wait_for_load_state("networkidle")
    assert "已评价：5 分" in firm.inner_text("main")

    public = visit(width=1440)
    public.goto("/draws/走查-01")
    public.get_by_role("button", name="重新抽取").click()
    public.wait_for_selector("text=重新抽取的结果与公布的逐字节相同")
    assert "未发现问题" in public.inner_text("main")
    public.goto(f"/s/{drawn['code']}")
    assert "价格和广告行为检查" in public.inner_text("main") or "行政监督检查" in public.inner_text("main")


def test_from_the_phone_to_the_public(visit: Visit, drawn: dict[str, Any]) -> None:
    without_a_signal_the_form_waits_and_is_sent_once(visit, drawn)
    a_refused_form_keeps_what_was_filled_in(visit, drawn)
    reviewed_public_rated_and_run_again(visit, drawn)
