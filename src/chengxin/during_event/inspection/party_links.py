"""各方的专页。Each party seals and opens its number on a page that it alone can use: the link is handed over by one person, the code that
sealing asks for by another. Neither is kept, only their hashes; who has the database cannot use them."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final

from chengxin.during_event.inspection import ceremony
from chengxin.during_event.inspection.models import InspectionPlan, PartyNumber, PartyPage
from chengxin.during_event.inspection.types import Entered
from chengxin.kernel.instants import Instant, local_time, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.storage.transactions import in_turn, writing

LINKED: Final = "inspection:party:linked"
CODED: Final = "inspection:party:coded"
#: Without letters and figures that look alike; 12 of 31 are 59 bits, which nobody guesses through a page.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH: Final = 12


def make_link(plan: InspectionPlan, party: str, *, by: str, at: Instant) -> str:
    """生成专页链接 of a party, shown this once; a former one ends, and what was done on it stays. Conflict once the opening is over."""
    if party not in plan.parties:
        raise Refused(
            "party-unknown", f"计划里没有“{party[:60]}”这一方。", f"从这些里选：{'、'.join(plan.parties)}。", where={"party": party[:60]}
        )
    if at >= plan.reveal_due_at:
        raise Conflict("reveal-too-late", "开封的截止时间已过，专页没有用了。", "不用再办；没有开封的，按未开封处理。")
    token = secrets.token_urlsafe(32)
    with writing():
        in_turn()
        replaced = PartyPage.objects.filter(plan=plan, party=party, ended_at=None).update(ended_at=at)
        said = {"plan": plan.number, "party": party, "by": by, "at": utc_text(at)} | ({"again": "yes"} if replaced else {})
        ledger.record_event(LINKED, said)
        PartyPage.objects.create(plan=plan, party=party, link_sha256=_digest(token), link_by=by, link_at=at)
    return token


def make_code(plan: InspectionPlan, party: str, *, by: str, at: Instant) -> str:
    """生成开启码 of a party's page, shown this once. Conflict for who made the link, and the second time."""
    with writing():
        in_turn()
        page = PartyPage.objects.filter(plan=plan, party=party, ended_at=None).first()
        if page is None:
            raise NotFound("party-page-missing", f"“{party[:60]}”还没有专页链接。", "先由一人生成链接交给这一方，再由另一人生成开启码。")
        if page.link_by == by:
            raise Conflict(
                "second-person-needed",
                "链接是您生成的，开启码须由另一人生成，这样除了这一方谁也打不开。",
                "请另一位工作人员或者信用办办理。",
            )
        if page.code_sha256:
            raise Conflict("already-done", "这个专页的开启码已经生成过，不再显示。", "遗失的，重新生成链接，再由另一人生成开启码。")
        code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
        page.code_sha256, page.code_by, page.code_at = _digest(f"{page.link_sha256}/{code}"), by, at
        page.save(update_fields=["code_sha256", "code_by", "code_at"])
        ledger.record_event(CODED, {"plan": plan.number, "party": party, "by": by, "at": utc_text(at)})
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def page_by_link(token: str) -> PartyPage:
    """The page that a link opens. NotFound for what never was one; Conflict for one that another took the place of."""
    found = PartyPage.objects.select_related("plan").filter(link_sha256=_digest(token)).first()
    if found is None:
        raise NotFound("no-such-party-page", "没有这个专页。", "核对链接有没有抄全；打不开的，向检查机关或者信用办要。")
    if found.ended_at is not None:
        when = f"{local_time(found.ended_at):%Y-%m-%d %H:%M}"
        raise Conflict("party-page-ended", f"这个链接在 {when} 作废了，换了新的。", "用新的链接；不是您要求换的，马上告诉信用办。")
    return found


def seal_on_page(page: PartyPage, code: str, commitment: str, *, at: Instant) -> PartyNumber:
    """本方封存：the code shows that it is the party and not who made the link. Once."""
    done = PartyNumber.objects.filter(plan=page.plan, party=page.party).first()
    if done is not None:
        when = f"{local_time(done.committed_at):%Y-%m-%d %H:%M}"
        raise Conflict(
            "party-page-used",
            f"“{page.party}”在 {when} 已经封存，专页只能封存一次，封存值不能更换。",
            "不是您封存的，马上告诉检查机关和信用办；随机数丢失的，到时不开封即可，抽取照常进行。",
        )
    if not page.code_sha256:
        raise Conflict("party-code-missing", "这个专页的开启码还没有生成。", "向给您链接以外的另一位工作人员要开启码，再来封存。")
    said = code.replace("-", "").replace(" ", "").strip().lower()
    if not secrets.compare_digest(_digest(f"{page.link_sha256}/{said}"), page.code_sha256):
        raise Refused("party-code", "开启码不对。", f"照另一位工作人员交给您的填，{CODE_LENGTH} 位字母和数字，横线可写可不写。")
    return ceremony.seal_number(page.plan, page.party, commitment, by=page.party, at=at, how=Entered.PAGE)


def open_on_page(page: PartyPage, number: str, *, at: Instant) -> PartyNumber:
    """本方开封：only who made the number has it, so no code is asked for."""
    return ceremony.open_number(page.plan, page.party, number, by=page.party, at=at, how=Entered.PAGE)


def _digest(text: str) -> str:
    return sha256(text.strip().encode()).hexdigest()
