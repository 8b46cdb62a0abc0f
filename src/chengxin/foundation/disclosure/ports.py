"""公示的端口, filled by later chapters in ``AppConfig.ready``: what else a record's page and its notice say."""

from __future__ import annotations

from typing import Final, Protocol

from django.http import HttpRequest

from chengxin.access.models import Department
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.showing import ShownRecord
from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port


class RecordPart(Protocol):
    """记录页的一段。"""

    def __call__(self, request: HttpRequest, record: Record, shown: ShownRecord, at: Instant) -> str:
        """Its HTML, escaped; "" where there is nothing to say."""
        ...


class OfficePart(Protocol):
    """部门页的一段。"""

    def __call__(self, request: HttpRequest, office: Department, at: Instant) -> str:
        """Its HTML, escaped; "" where there is nothing to say."""
        ...


#: Sections of ``/r/<id>``, after the period; and of the restoration notice, before its end.
record_parts: Final[Port[RecordPart]] = Port("disclosure.record_parts")
notice_parts: Final[Port[RecordPart]] = Port("disclosure.notice_parts")
#: Sections of ``/offices/<code>``, after its head.
office_parts: Final[Port[OfficePart]] = Port("disclosure.office_parts")
