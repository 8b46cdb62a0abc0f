"""R1b 失信被执行人、虚假诉讼失信人：lists with entry, term and exit; of natural persons nothing is published."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.services import add_department
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in
from tests.harness.penalties import as_csv, code_of, person_number
from tests.harness.valid_rows import valid_row

pytestmark = pytest.mark.usefixtures("db")

NOW = HANDED_IN + 86_400


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.mark.parametrize("list_id", ["judgment_defaulters", "false_litigation"])
def test_an_entry_is_shown_until_it_exits(policy_set: PolicySet, client: Client, list_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    court = add_department(code=code_of(1, "11370900MC"), name="泰安市中级人民法院", at=HANDED_IN - 86_400)
    item = policy_set.item(list_id)
    exit_field = item.roles["exit_on"]
    row = {code: text for code, text in valid_row(item, policy_set, court.code, 1).items() if code != exit_field}
    done = hand_in(court, as_csv([row]), item=list_id, file_name="名单.csv")
    assert (done.accepted, done.rejected) == (1, 0)
    page = client.get(f"/lists/{list_id}")
    assert f'href="/r/{Record.objects.get().pk}"' in page.content.decode()
    assert page["X-Robots-Tag"].startswith("noindex")
    assert Record.objects.get().public_until > NOW
    hand_in(court, as_csv([{**row, exit_field: "2026-12-01"}]), item=list_id, file_name="名单.csv", at=HANDED_IN + 3_600)
    last_second = start_of_day(date(2026, 12, 1)) - 1
    for at, shown in ((last_second, True), (last_second + 1, False)):
        monkeypatch.setenv(clock.PINNED_CLOCK, str(at))
        assert (client.get(f"/r/{Record.objects.get().pk}").status_code == 200) is shown
        assert ('<li class="record' in client.get(f"/lists/{list_id}").content.decode()) is shown


def test_a_natural_person_is_never_published(policy_set: PolicySet, client: Client) -> None:
    court = add_department(code=code_of(1, "11370900MC"), name="泰安市中级人民法院", at=HANDED_IN - 86_400)
    item = policy_set.item("judgment_defaulters")
    row = valid_row(item, policy_set, court.code, 1)
    person = {item.roles["subject_name"]: "欧阳某某", item.roles["subject_kind"]: "自然人", item.roles["subject_code"]: "", "SX_FRDB": ""}
    person |= {item.roles["person_id_kind"]: "身份证", item.roles["person_id"]: person_number(7)}
    person.pop(item.roles["exit_on"], None)
    hand_in(court, as_csv([{**row, **person}]), item=item.id, file_name="名单.csv")
    for record in Record.objects.all():
        assert (record.public_from, record.public_until) == (0, 0)
        assert client.get(f"/r/{record.pk}").status_code == 404
    text = client.get(f"/lists/{item.id}").content.decode() + client.get("/api/v1/acts").content.decode()
    assert "欧阳" not in text
    assert client.get("/api/v1/subjects", {"q": "欧阳某某"}).json()["subjects"] == []
