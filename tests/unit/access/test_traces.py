"""查看留痕入账：each second the sequencer turns reads of sealed fields into leaves."""

from __future__ import annotations

import pytest

from chengxin.access import services
from chengxin.access.models import Account, SealedRead
from chengxin.access.roles import Role
from chengxin.access.traces import EVENT
from chengxin.ledger import sequencer
from chengxin.ledger.services import prove, read_contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    department = services.add_department(code="11370900000000182F", name="示例局", at=1)
    return services.add_account(username="wang", department=department, role=Role.CREDIT_OFFICE, password="quiet-harbour-41", at=1)


def read(account: Account, content_id: int, at: int) -> SealedRead:
    return SealedRead.objects.create(
        at=at, account=account, department=account.department, purpose="核对身份", matter="7号", content_id=content_id, field="CF_XDR_ZJHM"
    )


def test_every_read_becomes_one_leaf_in_its_order(account: Account) -> None:
    reads = [read(account, content_id, at=10 + content_id) for content_id in (5, 5, 9)]
    assert sequencer.run_once(at=100).leaves == 3
    assert sequencer.run_once(at=101).leaves == 0
    leaves = list(SealedRead.objects.order_by("id").values_list("leaf_content_id", flat=True))
    contents = read_contents([leaf for leaf in leaves if leaf is not None])
    assert [contents[leaf or 0]["_content"] for leaf in leaves] == ["5", "5", "9"]
    assert contents[leaves[0] or 0] == {
        "_event": EVENT,
        "_at": "15",
        "_account": str(account.pk),
        "_department": "11370900000000182F",
        "_purpose": "核对身份",
        "_matter": "7号",
        "_content": "5",
        "_field": "CF_XDR_ZJHM",
    }
    assert prove(leaves[0] or 0) is not None
    assert [row.pk for row in reads] == list(SealedRead.objects.order_by("id").values_list("pk", flat=True))
