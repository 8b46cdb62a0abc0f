"""Random inputs for draws: odd names, heavy weights, several strata and offices, conflicts, rotation."""

from __future__ import annotations

import random
from pathlib import Path

from chengxin.engine import draw as d

#: Letters that JSON escapes, that look like line ends, or that need four bytes.
ODD = ["", "甲", "é", '"', "\\", "\u2028", "\x7f", "\x1f", "😀", "\ufeff", "/"]
PARTIES = ("发改委", "监察室", "企业代表 😀")


def nonce(rng: random.Random) -> bytes:
    return rng.randbytes(32)


def name(prefix: str, number: int, rng: random.Random) -> str:
    return f"{prefix}{number}{rng.choice(ODD)}"


def random_weight(rng: random.Random) -> int:
    return rng.choice([1, 1, 2, 3, 5, rng.randint(1, 20), rng.randint(1, 1000), rng.randint(1, 999_999_999)])


def random_inputs(rng: random.Random, nonces: list[bytes], most: int = 30) -> d.Inputs:
    """Inputs that may be drawn from, except that inspectors may be too few."""
    plan = name("计划", rng.randrange(100), rng)
    parties = tuple(d.Party(party, d.party_commitment(plan, party, own).hex()) for party, own in zip(PARTIES, nonces, strict=False))
    strata = tuple(d.Stratum(name("层", i, rng), rng.choice([1, 10, 333, 500, 999, 1000])) for i in range(rng.randint(1, 3)))
    offices = tuple(
        d.OfficeTask(name("局", i, rng), rng.randint(1, 3), tuple(rng.sample(["食品", "药品"], rng.randint(0, 1))), ())
        for i in range(rng.randint(1, 2))
    )
    codes = [name(f"91370900MA{i:04d}", i, rng) for i in range(rng.randint(1, most))]
    people = [(f"P{office.office}{i}", office.office) for office in offices for i in range(rng.randint(4, 8))]
    inspectors = tuple(
        d.Inspector(
            identity,
            office,
            ("药品", "食品"),
            (),
            tuple(rng.choice([(), (), ("3709",), ("370902", "370911")])),
            tuple(rng.sample(codes, rng.randint(0, 1))),
        )
        for identity, office in people
    )
    firms = [
        d.Firm(
            code,
            rng.choice(strata).name,
            random_weight(rng),
            rng.choice(["", "", "370902", "370911"]),
            tuple(identity for identity, _ in rng.sample(people, rng.randint(0, 4))),
        )
        for code in codes
    ]
    rng.shuffle(firms)
    excluded = tuple(d.Excluded(f"X{i}", rng.choice(["已注销", "今年已检查两次", "回避"])) for i in range(rng.randint(0, 2)))
    rule = d.Rule(
        plan, "食品检查", "ab" * 32, strata, offices, parties, 1_790_000_000, "中国福利彩票双色球", 1_790_000_060, rng.random() < 0.5
    )
    return d.Inputs(rule, d.Pool(tuple(firms), excluded), inspectors)


def open_and_draw(folder: Path, inputs: d.Inputs, reveals: list[bytes | None], public_value: str) -> d.Drawn:
    """The whole ceremony in one folder."""
    d.seal(folder, inputs)
    d.write_reveals(folder, reveals, public_value, "https://example.cn/draws/2026130")
    return d.draw(folder, d.seed_of(folder))


def plain_inputs(weights: list[int], per_mille: int, *, stratum: str = "B") -> d.Inputs:
    """One stratum, one office with enough inspectors, three parties."""
    parties = tuple(d.Party(party, d.party_commitment("计划", party, bytes([i]) * 32).hex()) for i, party in enumerate(PARTIES))
    rule = d.Rule(
        "计划", "食品检查", "ab" * 32, (d.Stratum(stratum, per_mille),), (d.OfficeTask("市场监管局", 2),), parties, 100, "双色球", 160
    )
    firms = tuple(d.Firm(f"F{i:05d}", stratum, weight) for i, weight in enumerate(weights))
    return d.Inputs(rule, d.Pool(firms), tuple(d.Inspector(f"P{i}", "市场监管局") for i in range(5)))


def plain_reveals() -> list[bytes | None]:
    return [bytes([i]) * 32 for i in range(len(PARTIES))]
