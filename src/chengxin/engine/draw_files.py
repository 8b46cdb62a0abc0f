"""抽取的文件. Canonical JSON, one flat object of strings a line (RFC 8785, ADR 0005): what is sealed, what is opened, what came out.

Sealed before the draw: ``rule.json pool.jsonl excluded.jsonl inspectors.jsonl``. Opened: ``reveals.json``. Drawn:
``firms.jsonl assignments.jsonl draw.json``. Rows are written in the order of their codes; reading (``draw_reading``) takes any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import polars as pl

from chengxin.engine.draw_hashes import commitment_of
from chengxin.engine.draw_types import Assignment, Drawn, DrawnFirm, Firm, Inputs, Inspector, Rule
from chengxin.kernel.canonical import canonical_bytes, canonical_column
from chengxin.kernel.refused import Refused

RULE, POOL, EXCLUDED, INSPECTORS = "rule.json", "pool.jsonl", "excluded.jsonl", "inspectors.jsonl"
INPUT_FILES: Final = (RULE, POOL, EXCLUDED, INSPECTORS)
REVEALS, FIRMS, ASSIGNMENTS, DRAW = "reveals.json", "firms.jsonl", "assignments.jsonl", "draw.json"
OUTPUT_FILES: Final = (FIRMS, ASSIGNMENTS, DRAW)
WITHHELD: Final = "withheld"


def write_inputs(folder: Path, inputs: Inputs) -> None:
    """Write the four files that are sealed. Refused for a name with a comma where names stand in a list."""
    pool, excluded = inputs.pool, sorted(inputs.pool.excluded)
    contents = {
        RULE: one_line(rule_row(inputs.rule)),
        POOL: _pool_lines(sorted(pool.firms)),
        EXCLUDED: lines({"code": [row.code for row in excluded], "because": [row.because for row in excluded]}),
        INSPECTORS: _inspector_lines(sorted(inputs.inspectors, key=lambda one: one.id)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_bytes(folder / name, content)


def write_reveals(folder: Path, reveals: Sequence[bytes | None], public_value: str, public_seen_at: str) -> None:
    """Write what was opened, party by party in the order of the rule (None: withheld), and the public value with where it can be seen."""
    said = {f"party.{place}": WITHHELD if reveal is None else reveal.hex() for place, reveal in enumerate(reveals, 1)}
    write_bytes(folder / REVEALS, one_line({**said, "public_value": public_value, "public_seen_at": public_seen_at}))


def write_drawn(folder: Path, seed: bytes, drawn: Drawn, inputs: Inputs) -> None:
    """Write the three files of the result; ``draw.json`` last: it names all the others."""
    write_bytes(folder / FIRMS, firm_lines(drawn.firms))
    write_bytes(folder / ASSIGNMENTS, assignment_lines(drawn.assignments))
    digests = {name: sha256((folder / name).read_bytes()).digest() for name in (*INPUT_FILES, REVEALS, FIRMS, ASSIGNMENTS)}
    write_bytes(folder / DRAW, one_line(draw_row(inputs.rule.plan, digests, seed, len(drawn.firms), len(drawn.codes))))


def draw_row(plan: str, digests: Mapping[str, bytes], seed: bytes, firms: int, drawn: int) -> dict[str, str]:
    """The one object of ``draw.json``."""
    hashes = {f"sha256.{name}": digest.hex() for name, digest in digests.items()}
    commitment = commitment_of(digests, INPUT_FILES).hex()
    return {"plan": plan, "commitment": commitment, "seed": seed.hex(), "firms": str(firms), "drawn": str(drawn), **hashes}


def firm_lines(firms: Sequence[DrawnFirm]) -> bytes:
    """``firms.jsonl``."""
    return lines(
        {
            "code": [firm.code for firm in firms],
            "drawn": ["yes" if firm.is_drawn else "no" for firm in firms],
            "order": [str(firm.order) for firm in firms],
            "probability": [f"{firm.numerator}/{firm.denominator}" for firm in firms],
            "stratum": [firm.stratum for firm in firms],
        }
    )


def assignment_lines(assignments: Sequence[Assignment]) -> bytes:
    """``assignments.jsonl``."""
    return lines(
        {
            "eligible": [str(one.eligible) for one in assignments],
            "firm": [one.firm for one in assignments],
            "inspectors": [",".join(one.inspectors) for one in assignments],
            "office": [one.office for one in assignments],
            "probability": [",".join(f"{above}/{below}" for above, below in one.probabilities) for one in assignments],
        }
    )


def rule_row(rule: Rule) -> dict[str, str]:
    """The one object of ``rule.json``: lists are numbered from 1."""
    row = {
        "plan": rule.plan,
        "matter": rule.matter,
        "policy_digest": rule.policy_digest,
        "public_source": rule.public_source,
        "public_due_at": str(rule.public_due_at),
        "reveal_due_at": str(rule.reveal_due_at),
        "rotation": "yes" if rule.rotation else "no",
    }
    for place, stratum in enumerate(rule.strata, 1):
        row |= {f"stratum.{place}": stratum.name, f"stratum.{place}.per_mille": str(stratum.per_mille)}
    for place, task in enumerate(rule.offices, 1):
        row |= {f"office.{place}": task.office, f"office.{place}.inspectors": str(task.inspectors)}
        row |= {f"office.{place}.licences": listed(task.licences), f"office.{place}.fields": listed(task.fields)}
    for place, party in enumerate(rule.parties, 1):
        row |= {f"party.{place}": party.name, f"party.{place}.commitment": party.commitment}
    return row


def listed(names: Iterable[str]) -> str:
    """Names in one value, sorted. Refused for an empty one or one with a comma."""
    names = sorted(set(names))
    for name in names:
        if not name or "," in name:
            raise Refused(
                "draw-name", f"“{name}”不能列入抽取文件：名称不能为空，也不能有英文逗号。", "改正名称（可用中文逗号）后重新封存。"
            )
    return ",".join(names)


def lines(columns: Mapping[str, Sequence[str]]) -> bytes:
    """One canonical object a line."""
    frame = pl.DataFrame({key: pl.Series(values, dtype=pl.String) for key, values in columns.items()})
    return b"".join(content + b"\n" for content in canonical_column(frame, list(columns)).to_list())


def one_line(row: Mapping[str, str]) -> bytes:
    """The one canonical object of a file."""
    return canonical_bytes(row) + b"\n"


def write_bytes(path: Path, content: bytes) -> None:
    """All of it or nothing."""
    beside = path.with_name(f"{path.name}.writing")
    beside.write_bytes(content)
    beside.replace(path)


def _pool_lines(firms: Sequence[Firm]) -> bytes:
    return lines(
        {
            "code": [firm.code for firm in firms],
            "stratum": [firm.stratum for firm in firms],
            "weight": [str(firm.weight) for firm in firms],
            "area": [firm.area for firm in firms],
            "last": [listed(firm.last) for firm in firms],
        }
    )


def _inspector_lines(inspectors: Sequence[Inspector]) -> bytes:
    return lines(
        {
            "id": [one.id for one in inspectors],
            "office": [one.office for one in inspectors],
            "licences": [listed(one.licences) for one in inspectors],
            "fields": [listed(one.fields) for one in inspectors],
            "areas": [listed(one.areas) for one in inspectors],
            "conflicts": [listed(one.conflicts) for one in inspectors],
        }
    )
