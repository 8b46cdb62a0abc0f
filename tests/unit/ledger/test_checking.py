"""``fsck`` finds what somebody with the database in hand has changed, and names the first entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl
import pytest
from django.db import connection

from chengxin.ledger import services
from chengxin.ledger.checking import CHUNK, Report
from chengxin.ledger.models import Checkpoint, Content, Entry, Head, Tile
from chengxin.ledger.ports import Projection, projections
from chengxin.storage import bulk
from chengxin.storage.transactions import writing

AT = 1_790_000_000
Put = Callable[..., list[int]]


@pytest.fixture
def contents(put: Put) -> list[int]:
    """700 entries, checkpoints at 300, 600 and 700."""
    ids: list[int] = []
    for n in (300, 300, 100):
        ids += put(n)
        services.sign_checkpoint(AT)
    return ids


def found(slug: str, seq: int | None) -> Report:
    report = services.fsck()
    assert not report.sound
    assert report.first_bad is not None
    assert (report.first_bad.slug, report.first_bad.seq) == (slug, seq)
    return report


def test_a_sound_ledger_is_found_sound(contents: list[int]) -> None:
    seen: list[tuple[int, int]] = []
    report = services.fsck(progress=lambda done, every: seen.append((done, every)))
    assert (report.entries, report.erased, report.checkpoints, report.faults) == (700, 0, 3, [])
    assert report.sound
    assert report.tiles == 4  # two full ones, the rest of level 0, level 1
    assert seen == [(700, 700)]


def test_an_empty_ledger_is_sound(db: None) -> None:
    assert services.fsck().sound
    services.sign_checkpoint(AT)
    assert services.fsck().checkpoints == 1


def test_more_entries_than_one_chunk(put: Put) -> None:
    ids = put(CHUNK + 300)
    services.sign_checkpoint(AT)
    report = services.fsck()
    assert (report.sound, report.entries) == (True, CHUNK + 300)
    Content.objects.filter(id=ids[CHUNK + 5]).update(payload=b"{}")
    found("content-changed", CHUNK + 5)


def test_changed_content(contents: list[int]) -> None:
    payload = bytes(Content.objects.get(id=contents[412]).payload or b"")
    Content.objects.filter(id=contents[412]).update(payload=payload.replace("甲".encode(), "乙".encode()))
    Content.objects.filter(id=contents[500]).update(salt=bytes(32))
    assert found("content-changed", 412).fault_count == 2


def test_content_and_commitment_changed_together(contents: list[int]) -> None:
    from chengxin.ledger.entries import commitment_of

    payload, salt = b'{"_event":"records:record:collected"}', bytes(32)
    Content.objects.filter(id=contents[99]).update(payload=payload, salt=salt)
    Entry.objects.filter(seq=99).update(commitment=commitment_of(salt, payload))
    report = found("tile-differs", 99)
    assert ("root-differs", 0) in {(fault.slug, fault.seq) for fault in report.faults}


def test_entry_tile_and_head_changed_together_are_betrayed_by_the_signed_root(put: Put) -> None:
    from chengxin.ledger.entries import commitment_of, leaf_of
    from chengxin.ledger.merkle import RightEdge

    put(3)
    services.sign_checkpoint(AT)
    payload, salt = b'{"_event":"records:record:collected"}', bytes(32)
    content_id = Entry.objects.get(seq=1).content_id
    Content.objects.filter(id=content_id).update(payload=payload, salt=salt)
    Entry.objects.filter(seq=1).update(commitment=commitment_of(salt, payload))
    leaves = b"".join(leaf_of(bytes(entry.commitment)) for entry in Entry.objects.order_by("seq"))
    edge = RightEdge()
    edge.append(leaves)
    Tile.objects.filter(level=0, number=0).update(hashes=leaves)
    Head.objects.update(root=edge.root())
    report = found("root-differs", 0)
    assert [fault.until for fault in report.faults] == [3]


def test_another_event_than_the_one_committed_to(contents: list[int]) -> None:
    Content.objects.filter(id=contents[3]).update(event="records:record:withdrawn")
    found("event-changed", 3)


def test_two_entries_exchanged(contents: list[int]) -> None:
    one, other = Entry.objects.get(seq=301), Entry.objects.get(seq=302)
    Entry.objects.filter(seq__in=[301, 302]).delete()
    Entry.objects.create(seq=301, commitment=other.commitment, content_id=other.content_id)
    Entry.objects.create(seq=302, commitment=one.commitment, content_id=one.content_id)
    report = found("tile-differs", 301)
    assert ("root-differs", 300) in {(fault.slug, fault.seq) for fault in report.faults}


def test_an_entry_taken_out(contents: list[int]) -> None:
    Entry.objects.filter(seq=650).delete()
    found("entries-missing", 650)


def test_the_end_cut_off_with_its_head(contents: list[int]) -> None:
    from chengxin.ledger.merkle import root_at
    from chengxin.ledger.tiles import read_tiles

    Entry.objects.filter(seq__gte=650).delete()
    Head.objects.update(size=650, root=root_at(650, read_tiles))
    found("checkpoint-beyond", 650)


def test_content_taken_away_without_a_word(contents: list[int]) -> None:
    Content.objects.filter(id=contents[7]).delete()
    found("content-missing", 7)


def test_content_emptied_without_an_entry_that_says_so(contents: list[int]) -> None:
    Content.objects.filter(id=contents[8]).update(salt=None, payload=None, erased_at=AT)
    found("erased-unsaid", 8)
    Content.objects.filter(id=contents[8]).update(erased_at=None)
    found("content-incomplete", 8)


def test_a_changed_tile(contents: list[int]) -> None:
    tile = Tile.objects.get(level=0, number=1)
    Tile.objects.filter(level=0, number=1).update(hashes=bytes(tile.hashes)[:64] + bytes(32) + bytes(tile.hashes)[96:])
    found("tile-differs", 258)


def test_a_changed_head(contents: list[int]) -> None:
    Head.objects.update(root=bytes(32))
    found("head-differs", 700)


def test_a_forged_checkpoint(contents: list[int]) -> None:
    checkpoint = Checkpoint.objects.get(size=600)
    Checkpoint.objects.filter(size=600).update(note=checkpoint.note.replace("\n600\n", "\n601\n"))
    found("checkpoint-wrong", None)
    Checkpoint.objects.filter(size=600).update(note=Checkpoint.objects.get(size=300).note)
    found("checkpoint-differs", None)


def test_a_checkpoint_signed_by_nobody_we_know(contents: list[int]) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from chengxin.ledger import note

    checkpoint = note.parse(Checkpoint.objects.get(size=600).note).checkpoint()
    stranger = note.Signer("stranger.example", Ed25519PrivateKey.generate())
    Checkpoint.objects.filter(size=600).update(note=note.sign(checkpoint, [stranger]))
    found("checkpoint-not-ours", None)


def test_erased_entries_are_counted_as_erased(contents: list[int]) -> None:
    assert services.erase(contents[10:13], "泰安市中级人民法院（2026）鲁09行终1号", AT) == 3
    assert services.erase(contents[10:13], "同上", AT + 1) == 0
    services.sign_checkpoint(AT)
    report = services.fsck()
    assert (report.sound, report.erased, report.entries) == (True, 3, 701)


# --- rebuilding a table -----------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(contents: list[int]) -> Iterator[list[int]]:
    """A table that follows from the entries: one row each, its document number."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE rebuilt (id bigint PRIMARY KEY, document_number varchar(128), content_id bigint)")
    with writing():
        bulk.insert_rows("rebuilt", ["id", "document_number", "content_id"], [(i, f"甲{i}", i) for i in contents])

    def stage(entries: pl.DataFrame) -> pl.DataFrame:
        kept = entries.filter(~pl.col("erased"))
        return kept.select("seq", "content_id", id=pl.col("_record").cast(pl.Int64), document_number=pl.col("CF_WSH"))

    columns = {"id": pl.Int64, "document_number": pl.String, "content_id": pl.Int64}
    events = frozenset({"records:record:collected"})
    projections.register(
        "shelf", Projection("rebuilt", ("id",), columns, events, ("CF_WSH", "_record"), stage, content_column="content_id")
    )
    yield contents
    projections.forget("shelf")


