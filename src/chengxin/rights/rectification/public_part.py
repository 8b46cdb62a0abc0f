"""部门页上的政务失信记录：what is public today of the breaches of an office, disputed ones marked. Those put right and restored are
counted, for the term for which they would still have been shown, and no longer told; what was revoked never was."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.template.loader import render_to_string

from chengxin.access.models import Department
from chengxin.access.on_behalf import subjects_that_are
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.showing import shown_basis, shown_records
from chengxin.foundation.records.terms import maximum_end
from chengxin.foundation.records.types import ActVerb, Surface
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active
from chengxin.rights.rectification.on_file import ITEM

SHOWN: Final = 50


def public_breaches(request: HttpRequest, office: Department, at: Instant) -> str:
    """Fills ``disclosure.ports.office_parts``."""
    policy = active.policy_set()
    item = policy.item(ITEM)
    about = Record.objects.filter(item=item.number, subject_id__in=subjects_that_are(office))
    rows = list(about.filter(visible(Surface.PUBLIC, at)).order_by("-decided_on", "-pk")[:SHOWN])
    term = policy.value_at(item.terms[Surface.PUBLIC].maximum, date_of(at))
    context = {
        "records": shown_records(rows, policy, at),
        "restored": _restored(list(about), at),
        "basis": shown_basis(term.reference, policy, term.quote, term.note, term.confidence),
        "office": office,
    }
    return render_to_string("rectification/public_breaches.html", context, request)


def _restored(rows: list[Record], at: Instant) -> int:
    """How many were restored and would otherwise be public today."""
    policy = active.policy_set()
    acts = RecordAct.objects.filter(record_id__in=[row.pk for row in rows]).values_list("record_id", "verb")
    said: dict[int, set[str]] = {}
    for record_id, verb in acts:
        said.setdefault(record_id, set()).add(verb)
    term = policy.item(ITEM).terms[Surface.PUBLIC].maximum
    restored = [
        row for row in rows if said.get(row.pk, set()) & {ActVerb.RESTORED} and not said[row.pk] & {ActVerb.WITHDRAWN, ActVerb.ERASED}
    ]
    return sum((maximum_end(policy, term, row.decided_on) or 0) > at for row in restored)
