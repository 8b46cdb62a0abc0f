"""公示的门。"在7个工作日内上网公开"：the counts of what was handed in on time, kept while submissions close."""

# ruff: noqa: S608  (the SQL is put together from the constants below, never from input)

from __future__ import annotations

from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.foundation.disclosure.models import TimelinessCount
from chengxin.kernel.instants import Instant
from chengxin.storage.transactions import writing

__all__ = ["count_closed_submission", "recount_timeliness"]

_SECONDS_TO_MIDNIGHT: Final = 57_600  # of the last day in Asia/Shanghai, after that day's midnight in UTC
_SUMS: Final = "SUM(CASE WHEN {in_time} THEN 1 ELSE 0 END), SUM(CASE WHEN {in_time} THEN 0 ELSE 1 END)"
#: A deadline in a year without a calendar counts nobody late: such acts wait until the calendar comes.
_COUNTED: Final = "r.due_on IS NOT NULL AND ({in_time} OR NOT r.due_provisional)"
_CLOSED: Final = "EXISTS (SELECT 1 FROM collection_submission s WHERE s.id = r.submission_id AND s.state = 'closed')"
_FORMER: Final = "EXISTS (SELECT 1 FROM records_recordversion v WHERE v.record_id = r.id AND v.submission_id <> r.submission_id)"
_ADD: Final = (
    "INSERT INTO disclosure_timelinesscount (authority_id, item, month, on_time, late) "
    "SELECT r.authority_id, r.item, {month}, " + _SUMS + " FROM records_record r WHERE " + _COUNTED + " AND {among} "
    "GROUP BY r.authority_id, r.item, {month} "
    "ON CONFLICT (authority_id, item, month) DO UPDATE SET on_time = disclosure_timelinesscount.on_time + excluded.on_time, "
    "late = disclosure_timelinesscount.late + excluded.late"
)
#: Months that a correction may have moved an act from or to.
_TOUCHED: Final = (
    "SELECT DISTINCT r.authority_id, r.item, {month} FROM records_record r WHERE r.submission_id = %s AND " + _FORMER + " UNION "
    "SELECT DISTINCT r.authority_id, r.item, {former_month} FROM records_record r JOIN records_recordversion v ON v.record_id = r.id "
    "WHERE r.submission_id = %s AND v.submission_id <> r.submission_id"
)


def count_closed_submission(submission_id: int, at: Instant) -> None:
    """计入及时率：the acts of a submission, in the transaction that closes it. One GROUP BY for new acts; where a correction may have
    moved an act to another month, those months are counted anew."""
    words = _words()
    with writing(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_ADD.format(**words, among=f"r.submission_id = %s AND NOT {_FORMER}"), [submission_id])
        cursor.execute(_TOUCHED.format(**words), [submission_id, submission_id])
        for authority_id, item, month in cursor.fetchall():
            TimelinessCount.objects.filter(authority_id=authority_id, item=item, month=month).delete()
            among = f"r.authority_id = %s AND r.item = %s AND {words['month']} = %s AND {_CLOSED}"
            cursor.execute(_ADD.format(**words, among=among), [authority_id, item, month])


def recount_timeliness() -> None:
    """重新统计 everything from the records: after a calendar came or the deadline changed."""
    with writing(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        TimelinessCount.objects.all().delete()
        cursor.execute(_ADD.format(**_words(), among=_CLOSED), [])


def _words() -> dict[str, str]:
    """What the two databases say differently."""
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        midnight, month = "EXTRACT(EPOCH FROM r.due_on)::bigint", "to_char({}.decided_on, 'YYYY-MM')"
    else:
        midnight, month = "CAST(strftime('%%s', r.due_on) AS INTEGER)", "substr({}.decided_on, 1, 7)"
    return {
        "in_time": f"r.received_at < {midnight} + {_SECONDS_TO_MIDNIGHT}",
        "month": month.format("r"),
        "former_month": month.format("v"),
    }
