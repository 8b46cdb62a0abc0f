"""事件。``section:subject:action``, the action a past participle: the only grammar of entries in the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_WORD = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_SHAPE = re.compile(f"({_WORD}):({_WORD}):({_WORD})")


@dataclass(frozen=True)
class EventTag:
    """事件标签：who keeps it, what it is about, what happened."""

    section: str
    subject: str
    action: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The tag that ``text`` writes; ValueError for any other form.

        >>> EventTag.parse("records:record:collected").action
        'collected'
        >>> EventTag.parse("records:collected")
        Traceback (most recent call last):
        ValueError: 'records:collected' is not an event: write section:subject:action in lower case
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not an event: write section:subject:action in lower case")
        return cls(*match.groups())

    def __str__(self) -> str:
        return f"{self.section}:{self.subject}:{self.action}"
