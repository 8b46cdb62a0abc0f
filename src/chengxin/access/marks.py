"""下载的印记。A file that leaves says who took it, of which office, when, for what, and under which number that is on record.

The number is the look's own row, which is written before the file is made: a file without a row does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chengxin.access.caller import Caller
from chengxin.access.reads import Reason
from chengxin.kernel.instants import Instant, local_time

__all__ = ["Mark", "Marking", "mark_of", "marked", "marking_of"]

_MARKING: Final = "_marked_download"


@dataclass(frozen=True)
class Mark:
    """印记。``number`` as it is looked up: of the look (第 12 号查看), or of an entry of the ledger (c12)."""

    number: str
    who: str
    office: str
    at: Instant
    purpose: str

    @property
    def when(self) -> str:
        """Date and time, Asia/Shanghai."""
        return local_time(self.at).strftime("%Y-%m-%d %H:%M")

    @property
    def line(self) -> str:
        """Who and when, under which number: for what is meant to be handed on, such as a printed sheet."""
        return f"{self.number}：{self.office} {self.who}，{self.when}"

    @property
    def sentence(self) -> str:
        """The mark of what is for the one who took it."""
        return f"{self.line} 下载，用于{self.purpose}。仅供本人办理此事，不得转给他人。"


#: Makes the download, once its mark is known.
Marking = Callable[[Mark], HttpResponseBase]


def marked(request: HttpRequest, make: Marking, *, opened: BinaryIO | None = None) -> HttpResponse:
    """带印记的下载：``make`` is called after the look is on record (``site/reading.py``); what is returned here stands in until then.
    ``opened``: what is closed where it never comes to that."""
    setattr(request, _MARKING, make)
    stand_in = HttpResponse()
    if opened is not None:
        stand_in._resource_closers.append(opened.close)  # type: ignore[attr-defined]
    return stand_in


def marking_of(request: HttpRequest) -> Marking | None:
    """What waits to be made for this request."""
    found: Marking | None = getattr(request, _MARKING, None)
    return found


def mark_of(read_id: int, caller: Caller, reason: Reason, at: Instant) -> Mark:
    """The mark of a look that is on record."""
    who = caller.account.get_username() if caller.account is not None else "部门系统"
    office = caller.department.name if caller.department is not None else "平台"
    purpose = f"{reason.purpose}（{reason.matter}）" if reason.matter else reason.purpose
    return Mark(f"第 {read_id} 号查看", who, office, at, purpose)
