"""信用服务机构的表。Agencies on the register and the people who work for them; ``access.models`` hands them on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ServiceAgency(models.Model):
    """信用服务机构：one registration, proposed by one person of the credit office and approved by another. In force within its term,
    while it is neither suspended nor ended; a new registration is a new row."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=18)  # its unified social credit code
    name = models.CharField(max_length=200)
    services = models.CharField(max_length=60)  # access.types.AgencyService, commas between, in the order of the enumeration
    basis = models.CharField(max_length=200)  # number of the filing document
    valid_until = models.BigIntegerField()
    proposed_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="agencies_proposed")
    proposed_at = models.BigIntegerField()
    content_id = models.BigIntegerField()
    approved_by = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="agencies_approved")
    approved_at = models.BigIntegerField(null=True)
    suspended_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)
    ended_because = models.CharField(max_length=400, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(ended_at=None), name="access_agency_once"),
            models.CheckConstraint(condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="access_agency_two_people"),
        ]


class AgencyPerson(models.Model):
    """机构的人员：an enterprise account works for an agency. One agency at a time; ending is a new entry."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(ServiceAgency, on_delete=models.PROTECT, related_name="people")
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="agency_ties")
    reference = models.CharField(max_length=200)  # the agency's letter that names the person
    tied_at = models.BigIntegerField()
    content_id = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    ended_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="access_one_agency_a_person")]
