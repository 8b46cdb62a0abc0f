"""报送单位与作出单位。Which offices' acts a department may hand in, read once per submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chengxin.access.models import Department
from chengxin.access.queries import acts_for
from chengxin.foundation.collection.competence import Competence
from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem


@dataclass(frozen=True)
class Offices:
    """某部门就某事项可以代报的机关。``ids``: code → department id, for those it may hand in for."""

    department_id: int
    competence: Competence
    ids: Mapping[str, int]


def offices_of(department: Department, item: CatalogueItem, policy: PolicySet, at: Instant) -> Offices:
    """The department itself, everything below it, and the principals of its delegations in force at ``at`` for this item."""
    rows = list(Department.objects.filter(closed_at=None).values_list("id", "code", "name", "kind"))
    own = acts_for(department.pk, item.id, at)
    may = [(pk, code, kind or policy.department_kind(name, code)) for pk, code, name, kind in rows if pk in own]
    competence = Competence(
        known=frozenset(code for _, code, _, _ in rows),
        own=frozenset(code for _, code, _ in may),
        empowered=frozenset(code for _, code, kind in may if policy.power(item.id, kind) or policy.power(item.id, code)),
    )
    return Offices(department.pk, competence, {code: pk for pk, code, _ in may})