def run(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))


def test_a_table_that_says_what_the_entries_say(shelf: list[int]) -> None:
    report = services.fsck()
    assert report.sound
    (comparison,) = [c for c in report.comparisons if c.table == "rebuilt"]
    assert (comparison.rows, comparison.missing, comparison.extra, comparison.different, comparison.erased) == (700, 0, 0, 0, 0)
    assert not services.fsck(rebuild=False).comparisons


def test_rows_missing_extra_and_different_are_told_apart(shelf: list[int]) -> None:
    run("DELETE FROM rebuilt WHERE id = %s", shelf[3])
    run("INSERT INTO rebuilt VALUES (%s, %s, %s)", 10**9, "凭空出现", 10**9)
    run("UPDATE rebuilt SET document_number = %s WHERE id = %s", "改过的", shelf[5])
    run("UPDATE rebuilt SET document_number = NULL WHERE id = %s", shelf[6])
    report = services.fsck()
    assert not report.sound
    assert not report.faults
    (comparison,) = [c for c in report.comparisons if c.table == "rebuilt"]
    assert (comparison.missing, comparison.extra, comparison.different) == (1, 1, 2)
    assert comparison.examples[0] == f"{shelf[3]}：表中缺少（第 3 条，内容 c{shelf[3]}，文书号 甲{shelf[3]}）"
    assert comparison.examples[1] == f"{shelf[5]}：不同的列：document_number（第 5 条，内容 c{shelf[5]}，文书号 甲{shelf[5]}）"
    assert comparison.examples[3] == "1000000000：账本中没有（内容 c1000000000，文书号 凭空出现）"
    assert report.first_bad is not None
    assert (report.first_bad.slug, report.first_bad.seq) == ("table-differs", 3)


