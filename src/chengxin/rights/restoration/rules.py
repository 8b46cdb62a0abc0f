"""修复的规则, pure: by which way an item's records end before their time, and the rules that have a clock of their own beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from chengxin.foundation.records.showing import ShownBasis, shown_basis
from chengxin.foundation.records.types import SeverityCode
from chengxin.kernel.periods import last_day, parse_period
from chengxin.policy.errors import NoValueYet
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, DatedValue

WAYS: Final = "restoration_ways"
MARKET_REGULATOR: Final = "market_regulator"
#: Words of the market-regulation parameters.
_USUAL, _LONGER, _LONGER_FIELDS, _NOT_EARLY = "一般", "食品药品特种设备", "较长领域", "不得提前"


class Way(StrEnum):
    """修复的途径。"""

    APPLICATION = "application"  # asked for here, after the shortest period; who decided decides
    REMOVAL = "removal"  # asked for here as soon as the cause is gone
    COURT = "court"  # a court alone
    NONE = "none"  # no rule on file

    @property
    def here(self) -> bool:
        """Whether one applies on this platform."""
        return self in (Way.APPLICATION, Way.REMOVAL)


@dataclass(frozen=True)
class Beside:
    """并行的一套规则 with its own clock. ``earliest_on`` None: it may not end early."""

    title: str
    start_on: date
    start_word: str
    earliest_on: date | None
    latest_on: date
    sentence: str
    basis: ShownBasis


@dataclass(frozen=True)
class Penalised:
    """一份处罚, as far as the market regulation's own rules need it. ``published_on``: when it was, or was due to be, published here."""

    authority_kind: str  # a kind of department
    published_on: date
    kinds: str
    words: str
    severity: SeverityCode


def way_of(item: CatalogueItem, policy: PolicySet, as_of: date) -> tuple[Way, str, DatedValue | None]:
    """途径 of an item, its sentence, and the value that says so."""
    try:
        value = policy.value_at(WAYS, as_of)
    except NoValueYet:
        return Way.NONE, "那一天还没有在案的修复规定。", None
    said = value.value.get(item.id)
    if said is None:
        return Way.NONE, f"“{item.title}”没有在案的修复规定，不能在这里修复；认为有误的可以提出异议。", value
    return Way(said["by"]), str(said["sentence"]), value


def market_regulation_route(penalty: Penalised, policy: PolicySet) -> Beside | None:
    """市场监管系统自己的规则: in its own system, counted from the day of publication there. None for other authorities' penalties."""
    if penalty.authority_kind != MARKET_REGULATOR:
        return None
    start = penalty.published_on
    try:
        early = policy.value_at("market_regulation_early_end", start)
        longest = policy.value_at("market_regulation_publication_period", start).value
        scope = policy.value_at("market_regulation_early_end_scope", start).value
    except NoValueYet:
        return None
    barred = next((each for each in scope[_NOT_EARLY] if each in penalty.kinds), "")
    which = _LONGER if any(word in penalty.words for word in scope[_LONGER_FIELDS]) else _USUAL
    latest_on = last_day(start, _longest(longest, penalty))
    earliest_on = last_day(start, early.value[which]) + timedelta(days=1)
    basis = shown_basis(early.reference, policy, early.quote, early.note, early.confidence)
    about = "该系统的公示日期没有报送，暂按本平台应当公示之日推算，以该系统为准。"
    title = "市场监管系统的自有公示"
    if barred or earliest_on > latest_on:
        why = f"处罚含“{barred}”的，该系统不提前停止公示。" if barred else "该系统的最长期限更早届满，到期自动停止。"
        return Beside(title, start, "公示之日", None, latest_on, why + about, basis)
    shortest = parse_period(early.value[which]).chinese
    return Beside(title, start, "公示之日", earliest_on, latest_on, f"公示满{shortest}以后，可以申请在该系统提前停止公示。{about}", basis)


def _longest(periods: Mapping[str, Any], penalty: Penalised) -> str:
    only = {each.strip() for each in penalty.kinds.replace("、", ";").split(";") if each.strip()}
    if only and only <= {"警告", "通报批评"}:
        return str(periods["通报批评"])
    if only == {"罚款"} and penalty.severity is SeverityCode.MINOR:
        return str(periods["较低数额罚款"])
    return str(periods["其他"])
