"""预警的收件箱。An office sees its own and its subordinates' warnings; the credit office and auditors see everybody's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from chengxin.access.models import Department
from chengxin.access.queries import subordinates_of
from chengxin.access.reads import Seen
from chengxin.during_event.warnings.models import RiskWarning, WarningAnswer, WarningRun
from chengxin.during_event.warnings.types import WarningOutcome
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import bad_cursor, make_cursor, read_cursor, visible
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound

OPEN, SETTLED, EVERY = "open", "settled", "every"
STATES = {OPEN: "待处理", SETTLED: "已处理", EVERY: "全部"}


@dataclass(frozen=True)
class Inbox:
    """收件箱的一页。``next_cursor`` "" on the last."""

    warnings: Sequence[RiskWarning]
    total: int
    next_cursor: str


@dataclass(frozen=True)
class RuleFigures:
    """一条规则的数：``settled`` answered, of these ``confirmed`` found true or acted upon."""

    rule: str
    open: int
    settled: int
    confirmed: int

    @property
    def per_mille(self) -> int | None:
        """核实率, per mille of what was answered; None before anything was."""
        return self.confirmed * 1000 // self.settled if self.settled else None


def seen(warnings: Sequence[RiskWarning]) -> list[Seen]:
    """What a look at ``warnings`` is about."""
    return [Seen("warning", str(each.pk), (each.subject_id,), each.rule, each.office_id or None) for each in warnings]


def scope_of(office: Department) -> set[int]:
    """The offices whose inboxes ``office`` sees."""
    return {office.pk} | subordinates_of(office.pk)


def inbox(scope: Collection[int] | None, *, state: str = OPEN, rule: str = "", cursor: str = "", limit: int = 50) -> Inbox:
    """收件箱 of these offices (None: all), newest first."""
    among = _among(scope, state, rule)
    rows = among.order_by("-id")
    if cursor:
        (last,) = read_cursor(cursor, 1)
        if not last.isdecimal() or len(last) > 18:
            raise bad_cursor()
        rows = rows.filter(pk__lt=int(last))
    found = list(rows[: limit + 1])
    return Inbox(found[:limit], among.count(), make_cursor(str(found[limit - 1].pk)) if len(found) > limit else "")


def own_warning(warning_id: int, office: Department | None) -> RiskWarning:
    """一条预警 in an inbox that ``office`` sees (None: any). NotFound otherwise."""
    found = RiskWarning.objects.filter(pk=warning_id)
    if office is not None:
        found = found.filter(office_id__in=scope_of(office))
    warning = found.first()
    if warning is None:
        raise NotFound("no-such-warning", f"收件箱里没有第 {warning_id} 号预警。", "从风险预警的列表进入；转办走的到收件部门查看。")
    return warning


def figures(scope: Collection[int] | None) -> list[RuleFigures]:
    """各规则的数, by rule."""
    counts: dict[str, dict[str, int]] = {}
    for rule, outcome, n in _among(scope, EVERY, "").values_list("rule", "outcome").annotate(n=Count("id")).order_by("rule"):
        counts.setdefault(rule, {})[outcome] = n
    found = []
    for rule, by_outcome in sorted(counts.items()):
        waiting = by_outcome.pop("", 0)
        true = by_outcome.get(WarningOutcome.CONFIRMED, 0) + by_outcome.get(WarningOutcome.HANDLED, 0)
        found.append(RuleFigures(rule, waiting, sum(by_outcome.values()), true))
    return found


def subjects_of(warnings: Sequence[RiskWarning]) -> dict[int, Subject]:
    """The subjects that these warnings are about or name, by id."""
    wanted = {each.subject_id for each in warnings} | {pk for each in warnings for pk in each.related}
    return Subject.objects.in_bulk(wanted)


def records_of(warnings: Sequence[RiskWarning], at: Instant) -> dict[int, tuple[Record, bool]]:
    """The records that these warnings rest on, by id, and whether each still counts: what was withdrawn since no longer does."""
    wanted = {pk for each in warnings for pk in each.records}
    counting = set(Record.objects.filter(visible(Surface.COUNTED, at), pk__in=wanted).values_list("id", flat=True))
    return {pk: (record, pk in counting) for pk, record in Record.objects.in_bulk(wanted).items()}


def answers_of(warnings: Sequence[RiskWarning]) -> dict[int, list[WarningAnswer]]:
    """What was answered, oldest first, by warning."""
    found: dict[int, list[WarningAnswer]] = {}
    for answer in WarningAnswer.objects.filter(warning_id__in=[each.pk for each in warnings]).order_by("id"):
        found.setdefault(answer.warning_id, []).append(answer)
    return found


def last_run() -> WarningRun | None:
    """最近一次预警."""
    return WarningRun.objects.order_by("-id").first()


def _among(scope: Collection[int] | None, state: str, rule: str) -> QuerySet[RiskWarning]:
    among = RiskWarning.objects.all()
    if scope is not None:
        among = among.filter(office_id__in=list(scope))
    if state == OPEN:
        among = among.filter(outcome="")
    elif state == SETTLED:
        among = among.exclude(outcome="")
    return among.filter(rule=rule) if rule else among
