"""案由的对象：a record about a person in office. Its cases name nobody; another personnel authority decides, never the author."""

from __future__ import annotations

from chengxin.access.roles import DEPARTMENTAL
from chengxin.casework.types import PLATFORM, AboutFacts, Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound
from chengxin.rights.officials.authorities import second_authority
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.types import OFFICIAL_RECORD


class OfficialRecordAbouts:
    """Fills ``casework.ports.abouts`` for ``official_record``: the key is the record's number."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for everybody but the person and the people of the authority that handed it in: both look the same."""
        record = official_record(key)
        if record is None or not _may_open(record, key, actor):
            raise NotFound("no-such-official-record", f"没有第 {key[:20]} 号记录，或者它与您无关。", "从“我的诚信记录”进入。")
        second = second_authority(record.authority, at)
        title = f"公务员政务诚信记录第 {record.pk} 号"
        return AboutFacts(str(record.pk), title, f"/officials/{record.pk}", None, record.authority_id, second.pk if second else None)


def official_record(key: str) -> OfficialRecord | None:
    """The confirmed record with this number."""
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        return None
    return OfficialRecord.objects.select_related("authority").filter(pk=int(key), accepted=True).first()


def _may_open(record: OfficialRecord, key: str, actor: Actor) -> bool:
    if actor.person == PLATFORM or actor.is_person_of(OFFICIAL_RECORD, key):
        return True
    return actor.account_id is not None and actor.role in DEPARTMENTAL and actor.department_id == record.authority_id
