"""公开随机数。Typed in by two people who must say the same; what somebody typed wrongly is typed again, nothing is struck out.

If a wrong word could only be mended by aborting the draw, whoever dislikes the outcome would type a wrong word.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from chengxin.during_event.inspection.ceremony import current_draw
from chengxin.during_event.inspection.models import InspectionPlan, PublicValue
from chengxin.engine import draw as engine
from chengxin.kernel.instants import Instant, local_time, utc_text
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger import services as ledger
from chengxin.storage.transactions import in_turn, writing

PUBLIC: Final = "inspection:public_value:entered"
PEOPLE: Final = 2


def enter_public_value(plan: InspectionPlan, value: str, seen_at: str, *, by: str, at: Instant) -> PublicValue:
    """录入公开随机数, with where it can be looked up. Not before it is due; nothing more once two people have said the same."""
    said = engine.checked_public_value(value.strip())
    if not seen_at.strip():
        raise Refused("public-value-source", "没有写公开随机数在哪里可以查到。", "写明网址、期号或者轮次。")
    with writing():
        in_turn()
        if current_draw(plan) is None:
            raise Conflict("draw-not-committed", "名单还没有封存。", "先封存名单。")
        if at < plan.public_due_at:
            due = f"{local_time(plan.public_due_at):%Y-%m-%d %H:%M}"
            raise Conflict("public-value-early", f"计划写明的公开随机数到 {due} 才有。", "到时再录入。")
        if agreed_value(plan):
            raise Conflict("already-done", "已经由两人录入，两人一致。", "可以抽取了。")
        words = newest_words(plan)
        if by in words and words[by].value == said:
            raise Conflict("second-person-needed", "同一个人不能录入两次，须由另一人独立录入。", "请另一位工作人员办理。")
        content_id = ledger.record_event(
            PUBLIC, {"plan": plan.number, "value": said, "seen_at": seen_at.strip(), "by": by, "at": utc_text(at)}
        )
        return PublicValue.objects.create(plan=plan, value=said, seen_at=seen_at.strip()[:300], by=by, at=at, content_id=content_id)


def newest_words(plan: InspectionPlan) -> dict[str, PublicValue]:
    """What each person typed last."""
    return {each.by: each for each in plan.public_values.order_by("id")}


def agreed_value(plan: InspectionPlan) -> list[PublicValue]:
    """The words of those two (or more) who say the same; none as long as there are no two."""
    words = newest_words(plan)
    counts = Counter(each.value for each in words.values())
    value = next((value for value, count in counts.items() if count >= PEOPLE), None)
    return [each for each in words.values() if each.value == value]


def differ(plan: InspectionPlan) -> bool:
    """Whether two people have said different things and nobody has settled it yet."""
    return len({each.value for each in newest_words(plan).values()}) > 1 and not agreed_value(plan)
