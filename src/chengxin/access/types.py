"""授权的类别和范围。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class MandateKind(StrEnum):
    """授权类别。"""

    LEGAL_REPRESENTATIVE = "legal_representative"
    AGENT = "agent"


class Scope(StrEnum):
    """授权范围：what may be done for the subject."""

    VIEW = "view"
    RESTORATION = "restoration"
    OBJECTION = "objection"
    REVIEW = "review"
    AUTHORISE = "authorise"
    DOWNLOAD = "download"
    COMPLAINT = "complaint"


EVERY_SCOPE: Final = frozenset(Scope)
#: An agent does not hand its authority on.
SCOPES_OF_AGENTS: Final = EVERY_SCOPE - {Scope.AUTHORISE}

KIND_LABELS: Final[Mapping[MandateKind, str]] = MappingProxyType(
    {MandateKind.LEGAL_REPRESENTATIVE: "法定代表人", MandateKind.AGENT: "代理人"}
)
SCOPE_LABELS: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        Scope.VIEW: "查看档案",
        Scope.RESTORATION: "申请信用修复",
        Scope.OBJECTION: "提出异议",
        Scope.REVIEW: "申请复核评价",
        Scope.AUTHORISE: "委托代理人",
        Scope.DOWNLOAD: "下载资料",
        Scope.COMPLAINT: "以企业名义投诉",
    }
)


def scopes_of_text(words: Iterable[str]) -> frozenset[Scope]:
    """What somebody chose, as scopes; words that are none are left out, so that nothing is granted by mistake."""
    return frozenset(scope for scope in Scope if scope.value in set(words))
