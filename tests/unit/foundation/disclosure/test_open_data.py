"""Downloads hold what is public, safely, and stop the moment a record in them may not be shown any more."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.test import Client

from chengxin.foundation.disclosure.open_data import make_open_data, manifest_of, stale_items, why_stale
from chengxin.foundation.disclosure.open_data_rows import neutral
from chengxin.foundation.records import services
from chengxin.foundation.records.types import Surface
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, start_of_day
from chengxin.policy.policy_set import PolicySet
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
NOW = HANDED_IN + 86_400


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CHENGXIN_HOME", tmp_path)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


def stale(policy: PolicySet, at: int = NOW) -> str:
    return why_stale(policy.item("administrative_penalty"), at, date_of(at))


def test_the_three_files_say_the_same_and_only_what_is_public(policy_set: PolicySet, client: Client) -> None:
    rows = [{"CF_SY": '=HYPERLINK("http://invalid")'}, {"CF_SY": "甲,乙\n“丙”"}, {"CF_CFLB": "警告", "CF_NR_FK": ""}]
    rows.append({"CF_XDR_LB": "自然人", "CF_XDR_MC": "欧阳明远", "CF_XDR_SHXYM": "", "CF_XDR_ZJHM": "sealed:v1:x", "CF_NR_FK": "2"})
    made = recording.records("administrative_penalty", rows, at=HANDED_IN)
    item = policy_set.item("administrative_penalty")
    manifest = make_open_data(item, NOW)
    assert (manifest.records, manifest.next_end) == (3, made[0].public_until)

    def read(name: str) -> bytes:
        answer = client.get(f"/data/{item.id}/{name}")
        assert answer.status_code == 200
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    lines = list(csv.DictReader(io.StringIO(read("records.csv").decode("utf-8-sig"))))
    objects = json.loads(read("records.json"))
    table = pl.read_parquet(io.BytesIO(read("records.parquet")))
    shown = [made[0].id, made[1].id, made[3].id]
    assert [int(line["id"]) for line in lines] == [each["id"] for each in objects] == table["id"].to_list() == shown
    assert lines[0]["CF_SY"] == '\'=HYPERLINK("http://invalid")'
    assert objects[0]["CF_SY"] == '=HYPERLINK("http://invalid")'
    assert lines[1]["CF_SY"] == objects[1]["CF_SY"] == table["CF_SY"][1] == "甲,乙\n“丙”"
    everything = read("records.csv") + read("records.json") + table.write_csv().encode()
    for hidden in ("欧阳", "sealed:v1", "salt", "CF_FR_ZJHM"):
        assert hidden.encode() not in everything
    package = json.loads(read("datapackage.json"))
    assert package["records"] == 3
    assert package["freshness"]["valid_until"] == "2027-04-10T16:00:00Z"
    assert {resource["format"] for resource in package["resources"]} == {"csv", "json", "parquet"}
    told = {field["name"]: field["type"] for field in package["resources"][0]["schema"]["fields"]}
    kinds = {"integer": pl.Int64, "boolean": pl.Boolean, "date": pl.Date, "datetime": pl.Datetime, "string": pl.String}
    assert {name: kind.base_type() for name, kind in table.schema.items()} == {name: kinds[kind] for name, kind in told.items()}
    assert table["decided_on"][0].isoformat() == objects[0]["decided_on"]


@pytest.mark.parametrize("ends", ["hold", "withdrawal", "correction", "legal end"])
def test_files_stop_the_moment_a_record_in_them_ends_or_changes(
    policy_set: PolicySet, client: Client, ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = recording.record(at=HANDED_IN)
    make_open_data(policy_set.item("administrative_penalty"), NOW)
    fresh = client.get("/data/administrative_penalty/records.csv")
    assert b"CF_WSH" in b"".join(fresh.streaming_content)  # type: ignore[attr-defined]
    at = NOW + 60
    if ends == "hold":
        services.place_hold(record_id=record.id, surfaces=[Surface.PUBLIC], because="异议", clause="", by="信用办", at=at)
    elif ends == "withdrawal":
        services.withdraw_record(record_id=record.id, reason="void", decided_on=date(2026, 4, 15), because="无效", by="经办", at=at)
    elif ends == "correction":
        recording.new_version(record, at=at, CF_NR_FK="11")
    else:
        at = record.public_until
    monkeypatch.setenv(clock.PINNED_CLOCK, str(at))
    assert stale(policy_set, at)
    answer = client.get("/data/administrative_penalty/records.csv")
    assert answer.status_code >= 400
    assert "正在重新生成" in answer.content.decode()
    assert "records.csv" not in client.get("/data").content.decode().split("administrative_penalty")[-1]
    if ends != "legal end":
        make_open_data(policy_set.item("administrative_penalty"), at)
        assert stale(policy_set, at) == ""


def test_a_change_that_commits_late_makes_the_files_stale(policy_set: PolicySet) -> None:
    record = recording.record(at=HANDED_IN)
    make_open_data(policy_set.item("administrative_penalty"), NOW)
    assert stale(policy_set) == ""
    services.place_hold(record_id=record.id, surfaces=[Surface.PUBLIC], because="异议", clause="", by="信用办", at=NOW - 5)
    assert stale(policy_set)


def test_every_public_item_is_made_and_made_again_when_old(policy_set: PolicySet) -> None:
    wanted = {item.id for item in stale_items(NOW, date_of(NOW))}
    assert "administrative_penalty" in wanted
    for item in stale_items(NOW, date_of(NOW)):
        make_open_data(item, NOW)
    assert stale_items(NOW, date_of(NOW)) == []
    later = NOW + int(policy_set.value_at("open_data_freshness", date_of(NOW)).value)
    assert {item.id for item in stale_items(later, date_of(later))} == wanted
    manifest = manifest_of(policy_set.item("administrative_penalty"))
    assert manifest is not None
    assert manifest.records == 0


@pytest.mark.parametrize(
    ("cell", "safe"), [("=1+1", "'=1+1"), ("+8613800000000", "'+8613800000000"), ("＝甲", "'＝甲"), ("甲=乙", "甲=乙"), (-5, -5), ("", "")]
)
def test_a_cell_is_no_formula(cell: object, safe: object) -> None:
    assert neutral(cell) == safe
