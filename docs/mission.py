"""Writes docs/mission.md from policies/clauses.yaml, docs/mission_rows.yaml and the files of tests/mission: ``python docs/mission.py``.

What has no test end to end is shown as not built; nobody has to remember to say so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[1]
TEST = re.compile(r"test_([rg]\d+[a-e]?)(?:_.*)?\.py")
HEAD = """# The mission

Written by `python docs/mission.py` from `policies/clauses.yaml`, `docs/mission_rows.yaml` and the files in `tests/mission/`.
A row is built when it has a test that walks it end to end; everything else is shown as it is: not built.
"""


@dataclass(frozen=True)
class Row:
    """One row of the mission with what speaks for it."""

    id: str
    clause: str
    capability: str
    clauses: tuple[str, ...]
    owners: tuple[str, ...]
    tests: tuple[str, ...]
    part: str = ""  # what of it exists, where it is not built as a whole; of a built one, what is still outside it

    @property
    def state(self) -> str:
        """built: a test walks it; in part: the rows' file says what of it exists; else not built."""
        return "built" if self.tests else "in part" if self.part else "not built"


def rows(project: Path) -> list[Row]:
    """The rows in the order of the file."""
    asked: Mapping[str, Mapping[str, str]] = yaml.safe_load((project / "docs/mission_rows.yaml").read_text(encoding="utf-8"))
    clauses: Mapping[str, Mapping[str, object]] = yaml.safe_load((project / "policies/clauses.yaml").read_text(encoding="utf-8"))
    served: dict[str, list[str]] = {row: [] for row in asked}
    for clause_id, clause in clauses.items():
        for row in clause.get("mission", []):  # type: ignore[attr-defined]
            served[row].append(clause_id)
    tests: dict[str, list[str]] = {row.lower(): [] for row in asked}
    for path in sorted((project / "tests/mission").glob("test_*.py")):
        match = TEST.fullmatch(path.name)
        if match is None or match[1] not in tests:
            raise SystemExit(f"{path.name} names no row of docs/mission_rows.yaml; call it test_<row>_….py")
        tests[match[1]].append(path.name)
    found = []
    for row, words in asked.items():
        owners = {str(clauses[each]["owner"]) for each in served[row]}
        building = tuple(sorted(owner for owner in owners if owner != "planned" and not owner.startswith("not_software")))
        found.append(
            Row(row, words["clause"], words["capability"], tuple(served[row]), building, tuple(tests[row.lower()]), words.get("part", ""))
        )
    return found


def page(project: Path) -> str:
    """The whole text of docs/mission.md."""
    found = rows(project)
    counts = {state: sum(row.state == state for row in found) for state in ("built", "in part", "not built")}
    lines = [HEAD, f"{counts['built']} built, {counts['in part']} in part, {counts['not built']} not built.", ""]
    lines += ["| row | clause | capability | sentences | section | tests | state |", "|---|---|---|---|---|---|---|"]
    for row in found:
        sentences, owners, tests = ", ".join(row.clauses), ", ".join(row.owners), ", ".join(row.tests)
        state = f"**{row.state}**" if row.state == "built" else row.state
        state += f": {row.part}" if row.part else ""
        lines.append(f"| {row.id} | {row.clause} | {row.capability} | {sentences} | {owners} | {tests} | {state} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (PROJECT / "docs/mission.md").write_text(page(PROJECT), encoding="utf-8")
    sys.stdout.write("docs/mission.md\n")
