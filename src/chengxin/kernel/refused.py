"""What the platform says when it does not do something."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)  # not frozen: the interpreter and contextlib write __traceback__ on exceptions
class Refused(Exception):
    """办不了的答复。A refusal that teaches: what, why, which clause, what to do next.

    ``slug`` is the stable kebab-case name of the problem (its page is ``/problems/<slug>``), ``sentence`` the Chinese
    sentence the user reads, ``clause`` the legal or policy source ("" where there is none), ``what_to_do`` the next step.
    ``where`` locates the fault (sheet, row, field …). On a page it is a paragraph; in the API an RFC 9457 problem.
    """

    slug: str
    sentence: str
    what_to_do: str = ""
    clause: str = ""
    where: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence + (f"（{self.what_to_do}）" if self.what_to_do else "")


class NotFound(Refused):
    """查无此项。Also the answer for what exists but is not to be seen by the asker: both look the same."""


class Conflict(Refused):
    """与现状冲突。The same key with other content, a lost compare-and-set."""


class Forbidden(Refused):
    """无权办理。Default deny."""
