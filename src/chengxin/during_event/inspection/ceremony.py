"""抽取仪式。Sealed numbers of the parties, the sealed list, the opening, the public value: each an entry in the ledger before the next.

Nobody can steer the outcome: the list is sealed before any number is opened, and the public value appears after the last opening is
due. A party that withholds its number can neither stop the draw nor choose: docs/draws.md. In the files firms stand under aliases
(``aliases``), since a firm's stratum is its risk class, which is not public.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from chengxin.access.models import Department
from chengxin.during_event.inspection import aliases
from chengxin.during_event.inspection.caps import check_pending
from chengxin.during_event.inspection.drawn_folders import draws_folder
from chengxin.during_event.inspection.models import Draw, InspectionPlan, Inspector, InspectorConflict, PartyNumber
from chengxin.during_event.inspection.party_entries import check_entrance, note_entry
from chengxin.during_event.inspection.pools import pool_of
from chengxin.during_event.inspection.types import DrawState, Entered, PartyStep
from chengxin.during_event.tiering.classes import strata
from chengxin.engine import draw as engine
from chengxin.engine.draw_sampling import InspectorDraw
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import read_frame
from chengxin.storage.transactions import in_turn, writing

SEALED: Final = "inspection:party:sealed"
COMMITTED: Final = "inspection:draw:committed"
OPENED: Final = "inspection:party:opened"
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{64}")
_LAST: Final = """
    SELECT v.subject_code AS code, t.office_id, t.inspectors FROM inspection_visittask t JOIN inspection_visit v ON v.id = t.visit_id
    WHERE v.id IN (SELECT MAX(id) FROM inspection_visit WHERE cancelled_at IS NULL GROUP BY subject_id)
