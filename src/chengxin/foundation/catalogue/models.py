"""政策集的采纳。What is in force is the set adopted last; "policy of then" the set adopted then."""

from __future__ import annotations

from django.db import models


class AdoptedSet(models.Model):
    """采纳的政策集：content-addressed, proposed by one person and adopted by another (``init`` adopts the shipped set)."""

    digest = models.CharField(max_length=64)
    bundle = models.BinaryField()  # deterministic archive of the policy files (chengxin.policy.files.pack)
    because = models.CharField(max_length=500, default="")
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.BigIntegerField()
    proposed_content_id = models.BigIntegerField(null=True)
    approved_by = models.CharField(max_length=150, default="")
    adopted_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(proposed_by=models.F("approved_by")), name="catalogue_two_people"),
            models.CheckConstraint(
                condition=models.Q(adopted_at__isnull=True, approved_by="")
                | (models.Q(adopted_at__isnull=False) & ~models.Q(approved_by="")),
                name="catalogue_adopted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["-adopted_at", "-id"], name="catalogue_in_force")]
