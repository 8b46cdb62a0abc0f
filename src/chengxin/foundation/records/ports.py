"""信用记录的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, Protocol

from django.db.models import QuerySet

from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port

#: The ids of the submissions that are not closed, as a query of one column ``id``; few at any time.
OpenSubmissions = Callable[[], "QuerySet[Any, Any]"]


def _nobody() -> QuerySet[Any, Any]:
    raise LookupError("foundation.collection has not said which submissions are open; nothing may be shown")


_open_submissions: list[OpenSubmissions] = [_nobody]


def register_open_submissions(query: OpenSubmissions) -> None:
    """Say which submissions are not closed; called once, when the app of collection is ready."""
    _open_submissions[:] = [query]


def open_submissions() -> QuerySet[Any, Any]:
    """尚未办结的报送：a subquery of ids. Rows of these are seen by nobody."""
    return _open_submissions[0]()


class Marks(Protocol):
    """记录旁的标记：words that stand beside a record wherever it is shown, exports too, from the moment they are true (有争议)."""

    def of(self, record_ids: Collection[int], at: Instant) -> Mapping[int, str]:
        """Record → what is disputed, in words; records without a mark are absent. One query for any number."""
        ...

    def changed(self, after: tuple[Instant, int], at: Instant, limit: int) -> Iterable[tuple[Instant, int]]:
        """(instant, record) of marks that appeared or went, after a place and until ``at``, in order: for the feed."""
        ...

    def changes(self, item: int, since: Instant, at: Instant) -> int:
        """How many marks of records of an item appeared or went in (since, at]: files made before are stale."""
        ...


class Followers(Protocol):
    """后果：whoever must act when a record is withdrawn, restored, corrected or erased, in the same transaction."""

    def followed(self, record_ids: Collection[int], verb: str, because: str, at: Instant) -> None:
        """``verb``: of ``records.types.ActVerb``. The standing is rewritten already; the entry of the act comes after."""
        ...

    def swapped(self, submission_id: int, at: Instant) -> None:
        """New versions of records came in with a submission, which is closed: in the same transaction, after their entries."""
        ...


disputes: Final[Port[Marks]] = Port("records.disputes")
followers: Final[Port[Followers]] = Port("records.followers")
