"""R5b 两书同达：every recorded penalty yields the restoration notice with its class, dates, basis and the way to apply."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.access.models import Account
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(HANDED_IN + 60))


def test_every_penalty_of_a_file_has_its_notice(policy_set: PolicySet, client: Client) -> None:
    office = market_regulation()
    classes = {
        "轻微失信": {"CF_CFLB": "警告", "CF_NR_FK": "", "CF_NR": "警告"},
        "一般失信": {"CF_NR_FK": "10", "CF_NR": "罚款100000元"},
        "严重失信": {"CF_CFLB": "吊销执照", "CF_NR_FK": "", "CF_NR": "吊销执照", "CF_NR_ZKDX": "营业执照"},
    }
    hand_in(office, [penalty(number, office.code, **changes) for number, changes in enumerate(classes.values(), start=1)])
    clerk = Client()
    clerk.force_login(Account.objects.create(username="clerk", role="clerk", department=office))
    dates = {"轻微失信": ("2026-11-12", "2027-02-12"), "一般失信": ("2027-02-13", "2027-11-12"), "严重失信": ("2027-11-13", "2029-11-12")}
    for record, (title, (earliest, latest)) in zip(Record.objects.order_by("id"), dates.items(), strict=True):
        text = clerk.get(f"/r/{record.pk}/restoration").content.decode()
        for words in (
            title,
            earliest,
            latest,
            "信用中国",
            "信用修复管理办法",
            "怎样申请",
            f"泰市监处罚〔2026〕{record.pk - Record.objects.order_by('id')[0].pk + 1}号",
        ):
            assert words in text, (title, words)
        public = client.get(f"/r/{record.pk}/restoration").status_code
        assert public == (404 if title == "轻微失信" else 200)
