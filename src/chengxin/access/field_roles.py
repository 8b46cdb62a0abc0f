"""哪些岗位看得到什么字段。The policy names, for a kind of field, the roles that see it: of their own department's records, or of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from chengxin.access.caller import Caller
from chengxin.access.queries import subordinates_of
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active

__all__ = ["Kept", "allowed", "sees_in_full"]

MASKING: Final = "field_masking_roles"


class Kept(StrEnum):
    """怎样对外：the kinds of fields that the public does not see as they are, in the words of the policy."""

    MASKED = "脱敏公示"
    NOT_PUBLIC = "不公示"


def sees_in_full(caller: Caller, kept: Kept, owner_id: int, at: Instant) -> bool:
    """可否看原文 of such a field, of a record that ``owner_id``'s department decided."""
    table = active.policy_set().value_at(MASKING, date_of(at)).value
    return allowed(table[kept.value], caller, owner_id)


def allowed(roles: Mapping[str, Collection[str]], caller: Caller, owner_id: int) -> bool:
    """Whether a line of such a policy names the caller's role, for this department's records. A department's system is nobody's role."""
    if caller.account is None or caller.role is None:
        return False
    if caller.role.value in roles.get("全市", ()):
        return True
    own = caller.department is not None and (caller.department.pk == owner_id or owner_id in subordinates_of(caller.department.pk))
    return own and caller.role.value in roles.get("本部门", ())
