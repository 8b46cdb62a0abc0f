"""House rules that a machine can check. Each says why; an exception stands here with its reason or not at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from chengxin.site.problem_titles import TITLES
from tests.architecture.sources import PACKAGE, PROJECT, calls, f_strings, name_of, python_files, texts, tracked_files, tree_of

#: Reads of the clock itself, and of the platform's clock.
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "timezone.now"}
MAY_READ_THE_CLOCK: Mapping[str, str] = {
    "kernel/clock.py": "it is the clock",
    "foundation/collection/folder.py": "the watched folder is a channel of its own, started by the command line",
}
#: Where a request, a command or a task enters: here ``at`` is made, by the platform's clock, and handed on.
EDGES = {"commands.py", "api.py", "pages.py", "tasks.py"}
MAY_DELETE: Mapping[str, str] = {
    "site/account_changes.py": "what somebody has lost must not open any more: that a factor was reset is in the ledger",
    "access/attempts.py": "counters against flooding: who complained from where is forgotten when it counts no longer",
    "engine/matching.py": "its own scratch tables in DuckDB",
    "engine/one_subject.py": "its own scratch tables in DuckDB",
    "ledger/projecting.py": "its own scratch tables in DuckDB",
    "foundation/subjects/forgetting.py": "an erasure ordered by law: the numbers of a subject that nothing on record is about any more",
    "foundation/subjects/projections.py": "scratch tables of fsck in DuckDB",
    "storage/ids.py": "undoing a migration takes its sequence away",
    "foundation/disclosure/services.py": "counts are rebuilt from the records",
    "foundation/disclosure/outstanding.py": "counts are rebuilt from the acts",
    "foundation/records/swapping.py": "a pending version moves into the record; rows of a file that was sent back were never seen",
}
MAY_WRITE_THE_LEDGER = {
    "ledger/appending.py": "the head moves, the right edge of the tiles grows",
    "ledger/tiles.py": "the right edge of the tiles grows",
    "ledger/erasing.py": "salt and content are erased, the commitment stays",
}
#: Modules that keep the slugs of a whole family in a table, and what such a slug looks like.
FAMILIES: Mapping[str, str] = {
    "foundation/collection/readers/refusals.py": r"file-[a-z0-9-]+",
    "foundation/collection/labels.py": r"columns-[a-z-]+",
}
#: Modules that hand a refusal on whose slug was chosen, and is counted, elsewhere.
HANDING_ON = {
    "foundation/collection/api.py": "the refusal of a file, kept in its submission",
    "foundation/collection/labels.py": "the gravest of its family",
    "foundation/collection/readers/refusals.py": "its family",
    "foundation/collection/readers/wire.py": "what the child process says",
    "during_event/inspection/ceremony.py": "what the engine says of an alias, with the code instead",
    "site/middleware.py": "the words for a status",
}
MAY_BE_LONG: Mapping[str, str] = {}
LONGEST = 300
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "handlers", "processor", "misc"}


def test_nobody_reads_the_clock_but_site_and_the_command_line() -> None:
    """A function of (facts, policy, time) can be computed for any day only if it is told the time."""
    found = [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in python_files()
        if not name_of(path).startswith("site/") and name_of(path) not in MAY_READ_THE_CLOCK
        for name, call in calls(path)
        if name in CLOCKS or (name in {"clock.now", "clock.today"} and path.name.rpartition("_")[2] not in EDGES)
    ]
    assert not found, found


def test_nothing_that_happened_is_deleted() -> None:
    """What happened stays; a correction is a new entry."""
    by_call = [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in python_files()
        if name_of(path) not in MAY_DELETE
        for name, call in calls(path)
        if name.endswith(".delete") and "session" not in name
    ]
    statement = re.compile(r"\b(DELETE\s+FROM\b|TRUNCATE\s+\w)")
    by_statement = [
        f"{name_of(path)} {text.strip()[:60]!r}"
        for path in python_files()
        if name_of(path) not in MAY_DELETE
        for text in texts(path)
        if statement.search(text)
    ]
    assert not by_call + by_statement, by_call + by_statement


def test_the_ledger_is_written_by_the_ledger_alone() -> None:
    """One door: append. Erasing empties the side table and nothing else."""
    statement = re.compile(r"\b(UPDATE|DELETE\s+FROM|INSERT\s+INTO)\s+(ledger_|\{(\w+\.)*log\.)", re.IGNORECASE)
    found = [
        f"{name_of(path)} {text.strip()[:60]!r}"
        for path in python_files()
        if name_of(path) not in MAY_WRITE_THE_LEDGER
        for text in (*texts(path), *f_strings(path))
        if statement.search(text)
    ]
    tables = {f"{log}{table}" for log in ("", "Reads") for table in ("Entry", "Content", "Tile", "Head")}
    found += [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in python_files()
        if name_of(path) not in MAY_WRITE_THE_LEDGER
        for name, call in calls(path)
        if name.split(".")[0] in tables and name.rsplit(".", 1)[-1] in {"update", "delete", "create", "bulk_create", "bulk_update"}
    ]
    assert not found, found


def test_no_period_of_the_law_stands_in_code() -> None:
    """Days, months and years come from policies/, dated and with their quote."""
    counted = {"add_working_days", "timedelta", "relativedelta", "offset_by"}
    periods = re.compile(r"^P\d+[DWMY]$")
    found = []
    for path in python_files():
        if not name_of(path).startswith("foundation/"):
            continue
        for name, call in calls(path):
            if name.rsplit(".", 1)[-1] in counted:
                values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"days", "weeks", "months", "years"})]
                found += [f"{name_of(path)}:{call.lineno} {name}" for value in values if _is_number_above_one(value)]
        found += [f"{name_of(path)} {text}" for text in texts(path) if periods.match(text)]
    assert not found, found


def test_files_are_short_enough_to_read() -> None:
    """A file is read at one sitting."""
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    long = {name: length for name, length in lengths.items() if length > LONGEST and name not in MAY_BE_LONG}
    assert not long, long


def test_names_say_what_is_inside() -> None:
    """A module called after its author's perplexity collects everything."""
    found = [name_of(path) for path in python_files() if {path.stem, path.parent.name} & VAGUE_NAMES]
    assert not found, found


