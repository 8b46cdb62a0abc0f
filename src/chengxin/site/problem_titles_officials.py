"""公务员记录办不了的种类：slug → title, merged into ``problem_titles``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OFFICIALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "officials-not-yours": "不由您办理公务员记录",
        "no-such-official-record": "没有这条公务员记录",
        "official-number-missing": "只写了姓名",
        "official-number-invalid": "公民身份号码不对",
        "official-name-missing": "没有写姓名",
        "official-kind": "没有这种公务员记录",
        "official-organ": "这个机关不能作出这种决定",
        "official-delivery": "送达早于决定",
        "official-twice": "这份文书已经报送过",
        "official-differs": "复核录入不一致",
        "official-no-rule": "政策没有写明这一种",
        "official-purpose": "没有这种核查用途",
        "official-matter": "没有授权这个事项",
        "official-no-application": "不能申请修复",
        "own-identity-needed": "须先登记本人身份",
        "own-person": "不能办理关于自己的",
        "identity-document": "没有写核对的证件",
        "identity-registered": "已经登记过本人身份",
        "identity-not-registered": "没有登记本人身份",
    }
)
