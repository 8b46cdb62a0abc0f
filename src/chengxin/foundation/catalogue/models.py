"""政策集的采纳。What is in force is the set adopted last; "policy of then" the set adopted then."""

from __future__ import annotations

from django.db import models


class AdoptedSet(models.Model):
    """采纳的政策集：content-addressed, adopted by two people (``init`` adopts the shipped set)."""

    digest = models.CharField(max_length=64)
    bundle = models.BinaryField()  # deterministic archive of the policy files
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.BigIntegerField()
    approved_by = models.CharField(max_length=150, default="")
    adopted_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField(null=True)
