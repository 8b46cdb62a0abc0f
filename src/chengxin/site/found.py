"""找到的主体 as the portal lists them: the words that were asked for are marked, the division is named."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from chengxin.foundation.subjects.search import FoundSubject
from chengxin.policy.policy_set import PolicySet


@dataclass(frozen=True)
class Found:
    """一个结果。``href`` is empty for a subject without a code: it has no page of its own."""

    code: str
    marked: SafeString
    href: str
    division: str
    state: str
    in_registry: bool


def mark(name: str, asked: str) -> SafeString:
    """``name`` with the part that was asked for in <mark>; escaped."""
    start = name.lower().find(asked.lower()) if asked else -1
    if start < 0:
        return format_html("{}", name)
    end = start + len(asked)
    return format_html("{}<mark>{}</mark>{}", name[:start], name[start:end], name[end:])


def division_name(code: str, policy: PolicySet) -> str:
    """县市区 by its code; the code itself where the table does not have it."""
    return policy.code_table("division").values.get(code, code)


def state_name(code: str, policy: PolicySet) -> str:
    """登记状态 by its code; the code itself where the table does not have it."""
    return policy.code_table("operating_state").values.get(code, code)


def found(subject: FoundSubject, asked: str, policy: PolicySet) -> Found:
    """A result of the search for ``asked``."""
    href = f"/s/{subject.code or subject.id}"
    return Found(
        subject.code,
        mark(subject.name, asked),
        href,
        division_name(subject.division, policy),
        state_name(subject.state, policy),
        subject.in_registry,
    )
