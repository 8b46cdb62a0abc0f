"""抽取、公布、中止。The draw is made from the folder alone; visits follow from it. An aborted draw stays on record with its reason."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from chengxin.access.models import Department
from chengxin.during_event.inspection import aliases
from chengxin.during_event.inspection.ceremony import current_draw
from chengxin.during_event.inspection.drawn_folders import draws_folder, folder_of
from chengxin.during_event.inspection.models import Draw, InspectionPlan, Visit, VisitTask
from chengxin.during_event.inspection.public_values import agreed_value
from chengxin.during_event.inspection.types import DRAW_STATES, DRAW_WORDS, DrawState, DrawVerb, TaskState
from chengxin.engine import draw as engine
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.kernel.transitions import advance
from chengxin.ledger import services as ledger
from chengxin.ledger.proofs import prove_publicly
from chengxin.storage.transactions import in_turn, writing

DRAWN: Final = "inspection:draw:drawn"
PUBLISHED: Final = "inspection:draw:published"
ABORTED: Final = "inspection:draw:aborted"
PROOF_FILE: Final = "proof.json"
_AT_A_TIME: Final = 1000


def run_draw(plan: InspectionPlan, *, by: str, at: Instant) -> Draw:
    """抽取：from the sealed files, the numbers that were opened and the public value. Conflict before both people have typed that in."""
    draw = _valid(plan)
    advance(DRAW_STATES, DrawState(draw.state), DrawVerb.RUN, DRAW_WORDS)
    values = agreed_value(plan)
    if not values:
        raise Conflict(
            "public-value-missing",
            "公开随机数还没有由两人录入，或者两人录的不一样。",
            "等到它公布以后，由两名工作人员各自录入；录错的重录。",
        )
    opened = dict(plan.party_numbers.values_list("party", "revealed"))
    folder = folder_of(draw)
    if engine.commitment(folder).hex() != draw.commitment:
        raise Refused(
            "draw-files-altered", "封存的文件和账本里的封存值不符，文件被动过。", "从备份恢复这次抽取的文件夹；找不回来的，中止并写明理由。"
        )
    reveals = [bytes.fromhex(opened[party]) if opened.get(party) else None for party in plan.parties]
    engine.write_reveals(folder, reveals, values[0].value, "；".join(each.seen_at for each in values))
    seed = engine.seed(bytes.fromhex(draw.commitment), reveals, values[0].value)
    drawn = engine.draw(folder, seed)
    with writing():
        in_turn()
        draw = _valid(plan)
        draw.state = advance(DRAW_STATES, DrawState(draw.state), DrawVerb.RUN, DRAW_WORDS)
        draw.seed, draw.drawn, draw.drawn_at = seed.hex(), len(drawn.codes), at
        draw.save(update_fields=["state", "seed", "drawn", "drawn_at"])
        _assign(draw, drawn)
        withheld = [party for party in plan.parties if not opened.get(party)]
        ledger.record_event(
            DRAWN,
            {
                "plan": plan.number,
                "commitment": draw.commitment,
                "seed": draw.seed,
                "drawn": str(draw.drawn),
                "withheld": "、".join(withheld),
                "result": _digest_of(draw),
                "by": by,
                "at": utc_text(at),
            },
        )
    return draw


def publish_draw(plan: InspectionPlan, *, by: str, at: Instant) -> Draw:
    """公布：the folder is open to everybody from now on, with the proof that its commitment was in the ledger before.

    ``proof-not-yet`` (Conflict) until a checkpoint covers the entry.
    """
    draw = _valid(plan)
    state = advance(DRAW_STATES, DrawState(draw.state), DrawVerb.PUBLISH, DRAW_WORDS)
    proof = prove_publicly(f"c{draw.content_id}", at).document()
    (folder_of(draw) / PROOF_FILE).write_text(json.dumps(proof, ensure_ascii=False, indent=1), encoding="utf-8")
    with writing():
        draw.state, draw.published_at = state, at
        draw.save(update_fields=["state", "published_at"])
        ledger.record_event(PUBLISHED, {"plan": plan.number, "seed": draw.seed, "by": by, "at": utc_text(at)})
    return draw


def abort_draw(plan: InspectionPlan, because: str, *, by: str, at: Instant) -> Draw:
    """中止：the draw is void and stays on record with its reason; another one needs a new plan, for which the parties seal new numbers.

    Refused without a reason; Conflict once it is published.
    """
    reason = because.strip()
    if not reason:
        raise Refused("no-reason-given", "没有写中止的理由。", "写明为什么这次抽取不算数，会和抽取一起公开。")
    with writing():
        in_turn()
        draw = _valid(plan)
        draw.state = advance(DRAW_STATES, DrawState(draw.state), DrawVerb.ABORT, DRAW_WORDS)
        draw.aborted_because, draw.aborted_at = reason[:500], at
        draw.save(update_fields=["state", "aborted_because", "aborted_at"])
        Visit.objects.filter(draw=draw).update(cancelled_at=at)
        VisitTask.objects.filter(visit__draw=draw).update(state=TaskState.CANCELLED)
        ledger.record_event(ABORTED, {"plan": plan.number, "because": reason[:500], "by": by, "at": utc_text(at)})
    return draw


def published_draw(plan_number: str) -> Draw:
    """The draw of a plan, for anybody, from the sealing of its list on. NotFound before."""
    found = Draw.objects.filter(plan__number=plan_number).select_related("plan").order_by("-id").first()
    if found is None:
        raise NotFound("no-such-draw", f"计划 {plan_number[:40]} 还没有封存过名单。", "从抽取列表里找；名单封存以后才有。")
    return found


def _assign(draw: Draw, drawn: engine.Drawn) -> None:
    """Visits and tasks of everybody who was drawn, in batches."""
    plan = draw.plan
    named = {each.alias: (code, each.secret) for code, each in aliases.kept(draws_folder(), draw.folder).items()}
    chosen = [firm for firm in drawn.firms if firm.is_drawn]
    ids = _subject_ids([named[firm.code][0] for firm in chosen])
    visits = [
        Visit(
            plan=plan,
            draw=draw,
            subject_id=ids[named[firm.code][0]],
            subject_code=named[firm.code][0],
            alias=firm.code,
            alias_secret=named[firm.code][1],
            stratum=firm.stratum,
            probability=f"{firm.numerator}/{firm.denominator}",
            token=secrets.token_urlsafe(32),
            mode=plan.mode,
            year=plan.year,
        )
        for firm in chosen
    ]
    Visit.objects.bulk_create(visits, batch_size=_AT_A_TIME)
    by_alias = dict(Visit.objects.filter(draw=draw).values_list("alias", "id"))
    offices = dict(Department.objects.filter(pk__in=plan.offices).values_list("code", "id"))
    matters = _matters_of(plan)
    VisitTask.objects.bulk_create(
        [
            VisitTask(
                visit_id=by_alias[each.firm],
                office_id=offices[each.office],
                matters=matters[offices[each.office]],
                inspectors=list(each.inspectors),
                state=TaskState.ASSIGNED,
                probability="、".join(f"{above}/{below}" for above, below in each.probabilities)[:60],
            )
            for each in drawn.assignments
        ],
        batch_size=_AT_A_TIME,
    )


def _subject_ids(codes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for begin in range(0, len(codes), _AT_A_TIME):
        part = codes[begin : begin + _AT_A_TIME]
        found |= {code or "": canonical for code, canonical in Subject.objects.filter(code__in=part).values_list("code", "canonical_id")}
    return found


def _matters_of(plan: InspectionPlan) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for matter, office in zip(plan.matters, plan.offices, strict=True):
        found.setdefault(office, []).append(matter)
    return found


def _valid(plan: InspectionPlan) -> Draw:
    draw = current_draw(plan)
    if draw is None:
        raise Conflict("draw-not-committed", f"计划 {plan.number} 还没有封存名单，或者已经中止。", "先封存名单。")
    return draw


def _digest_of(draw: Draw) -> str:
    said: Mapping[str, str] = json.loads((folder_of(draw) / "draw.json").read_text(encoding="utf-8"))
    return said["sha256.firms.jsonl"]