def test_a_row_whose_table_has_no_content_id_is_traced_to_its_entry_by_its_key(contents: list[int]) -> None:
    run("CREATE TABLE keyed (id bigint PRIMARY KEY)")
    events = frozenset({"records:record:collected"})
    keyed = Projection(
        "keyed", ("id",), {"id": pl.Int64}, events, ("_record",), lambda e: e.select("seq", id=pl.col("_record").cast(pl.Int64))
    )
    projections.register("keyed", keyed)
    run("INSERT INTO keyed SELECT content_id FROM ledger_entry WHERE seq <> 17")
    report = services.fsck()
    assert report.comparisons[0].examples == (f"{contents[17]}：表中缺少（第 17 条，内容 c{contents[17]}）",)
    assert report.first_bad is not None
    assert report.first_bad.seq == 17


def test_a_table_that_no_entry_concerns_must_be_empty(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE nothing_yet (id bigint PRIMARY KEY)")

    def stage(entries: pl.DataFrame) -> pl.DataFrame:
        return entries.select("seq", id=pl.col("_record").cast(pl.Int64), kind=pl.col("_kind"))

    settle = "SELECT id FROM staged_test_nothing WHERE kind = 'a'"  # a column that is staged and not compared
    events = frozenset({"records:record:withdrawn"})
    projections.register("test.nothing", Projection("nothing_yet", ("id",), {"id": pl.Int64}, events, ("_record", "_kind"), stage, settle))
    assert services.fsck().sound
    run("INSERT INTO nothing_yet VALUES (1)")
    report = services.fsck()
    assert [comparison.extra for comparison in report.comparisons] == [1]
    assert not report.sound


def test_what_was_erased_is_not_asked_for(shelf: list[int]) -> None:
    services.erase([shelf[0], shelf[1]], "依申请删除", AT)
    run("UPDATE rebuilt SET document_number = NULL WHERE id = %s", shelf[0])
    (comparison,) = [c for c in services.fsck().comparisons if c.table == "rebuilt"]
    assert (comparison.equal, comparison.erased, comparison.rows) == (True, 2, 698)
