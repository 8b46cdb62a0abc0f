"""办不了的种类：slug → title. Every slug that the code raises stands here; a test compares."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # requests
        "malformed-request": "看不懂的请求",
        "login-required": "需要登录",
        "token-invalid": "令牌无效",
        "not-allowed": "无权办理",
        "not-found": "查无此项",
        "method-not-allowed": "方法不对",
        "media-type": "内容类型不对",
        "too-many-requests": "请求太频繁",
        "too-many-attempts": "登录失败次数过多",
        "internal-error": "平台内部出错",
        "unavailable": "暂停服务",
        "invalid-fields": "填写不符合要求",
        "page-out-of-date": "页面已过时",
        "cursor-invalid": "翻页位置无效",
    }
)