"""


def seal_number(
    plan: InspectionPlan, party: str, commitment: str, *, by: str, at: Instant, how: Entered = Entered.STAFF, source: str = ""
) -> PartyNumber:
    """一方封存随机数：``commitment`` is the hexadecimal SHA-256 that ``chengxin draw number`` prints. Before the list is sealed, once.

    ``how``: who types it in; Conflict where one of the staff does it for a party that has a page of its own.
    """
    with writing():
        in_turn()
        said = check_sealing(plan, party, commitment)
        check_entrance(plan, party, how)
        entry = {"plan": plan.number, "party": party, "commitment": said, "how": how.value, "by": by, "at": utc_text(at)}
        content_id = ledger.record_event(SEALED, entry | ({"source": source} if source else {}))
        note_entry(plan, party, PartyStep.SEAL, how, said, source=source, by=by, at=at, content_id=content_id)
        return PartyNumber.objects.create(plan=plan, party=party, commitment=said, committed_by=by, committed_at=at, content_id=content_id)


def check_sealing(plan: InspectionPlan, party: str, commitment: str) -> str:
    """``commitment`` as it is kept, if this party may seal it now. Inside a transaction."""
    said = commitment.strip().lower()
    if party not in plan.parties:
        raise Refused(
            "party-unknown", f"计划里没有“{party[:60]}”这一方。", f"从这些里选：{'、'.join(plan.parties)}。", where={"party": party[:60]}
        )
    if not _HEXADECIMAL.fullmatch(said):
        raise Refused("party-commitment", "封存值应当是 64 位十六进制数。", "用 chengxin draw number 生成随机数和封存值，只交封存值。")
    if PartyNumber.objects.filter(plan=plan, party=party).exists():
        raise Conflict("already-done", f"“{party}”已经封存过随机数，不能更换。", "原来的随机数丢失的，到时不开封即可，抽取照常进行。")
    if current_draw(plan) is not None:
        raise Conflict("draw-already-committed", "名单已经封存，不能再收封存的随机数。", "没有来得及封存的一方不参加这次抽取。")
    if PartyNumber.objects.filter(plan=plan, commitment=said).exists():
        raise Refused("party-commitment", "这个封存值别的一方已经交过。", "各方各自生成随机数。")
    return said


def commit_draw(plan: InspectionPlan, *, by: str, at: Instant) -> Draw:
    """封存名单：the pool, weights, exclusions, rule and inspectors of now, as files, and their commitment in the ledger.

    Conflict if the plan has a valid draw already; Refused if a party has not sealed its number, the time for opening has come, no
    policy set is adopted, or the list has a fault.
    """
    if current_draw(plan) is not None:
        raise _second(plan)
    missing = sorted(set(plan.parties) - set(plan.party_numbers.values_list("party", flat=True)))
    if missing:
        raise Refused(
            "party-missing", f"还没有封存随机数：{'、'.join(missing)}。", "等各方都交了封存值再封存名单；某一方不来的，另立计划换一方。"
        )
    if at >= plan.reveal_due_at:
        raise Refused("draw-too-late", "开封的截止时间已到，名单还没有封存，这时封存就能挑选名单了。", "另立一份计划，把时间往后定。")
    if plan.draws.filter(state=DrawState.ABORTED).exists():
        raise Conflict(
            "draw-plan-over",
            f"计划 {plan.number} 的抽取已经中止：各方的随机数可能已经有人知道，不能照原计划再抽。",
            "另立一份计划，写明替代的是哪一份，各方重新封存随机数。",
        )
    policy = active.policy_set(at)
    name = f"{plan.number}-{plan.draws.count() + 1}"
    inputs, names, waiting = inputs_of(plan, as_of=date_of(at), policy=policy)
    folder = draws_folder() / f"{name}.draft"
    if folder.exists():
        shutil.rmtree(folder)  # of a run that was killed before its entry
    check_enough_inspectors(inputs, {each.alias: code for code, each in names.items()})
    commitment = engine.seal(folder, inputs).hex()
    aliases.keep(draws_folder(), name, names)
    with writing():
        in_turn()
        if current_draw(plan) is not None:
            shutil.rmtree(folder)
            raise _second(plan)
        if waiting != _waiting(plan):
            shutil.rmtree(folder)
            raise Conflict("draw-meanwhile", "封存的时候，另一份计划刚刚封存或者抽取，次数上限要重新算。", "再封存一次。")
        target = draws_folder() / name
        if target.exists():
            shutil.rmtree(target)  # of a transaction that did not commit
        folder.rename(target)
        said = {
            "plan": plan.number, "commitment": commitment, "firms": str(len(inputs.pool.firms)),
            "excluded": str(len(inputs.pool.excluded)), "inspectors": str(len(inputs.inspectors)), "policy": policy.digest,
            "by": by, "at": utc_text(at),
        }  # fmt: skip
        content_id = ledger.record_event(COMMITTED, said)
        return Draw.objects.create(
            plan=plan, state=DrawState.COMMITTED, folder=name, commitment=commitment, committed_by=by, committed_at=at,
            firms=len(inputs.pool.firms), content_id=content_id,
        )  # fmt: skip


def open_number(
    plan: InspectionPlan, party: str, number: str, *, by: str, at: Instant, how: Entered = Entered.STAFF, source: str = ""
) -> PartyNumber:
    """一方开封：the number must be the one that was sealed. After the list is sealed and before the opening is due.

    ``how``: as in :func:`seal_number`.
    """
    with writing():
        in_turn()
        found, value = check_opening(plan, party, number, at)
        check_entrance(plan, party, how)
        entry = {"plan": plan.number, "party": party, "number": value, "how": how.value, "by": by, "at": utc_text(at)}
        content_id = ledger.record_event(OPENED, entry | ({"source": source} if source else {}))
        note_entry(plan, party, PartyStep.OPEN, how, value, source=source, by=by, at=at, content_id=content_id)
        found.revealed, found.revealed_by, found.revealed_at = value, by, at
        found.save(update_fields=["revealed", "revealed_by", "revealed_at"])
        return found


def check_opening(plan: InspectionPlan, party: str, number: str, at: Instant) -> tuple[PartyNumber, str]:
    """What the party sealed, and ``number`` as it is kept, if it may be opened now. Inside a transaction."""
    found = PartyNumber.objects.filter(plan=plan, party=party).first()
    if found is None:
        raise NotFound("party-unknown", f"“{party[:60]}”没有封存过随机数。", f"封存过的有：{'、'.join(plan.parties)}。")
    if current_draw(plan) is None:
        raise Conflict("draw-not-committed", "名单还没有封存，这时开封，别人就能照着随机数排名单了。", "等名单封存以后再开封。")
    if at >= plan.reveal_due_at:
        raise Conflict("reveal-too-late", "开封的截止时间已过，按未开封处理，抽取照常进行。", "不用再办；记录里写明没有开封。")
    value = engine.opened(plan.number, engine.Party(party, found.commitment), number.strip().lower()).hex()
    if found.revealed:
        raise Conflict("already-done", f"“{party}”已经开封。", "不用再办。")
    return found, value


def current_draw(plan: InspectionPlan) -> Draw | None:
    """The valid draw of a plan; None if there is none (yet, or any more)."""
    return plan.draws.exclude(state=DrawState.ABORTED).first()


def _second(plan: InspectionPlan) -> Conflict:
    said = f"计划 {plan.number} 已经有一次有效的抽取，一个计划只抽一次。"
    return Conflict("draw-second", said, "确需重抽的，先写明理由中止原来的，再另立计划。")


def _waiting(plan: InspectionPlan) -> list[int]:
    """Sealed draws of other plans of the year, not yet drawn."""
    waiting = Draw.objects.filter(state=DrawState.COMMITTED, plan__year=plan.year).exclude(plan=plan).order_by("id")
    return list(waiting.values_list("id", flat=True))


def inputs_of(plan: InspectionPlan, *, as_of: date, policy: PolicySet) -> tuple[engine.Inputs, dict[str, aliases.Alias], list[int]]:
    """All that a draw is made from, as of now; the alias of every code; the sealed draws of others that were looked at for the caps.

    Somebody without a code, who can only be left out, has an alias by the number in the register.
    """
    frames = pool_of(plan, as_of=as_of, policy=policy)
    waiting = check_pending(frames.people, plan, as_of, policy)
    left_out = [(code or f"subject-{number}", because) for number, code, because in frames.excluded.rows()]
    named = {code: aliases.alias_of(plan.number, code) for code in [*frames.pool["code"], *(code for code, _ in left_out)]}
    offices = dict(Department.objects.filter(pk__in=plan.offices).values_list("id", "code"))
    last = _last_inspectors(offices)
    firms = tuple(
        engine.Firm(named[code].alias, stratum, weight, division, last.get(code, ()))
        for code, stratum, weight, division in frames.pool.select("code", "stratum", "weight", "division").rows()
    )
    excluded = tuple(engine.Excluded(named[code].alias, because) for code, because in left_out)
    present = set(frames.pool["stratum"].to_list())
    levels = [each for each in strata(plan.matters[0], as_of, policy).values() if each.id in present]
    rule = engine.Rule(
        plan=plan.number, matter="、".join(policy.inspection_matter(each).title for each in plan.matters), policy_digest=policy.digest,
        strata=tuple(engine.Stratum(each.id, each.per_mille) for each in levels), offices=_tasks(plan, offices, policy),
        parties=_parties(plan), reveal_due_at=plan.reveal_due_at, public_source=plan.public_source, public_due_at=plan.public_due_at,
        rotation=True,
    )  # fmt: skip
    return engine.Inputs(rule, engine.Pool(firms, excluded), _inspectors(offices, plan, named)), named, waiting


def _tasks(plan: InspectionPlan, offices: dict[int, str], policy: PolicySet) -> tuple[engine.OfficeTask, ...]:
    needed: dict[int, set[str]] = {}
    for matter_id, office in zip(plan.matters, plan.offices, strict=True):
        needed.setdefault(office, set()).update(policy.inspection_matter(matter_id).licences)
    return tuple(
        engine.OfficeTask(offices[office], plan.inspectors_per_visit, tuple(sorted(licences))) for office, licences in needed.items()
    )


def _parties(plan: InspectionPlan) -> tuple[engine.Party, ...]:
    commitments = dict(plan.party_numbers.values_list("party", "commitment"))
    return tuple(engine.Party(party, commitments[party]) for party in plan.parties)


def _inspectors(offices: dict[int, str], plan: InspectionPlan, named: Mapping[str, aliases.Alias]) -> tuple[engine.Inspector, ...]:
    """Those in office whose licence holds until the last day of the visits; whom they keep away from, if it can be drawn at all."""
    conflicts: dict[int, list[str]] = {}
    for inspector_id, code in InspectorConflict.objects.filter(ended_at=None).values_list("inspector_id", "subject_code"):
        if code in named:
            conflicts.setdefault(inspector_id, []).append(named[code].alias)
    rows = Inspector.objects.filter(ended_at=None, office_id__in=offices, valid_until__gte=plan.visits_until).order_by("id")
    return tuple(
        engine.Inspector(
            row.licence_number, offices[row.office_id], tuple(row.licences), (), tuple(row.areas), tuple(conflicts.get(row.pk, ()))
        )
        for row in rows
    )


def check_enough_inspectors(inputs: engine.Inputs, codes: Mapping[str, str]) -> None:
    """Whoever is drawn, enough inspectors can go: known before anything is sealed, not when the lot has fallen. Refused otherwise.

    ``codes``: alias → code, for the sentence.
    """
    barred = {alias for each in inputs.inspectors for alias in each.conflicts}
    lots = InspectorDraw(b"", inputs)
    alike = {firm.area: firm for firm in inputs.pool.firms if firm.code not in barred and not firm.last}
    others = [firm for firm in inputs.pool.firms if firm.code in barred or firm.last]
    for firm in [*alike.values(), *others]:
        for task in inputs.rule.offices:
            try:
                lots.assign(firm, task)
            except Refused as refused:
                said = refused.sentence.replace(firm.code, codes[firm.code])
                raise Refused(refused.slug, said, refused.what_to_do, where={"code": codes[firm.code]}) from None


def _last_inspectors(offices: dict[int, str]) -> dict[str, tuple[str, ...]]:
    """Who came to each firm last time, of these offices: not all of them come again."""
    frame = read_frame(_LAST, {"code": pl.String, "office_id": pl.Int64, "inspectors": pl.String})
    found: dict[str, list[str]] = {}
    for code, office, inspectors in frame.rows():
        if office in offices:
            found.setdefault(code, []).extend(json.loads(inspectors))
    return {code: tuple(sorted(set(each))) for code, each in found.items()}
