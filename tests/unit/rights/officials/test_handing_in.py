"""报送和复核：what is taken, from whom, and what stands nowhere in clear."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from chengxin.access.models import Account, SealedIndex
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Notice
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, read_contents, sign_checkpoint
from chengxin.rights.officials.identities import register_identity
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.services import confirm_record, decline_record, hand_in_record
from tests.harness.officials import CANDIDATE, CHEATING, NOW, SERVANT, Bureau, a_bureau, calling, form_of, handed_in, on_file
from tests.harness.penalties import person_number
from tests.harness.rights import PASSWORD, browser_of, pdf
from tests.harness.second_factor import shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
AGAIN = {"number": SERVANT[0], "name": SERVANT[1], "document": form_of()["document"]}


@pytest.fixture
def bureau() -> Bureau:
    return a_bureau()


BAD: list[tuple[str, dict[str, str], str]] = [
    ("name only", {"number": ""}, "official-number-missing"),
    ("number only", {"name": " "}, "official-name-missing"),
    ("check character", {"number": SERVANT[0][:17] + ("0" if SERVANT[0][17] != "0" else "1")}, "official-number-invalid"),
    ("fifteen digits", {"number": "370902850315301"}, "official-number-invalid"),
    ("no such kind", {"kind": "社会公德"}, "official-kind"),
    ("no document", {"document": " "}, "said-missing"),
    ("no organ", {"organ": ""}, "said-missing"),
    ("no clause", {"clause": ""}, "said-missing"),
    ("not the organ's", {"organ": "泰安市云杉协会"}, "official-organ"),
    ("a court's only", {"kind": "judgment"}, "official-organ"),
    ("no day", {"decided_on": "昨天"}, "date-unreadable"),
    ("tomorrow", {"decided_on": "2026-07-07"}, "date-in-future"),
    ("not delivered", {"delivered_on": ""}, "date-unreadable"),
    ("delivered before", {"delivered_on": "2026-04-09"}, "official-delivery"),
    ("no method", {"delivery_method": ""}, "said-missing"),
    ("control characters", {"clause": "第一条\x00"}, "said-unreadable"),
    ("before any rule", {"decided_on": "1999-01-01"}, "no-value-yet"),
    ("puts right what is not there", {"corrects": "999"}, "no-such-official-record"),
]


@pytest.mark.parametrize(("_why", "changes", "slug"), BAD, ids=[each[0] for each in BAD])
def test_what_is_not_a_decision_that_can_be_contested_is_not_taken(bureau: Bureau, _why: str, changes: dict[str, str], slug: str) -> None:
    with pytest.raises(Refused) as refused:
        handed_in(bureau, **changes)
    assert refused.value.slug == slug
    assert SERVANT[0] not in str(refused.value)
    assert not OfficialRecord.objects.exists()


def test_an_adverse_decision_needs_its_proof_of_delivery_and_a_commendation_does_not(bureau: Bureau) -> None:
    with pytest.raises(Refused, match="送达证明"):
        handed_in(bureau, proof=None)
    with pytest.raises(Refused, match="内容不是可以接收的文件"):
        handed_in(bureau, proof=pdf("送达.pdf", b"MZ not a paper"))
    praised = on_file(bureau, proof=None, kind="commendation", document="泰政奖〔2026〕1号", delivered_on="", delivery_method="")
    assert praised.accepted


def test_the_same_decision_is_handed_in_once(bureau: Bureau) -> None:
    record = handed_in(bureau)
    for again in (SERVANT, (SERVANT[0], "云一呜")):
        with pytest.raises(Conflict) as refused:
            handed_in(bureau, whom=again)
        assert refused.value.slug == "official-twice"
    decline_record(record.pk, "录错", caller=calling(bureau.reviewer), at=NOW)
    standing = on_file(bureau)
    with pytest.raises(Conflict):
        handed_in(bureau)
    assert handed_in(bureau, corrects=str(standing.pk), kind="demerit").corrects_id == standing.pk
    assert handed_in(bureau, whom=CANDIDATE).accepted is None, "one document may be about two people"


def test_only_people_of_a_personnel_authority_hand_in_and_confirm(bureau: Bureau) -> None:
    for stranger in (bureau.servant, bureau.candidate, bureau.security, bureau.reviewer):
        with pytest.raises(Forbidden):
            hand_in_record(form_of(), pdf(), caller=calling(stranger), at=NOW)
    record = handed_in(bureau)
    for other in (bureau.clerk, bureau.servant, bureau.judge, bureau.security):
        with pytest.raises(Forbidden):
            confirm_record(record.pk, AGAIN, caller=calling(other), at=NOW)
    with pytest.raises(NotFound):
        confirm_record(record.pk, AGAIN, caller=calling(bureau.second_judge), at=NOW)
    assert confirm_record(record.pk, AGAIN, caller=calling(bureau.reviewer), at=NOW).accepted
    with pytest.raises(Conflict):
        confirm_record(record.pk, AGAIN, caller=calling(bureau.reviewer), at=NOW)
    with pytest.raises(Conflict):
        decline_record(record.pk, "不符", caller=calling(bureau.reviewer), at=NOW)


def test_whoever_handed_in_does_not_confirm_even_in_another_role(bureau: Bureau) -> None:
    record = handed_in(bureau)
    bureau.clerk.role = Role.REVIEWER
    bureau.clerk.save()
    with pytest.raises(Refused, match="不能复核自己报的"):
        confirm_record(record.pk, AGAIN, caller=calling(bureau.clerk), at=NOW)


@pytest.mark.parametrize("field", ["number", "name", "document"])
def test_the_second_person_types_it_again_and_it_must_be_the_same(bureau: Bureau, field: str) -> None:
    record = handed_in(bureau)
    wrong = {"number": CANDIDATE[0], "name": "云一呜", "document": "泰云处〔2026〕8号"}[field]
    with pytest.raises(Refused) as refused:
        confirm_record(record.pk, AGAIN | {field: wrong}, caller=calling(bureau.reviewer), at=NOW)
    assert refused.value.slug == "official-differs"
    record.refresh_from_db()
    assert record.accepted is None
    assert not decline_record(record.pk, "证件号码录错", caller=calling(bureau.reviewer), at=NOW).accepted


def test_nobody_handles_a_record_about_themself_or_unknown(bureau: Bureau) -> None:
    own = person_number(310, "19800101")
    with pytest.raises(Forbidden) as refused:
        handed_in(bureau, whom=(own, "某人"))
    assert refused.value.slug == "own-person"
    record = handed_in(bureau, whom=(person_number(311, "19800101"), "某人"))
    with pytest.raises(Forbidden) as refused:
        confirm_record(
            record.pk, AGAIN | {"number": person_number(311, "19800101"), "name": "某人"}, caller=calling(bureau.reviewer), at=NOW
        )
    assert refused.value.slug == "own-person"
    with pytest.raises(Forbidden):
        decline_record(record.pk, "不想要", caller=calling(bureau.reviewer), at=NOW)
    new = add_account(username="新来的", department=bureau.organisation, role=Role.CLERK, password=PASSWORD, at=NOW)
    with pytest.raises(Forbidden) as refused:
        hand_in_record(form_of(), pdf(), caller=calling(new), at=NOW)
    assert refused.value.slug == "own-identity-needed"


def test_the_colleague_is_told_by_a_number_only(bureau: Bureau) -> None:
    record = handed_in(bureau)
    (told,) = Notice.objects.all()
    assert (told.to_kind, told.to_key, told.href) == ("office", str(bureau.organisation.pk), f"/officials/{record.pk}")
    assert SERVANT[1] not in told.text


def test_number_name_and_document_stand_in_no_table_and_no_entry(bureau: Bureau) -> None:
    record = on_file(bureau)
    on_file(bureau, whom=CANDIDATE, **CHEATING)
    (entry,) = read_contents([record.content_id]).values()
    assert {entry[each][:7] for each in ("official_number", "official_name", "official_document")} == {"sealed:"}
    tables = everything_in_tables()
    for secret in (*SERVANT, *CANDIDATE, form_of()["document"]):
        assert secret not in tables
    assert SealedIndex.objects.filter(content_id=record.content_id).count() == 3


def test_the_tables_follow_from_the_entries(bureau: Bureau) -> None:
    on_file(bureau)
    decline_record(handed_in(bureau, document="泰云处〔2026〕9号").pk, "录错", caller=calling(bureau.reviewer), at=NOW)
    handed_in(bureau, document="泰云处〔2026〕10号")
    sign_checkpoint(NOW + 1)
    report = fsck(at=NOW + 2)
    assert report.sound, report
    OfficialRecord.objects.filter(accepted=True).update(kind="commendation")
    assert not fsck(at=NOW + 2).sound


def test_one_account_is_one_person(bureau: Bureau) -> None:
    with pytest.raises(Conflict):
        register_identity(bureau.stranger, number=SERVANT[0], name="云一鸣", reference="身份证", by=bureau.security, at=NOW)
    with pytest.raises(Conflict):
        register_identity(
            bureau.servant, number=person_number(330, "19900101"), name="某人", reference="身份证", by=bureau.security, at=NOW
        )
    for who in (bureau.clerk, bureau.candidate):
        with pytest.raises(Forbidden):
            register_identity(bureau.stranger, number=person_number(331, "19900101"), name="某人", reference="身份证", by=who, at=NOW)
    with pytest.raises(Forbidden):
        register_identity(
            bureau.security, number=person_number(332, "19900101"), name="某人", reference="身份证", by=bureau.security, at=NOW
        )


def test_a_candidate_gets_an_account_of_their_own_upon_a_document(bureau: Bureau) -> None:
    browser = shown(Client(), bureau.security)
    form = {
        "for": "person",
        "username": "另一考生",
        "number": person_number(333, "20020101"),
        "name": "云某",
        "document_seen": "身份证原件",
    }
    refused = browser.post("/office/accounts/open", form | {"number": person_number(333, "20020101")[:-1]})
    assert refused.status_code == 422
    assert not Account.objects.filter(username="另一考生").exists(), "both or neither"
    assert browser.post("/office/accounts/open", form).status_code == 200
    own = Account.objects.get(username="另一考生")
    assert (own.department, own.mandates.count()) == (None, 0)
    assert "没有关于您的记录" in browser_of(own).get("/account/records").content.decode()
    page = browser.get(f"/office/accounts/{own.pk}/identity").content.decode()
    assert "已登记本人身份" in page
    assert form["number"] not in page
    assert browser.post(f"/office/accounts/{own.pk}/identity/change", {"verb": "end"}).status_code == 302
    assert "还没有登记" in browser_of(own).get("/account/records").content.decode()
    again = form | {"verb": "register", "reference": "身份证原件"}
    assert browser.post(f"/office/accounts/{own.pk}/identity/change", again | {"name": ""}).status_code == 422
    assert browser.post(f"/office/accounts/{own.pk}/identity/change", again).status_code == 302


def everything_in_tables() -> str:
    """Every row of every table, as text."""
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == "subjects_name_index":
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [
                str(bytes(v), "utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for row in cursor.fetchall() for v in row
            ]
    return "\n".join(str(bytes(each), "utf-8", "replace") if isinstance(each, bytes | memoryview) else str(each) for each in rows)
