"""办不了的种类：账户、授权、登录。Part of ``problem_titles``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACCOUNTS: Final[Mapping[str, str]] = {
    "account-exists": "用户名已被使用",
    "account-firm-and-office": "企业和部门不能兼任",
    "account-name": "缺少用户名",
    "account-not-found": "没有这个用户",
    "account-own": "不能办理自己的账户",
    "account-revoked": "账户已停用",
    "identity-authority": "无权绑定身份",
    "identity-empty": "身份标识不对",
    "identity-failed": "统一身份认证没有完成",
    "identity-linked": "身份已绑定",
    "identity-not-linked": "身份没有绑定",
    "identity-provider-away": "连不上统一身份认证",
    "identity-provider-missing": "没有接入统一身份认证",
    "identity-unknown": "身份没有绑定账户",
    "mandate-account": "不是企业账户",
    "mandate-authority": "无权授权",
    "mandate-because": "没有写明理由",
    "mandate-ended": "授权已经终止过",
    "mandate-expired": "授权已到期",
    "mandate-kind": "授权类别不对",
    "mandate-missing": "没有授权",
    "mandate-not-yet": "授权尚未生效",
    "mandate-reference": "缺少授权文件",
    "mandate-revoked": "授权已终止",
    "mandate-scope": "授权范围不含这一项",
    "mandate-scopes": "授权范围不对",
    "mandate-term": "授权期限不对",
    "mandate-term-open": "代理没有截止日期",
    "password-due": "口令已到更换期限",
    "password-profile": "口令规则不认识",
    "password-twice": "两次口令不一致",
    "second-factor-owed": "须先用第二因子验证",
    "session-not-found": "没有这个登录",
    "wrong-password": "原口令不对",
}
