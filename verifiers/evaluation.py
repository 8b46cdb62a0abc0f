"""Work out one subject's grade again from what is published. It shares no code with the platform.

    python verifiers/evaluation.py public_comprehensive.yaml few_observations.csv explained.json

The first two files are the published method (``/evaluation/method/<model>``), the third is what ``chengxin explain CODE --json`` or the
API tells whoever has a matter: the result, and the facts it rests on. Needs Python 3.11 and PyYAML. Exit status: 0 the same, 1 another.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

ENDLESS = 1 << 62


def midnight_after(day: date) -> int:
    """The end of a day in Asia/Shanghai (UTC+8), in seconds since 1970 UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + 86_400 - 8 * 3_600


def full_months(begun: date, day: date) -> int:
    return 12 * (day.year - begun.year) + day.month - begun.month - (day.day < begun.day)


def months_of(period: str) -> int:
    """P3Y → 36, P18M → 18."""
    years, _, months = period.removeprefix("P").rpartition("Y")
    return int(years or 0) * 12 + int(months.removesuffix("M") or 0)


def decay_of(indicator: Mapping[str, Any]) -> list[int]:
    """``12 x 1000`` is twelve months of 1000 per mille; without a table nothing fades."""
    found: list[int] = []
    for text in indicator.get("decay", [1000]):
        times, _, value = str(text).rpartition("x")
        found += [int(value)] * int(times or 1)
    return found


def in_scope(record: Mapping[str, Any], indicator: Mapping[str, Any], as_of: date) -> bool:
    """Within the window, and decided by an authority of the field."""
    window, fields = indicator.get("window"), indicator.get("supervision")
    age = full_months(date.fromisoformat(record["decided_on"]), as_of)
    return (not window or age < months_of(window)) and (not fields or record["supervision"] in fields)


def milli_points(record: Mapping[str, Any], indicator: Mapping[str, Any], as_of: date) -> int:
    if record["item"] != indicator.get("item") or not in_scope(record, indicator, as_of):
        return 0
    if indicator.get("in_force") and (record["effective_until"] or ENDLESS) <= midnight_after(as_of):
        return 0
    decay = decay_of(indicator)
    age = full_months(date.fromisoformat(record["decided_on"]), as_of)
    for line in indicator["points"]:
        if line.get("severity") in (None, record["severity"]) and line.get("outcome") in (None, record["outcome"]):
            return int(line["points"]) * decay[min(age, len(decay) - 1)]
    return 0


def holds(fact: str, subject: Mapping[str, Any]) -> bool:
    registered = subject["in_registry"]
    return bool(
        {
            "not_in_registry": not registered,
            "no_industry": registered and not subject["industry"],
            "no_division": registered and not subject["division"],
        }[fact]
    )


def given_back(taken: int, hits: int, seen: int, relief: Mapping[tuple[int, int], int]) -> int:
    """What few observations do not prove of what was taken; beyond the table's end in proportion."""
    most, seen = max(n for n, _ in relief), max(seen, hits, 1)
    if seen > most:
        seen, hits = most, max(hits * most // seen, 1)
    return -taken * relief[seen, hits] // 1000


def of_indicator(
    indicator: Mapping[str, Any], subject: Mapping[str, Any], records: Sequence[Mapping[str, Any]], as_of: date, relief: Mapping[Any, int]
) -> int:
    """Everything one indicator gives or takes."""
    if indicator.get("fact"):
        return int(indicator["points"][0]["points"]) * 1000 if holds(indicator["fact"], subject) else 0
    exposure = indicator.get("exposure")
    seen = sum(each["item"] == exposure["item"] and in_scope(each, indicator, as_of) for each in records) if exposure else 0
    each_one = [found for record in records if (found := milli_points(record, indicator, as_of))]
    hits = len(each_one)
    if exposure and seen > exposure["reference"]:
        each_one = [abs(found) * exposure["reference"] // seen * (1 if found > 0 else -1) for found in each_one]
    total = sum(each_one)
    if indicator.get("few_observations") and total < 0:
        total += given_back(total, hits, seen if exposure else hits, relief)
    cap = indicator.get("cap")
    if cap is not None:
        total = max(total, cap * 1000) if cap <= 0 else min(total, cap * 1000)
    return total


def grade_of(
    model: Mapping[str, Any], relief: Mapping[tuple[int, int], int], subject: Mapping[str, Any], given: Sequence[Any], as_of: date
) -> tuple[str, int]:
    """(grade, score in milli-points)."""
    records = [
        each
        for each in given
        if date.fromisoformat(each["decided_on"]) <= as_of and midnight_after(as_of) < (each["counted_until"] or ENDLESS)
    ]
    totals = {each["id"]: 0 for each in model["dimensions"]}
    doubtful = 0
    listed_items = {each["item"] for each in model.get("floors", [])}
    for indicator in model["indicators"]:
        found = 0 if indicator.get("not_collected") else of_indicator(indicator, subject, records, as_of, relief)
        totals[indicator["dimension"]] += found
        proven = indicator.get("few_observations") or indicator.get("listing") or indicator.get("item", "") in listed_items
        doubtful += 0 if proven else min(found, 0)
    ends = {each["id"]: (each["start"] * 1000, each["points"] * 1000) for each in model["dimensions"]}
    score = sum(min(max(start + totals[name], 0), most) for name, (start, most) in ends.items())
    lines = model["grades"]
    for floor in model.get("floors", []):
        if any(record["item"] == floor["item"] for record in records):
            return str(floor["grade"]), score
    if len(records) < model["insufficient_below"]:
        return "N", score
    grade = next((each["id"] for each in lines if score >= each["least"] * 1000), lines[-1]["id"])
    if grade == lines[-1]["id"] and score - doubtful >= lines[-2]["least"] * 1000:
        grade = lines[-2]["id"]
    return str(grade), score


def main(model_file: str, table_file: str, explained_file: str) -> int:
    """Compare; 0 the same."""
    model = yaml.safe_load(Path(model_file).read_text(encoding="utf-8"))
    with Path(table_file).open(encoding="utf-8") as table:
        relief = {(int(each["observations"]), int(each["count"])): int(each["milli_points"]) for each in csv.DictReader(table)}
    explained = json.loads(Path(explained_file).read_text(encoding="utf-8"))
    facts = explained["facts"]
    grade, score = grade_of(model, relief, facts["subject"], facts["records"], date.fromisoformat(facts["as_of"]))
    told = explained["grade"], explained["score_milli_points"]
    same = (grade, score) == told
    sys.stdout.write(f"{grade} {score} {'same' if same else f'NOT the same: the platform says {told[0]} {told[1]}'}\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
