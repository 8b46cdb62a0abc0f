"""随机抽查的词。States of a plan's draw and of a visit, how a visit is made, what it may find."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Mode(StrEnum):
    """检查方式。"""

    ON_SITE = "on_site"
    JOINT = "joint"
    REMOTE = "remote"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"on_site": "现场检查", "joint": "联合检查", "remote": "非现场检查"}[self]

    @property
    def counts_for_cap(self) -> bool:
        """Whether such a visit counts among those that a firm may have in a year: nobody comes to a remote one."""
        return self is not Mode.REMOTE


class PartyStep(StrEnum):
    """一方的数的两步。"""

    SEAL = "seal"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"seal": "封存", "open": "开封"}[self]


class Entered(StrEnum):
    """一方的数是怎样录入的。"""

    PAGE = "page"
    PAPER = "paper"
    STAFF = "staff"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"page": "本方在专页上", "paper": "照书面材料，两人录入", "staff": "一名工作人员代录"}[self]


class DrawState(StrEnum):
    """抽取的状态。"""

    COMMITTED = "committed"
    DRAWN = "drawn"
    PUBLISHED = "published"
    ABORTED = "aborted"


class DrawVerb(StrEnum):
    """抽取的步骤。"""

    RUN = "run"
    PUBLISH = "publish"
    ABORT = "abort"


DRAW_STATES: Final[Mapping[tuple[DrawState, str], DrawState]] = MappingProxyType(
    {
        (DrawState.COMMITTED, DrawVerb.RUN): DrawState.DRAWN,
        (DrawState.DRAWN, DrawVerb.PUBLISH): DrawState.PUBLISHED,
        (DrawState.COMMITTED, DrawVerb.ABORT): DrawState.ABORTED,
        (DrawState.DRAWN, DrawVerb.ABORT): DrawState.ABORTED,
    }
)
DRAW_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        DrawState.COMMITTED: "已封存名单",
        DrawState.DRAWN: "已抽取",
        DrawState.PUBLISHED: "已公布",
        DrawState.ABORTED: "已中止",
        DrawVerb.RUN: "抽取",
        DrawVerb.PUBLISH: "公布",
        DrawVerb.ABORT: "中止",
    }
)


class TaskState(StrEnum):
    """检查任务的状态。"""

    ASSIGNED = "assigned"
    ENTERED = "entered"
    REVIEWED = "reviewed"
    HANDED_IN = "handed_in"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return TASK_WORDS[self]


class TaskVerb(StrEnum):
    """检查任务的步骤。"""

    ENTER = "enter"
    RETURN = "return"
    REVIEW = "review"
    HAND_IN = "hand_in"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return TASK_WORDS[self]


TASK_STATES: Final[Mapping[tuple[TaskState, str], TaskState]] = MappingProxyType(
    {
        (TaskState.ASSIGNED, TaskVerb.ENTER): TaskState.ENTERED,
        (TaskState.ENTERED, TaskVerb.ENTER): TaskState.ENTERED,
        (TaskState.ENTERED, TaskVerb.REVIEW): TaskState.REVIEWED,
        (TaskState.ENTERED, TaskVerb.RETURN): TaskState.ASSIGNED,
        (TaskState.REVIEWED, TaskVerb.HAND_IN): TaskState.HANDED_IN,
        (TaskState.HANDED_IN, TaskVerb.HAND_OVER): TaskState.HANDED_IN,
        (TaskState.ASSIGNED, TaskVerb.CANCEL): TaskState.CANCELLED,
    }
)
TASK_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        TaskState.ASSIGNED: "待检查",
        TaskState.ENTERED: "待复核",
        TaskState.REVIEWED: "已复核",
        TaskState.HANDED_IN: "已报送公示",
        TaskState.CANCELLED: "已取消",
        TaskVerb.ENTER: "录入结果",
        TaskVerb.RETURN: "退回重填",
        TaskVerb.REVIEW: "复核",
        TaskVerb.HAND_IN: "报送公示",
        TaskVerb.HAND_OVER: "移送处理",
        TaskVerb.CANCEL: "取消",
    }
)


class CheckResult(StrEnum):
    """一个检查项的结果。"""

    FINE = "fine"
    PROBLEM = "problem"
    NOT_CHECKED = "not_checked"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"fine": "未发现问题", "problem": "发现问题", "not_checked": "不适用或未查"}[self]
