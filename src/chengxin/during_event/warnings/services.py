"""风险预警的办理：hold the rules against the records, raise what is new, take a person's answer. Both are ledger entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from chengxin.access.models import Account, Department
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.during_event.warnings.inboxes import with_offices
from chengxin.during_event.warnings.models import RiskWarning, WarningAnswer, WarningRun
from chengxin.during_event.warnings.queries import own_warning
from chengxin.during_event.warnings.rules import SCHEMA, find
from chengxin.during_event.warnings.types import WarningOutcome
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.merkle import RightEdge, leaf_hash
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.storage.temporary import temporary_join
from chengxin.storage.transactions import in_turn, writing

COMPLETED: Final = "warnings:run:completed"
ACKNOWLEDGED: Final = "warnings:warning:acknowledged"
LONGEST_REASON: Final = 500
_DAY: Final = 86_400
_FOUND: Final[dict[str, Any]] = {"rule": pl.String, **SCHEMA, "office_id": pl.Int64, "quiet_from": pl.Int64}
#: What was raised before: for the same cause at any time, for the same rule and subject within its quiet days.
_KNOWN: Final = """
    SELECT DISTINCT g.row FROM {given} g JOIN warnings_riskwarning w ON w.subject_id = g.subject_id AND w.rule = g.rule
    WHERE w.cause = g.cause OR (g.quiet_from > 0 AND w.raised_at > g.quiet_from)
"""


def run_warnings(at: Instant, *, by: str) -> WarningRun:
    """跑一次预警 over the records as they stand at ``at``: raise what is new, and enter the run. Run twice, the second raises nothing."""
    policy = active.policy_set()
    found = find_all(at)
    with writing():
        in_turn()
        fresh = _not_known(found)
        root = root_of(fresh)
        by_rule = dict.fromkeys(policy.warning_rules, 0) | dict(fresh.group_by("rule").len().sort("rule").iter_rows())
        said = {f"_rule_{rule}": str(count) for rule, count in by_rule.items()}
        said |= {"_found": str(found.height), "_raised": str(fresh.height), "_root": root, "_policy": policy.digest}
        content_id = record_event(COMPLETED, said | {"_by": by, "_at": str(at)})
        run = WarningRun.objects.create(
            at=at, by=by, policy=policy.digest, found=found.height, raised=fresh.height, by_rule=by_rule, root=root, content_id=content_id
        )
        RiskWarning.objects.bulk_create([_warning(row, run, at) for row in fresh.iter_rows(named=True)], batch_size=2_000)
    return run


def find_all(at: Instant) -> pl.DataFrame:
    """所有规则现在指向谁, known before or not; writes nothing."""
    policy = active.policy_set()
    parts = [pl.DataFrame(schema=_FOUND)]
    for rule in policy.warning_rules.values():
        version = rule.version_at(date_of(at))
        if version is not None:
            quiet_from = at - version.quiet_days * _DAY if version.quiet_days else 0
            placed = with_offices(find(rule, at, policy), rule, policy)
            extra = {"rule": pl.lit(rule.id), "quiet_from": pl.lit(quiet_from, dtype=pl.Int64)}
            parts.append(placed.with_columns(**extra).select(list(_FOUND)).cast(pl.Schema(_FOUND)))
    return pl.concat(parts).sort("rule", "subject_id", "cause")


def acknowledge(*, warning_id: int, outcome: str, because: str, by: Account, at: Instant, to_office: str = "") -> WarningAnswer:
    """签收处理：a person says with a reason what was found or done, or passes it on to another office (by its code).

    Refused without a reason or with an unknown outcome; Conflict once it is settled; Forbidden for who may only read.
    """
    office = _office_of(by)
    answer, because = _outcome(outcome), _reason(because)
    target = _target(to_office) if answer is WarningOutcome.TRANSFERRED else None
    with writing():
        in_turn()
        warning = own_warning(warning_id, None if by.role == Role.CREDIT_OFFICE else office)
        if warning.outcome:
            raise Conflict("warning-settled", "这条预警已经处理过。", "刷新页面，看处理结果。")
        if target is not None and target.pk == warning.office_id:
            raise Refused("warning-same-office", "这条预警已经在该部门。", "选另一个部门，或者写明处理结果。")
        said = {"_warning": str(warning.pk), "_outcome": answer.value, "_because": because, "_by": by.username, "_at": str(at)}
        said |= {"_office": str(office.pk), "_to_office": str(target.pk if target else 0)}
        content_id = record_event(ACKNOWLEDGED, said)
        if target is not None:
            RiskWarning.objects.filter(pk=warning.pk).update(office_id=target.pk)
        else:
            RiskWarning.objects.filter(pk=warning.pk).update(outcome=answer.value)
        return WarningAnswer.objects.create(
            warning_id=warning.pk, outcome=answer.value, because=because, by=by.username, office_id=office.pk,
            to_office_id=target.pk if target else 0, at=at, content_id=content_id,
        )  # fmt: skip


def root_of(warnings: pl.DataFrame) -> str:
    """The RFC 6962 root over the warnings' lines (rule, subject, cause, records), hex: whoever has the rows can check the run's entry."""
    edge = RightEdge()
    lines = [
        canonical_bytes({"rule": rule, "subject": str(subject), "cause": cause, "records": ",".join(map(str, records))})
        for rule, subject, cause, records in warnings.select("rule", "subject_id", "cause", "records").iter_rows()
    ]
    edge.append(b"".join(leaf_hash(line) for line in lines))
    return edge.root().hex()


def _not_known(found: pl.DataFrame) -> pl.DataFrame:
    numbered = found.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    known = temporary_join(numbered.select("row", "rule", "subject_id", "cause", "quiet_from"), _KNOWN, {"row": pl.Int64})
    return numbered.filter(~pl.col("row").is_in(known["row"].to_list())).drop("row")


def _warning(row: Mapping[str, object], run: WarningRun, at: Instant) -> RiskWarning:
    columns = ("rule", "subject_id", "cause", "because", "records", "related", "office_id")
    return RiskWarning(run_id=run.pk, raised_at=at, **{name: row[name] for name in columns})


def _office_of(by: Account) -> Department:
    if by.revoked_at is not None or (by.role not in DEPARTMENTAL and by.role != Role.CREDIT_OFFICE):
        raise Forbidden("warning-readers-only", "这个角色只能查看预警，不能处理。", "由收件部门的经办人、复核人或者信用办处理。")
    if by.department is None:
        raise Refused("no-department", "这个账户没有所属部门。", "请账户管理员补上。")
    return by.department


def _outcome(text: str) -> WarningOutcome:
    try:
        found = WarningOutcome(text)
    except ValueError:
        found = WarningOutcome.OPEN
    if not found:
        raise Refused(
            "choice-unknown", "没有选处理结果，或者认不出。", "从已核实属实、已处置、不属实、转办里选一项。", where={"outcome": text[:20]}
        )
    return found


def _reason(because: str) -> str:
    because = because.strip()
    if not because:
        raise Refused("no-reason-given", "处理预警须写明理由。", "写明核对了什么、结果怎样。", where={"because": ""})
    if len(because) > LONGEST_REASON:
        raise Refused("reason-too-long", f"理由不得超过 {LONGEST_REASON} 个字。", "写明要点，材料另存。", where={"because": because[:20]})
    return because


def _target(code: str) -> Department:
    found = Department.objects.filter(code=code.strip(), closed_at=None).first()
    if found is None:
        raise Refused(
            "warning-office-unknown", "转办须选定一个现有的部门。", "从部门列表里选，或核对部门代码。", where={"to_office": code[:20]}
        )
    return found
