"""政策数据的错误。Every fault names the file, the key, what is wrong in one sentence, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chengxin.kernel.refused import Refused


@dataclass(frozen=True)
class PolicyFault:
    """政策文件的一处毛病。"""

    file: str
    key: str
    sentence: str
    what_to_do: str

    def __str__(self) -> str:
        place = f"{self.file} 的 {self.key}" if self.key else self.file
        return f"{place}：{self.sentence} {self.what_to_do}"


class PolicyRefused(Refused):
    """政策集不成立：nothing is loaded from a set with a fault; ``faults`` lists all that were found."""

    faults: tuple[PolicyFault, ...]

    def __init__(self, faults: Iterable[PolicyFault]) -> None:
        found = tuple(faults)
        super().__init__(
            slug="policy-set-refused",
            sentence=f"政策文件有 {len(found)} 处问题，未载入。第一处：{found[0]}",
            what_to_do="改正后重新运行 chengxin policy check。",
            where={"file": found[0].file, "key": found[0].key},
        )
        object.__setattr__(self, "faults", found)


class NoValueYet(Refused):
    """此日尚无取值。A parameter was asked for a day before its first value; there is no silent fall-back."""


class NoSuchPolicy(Refused):
    """政策集里没有这一项。"""


class NothingAdopted(Refused):
    """尚未采纳任何政策集。Nothing runs on a set that was not adopted."""
