"""How long a draw takes, and its verification: ``python -m bench.draw [--json] [--firms N]``.

Four strata of a hundred thousand firms, a ratio from 1 to 25 %, ten areas, 200 inspectors; everything from files to files. The
JavaScript verifier runs in node, its start included. The processor's time stands beside: other work on the machine hardly changes it.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))
PARTIES = ("发展改革部门", "监察部门", "企业代表")
STRATA = {"A": 10, "B": 30, "C": 50, "D": 250}
PLAN = "抽查〔2026〕1号"


def inputs_of(firms: int) -> Any:
    """Invented firms with weights of 1 to 50, half of them in class B."""
    from chengxin.engine import draw as d

    rng = random.Random(1)
    parties = tuple(d.Party(party, d.party_commitment(PLAN, party, bytes([i]) * 32).hex()) for i, party in enumerate(PARTIES))
    strata = tuple(d.Stratum(name, per_mille) for name, per_mille in STRATA.items())
    offices = (d.OfficeTask("市场监管局", 2, ("食品安全",)), d.OfficeTask("应急管理局", 2, ("安全生产",)))
    rule = d.Rule(PLAN, "food_business", "ab" * 32, strata, offices, parties, 1_790_000_000, "双色球第 2026130 期", 1_790_000_600, True)
    areas = [f"3709{place:02d}" for place in range(1, 11)]
    pool = d.Pool(
        tuple(d.Firm(f"91370900MA{i:08d}", rng.choice("ABBCBD"), rng.randint(1, 50), rng.choice(areas)) for i in range(firms)),
        tuple(d.Excluded(f"91370900MB{i:08d}", "今年已检查两次") for i in range(firms // 50)),
    )
    inspectors = tuple(
        d.Inspector(f"{task.office}{i:03d}", task.office, task.licences, (), (areas[i % 10],)) for task in offices for i in range(100)
    )
    return d.Inputs(rule, pool, inspectors)


def timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """The best of three, seconds and those of the processor: other work runs on the machine."""
    took, used = [], []
    for _ in range(3):
        started, before = time.perf_counter(), processor()
        answer = work()
        took.append(time.perf_counter() - started)
        used.append(processor() - before)
    return (round(min(took), 2), round(min(used), 2)), answer


def processor() -> float:
    """Seconds that this process and its children have worked."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


def measure(firms: int) -> dict[str, Any]:
    """Seal, draw, verify twice."""
    from chengxin.engine import draw as d

    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as name:
        folder, inputs = Path(name), inputs_of(firms)
        sealing, _ = timed(lambda: d.seal(folder, inputs))
        d.write_reveals(folder, [bytes([i]) * 32 for i in range(len(PARTIES))], "03 11 17 20 26 31 + 09", "https://example.cn")
        seed = d.seed_of(folder)
        drawing, drawn = timed(lambda: d.draw(folder, seed))
        verifying, found = timed(lambda: d.verify(folder))
        command = ["node", str(PROJECT / "verifiers" / "draw.mjs"), name]
        in_node, done = timed(lambda: subprocess.run(command, check=False, capture_output=True, text=True))
        if found or done.returncode:
            raise SystemExit(f"the verifiers do not agree: {found} {done.stdout}{done.stderr}")
        return {
            "firms": firms,
            "drawn": len(drawn.codes),
            "assignments": len(drawn.assignments),
            "seal_seconds": sealing,
            "draw_seconds": drawing,
            "verify_seconds": verifying,
            "verify_in_node_seconds": in_node,
            "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    result = measure(options.firms)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['firms']} firms, {result['drawn']} drawn, {result['assignments']} assignments, peak {result['peak_megabytes']} MB")
    asked = {"seal": "", "draw": " (asked < 2 s)", "verify": " (asked < 5 s)", "verify_in_node": ""}
    steps = {name: result[f"{name}_seconds"] for name in asked}
    print(", ".join(f"{name} {took} s, processor {used} s{asked[name]}" for name, (took, used) in steps.items()))


if __name__ == "__main__":
    main()
