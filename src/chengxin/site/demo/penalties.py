"""处罚的轻重。Kinds, amounts and the classes that follow from them, in the shares a city sees."""

from __future__ import annotations

from datetime import date
from random import Random


def penalty_facts(decided: date, chance: Random) -> dict[str, str]:
    """What a penalty decision says besides whom it is about: minor ones most often, serious ones seldom."""
    dice = chance.randrange(100)
    if dice < 18:
        facts = {"penalty_kinds": "警告", "content": "给予警告", "procedure": "简易程序"}
    elif dice < 62:
        fine = chance.choice((500, 1000, 2000, 3000, 5000, 8000, 10_000, 20_000, 30_000))
        facts = {"penalty_kinds": "罚款", "content": f"罚款{fine}元", "fine": _ten_thousands(fine), "procedure": "普通程序"}
    elif dice < 78:
        fine, taken = chance.choice((3000, 12_000, 50_000)), chance.choice((820, 4600, 15_300))
        facts = {
            "penalty_kinds": "罚款;没收违法所得",
            "content": f"罚款{fine}元，没收违法所得{taken}元",
            "fine": _ten_thousands(fine),
            "confiscation": _ten_thousands(taken),
        }
    elif dice < 93:
        fine = chance.choice((100_000, 120_000, 200_000, 350_000))
        facts = {"penalty_kinds": "罚款", "content": f"罚款{fine}元", "fine": _ten_thousands(fine)}
    elif dice < 96:
        fine = chance.choice((1_000_000, 1_800_000))
        facts = {"penalty_kinds": "罚款", "content": f"罚款{fine}元", "fine": _ten_thousands(fine)}
    elif dice < 98:
        facts = {"penalty_kinds": "吊销许可证", "content": "吊销许可证", "CF_NR_ZKDX": f"演示经营许可证 YS{chance.randrange(10**6):06d}"}
    else:
        facts = {"penalty_kinds": "责令停产停业", "content": "责令停产停业三十日"}
    return facts | {"valid_until": "2099-12-31"}


def _ten_thousands(yuan: int) -> str:
    text = f"{yuan / 10_000:.6f}".rstrip("0")
    return text.rstrip(".")
