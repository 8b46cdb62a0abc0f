"""Large lists of names: proposals, the most alike first, bounded by rare bigrams."""

from __future__ import annotations

import random

import polars as pl

from chengxin.engine.matching import Blocking, match_names


def listed(*given: str, start: int = 1) -> pl.DataFrame:
    return pl.DataFrame({"id": range(start, start + len(given)), "name": list(given)}, schema={"id": pl.Int64, "name": pl.String})


def test_exact_cores_come_before_alike_ones() -> None:
    left = listed("泰安市岭上云商贸有限公司", "肥城望河建材有限公司", "宁阳县无人知晓的店", "公司")
    right = listed("泰安岭上云商贸有限责任公司", "泰安市岭下云商贸有限公司", "肥城市望江建材有限公司", start=11)
    assert match_names(left, right).rows() == [(1, 11, 1000, 1000), (2, 13, 833, 1000)]


def test_the_margin_says_how_much_better_the_best_is() -> None:
    left, right = listed("东平县听泉果蔬有限公司"), listed("东平县听雨果蔬有限公司", "东平县听泉果品有限公司", start=11)
    ((_, best, similarity, margin),) = match_names(left, right).rows()
    assert (best, similarity, margin) == (11, 857, 0)


def test_one_list_is_searched_for_doubles_not_for_itself() -> None:
    one = listed("泰安市岭上云商贸有限公司", "泰安岭上云商贸公司", "肥城市望河建材有限公司")
    assert match_names(one, one).rows() == [(1, 2, 1000, 1000), (2, 1, 1000, 1000)]


def test_names_that_share_only_common_words_are_not_compared() -> None:
    right = listed(*(f"泰安{chr(0x4E00 + n)}{chr(0x5E00 + n)}商贸有限公司" for n in range(50)), start=100)
    assert match_names(listed("泰安甲乙商贸有限公司"), right, Blocking(crowd=20, least_similarity=0)).height == 0


def test_nothing_matches_nothing() -> None:
    empty = listed()
    assert match_names(empty, empty).rows() == []
    assert match_names(listed("岭上云"), empty).rows() == []


def test_most_of_a_dirtied_list_is_found_again() -> None:
    chance = random.Random(7)
    characters = [chr(0x4E00 + 7 * n) for n in range(1500)]
    names = [
        "泰安市" + "".join(chance.choices(characters, k=4)) + chance.choice(["商贸", "建材", "餐饮"]) + "有限公司" for _ in range(3000)
    ]
    dirty = [name if chance.random() < 0.8 else name[:5] + chance.choice(characters) + name[6:] for name in names]
    found = match_names(listed(*dirty), listed(*names, start=1_000_001))
    right = found.filter(pl.col("left_id") + 1_000_000 == pl.col("right_id"))
    assert right.height > 2900
    assert right.height > 0.99 * found.filter(pl.col("margin") >= 100).height
