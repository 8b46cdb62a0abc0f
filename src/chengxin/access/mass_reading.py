"""批量查看。Who looked at more than anybody's work needs, counted over all reads of the last hour and day at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from chengxin.access.alarms import AlarmKind, raise_alarm
from chengxin.access.models import Account, Alarm, Department, Read
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active

__all__ = ["Line", "lines_at", "watch_reading"]

LINES: Final = "mass_reading"
HOUR: Final = 3600
DAY: Final = 86_400
#: Kinds that take a whole file away.
DOWNLOADS: Final = frozenset({"workbook", "sheet", "export"})
#: Kinds of questions about one natural person each, whom the key stands for.
ABOUT_PERSONS: Final = frozenset({"official_check", "official_record"})


@dataclass(frozen=True)
class Line:
    """一条警戒线：how many of what within how many seconds."""

    title: str
    seconds: int
    most: int
    counts: str  # subjects | reads | downloads | persons


def lines_at(at: Instant) -> list[Line]:
    """警戒线, from the policy in force."""
    most: Mapping[str, int] = active.policy_set().value_at(LINES, date_of(at)).value
    known = {
        "一小时内的主体": (HOUR, "subjects"),
        "一日内的主体": (DAY, "subjects"),
        "一小时内的次数": (HOUR, "reads"),
        "一小时内的下载": (HOUR, "downloads"),
        "一小时内的公务员": (HOUR, "persons"),
        "一日内的公务员": (DAY, "persons"),
    }
    return [Line(title, *known[title][:1], number, known[title][1]) for title, number in most.items()]


def watch_reading(at: Instant) -> list[Alarm]:
    """看有没有批量查看. One statement for each span of time; an alarm for each person and line once a day."""
    raised = []
    for line in lines_at(at):
        for account_id, department_id, number in _over(line, at):
            account = Account.objects.filter(pk=account_id).first() if account_id else None
            department = Department.objects.filter(pk=department_id).first() if department_id else None
            who = account.get_username() if account else f"{department.name if department else ''}的部门系统"
            alarm = raise_alarm(
                kind=AlarmKind.MASS_READING,
                key=f"{line.title} {account_id or ''}/{department_id or ''} {date_of(at)}",
                sentence=f"{who}{line.title}查看 {number}，超过警戒线 {line.most}。",
                account=account,
                department=department,
                at=at,
            )
            raised += [alarm] if alarm else []
    return raised


def _over(line: Line, at: Instant) -> Iterator[tuple[int | None, int | None, int]]:
    counted = {
        "subjects": Count("subject_id", distinct=True),
        "reads": Count("id"),
        "downloads": Count("id", filter=Q(kind__in=DOWNLOADS)),
        "persons": Count("key", distinct=True, filter=Q(kind__in=ABOUT_PERSONS)),
    }[line.counts]
    recent: QuerySet[Read] = Read.objects.filter(at__gt=at - line.seconds, at__lte=at)
    # A person is one whatever the department; systems of one department are one.
    grouped = recent.values("account_id", office=Coalesce(F("department_id"), 0)).annotate(number=counted).filter(number__gt=line.most)
    yield from ((row["account_id"], row["office"] or None, row["number"]) for row in grouped.order_by("account_id", "office"))
