"""Invented rows for the journeys, with dates counted back from today."""

from __future__ import annotations

from datetime import date, timedelta

from chengxin.kernel.clock import today
from tests.harness.penalties import code_of, penalty


def days_ago(days: int) -> str:
    """A date in the form of the standard."""
    day: date = today() - timedelta(days=days)
    return day.isoformat()


def serious_penalty(number: int, office: str, **changes: str) -> dict[str, str]:
    """A penalty that is published whatever else changes: its fine is very large."""
    given = {"CF_NR": "罚款 1200000 元", "CF_NR_FK": "120", "CF_JDRQ": days_ago(3), "CF_WSH": f"泰市监处罚〔{today().year}〕{number}号"}
    return penalty(number, office, **{**given, **changes})


def sample_penalties(office: str) -> list[dict[str, str]]:
    """Twelve firms, some with several penalties, one with a very long name, one row that goes back."""
    rows = [serious_penalty(number, office, CF_JDRQ=days_ago(2 + number * 9)) for number in range(12)]
    rows += [
        serious_penalty(3, office, CF_WSH=f"泰市监处罚〔{today().year}〕9{number}号", CF_JDRQ=days_ago(30 + number)) for number in range(4)
    ]
    long_name = "山东泰岳云杉智能装备制造与新材料应用技术研究院（集团）有限责任公司新泰市羊流镇工业园区第三分公司"
    return [*rows, serious_penalty(20, office, CF_XDR_MC=long_name), serious_penalty(21, office, CF_WSH="")]


def sample_licences(office: str) -> list[dict[str, str]]:
    """Permits of the first firms."""
    return [
        {
            "XK_XDR_MC": f"泰安云杉{number:05d}商贸有限公司",
            "XK_XDR_LB": "法人及非法人组织",
            "XK_XDR_SHXYM": code_of(number),
            "XK_FRDB": "甲某某",
            "XK_XKWS": "食品经营许可决定书",
            "XK_WSH": f"泰审许〔{today().year}〕{number}号",
            "XK_XKLB": "普通",
            "XK_NR": "预包装食品销售",
            "XK_JDRQ": days_ago(5),
            "XK_YXQZ": days_ago(5),
            "XK_YXQZI": "2031-12-31",
            "XK_XKJG": "泰安市市场监督管理局",
            "XK_XKJGDM": office,
            "XK_ZT": "1",
            "XK_LYDW": "泰安市市场监督管理局",
            "XK_LYDWDM": office,
        }
        for number in range(6)
    ]


def sample_registry(office: str) -> list[dict[str, str]]:
    """Registry data of the first firms."""
    return [
        {
            "DJ_MC": f"泰安云杉{number:05d}商贸有限公司",
            "DJ_LB": "法人及非法人组织",
            "DJ_SHXYM": code_of(number),
            "DJ_FRDB": "甲某某",
            "DJ_CLRQ": "2019-05-06",
            "DJ_HZRQ": days_ago(20),
            "DJ_ZT": "开业",
            "DJ_QH": "370902",
            "DJ_ZS": "泰山区东岳大街 1 号",
            "DJ_JYFW": "日用百货销售",
            "DJ_JG": "泰安市市场监督管理局",
            "DJ_JGDM": office,
        }
        for number in range(6)
    ]
