"""参评资格核查的门。"依规取消其参评各类荣誉的资格" (government-integrity/2.4.3). Who asks is on record before the answer leaves, with every
record that the answer rests on, so that a correction reaches them. Nothing is decided here: the organiser of the honour decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.access.caller import Caller
from chengxin.access.marks import Mark, mark_of
from chengxin.access.reads import Reason as ReadReason
from chengxin.access.reads import Seen, record_reads
from chengxin.foundation.records.uses import Channel, note_uses
from chengxin.kernel.codes.credit_code import is_valid
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.rights.eligibility.facts import facts_of
from chengxin.rights.eligibility.rules import answer_of
from chengxin.rights.eligibility.types import Answer, Outcome

__all__ = ["AT_MOST", "KIND", "LONGEST_MATTER", "PURPOSE", "Sheet", "check_offices", "codes_in", "day_in"]

KIND: Final = "eligibility"
PURPOSE: Final = "参评资格核查"
#: How many offices in one question: what one answer can carry.
AT_MOST: Final = 5_000
LONGEST_MATTER: Final = 200
FAULTS_TOLD: Final = 5
_BETWEEN: Final = re.compile(r"[\s,，;；、]+")


@dataclass(frozen=True)
class Sheet:
    """一次核查：the answers in the order of the codes, for which day, by what was known when and under which policy."""

    answers: Sequence[Answer]
    as_of: date
    at: Instant
    matter: str
    policy: str
    mark: Mark

    def of(self, outcome: Outcome) -> list[Answer]:
        """The answers that came to ``outcome``."""
        return [each for each in self.answers if each.outcome is outcome]


def check_offices(*, codes: Iterable[str], as_of: date, matter: str, caller: Caller, at: Instant) -> Sheet:
    """核查：may these offices take part in honours on ``as_of``? ``matter``: which honour, by which document.

    Refused without a matter, without codes, for more than :data:`AT_MOST`, and for what is no unified social credit code: names are not
    looked up. An office that the platform does not know is answered with 需人工核实, never with yes.
    """
    matter = _matter(matter)
    asked = _checked(codes)
    answers = [answer_of(facts, as_of, at) for facts in facts_of(asked, at)]
    reason = ReadReason(PURPOSE, matter)
    note_uses(caller, _records(answers), Channel.ELIGIBILITY, at)
    first = record_reads(caller, reason, _seen(answers, as_of), at)[0]
    return Sheet(answers, as_of, at, matter, active.policy_set().digest, mark_of(first, caller, reason, at))


def codes_in(text: str) -> list[str]:
    """The words of what somebody pasted, one a line or with commas between."""
    return [word for word in _BETWEEN.split(text.strip()) if word]


def day_in(text: str, at: Instant) -> date:
    """The day that is asked about; today where nothing is said. Refused for what is no date."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else date_of(at)
    except ValueError:
        raise Refused("date-unreadable", f"“{text.strip()[:40]}”不是日期。", "写成 2026-04-01 这样的日期。", where={"as_of": ""}) from None


def _matter(text: str) -> str:
    matter = text.strip()
    if not matter:
        raise Refused("said-missing", "没有写明用于哪项评选。", "写明荣誉或者评选的名称和文号；谁、为何查询会留痕。", where={"matter": ""})
    if len(matter) > LONGEST_MATTER:
        raise Refused("said-too-long", f"用于哪项评选不得超过 {LONGEST_MATTER} 个字。", "写名称和文号即可。", where={"matter": matter[:20]})
    return matter


def _checked(words: Iterable[str]) -> list[str]:
    """Each code once, in order."""
    asked = list(dict.fromkeys(word.strip().upper() for word in words if word.strip()))
    if not asked:
        raise Refused("said-missing", "没有填写要核查的单位。", "每行一个统一社会信用代码。", where={"codes": ""})
    if len(asked) > AT_MOST:
        raise Refused(
            "too-many-codes", f"一次至多核查 {AT_MOST} 个单位，收到 {len(asked)} 个。", "分几次核查。", where={"codes": str(len(asked))}
        )
    if wrong := [(place, word) for place, word in enumerate(asked, 1) if not is_valid(word)]:
        where = {f"第 {place} 个": word[:40] for place, word in wrong[:FAULTS_TOLD]}
        more = f"，另有 {len(wrong) - FAULTS_TOLD} 个" if len(wrong) > FAULTS_TOLD else ""
        raise Refused(
            "not-a-credit-code", f"有 {len(wrong)} 个不是统一社会信用代码{more}：名称会重名，不按名称核查。",
            "改成 18 位统一社会信用代码再查；部门的代码在 /offices 的名单里。", where=where,
        )  # fmt: skip
    return asked


def _records(answers: Iterable[Answer]) -> set[tuple[int, int]]:
    return {(reason.record, reason.version) for each in answers for reason in each.reasons if reason.record is not None}


def _seen(answers: Sequence[Answer], as_of: date) -> list[Seen]:
    """One row for the question, and one for each subject of whom something was shown: of the others there was nothing to see."""
    whole = Seen(KIND, "", what=f"核查 {len(answers)} 个单位，{as_of}")
    return [whole, *(Seen(KIND, each.code, each.subject_ids, each.outcome.label) for each in answers if each.reasons or each.notes)]
