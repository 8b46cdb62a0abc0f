"""授权的类别和范围，信用服务机构的服务。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class MandateKind(StrEnum):
    """授权类别。"""

    LEGAL_REPRESENTATIVE = "legal_representative"
    AGENT = "agent"
    SERVICE_AGENCY = "service_agency"  # a person of a registered credit service agency; never without the agency's registration


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
#: 本人的授权在前：who holds one of their own does not act for an agency in what it covers.
KINDS_IN_ORDER: Final = tuple(MandateKind)
#: An agent does not hand its authority on.
SCOPES_OF_AGENTS: Final = EVERY_SCOPE - {Scope.AUTHORISE}

KIND_LABELS: Final[Mapping[MandateKind, str]] = MappingProxyType(
    {
        MandateKind.LEGAL_REPRESENTATIVE: "法定代表人",
        MandateKind.AGENT: "代理人",
        MandateKind.SERVICE_AGENCY: "信用服务机构代理",
    }
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


class AgencyService(StrEnum):
    """信用服务机构的服务：what an agency is registered for. Clause: credit-regulation/2.5.6."""

    TRAINING = "training"
    REPORT = "report"
    CONSULTING = "consulting"
    ACTING = "acting"


SERVICE_LABELS: Final[Mapping[AgencyService, str]] = MappingProxyType(
    {
        AgencyService.TRAINING: "信用修复培训",
        AgencyService.REPORT: "信用报告编制",
        AgencyService.CONSULTING: "信用管理咨询",
        AgencyService.ACTING: "代办信用修复申请",
    }
)
