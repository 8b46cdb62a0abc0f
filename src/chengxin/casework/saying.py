"""所填内容。What a step asks for is read and checked here; a decision against somebody must say all that they need to contest it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import Asked, AskedKind, StepRule

#: 不利决定必须写明：asked for by every step that is ``adverse``, whatever the procedure's file says.
ADVERSE: Final[tuple[Asked, ...]] = (
    Asked("facts", "认定的事实", AskedKind.TEXT, hint="写清时间、行为、证据。", longest=2_000),
    Asked("document_number", "决定文书号", AskedKind.LINE, longest=200),
    Asked("clause", "依据的条款", AskedKind.LINE, hint="写到条、款、项。", longest=200),
    Asked("hearing", "听取陈述申辩的情况", AskedKind.TEXT, required=False, hint="何时、以何方式听取，采纳与否及理由。", longest=2_000),
    Asked("hearing_excused_by", "可以不听取的条款", AskedKind.LINE, required=False, hint="没有听取的，写明依据。", longest=200),
    Asked("remedy", "怎样补救", AskedKind.TEXT, hint="写明当事人还可以怎样做，例如补齐什么以后再申请。", longest=2_000),
    Asked("reconsideration_authority", "行政复议机关", AskedKind.LINE, longest=200),
    Asked("suit_court", "可以起诉的法院", AskedKind.LINE, longest=200),
    Asked("delivered_on", "送达日期", AskedKind.DAY),
    Asked("delivery_method", "送达方式", AskedKind.LINE, hint="直接、留置、邮寄、电子送达等。", longest=100),
)
#: The periods for contesting a decision, as values of the policy: written into every decision with their days.
RECONSIDERATION_PERIOD, SUIT_PERIOD = "reconsideration_period", "suit_period"


def asked_by(step: StepRule) -> tuple[Asked, ...]:
    """Everything that a step asks for."""
    return (*step.asks, *ADVERSE) if step.adverse else step.asks


def read_said(step: StepRule, texts: Mapping[str, str], *, policy: PolicySet, at: Instant) -> dict[str, str]:
    """What was said, checked: unknown keys are refused, so that nothing is lost unseen. Refused names the field."""
    asked = {each.id: each for each in asked_by(step)}
    for key in texts:
        if key not in asked and texts[key].strip():
            raise Refused(
                "said-unknown",
                f"“{step.title}”不收“{key[:40]}”这一项。",
                f"可以写：{'、'.join(asked) or '（没有要填的）'}。",
                where={"field": key[:40]},
            )
    said = {key: value for key, each in asked.items() if (value := _read(each, texts.get(key, ""), at))}
    if step.adverse:
        said |= _ways_to_contest(said, policy, at)
    return said


def _read(asked: Asked, text: str, at: Instant) -> str:
    text = text.strip()
    if not text:
        if asked.required:
            raise Refused("said-missing", f"没有填写“{asked.title}”。", asked.hint or "补上以后再提交。", where={"field": asked.id})
        return ""
    if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text):
        raise Refused(
            "said-unreadable", f"“{asked.title}”里有不能保存的字符。", "删去看不见的控制字符以后再提交。", where={"field": asked.id}
        )
    if asked.longest and len(text) > asked.longest:
        raise Refused(
            "said-too-long", f"“{asked.title}”不得超过 {asked.longest} 个字。", "写明要点，其余作为材料上传。", where={"field": asked.id}
        )
    if asked.kind is AskedKind.DAY:
        return _day(asked, text, at).isoformat()
    if asked.kind is AskedKind.CHOICE and text not in asked.choices:
        options = "、".join(f"{value}（{label}）" for value, label in asked.choices.items())
        raise Refused("said-choice", f"“{asked.title}”没有“{text[:40]}”这个选项。", f"从这些里选：{options}。", where={"field": asked.id})
    if asked.kind is AskedKind.TRUTH and text not in {"yes", "on", "true", "是"}:
        raise Refused("said-missing", f"没有勾选“{asked.title}”。", "同意的勾选以后再提交。", where={"field": asked.id})
    return "yes" if asked.kind is AskedKind.TRUTH else text


def _day(asked: Asked, text: str, at: Instant) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(
            "date-unreadable", f"“{asked.title}”写的“{text[:40]}”不是日期。", "写成 2026-04-01 这样的日期。", where={"field": asked.id}
        ) from None
    if day > date_of(at):
        raise Refused("date-in-future", f"“{asked.title}”写的 {day} 还没有到。", "写已经发生的日期。", where={"field": asked.id})
    return day


def _ways_to_contest(said: Mapping[str, str], policy: PolicySet, at: Instant) -> dict[str, str]:
    if not said.get("hearing") and not said.get("hearing_excused_by"):
        raise Refused(
            "said-missing",
            "不利的决定须写明怎样听取了当事人的陈述申辩，或者可以不听取的条款。",
            "补上其中一项以后再提交。",
            where={"field": "hearing"},
        )
    today = date_of(at)
    return {key: str(policy.value_at(key, today).value) for key in (RECONSIDERATION_PERIOD, SUIT_PERIOD)}
