"""docs/glossary.yaml: one term, one identifier; the catalogue's items carry the glossary's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chengxin.policy import PolicySet

GLOSSARY: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[3] / "docs/glossary.yaml").read_text(encoding="utf-8"))


def test_a_term_stands_once_and_says_its_identifier_and_source() -> None:
    terms = [each["term"] for each in GLOSSARY]
    assert len(set(terms)) == len(terms)
    assert all(each["identifier"].isidentifier() and each["english"] and each["source"] for each in GLOSSARY)


def test_an_alias_is_no_term_of_its_own() -> None:
    terms = {each["term"] for each in GLOSSARY}
    aliases = [alias for each in GLOSSARY for alias in each.get("aliases", [])]
    assert len(set(aliases)) == len(aliases)
    assert not terms & set(aliases)


def test_words_that_stand_in_quotations_only_are_aliases_never_terms() -> None:
    assert not {each["term"] for each in GLOSSARY} & {"黑名单", "信用分"}


@pytest.mark.parametrize("kind", ["行政许可", "行政处罚", "行政强制", "行政征收", "行政给付", "行政奖励", "行政监督检查"])
def test_items_are_called_as_the_glossary_calls_them(shipped_policy: PolicySet, kind: str) -> None:
    identifier = next(each["identifier"] for each in GLOSSARY if each["term"] == kind)
    assert shipped_policy.item(identifier).title == kind
