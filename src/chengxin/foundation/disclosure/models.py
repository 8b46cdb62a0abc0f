"""公开时限的统计表：counted when a submission closes, rebuilt from the records at any time."""

from __future__ import annotations

from django.db import models


class TimelinessCount(models.Model):
    """及时率：acts of one office, item and month (of the decision)."""

    authority_id = models.IntegerField()
    item = models.SmallIntegerField()
    month = models.CharField(max_length=7)  # 2026-04
    on_time = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority_id", "item", "month"], name="disclosure_count_once")]
