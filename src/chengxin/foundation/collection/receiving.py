"""接收。The raw bytes are kept, encrypted with their own key; the hand-in is acknowledged by an entry in the ledger.

The same key with the same content is the same hand-in and gets the same receipt; the same key with other content is a conflict.
"""

from __future__ import annotations

import hashlib

from django.db import IntegrityError
from django.db.models import Q

from chengxin.access import vault
from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.readers import Format, Limits
from chengxin.foundation.collection.readers.refusals import readable_size
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import Channel
from chengxin.foundation.records.types import SourceClass
from chengxin.kernel.codes.personal_numbers import masked_text
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem
from chengxin.storage.transactions import writing

RECEIVED = "collection:submission:received"
_LONGEST_KEY = 200
_LONGEST_NAME = 255


def receive_submission(
    *,
    department: Department,
    item: str,
    stream: vault.Readable,
    file_name: str,
    channel: Channel,
    key: str = "",
    actor: str,
    at: Instant,
) -> Submission:
    """接收报送。Stores the file and acknowledges it; nothing is read yet (``process_submission``).

    ``item`` is an id of the catalogue; ``key`` the idempotency key of the department. Without one, item and content are the key, and a
    file that was refused or returned as a whole, of which nothing is on record, may be handed in again: it is read anew.
    Conflict: the key was used for other content. Forbidden: the department is closed. Refused: the file is larger than any
    format allows, the key is too long.
    """
    policy = active.policy_set()
    kind = policy.item(item)
    if department.closed_at is not None:
        raise Forbidden("department-closed", f"{department.name}已经停用，不能报送。", "由承接职能的部门报送。")
    if len(key) > _LONGEST_KEY:
        raise Refused("key-too-long", f"幂等键不得超过 {_LONGEST_KEY} 个字符。", "缩短后重新报送。")
    limits = Limits.of(policy, date_of(at))
    stored = vault.store(_Limited(stream, max(limits.size_of(form) for form in Format)), at)
    key = key or _key_of(department, hashlib.sha256(f"{item}\x1f{stored.sha256}".encode()).hexdigest())
    earlier = Submission.objects.filter(department_id=department.pk, key=key).first()
    if earlier is None:
        try:
            return _open(department, kind, stored, key=key, file_name=file_name, channel=channel, actor=actor, at=at)
        except IntegrityError:  # another request with this key was faster
            earlier = Submission.objects.get(department_id=department.pk, key=key)
    if (earlier.item, earlier.file_sha256) != (kind.number, stored.sha256):
        raise Conflict(
            slug="key-used-for-other-content",
            sentence=f"幂等键“{key}”已经用于另一份内容（报送 {earlier.pk}）。",
            what_to_do="换一个新的键报送这份内容；想查原来那份的结果，用原来的文件重新报送即可。",
            where={"submission": str(earlier.pk)},
        )
    return earlier


def _key_of(department: Department, content: str) -> str:
    """The key of a hand-in without one: of its content, and of how many like it were refused or returned before."""
    like = Submission.objects.filter(Q(key=content) | Q(key__startswith=f"{content}-"), department_id=department.pk)
    void = like.filter(state__in=[SubmissionState.REFUSED, SubmissionState.RETURNED]).count()
    return f"{content}-{void}" if void else content


def _open(
    department: Department,
    item: CatalogueItem,
    stored: vault.StoredFile,
    *,
    key: str,
    file_name: str,
    channel: Channel,
    actor: str,
    at: Instant,
) -> Submission:
    with writing():
        submission = Submission.objects.create(
            department_id=department.pk,
            key=key,
            item=item.number,
            channel=channel,
            source_class=SourceClass.of(item.source_class),
            file_sha256=stored.sha256,
            file_name=masked_text(file_name)[-_LONGEST_NAME:],
            file_size=stored.size,
            state=SubmissionState.READING,
            received_at=at,
            progress_at=at,
            submitted_by=actor,
        )
        submission.opened_content_id = ledger.record_event(
            RECEIVED,
            {
                "_submission": str(submission.pk),
                "_department": department.code,
                "_item": item.id,
                "_channel": channel,
                "_file_sha256": stored.sha256,
                "_file_size": str(stored.size),
                "_received_at": str(at),
                "_by": actor,
            },
        )
        submission.save(update_fields=["opened_content_id"])
    submission.is_new = True
    return submission


class _Limited:
    """A stream that refuses to be longer than any format allows."""

    def __init__(self, stream: vault.Readable, limit: int) -> None:
        self._stream, self._limit, self._size = stream, limit, 0

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(size)
        self._size += len(piece)
        if self._size > self._limit:
            raise Refused(
                slug="file-too-large",
                sentence=f"文件超过限额 {readable_size(self._limit)}，不予接收。",
                what_to_do="请拆分成几个较小的文件分别报送。",
            )
        return piece
