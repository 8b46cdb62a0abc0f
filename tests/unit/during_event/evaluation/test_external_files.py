"""Signed evaluation files: what is taken in as it came, what is refused with which sentence, and that nothing mixes with the city's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chengxin.access.models import Account, VaultFile
from chengxin.access.services import issue_token
from chengxin.during_event.evaluation import agencies
from chengxin.during_event.evaluation.external_file import parse
from chengxin.during_event.evaluation.external_intake import take_in
from chengxin.during_event.evaluation.models import ExternalEvaluation, ExternalFile
from chengxin.during_event.evaluation.results import results_of
from chengxin.kernel.instants import date_of, end_of_day
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck
from tests.harness.agencies import SCALE, Signatory, registered, result
from tests.harness.evaluation_town import AT, STALL, Town
from tests.harness.penalties import code_of

TODAY = date_of(AT)


@pytest.fixture
def offices(town: Town) -> tuple[Account, Account]:
    """Two people of the credit office."""
    return town.person("credit_office"), town.person("credit_office", "credit_office-two")


@pytest.fixture
def agency(offices: tuple[Account, Account]) -> Signatory:
    """A registered agency."""
    return registered(*offices, AT - 60)


def row(town: Town, number: int = 1, **given: str) -> dict[str, str]:
    firm = town.firm(number)
    return result(firm.code or "", firm.name, AT, **given)


def take(content: bytes, at: int = AT) -> ExternalFile:
    return take_in(content, file_name="评价.jsonl", by="测试", at=at)


def refused(content: bytes, at: int = AT) -> Refused:
    """The refusal of a whole file, of which nothing is kept."""
    before = VaultFile.objects.count(), ExternalFile.objects.count()
    with pytest.raises(Refused) as told:
        take(content, at)
    assert ExternalFile.objects.count() == before[1]
    assert told.value.what_to_do
    return told.value


def test_a_signed_result_is_taken_in_as_it_came_and_stands_apart(town: Town, agency: Signatory) -> None:
    before = results_of(town.firm(1), TODAY, AT).city
    taken = take(agency.file([row(town), row(town, 2, grade="C")], made_on=TODAY))
    assert (taken.rows, taken.accepted, taken.faults) == (2, 2, [])
    found = results_of(town.firm(1), TODAY, AT)
    assert [(each.agency, each.grade, each.grade_title, each.valid) for each in found.market] == [
        ("泰安云杉信用评价有限公司", "AA", "好", True)
    ]
    assert found.national == []
    assert found.industry_external == []
    assert (found.city.grade, found.city.score, found.city.reasons) == (before.grade, before.score, before.reasons)
    assert fsck().sound


def test_a_correction_is_a_later_entry_and_a_result_can_be_taken_back(town: Town, agency: Signatory) -> None:
    take(agency.file([row(town, grade="AAA"), row(town, 2)], made_on=TODAY))
    take(agency.file([row(town, grade="B")], sequence=2, made_on=TODAY), AT + 10)
    back = {"code": code_of(2), "name": town.firm(2).name, "evaluated_on": str(TODAY), "withdrawn": "yes"}
    take(agency.file([back], sequence=5, made_on=TODAY), AT + 20)
    assert [each.grade for each in results_of(town.firm(1), TODAY, AT + 30).market] == ["B"]
    assert results_of(town.firm(2), TODAY, AT + 30).market == []
    assert [each.grade for each in results_of(town.firm(2), TODAY, AT + 15).market] == ["AA"]  # as known then
    assert ExternalEvaluation.objects.count() == 4
    assert fsck().sound


BAD_ROWS: list[tuple[str, dict[str, str]]] = [
    ("X01", {"code": "91370902MA00000000"}),
    ("X03", {"code": code_of(999)}),
    ("X04", {"code": STALL}),
    ("X05", {"name": "泰安白桦另一家有限公司"}),
    ("X06", {"grade": "优"}),
    ("X07", {"evaluated_on": "2026/11/1"}),
    ("X07", {"valid_until": "2027-02-30"}),
    ("X08", {"evaluated_on": str(TODAY + timedelta(days=1))}),
    ("X09", {"valid_until": ""}),
    ("X09", {"valid_until": "2020-01-01"}),
    ("X10", {"evaluated_on": "2025-01-01", "valid_until": str(TODAY - timedelta(days=1))}),
    ("X11", {"withdrawn": "yes"}),
    ("X11", {"withdrawn": "no"}),
    ("X12", {"withdrawn": "yes", "grade": "", "valid_until": ""}),
]


@pytest.mark.parametrize(("rule", "given"), BAD_ROWS)
def test_a_row_that_cannot_be_goes_back_alone(town: Town, agency: Signatory, rule: str, given: dict[str, str]) -> None:
    bad = {key: value for key, value in (row(town) | given).items() if value}
    taken = take(agency.file([bad, row(town, 2)], made_on=TODAY))
    assert (taken.rows, taken.accepted) == (2, 1)
    (fault,) = taken.faults
    assert fault["rule"] == rule
    assert fault["sentence"]
    assert fault["what_to_do"]
    assert [each.subject_id for each in ExternalEvaluation.objects.all()] == [town.firm(2).pk]


def test_the_same_subject_twice_in_a_file_counts_neither(town: Town, agency: Signatory) -> None:
    taken = take(agency.file([row(town), row(town, grade="C"), row(town, 2)], made_on=TODAY))
    assert [each["rule"] for each in taken.faults] == ["X02", "X02"]
    assert results_of(town.firm(1), TODAY, AT).market == []


def test_the_last_day_of_validity_still_holds(town: Town, agency: Signatory) -> None:
    assert take(agency.file([row(town, valid_until=str(TODAY))], made_on=TODAY)).accepted == 1
    assert [each.valid for each in results_of(town.firm(1), TODAY, AT).market] == [True]
    tomorrow = TODAY + timedelta(days=1)
    assert [each.valid for each in results_of(town.firm(1), tomorrow, end_of_day(tomorrow) - 60).market] == [False]


def test_a_natural_person_sends_the_whole_file_back_and_nothing_is_kept(town: Town, agency: Signatory) -> None:
    kept = VaultFile.objects.count()
    number = "110105194912310021"
    told = refused(agency.file([row(town), result("11010519491231002X", "张某", AT)], made_on=TODAY))
    assert told.slug == "evaluation-of-person"
    assert number[:17] not in told.sentence
    assert VaultFile.objects.count() == kept


def test_who_is_not_registered_hands_in_nothing(town: Town, offices: tuple[Account, Account]) -> None:
    stranger = Signatory()
    content = stranger.file([row(town)], made_on=TODAY)
    assert refused(content).slug == "agency-unknown"
    stranger.propose(offices[0], AT)
    assert refused(content).slug == "agency-not-registered"


def test_one_changed_byte_breaks_the_signature(town: Town, agency: Signatory) -> None:
    content = agency.file([row(town)], made_on=TODAY)
    assert refused(content.replace(b'"grade":"AA"', b'"grade":"AAA"')).slug == "evaluation-signature"
    assert refused(Signatory(agency.code).file([row(town)], made_on=TODAY)).slug == "evaluation-signature"
    assert take(content).accepted == 1


def test_an_older_file_cannot_be_played_again(town: Town, agency: Signatory) -> None:
    old = agency.file([row(town, grade="AAA")], sequence=3, made_on=TODAY)
    take(old)
    assert refused(old).slug == "evaluation-file-again"
    take(agency.file([row(town, grade="C")], sequence=4, made_on=TODAY))
    assert refused(old).slug == "evaluation-file-again"
    assert refused(agency.file([row(town, grade="AAA")], sequence=4, made_on=TODAY)).slug == "evaluation-file-older"
    assert refused(agency.file([row(town, grade="AAA")], sequence=2, made_on=TODAY)).slug == "evaluation-file-older"
    assert [each.grade for each in results_of(town.firm(1), TODAY, AT).market] == ["C"]


def test_a_file_of_which_nothing_can_be_taken_uses_no_number_up(town: Town, agency: Signatory) -> None:
    assert refused(agency.file([row(town, grade="Z")], made_on=TODAY)).slug == "evaluation-file-no-row"
    assert take(agency.file([row(town)], made_on=TODAY)).accepted == 1


def test_a_key_counts_from_its_approval_until_it_is_stopped(town: Town, agency: Signatory, offices: tuple[Account, Account]) -> None:
    first, second = offices
    yesterday = agency.file([row(town)], made_on=TODAY - timedelta(days=1))
    assert refused(yesterday).slug == "evaluation-key-not-in-force"  # before the key was approved
    later = Signatory(agency.code)
    agencies.propose_key(agency.code, later.public, by=first, at=AT)
    assert refused(later.file([row(town)], made_on=TODAY)).slug == "evaluation-key-not-in-force"
    with pytest.raises(Forbidden):
        agencies.approve_key(later.public, by=first, at=AT)
    agencies.approve_key(later.public, by=second, at=AT)
    take(later.file([row(town)], made_on=TODAY))
    agencies.end_key(agency.public, because="钥匙外泄", by=first, at=AT + 5)
    backdated = agency.file([row(town)], sequence=9, made_on=TODAY)
    assert refused(backdated, AT + 6).slug == "evaluation-key-not-in-force"
    assert fsck().sound


def test_an_ended_agency_is_no_longer_heard_and_its_results_say_so(town: Town, agency: Signatory, offices: tuple[Account, Account]) -> None:
    take(agency.file([row(town)], made_on=TODAY))
    agencies.end_agency(agency.code, because="备案到期", by=offices[0], at=AT + 5)
    assert refused(agency.file([row(town)], sequence=2, made_on=TODAY), AT + 6).slug == "agency-ended"
    assert [each.valid for each in results_of(town.firm(1), TODAY, AT + 6).market] == [False]
    assert fsck().sound


def test_two_people_register(town: Town, offices: tuple[Account, Account]) -> None:
    first, second = offices
    made = Signatory()
    made.propose(first, AT)
    with pytest.raises(Forbidden):
        agencies.register_agency(made.code, by=first, at=AT)
    with pytest.raises(Forbidden):
        agencies.register_agency(made.code, by=town.person("clerk"), at=AT)
    agencies.register_agency(made.code, by=second, at=AT)
    with pytest.raises(Conflict):
        agencies.register_agency(made.code, by=second, at=AT)
    with pytest.raises(Conflict):
        made.propose(first, AT)
    with pytest.raises(NotFound):
        agencies.register_agency(code_of(5), by=second, at=AT)


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({"code": "91370902MA"}, "agency-code"),
        ({"kind": "national"}, "choice-unknown"),
        ({"basis": " "}, "agency-basis"),
        ({"scale": (("A", "好"),)}, "agency-scale"),
        ({"scale": (("A", "好"), ("A", "差"))}, "agency-scale"),
        ({"public_key": "ab"}, "agency-key"),
        ({"public_key": "zz" * 32}, "agency-key"),
    ],
)
def test_an_agency_that_cannot_be_is_not_proposed(offices: tuple[Account, Account], given: dict[str, Any], slug: str) -> None:
    sound = {
        "code": code_of(802),
        "name": "某评价机构",
        "kind": "market",
        "scale": SCALE,
        "basis": "备案",
        "public_key": Signatory().public,
    }
    with pytest.raises(Refused) as told:
        agencies.propose_agency(agencies.Agency(**{**sound, **given}), by=offices[0], at=AT)
    assert told.value.slug == slug


def _spoiled(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda content: b"\n".join(change(content.split(b"\n")))


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda content: content[:-1], None),
        (lambda content: content.replace(b"\n", b"\r\n"), None),
        (_spoiled(lambda lines: [lines[0], lines[1] + b" ", *lines[2:]]), "2"),
        (_spoiled(lambda lines: [lines[0], lines[1].replace(b'"grade":"AA"', b'"grade":5'), *lines[2:]]), "2"),
        (_spoiled(lambda lines: [lines[0], lines[1].replace(b'"grade":"AA"', b'"grade":"AA","score":"7"'), *lines[2:]]), "2"),
        (_spoiled(lambda lines: [lines[0], lines[1], lines[1][:-5], *lines[3:]]), "3"),
        (_spoiled(lambda lines: [lines[0], lines[1], *lines[3:]]), "1"),
        (_spoiled(lambda lines: [lines[0].replace(b"/v1", b"/v2"), *lines[1:]]), "1"),
        (_spoiled(lambda lines: [lines[0].replace(b'"sequence":"1"', b'"sequence":"01"'), *lines[1:]]), "1"),
        (_spoiled(lambda lines: [*lines[:-2], b'{"signature":"AAAA"}', b""]), "4"),
        (lambda content: b"", None),
    ],
)
def test_a_file_that_is_not_as_the_format_says_is_refused_with_its_line(
    town: Town, agency: Signatory, spoil: Callable[[bytes], bytes], line: str | None
) -> None:
    content = spoil(agency.file([row(town), row(town, 2)], made_on=TODAY))
    with pytest.raises(Refused) as told:
        parse(content)
    assert told.value.slug == "evaluation-file-malformed"
    assert line is None or told.value.where["line"] == line


def test_the_interface_takes_a_file_by_its_signature(town: Town, agency: Signatory) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    token = {"Authorization": f"Bearer {issue_token(town.office, AT)}"}
    content = agency.file([row(town), row(town, 2, grade="Z")], made_on=TODAY)
    address = "/api/v1/evaluation-files"
    assert Client().post(address, {"file": SimpleUploadedFile("e.jsonl", content)}).status_code in {401, 403}
    answer = Client().post(address, {"file": SimpleUploadedFile("e.jsonl", content)}, headers=token)
    assert answer.status_code == 201, answer.content.decode()
    assert (answer.json()["accepted"], answer.json()["faults"][0]["rule"]) == (1, "X06")
    assert Client().get(answer["Location"], headers=token).json() == answer.json()
    again = Client().post(address, {"file": SimpleUploadedFile("e.jsonl", content)}, headers=token)
    assert again.status_code == 409
    lines = content.split(b"\n")
    lines[-2] = json.dumps({"signature": base64.b64encode(bytes(64)).decode()}, separators=(",", ":")).encode()
    wrong = Client().post(address, {"file": SimpleUploadedFile("e.jsonl", b"\n".join(lines))}, headers=token)
    assert (wrong.status_code, wrong.json()["type"].rpartition("/")[2]) == (422, "evaluation-signature")
