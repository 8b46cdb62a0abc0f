"""填报条件的小语言。``<CODE> contains 甲|乙``, ``<CODE> = 甲``, ``<CODE> != 甲``: when a field must or must not be given."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"^(?P<field>[A-Z][A-Z0-9_]*) (?P<operator>contains|=|!=) (?P<values>\S.*)$")


@dataclass(frozen=True)
class Condition:
    """条件。``operator``: ``contains`` (the text has any of the values in it), ``=`` (is any of them), ``!=`` (is none of them)."""

    field: str
    operator: str
    values: tuple[str, ...]

    def holds(self, value: str) -> bool:
        """Whether the condition holds for one value; the column form is written by the reader of the column.

        >>> parse_condition("CF_CFLB contains 暂扣|吊销").holds("罚款;吊销许可证")
        True
        """
        if self.operator == "contains":
            return any(each in value for each in self.values)
        return (value in self.values) == (self.operator == "=")


def parse_condition(text: str) -> Condition:
    """The condition that ``text`` says; ValueError if it is not in the language."""
    match = _SHAPE.match(text)
    if match is None:
        raise ValueError(text)
    values = tuple(each.strip() for each in match["values"].split("|"))
    if not all(values):
        raise ValueError(text)
    return Condition(match["field"], match["operator"], values)
