"""部门树与委托的读取。"""

from __future__ import annotations

from django.db.models import Q

from chengxin.access.models import Delegation, Department
from chengxin.kernel.instants import Instant

__all__ = ["acts_for", "department_ids_by_code", "subordinates_of"]


def department_ids_by_code() -> dict[str, int]:
    """代码 → 编号 of every department, closed ones too: their old acts stay theirs."""
    return dict(Department.objects.values_list("code", "id"))


def subordinates_of(department_id: int) -> set[int]:
    """下级部门 of any depth, without itself."""
    parents = list(Department.objects.exclude(parent=None).values_list("id", "parent_id"))
    found: set[int] = set()
    edge = {department_id}
    while edge:
        edge = {child for child, parent in parents if parent in edge} - found - {department_id}
        found |= edge
    return found


def acts_for(department_id: int, item: str, at: Instant) -> set[int]:
    """可以代为报送的部门：itself, its subordinates, and those whose delegation for ``item`` it holds at ``at``."""
    held = Delegation.objects.filter(Q(item=item), delegate_id=department_id, valid_from__lte=at, valid_until__gt=at)
    return {department_id} | subordinates_of(department_id) | set(held.values_list("principal_id", flat=True))
