"""比对特征。Why two subjects may be the same, or may not: named features, each with its sentence; a person judges, never the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from chengxin.engine import names


@dataclass(frozen=True)
class Described:
    """One side of a pair, in words that can be compared. Empty: not known."""

    name: str
    division: str = ""
    legal_representative: str = ""
    address: str = ""
    code: str = ""
    numbers: Mapping[str, str] | None = None  # IdentifierKind → value
    former_names: Sequence[str] = ()
    core: str = ""  # engine.names.core of the name, where the caller has worked it out for many at once

    @property
    def compared_name(self) -> str:
        """The core of the name."""
        return self.core or names.core_of(self.name)


@dataclass(frozen=True)
class Feature:
    """特征：``speaks`` for (+), against (−) or neither; ``detail`` shows what was compared."""

    id: str
    sentence: str
    speaks: int  # thousandths added to or taken from the score
    detail: str


#: What each feature says and weighs when it sorts the queue. These weights decide nothing: every pair goes to a person.
_SAYS: Final[Mapping[str, tuple[str, int]]] = {
    "name_similarity": ("名称相近", 0),
    "former_name": ("与曾用名一致", 300),
    "division_same": ("登记区划相同", 100),
    "division_mismatch": ("登记区划不同", -150),
    "legal_representative_same": ("法定代表人（负责人）姓名相同", 250),
    "legal_representative_mismatch": ("法定代表人（负责人）姓名不同", -150),
    "address_shared": ("住所有相同的地名、门牌", 150),
    "number_shared": ("登记的号码相同", 400),
    "registration_disjoint": ("两个主体各有自己的有效代码或号码", -400),
}


def explain_pair(left: Described, right: Described) -> tuple[int, list[Feature]]:
    """比对：a score of 0–1000 to sort by, and the features behind it, strongest first."""
    alike = names.similarity(left.compared_name, right.compared_name)
    features = [Feature("name_similarity", f"名称相近（{alike / 10:.0f}%）", round(alike * 0.5), f"{left.name} / {right.name}")]
    features += _names_of_old(left, right)
    features += _compared("division", left.division, right.division)
    features += _compared("legal_representative", left.legal_representative, right.legal_representative)
    features += _addresses(left.address, right.address)
    features += _numbers(left, right)
    score = sum(feature.speaks for feature in features)
    return max(0, min(1000, score)), sorted(features, key=lambda feature: -abs(feature.speaks))


def as_objects(features: Sequence[Feature]) -> list[dict[str, object]]:
    """The features as they are stored and shown."""
    return [asdict(feature) for feature in features]


def _feature(id_: str, detail: str) -> Feature:
    sentence, speaks = _SAYS[id_]
    return Feature(id_, sentence, speaks, detail)


def _names_of_old(left: Described, right: Described) -> list[Feature]:
    same = [old for old in right.former_names if names.core_of(old) == left.compared_name]
    same += [old for old in left.former_names if names.core_of(old) == right.compared_name]
    return [_feature("former_name", old) for old in same[:1]]


def _compared(what: str, left: str, right: str) -> list[Feature]:
    if not left or not right:
        return []
    return [_feature(f"{what}_same" if left == right else f"{what}_mismatch", left if left == right else f"{left} / {right}")]


def _addresses(left: str, right: str) -> list[Feature]:
    """Bigrams of the addresses that both share; the first characters (the city) are in all of them and say little."""
    smaller = min(len(left), len(right))
    if smaller < 6:
        return []
    shared = set(names.bigrams_of(names.search_key_of(left))) & set(names.bigrams_of(names.search_key_of(right)))
    return [_feature("address_shared", f"{left} / {right}")] if len(shared) * 2 > smaller else []


def _numbers(left: Described, right: Described) -> list[Feature]:
    mine, theirs = dict(left.numbers or {}), dict(right.numbers or {})
    shared = [f"{kind}：{value}" for kind, value in mine.items() if theirs.get(kind) == value]
    if shared:
        return [_feature("number_shared", "、".join(shared))]
    apart = [f"{value} / {theirs[kind]}" for kind, value in mine.items() if kind in theirs]
    if left.code and right.code and left.code != right.code:
        apart.append(f"{left.code} / {right.code}")
    return [_feature("registration_disjoint", "、".join(apart))] if apart else []
