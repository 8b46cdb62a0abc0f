"""Two worlds that differ only in what the asker may not know: the answer must be the same in both."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import TypeVar

from django.db import transaction
from django.test import Client

Answer = TypeVar("Answer")
#: What differs from one answer to the next by itself: form tokens, numbers of requests; and the size of the log, which is public:
#: it shows that something was recorded, never what, whose or by whom.
_CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|urn:chengxin:request:[0-9a-f]+|(?<=/log">)[0-9,]+|(?<=账本共 )[0-9,]+')


class _Back(Exception):
    """Undoes the second world."""


def in_both_worlds(read: Callable[[], Answer], change: Callable[[], object]) -> tuple[Answer, Answer]:
    """What ``read`` gives without and with ``change``; the change is undone."""
    before = read()
    after: list[Answer] = []
    try:
        world = transaction.atomic()
        world._from_testcase = True  # type: ignore[attr-defined]  # like the test's own: what commits durably outside it may do so inside
        with world:
            change()
            after.append(read())
            raise _Back
    except _Back:
        return before, after[0]


def answers(client: Client, addresses: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Name → (status, body) of each address, without what changes by itself."""
    got = {name: client.get(address) for name, address in addresses.items()}
    return {name: (answer.status_code, _CHANGING.sub("", body_of(answer).decode("utf-8", "replace"))) for name, answer in got.items()}


def differing_lines(before: str, after: str) -> list[str]:
    """What to look at when the answers differ."""
    pairs = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    return [f"{left.strip()} → {right.strip()}" for left, right in pairs if left != right][:10]


def body_of(answer: object) -> bytes:
    """The whole body, streamed or not."""
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return bytes(answer.content)  # type: ignore[attr-defined]
