"""政策即数据。``policies/`` → typed, dated values. ``load`` reads a set; ``active.policy_set()`` is the one in force."""

from chengxin.policy.loading import load, load_files
from chengxin.policy.policy_set import PolicySet

__all__ = ["PolicySet", "load", "load_files"]