def test_no_test_is_skipped() -> None:
    """A test that does not run proves nothing."""
    skipping = {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.xfail", "pytest.importorskip"}
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files(PROJECT / "tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in skipping
    ]
    assert not found, found


def test_every_problem_has_a_title_and_every_title_a_problem() -> None:
    """``type`` of a problem leads to a page that exists."""
    raised = {slug for path in python_files() for slug in _slugs(path)}
    assert raised <= set(TITLES), f"without a title in site/problem_titles.py: {sorted(raised - set(TITLES))}"
    assert set(TITLES) <= raised, f"titles of problems that nobody raises: {sorted(set(TITLES) - raised)}"


def test_every_slug_can_be_found_in_the_source() -> None:
    """A refusal whose slug is put together at run time would escape the comparison with the titles."""
    found = []
    for path in python_files():
        for name, call in calls(path):
            if re.fullmatch(r"(\w+\.)*(Refused|NotFound|Conflict|Forbidden)", name):
                slugs = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "slug")]
                if not any(_constants(slug) for slug in slugs) and name_of(path) not in HANDING_ON:
                    found.append(f"{name_of(path)}:{call.lineno}")
    assert not found, found


def test_nothing_points_outside_the_project() -> None:
    """A path of somebody's machine means nothing on another."""
    outside = re.compile(r"(?<![\w.:/~}-])/(?:work|home|root|Users|mnt)/[A-Za-z]")
    found = [
        f"{name_of(path)}:{number}"
        for path in tracked_files()
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".html", ".js", ".css", ".txt", ".service", ""}
        and "policies/sources" not in str(path)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if outside.search(line) and path.name != "test_house_rules.py"
    ]
    assert not found, found


def test_every_public_thing_is_described() -> None:
    """The docstring's first words are the Chinese term or the sentence."""
    found = []
    for path in python_files():
        tree = tree_of(path)
        if ast.get_docstring(tree) is None and path.read_text(encoding="utf-8").strip() and path.name != "apps.py":
            found.append(f"{name_of(path)}: module")
        found += [
            f"{name_of(path)}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and ast.get_docstring(node) is None
            if path.name != "apps.py"
        ]
    assert not found, found


def _is_number_above_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value > 1


def _slugs(path: Path) -> set[str]:
    """Slugs of the refusals that a module makes: first argument or ``slug=`` of Refused and its kinds, and the families."""
    kinds = re.compile(r"(Refused|NotFound|Conflict|Forbidden|TakenOver|NothingAdopted|NoValueYet|refusal|super\(\)\.__init__)$")
    found = set()
    for name, call in calls(path):
        if kinds.search(name):
            values = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "slug")]
            found |= {choice for value in values for choice in _constants(value) if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", choice)}
    family = FAMILIES.get(name_of(path))
    return found | {text for text in texts(path) if family and re.fullmatch(family, text)}


def _constants(value: ast.expr) -> set[str]:
    """The texts that an argument may be: itself, or either side of a choice."""
    if isinstance(value, ast.IfExp):
        return _constants(value.body) | _constants(value.orelse)
    return {value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else set()


assert PACKAGE.is_dir()
