"""案由的对象：a registration of a credit service agency, as the case about suspending or removing it needs it."""

from __future__ import annotations

from chengxin.access.models import ServiceAgency
from chengxin.access.roles import Role
from chengxin.casework.types import AboutFacts, Actor
from chengxin.foundation.subjects.queries import subject_by_code
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound


class AgencyAbouts:
    """Fills ``casework.ports.abouts`` for ``service_agency``: the key is the number of the registration."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no registration, and for everybody but the credit office: nobody else proposes a removal."""
        agency = registration(key)
        if agency is None or actor.role is not Role.CREDIT_OFFICE:
            raise NotFound("no-such-agency", f"没有第 {key[:20]} 号信用服务机构登记。", "从机构名录进入。")
        subject = subject_by_code(agency.code)
        title = f"{agency.name}（{agency.code}）"
        subject_id = subject.canonical_id if subject is not None else None
        return AboutFacts(str(agency.pk), title, f"/office/agencies/{agency.pk}", subject_id, None)


def registration(key: str) -> ServiceAgency | None:
    """The registration with this number, whatever its state."""
    return ServiceAgency.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
