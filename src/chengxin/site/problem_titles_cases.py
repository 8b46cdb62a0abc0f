"""办案时办不了的种类：slug → title, merged into ``problem_titles``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "about-unknown": "不能针对这个提出",
        "case-open-already": "同一事项正在办理",
        "complaint-code-tried": "查询码错了多次",
        "complaint-code-wrong": "受理号或者查询码不对",
        "complaint-filed-already": "这份投诉已经提交过",
        "complaint-signed-in": "已经登录",
        "complaints-too-many": "提交的投诉太多",
        "csrf-missing": "请求没有带防伪标记",
        "date-in-future": "日期还没有到",
        "document-empty": "材料是空的",
        "document-kind-not-yours": "这种材料由另一方提交",
        "document-kind-unknown": "没有这种材料",
        "document-too-big": "材料太大",
        "document-type": "材料的类型不对",
        "documents-missing": "缺少材料",
        "documents-too-many": "材料太多",
        "incident-about-oneself": "安全事件关于本人",
        "not-overdue-yet": "期限还没有过",
        "no-such-agent": "没有这个代理人",
        "no-such-mandate": "没有这项授权",
        "false-material": "材料不实，期间内不适用",
        "no-such-case": "没有这个案件",
        "no-such-difference": "没有这项差异",
        "no-such-document": "没有这份材料",
        "no-such-procedure": "没有这种程序",
        "no-such-evaluation": "没有这项评价",
        "no-such-page": "没有这个公开页面",
        "object-to-the-record": "请对记录提出异议",
        "result-not-changed": "结果没有变化",
        "no-reputation-notice": "没有恢复信誉通知书",
        "no-office-to-decide": "没有可以办理的机关",
        "not-own-office": "不是您的单位",
        "own-office": "不能办理关于自己单位的事",
        "no-such-field": "没有这个字段",
        "no-second-office": "没有第二个机关",
        "no-such-retraction": "没有这份更正告知",
        "not-your-part": "不由您办理这一步",
        "performance-over": "执行期已过",
        "restored-by-court-only": "只能由法院办理",
        "restoration-too-early": "还没有到可以修复的日期",
        "said-choice": "没有这个选项",
        "said-missing": "没有填写",
        "said-too-long": "填写过长",
        "said-unreadable": "有不能保存的字符",
        "clause-of-a-case": "条款写成了案件",
        "hold-of-a-case": "因案件而起的暂停",
        "said-unknown": "不收这一项",
        "somebody-was-faster": "已有新的办理",
        "step-only-once": "这一步只能办一次",
    }
)
