"""The evaluation in plain Python, from the words of the published method: one subject at a time, lists and loops, no column in sight.

It shares nothing with the engine but the types of a model. What it says of a record's age, of the end of a window and of every sum is
written a second time on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from chengxin.policy.types_evaluation import EvaluationModel, Indicator

SHANGHAI = timezone(timedelta(hours=8))
NEVER_ENDS = 253_402_271_999
Line = tuple[int, int, int, int, int]  # part, kind, record, milli-points, until


def midnight_after(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp()) + 86_400


def full_months(start: date, end: date) -> int:
    return 12 * (end.year - start.year) + (end.month - start.month) - (1 if end.day < start.day else 0)


def leaves_the_window(decided: date, months: int) -> int:
    """The first day on which so many months are full, sought day by day; the midnight after it."""
    day = decided + timedelta(days=28 * months)
    while full_months(decided, day) < months:
        day += timedelta(days=1)
    return midnight_after(day)


def points_of(record: Mapping[str, Any], indicator: Indicator, as_of: date) -> int:
    """Milli-points before anything is weighed; 0: the indicator does not count the record, or gives nothing for it."""
    months = full_months(record["decided_on"], as_of)
    if record["item"] != indicator.item or (indicator.window_months and months >= indicator.window_months):
        return 0
    if indicator.supervision and record["supervision"] not in indicator.supervision:
        return 0
    if indicator.in_force and not midnight_after(as_of) < record["effective_until"]:
        return 0
    decay = indicator.decay or (1000,)
    per_mille = decay[min(months, len(decay) - 1)]
    for line in indicator.points:
        if line.severity in (0, record["severity"]) and line.outcome in (0, record["outcome"]):
            return line.points * per_mille
    return 0


def observations(records: Sequence[Mapping[str, Any]], indicator: Indicator, as_of: date) -> int:
    assert indicator.exposure is not None
    return sum(
        1
        for each in records
        if each["item"] == indicator.exposure.item
        and (not indicator.window_months or full_months(each["decided_on"], as_of) < indicator.window_months)
        and (not indicator.supervision or each["supervision"] in indicator.supervision)
    )


def fact_holds(subject: Mapping[str, Any], fact: str) -> bool:
    registered = subject["in_registry"]
    return {
        "not_in_registry": not registered,
        "no_industry": registered and not subject["industry"],
        "no_division": registered and not subject["division"],
    }[fact]


def relief(taken: int, hits: int, seen: int, model: EvaluationModel) -> int:
    """What few observations do not prove, of what was taken."""
    most = max((n for n, _ in model.relief), default=0)
    if not most or taken >= 0:
        return 0
    seen = max(seen, hits, 1)
    if seen > most:
        seen, hits = most, max(hits * most // seen, 1)
    return -taken * model.relief.get((seen, hits), 0) // 1000


def evaluate(
    subject: Mapping[str, Any], given: Sequence[Mapping[str, Any]], model: EvaluationModel, as_of: date
) -> tuple[dict[str, Any], list[Line]] | None:
    """(result, lines in order), or None for an industry that the model is not about."""
    if model.industries and not any(subject["industry"].startswith(each) for each in model.industries):
        return None
    records = [each for each in given if each["decided_on"] <= as_of and midnight_after(as_of) < each["counted_until"]]
    lines: list[Line] = [(-1, 0, 0, sum(each.start for each in model.dimensions) * 1000, 0)]
    totals = {each.id: 0 for each in model.dimensions}
    doubtful = 0
    for part, indicator in enumerate(model.indicators):
        hits, taken = 0, 0
        if indicator.fact and fact_holds(subject, indicator.fact):
            taken = indicator.points[0].points * 1000
            lines.append((part, 2, 0, taken, 0))
        seen = observations(records, indicator, as_of) if indicator.exposure else 0
        for record in sorted(records, key=lambda each: each["record_id"]) if indicator.item else ():
            points = points_of(record, indicator, as_of)
            if not points:
                continue
            if indicator.exposure and seen > indicator.exposure.reference:
                size = abs(points) * indicator.exposure.reference // seen
                points = size if points > 0 else -size
            ends = [record["counted_until"]]
            ends += [record["effective_until"]] if indicator.in_force else []
            ends += [leaves_the_window(record["decided_on"], indicator.window_months)] if indicator.window_months else []
            lines.append((part, 1, record["record_id"], points, 0 if min(ends) >= NEVER_ENDS else min(ends)))
            hits, taken = hits + 1, taken + points
        back = relief(taken, hits, seen if indicator.exposure else hits, model) if indicator.few_observations else 0
        if back:
            lines.append((part, 3, 0, back, 0))
        after = taken + back
        beyond = 0
        if indicator.cap is not None:
            beyond = max(indicator.cap * 1000 - after, 0) if indicator.cap <= 0 else min(indicator.cap * 1000 - after, 0)
        if beyond:
            lines.append((part, 4, 0, beyond, 0))
        totals[indicator.dimension] += after + beyond
        if not model.proves(indicator):
            doubtful += min(after + beyond, 0)
    for place, dimension in enumerate(model.dimensions):
        stands = dimension.start * 1000 + totals[dimension.id]
        held = min(max(stands, 0), dimension.points * 1000)
        if held != stands:
            lines.append((1000 + place, 5, 0, held - stands, 0))
    score = sum(line[3] for line in lines)
    return _graded(subject, records, model, score, doubtful), sorted(lines)


def _graded(
    subject: Mapping[str, Any], records: Sequence[Mapping[str, Any]], model: EvaluationModel, score: int, doubtful: int
) -> dict[str, Any]:
    items = {each["item"] for each in records}
    floor = next((each for each in model.floors if each.item in items), None)
    grade = next((each.id for each in model.grades if score >= each.least * 1000), model.grades[-1].id)
    spared = False
    if floor is not None:
        grade = floor.grade
    elif len(records) < model.insufficient_below:
        grade = "N"
    elif grade == model.grades[-1].id and score - doubtful >= model.grades[-2].least * 1000:
        grade, spared = model.grades[-2].id, True
    return {
        "subject_id": subject["subject_id"], "code": subject["code"], "grade": grade, "score": score, "records": len(records),
        "floor": floor.item_id if floor else "", "spared": spared,
    }  # fmt: skip
