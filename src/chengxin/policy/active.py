"""现行的政策集。Everybody asks here; ``foundation.catalogue`` registers who answers (the set adopted last, or adopted then)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chengxin.kernel.instants import Instant
from chengxin.policy.errors import NothingAdopted
from chengxin.policy.policy_set import PolicySet

Provider = Callable[[Instant | None], PolicySet]


def nothing_adopted() -> NothingAdopted:
    """The refusal of everything before the first adoption."""
    return NothingAdopted(
        slug="no-policy-adopted",
        sentence="尚未采纳任何政策集，办不了。",
        what_to_do="运行 chengxin init，或由两人办理 chengxin policy adopt。",
    )


def _nobody(at: Instant | None) -> PolicySet:
    raise nothing_adopted()


_registered: list[Provider] = [_nobody]
_instead: list[Provider] = []
_answered: ContextVar[dict[Instant | None, PolicySet] | None] = ContextVar("policy_sets_answered", default=None)


def register(provider: Provider) -> None:
    """Say who answers; called once, when the catalogue's app is ready."""
    _registered[:] = [provider]


def policy_set(at: Instant | None = None) -> PolicySet:
    """政策集 in force now, or the set adopted as of ``at``. Raises :class:`NothingAdopted`."""
    answered = _answered.get()
    if answered is None or _instead:
        return (_instead or _registered)[-1](at)
    if at not in answered:
        answered[at] = _registered[-1](at)
    return answered[at]


@contextmanager
def the_same_throughout() -> Iterator[None]:
    """一次办理用一套政策：inside, each question is asked once and its answer kept, whatever is adopted meanwhile (one request)."""
    before = _answered.set({})
    try:
        yield
    finally:
        _answered.reset(before)


class _InUse:
    """What :func:`use` hands back: leaving it as a context restores what answered before."""

    def __init__(self, before: list[Provider]) -> None:
        self._before = before

    def __enter__(self) -> PolicySet:
        return policy_set()

    def __exit__(self, *exception: object) -> None:
        _instead[:] = self._before


def use(policy: PolicySet | None) -> _InUse:
    """Answer with ``policy`` until told otherwise or to the end of a ``with`` (tests, simulations); None: as registered again."""
    handle = _InUse(list(_instead))
    _instead[:] = [] if policy is None else [lambda at: policy]
    return handle
