"""角色。One account, one role; what a role may call stands in ``site/access_matrix.py``, nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """角色。Security, system and audit administration are three separate people (三员分立); none of them handles records."""

    CLERK = "clerk"  # hands in, corrects
    REVIEWER = "reviewer"  # releases what a clerk of the same department handed in
    CREDIT_OFFICE = "credit_office"  # quality, matching queue, catalogue
    AUDITOR = "auditor"  # reads, changes nothing
    SECURITY_ADMIN = "security_admin"  # accounts and roles
    SYSTEM_ADMIN = "system_admin"  # runs the machine
    AUDIT_ADMIN = "audit_admin"  # reads who read what
    ENTERPRISE = "enterprise"  # a firm's legal representative or agent: outside the offices, acts for whom a mandate names


LABELS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.CLERK: "经办人",
        Role.REVIEWER: "复核人",
        Role.CREDIT_OFFICE: "信用办",
        Role.AUDITOR: "审计人员",
        Role.SECURITY_ADMIN: "安全管理员",
        Role.SYSTEM_ADMIN: "系统管理员",
        Role.AUDIT_ADMIN: "审计管理员",
        Role.ENTERPRISE: "企业用户",
    }
)

#: Roles whose holders work with the records of their own department and nobody else's.
DEPARTMENTAL: Final = frozenset({Role.CLERK, Role.REVIEWER})
EVERY_ROLE: Final = frozenset(Role)
#: Roles of people inside: everyone but the firms.
OFFICE_ROLES: Final = EVERY_ROLE - {Role.ENTERPRISE}
