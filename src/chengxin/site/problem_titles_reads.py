"""办不了的种类 of who looked: slug → title. Part of :data:`chengxin.site.problem_titles.TITLES`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

READS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alarm-has-incident": "警报在案件里办理",
        "alarm-not-yours": "警报由审计管理员处理",
        "alarm-settled": "警报已经处理",
        "alarm-words": "处理警报要写明结果",
        "delay-decided": "暂缓告知已经决定",
        "delay-not-yours": "不能办理这件暂缓告知",
        "delay-over": "暂缓的截止时间已过",
        "delay-too-long": "暂缓告知超过最长期限",
        "delay-words": "暂缓告知要写明依据",
        "no-such-alarm": "没有这件警报",
        "no-such-delay": "没有这件暂缓告知",
        "no-such-question": "没有这件查问",
        "no-such-read": "没有这行查看记录",
        "question-answered": "查问已经答复",
        "question-not-yours": "查问由审计管理员答复",
        "question-waiting": "这一行正在查问",
        "question-words": "查问和答复要写明理由",
        "same-person": "不能由同一个人办理",
        "sealed-not-yours": "您的岗位不能查看封存字段",
    }
)
