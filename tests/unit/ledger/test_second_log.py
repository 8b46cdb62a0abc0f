"""The second log: a tree of its own, grown by the same code, its roots entries of the main log. Who rewrites one must rewrite both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import appending, binding, checkpoints, keys, note, ports, sequencer, services
from chengxin.ledger.entries import commitment_of, leaf_of
from chengxin.ledger.logs import LOGS, MAIN, READS, Log
from chengxin.ledger.merkle import RightEdge
from chengxin.ledger.models import Binding, Checkpoint, ReadsCheckpoint, ReadsContent, ReadsEntry, ReadsHead, ReadsTile
from chengxin.ledger.verification import check_consistency, check_inclusion
from chengxin.storage.transactions import writing
from tests.unit.ledger.naive import naive_root

AT = 1_790_000_000
EVENT = "access:data:read"
Put = Callable[..., list[int]]


def append(log: Log, n: int) -> tuple[list[int], bytes]:
    with writing():
        ids = services.allocate_content_ids(n, log=log)
        payloads = [canonical_bytes({"_event": EVENT, "_at": str(AT), "n": str(i)}) for i in ids]
        prepared = services.prepare(EVENT, payloads, ids)
        services.append(prepared, log=log)
    return list(ids), prepared.leaves


class TwoLogs(RuleBasedStateMachine):
    """Both logs side by side: whatever the order of what happens, neither disturbs the other, and every bound root was true."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with connection.cursor() as cursor:
            for log in LOGS:
                for table in (f"{log.prefix}_checkpoint", log.tile, log.entry, log.content, log.head):
                    cursor.execute(f"DELETE FROM {table}")
            cursor.execute("DELETE FROM ledger_binding")
        appending._EDGES.clear()
        self.leaves: dict[Log, list[bytes]] = {log: [] for log in LOGS}
        self.contents: dict[Log, list[int]] = {log: [] for log in LOGS}
        self.signed: dict[Log, list[note.Checkpoint]] = {log: [] for log in LOGS}
        self.now = AT

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        appending._EDGES.clear()

    def _note_new_entries_of_main(self) -> None:
        with connection.cursor() as cursor:
            known = len(self.leaves[MAIN])
            cursor.execute("SELECT commitment, content_id FROM ledger_entry WHERE seq >= %s ORDER BY seq", [known])
            for commitment, content_id in cursor.fetchall():
                self.leaves[MAIN].append(leaf_of(bytes(commitment)))
                self.contents[MAIN].append(content_id)

    @rule(log=st.sampled_from(LOGS), n=st.sampled_from([1, 2, 100, 255, 256, 300]))
    def grow(self, log: Log, n: int) -> None:
        ids, leaves = append(log, n)
        self.contents[log] += ids
        self.leaves[log] += [leaves[i : i + 32] for i in range(0, len(leaves), 32)]

    @rule(log=st.sampled_from(LOGS))
    def grow_and_undo(self, log: Log) -> None:
        with pytest.raises(ZeroDivisionError), writing():
            append(log, 7)
            raise ZeroDivisionError

    @rule(log=st.sampled_from(LOGS))
    def sign(self, log: Log) -> None:
        made = services.sign_checkpoint(self.now, log=log)
        if made is not None:
            self.signed[log].append(note.opened(made.note, keys.verifiers(checkpoints.log_name(log=log))[-1]))

    @rule(seconds=st.sampled_from([1, binding.EVERY - 1, binding.EVERY]))
    def time_passes_and_roots_are_bound(self, seconds: int) -> None:
        self.now += seconds
        before = Binding.objects.count()
        bound = binding.bind_root(READS, self.now)
        assert Binding.objects.count() == before + (bound is not None)
        self._note_new_entries_of_main()
        if bound is not None:
            assert services.read_contents([bound.content_id])[bound.content_id]["_root"] == bound.root

    @precondition(lambda self: any(signed and signed[-1].size for signed in self.signed.values()))
    @rule(data=st.data())
    def every_entry_is_proven_in_its_own_log(self, data: st.DataObject) -> None:
        log = data.draw(st.sampled_from([log for log in LOGS if self.signed[log] and self.signed[log][-1].size]))
        latest = self.signed[log][-1]
        index = data.draw(st.integers(0, latest.size - 1))
        proof = services.prove(self.contents[log][index], log=log)
        check_inclusion(self.leaves[log][index], index, latest.size, proof.path, latest.root)
        old = data.draw(st.sampled_from(self.signed[log]))
        check_consistency(old.size, latest.size, services.prove_consistency(old.size, latest.size, log=log), old.root, latest.root)

    @invariant()
    def each_head_is_a_function_of_its_own_leaves(self) -> None:
        for log in LOGS:
            assert checkpoints.read_head(log=log) == (len(self.leaves[log]), naive_root(self.leaves[log]))

    @invariant()
    def every_bound_root_was_true(self) -> None:
        for bound in Binding.objects.all():
            assert bound.root == naive_root(self.leaves[READS][: bound.size]).hex()

    @rule()
    def fsck_finds_both_sound(self) -> None:
        for log in LOGS:
            report = services.fsck(log=log)
            assert (report.sound, report.entries) == (True, len(self.leaves[log])), report.faults


def run(examples: int, steps: int) -> None:
    kept = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(TwoLogs, settings=kept)


def test_two_logs_live_side_by_side(db: None) -> None:
    run(10, 15)


@pytest.mark.soak
def test_two_logs_live_side_by_side_for_long(db: None) -> None:
    run(300, 40)


@pytest.fixture
def bound(put: Put, monkeypatch: pytest.MonkeyPatch) -> Binding:
    """300 reads, signed, and their root in the main log; the projection of bindings is registered."""
    monkeypatch.setattr(ports.projections, "_filled", {"ledger.bindings": binding.BINDINGS})
    put(5)
    append(READS, 300)
    assert sequencer.run_once(AT).signed == 6
    return Binding.objects.get()


def test_each_second_the_second_log_is_signed_and_each_minute_bound(bound: Binding) -> None:
    assert (bound.size, Checkpoint.objects.count()) == (300, 1)
    append(READS, 1)
    assert sequencer.run_once(AT + 1).signed is None
    assert sorted(ReadsCheckpoint.objects.values_list("size", flat=True)) == [300, 301]
    assert sequencer.run_once(AT + binding.EVERY).signed == 7
    assert list(Binding.objects.order_by("size").values_list("size", flat=True)) == [300, 301]
    assert sequencer.run_once(AT + 9 * binding.EVERY).signed is None  # nothing new, nothing bound


def test_a_stranger_reads_the_second_log_under_its_own_address(bound: Binding, client: Client) -> None:
    vkey = note.Verifier.parse(client.get("/log/reads/vkey").content.decode())
    checkpoint = note.opened(client.get("/log/reads/checkpoint").content.decode(), vkey)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) == ("127.0.0.1:8000/log/reads", 300, bound.root)
    bundle = client.get("/log/reads/tile/entries/000").content + client.get("/log/reads/tile/entries/001.p/44").content
    leaves = [leaf_of(bundle[i + 10 : i + 42]) for i in range(0, len(bundle), 42)]
    assert (len(leaves), naive_root(leaves)) == (300, checkpoint.root)
    assert client.get("/log/reads/tile/0/000").content == b"".join(leaves[:256])
    assert client.get("/log/reads/tile/0/002").status_code == 404
    assert vkey.name != note.Verifier.parse(client.get("/log/vkey").content.decode()).name
    path = client.get("/api/v1/log/consistency?old_size=100&size=300&log=reads").json()["path"]
    check_consistency(100, 300, [note.from_base64(each) for each in path], naive_root(leaves[:100]), checkpoint.root)
    assert client.get("/api/v1/log/consistency?old_size=1&size=300").status_code == 404  # the main log is not so long
    page = client.get("/log").content.decode()
    assert "查看日志" in page
    assert "127.0.0.1:8000/log/reads" in page


def test_a_checkpoint_of_one_log_is_none_of_the_other(bound: Binding) -> None:
    reads = checkpoints.latest_checkpoint(log=READS)
    assert reads is not None
    assert services.fsck(log=READS, seen=reads.note).sound
    assert not services.fsck(log=MAIN, seen=reads.note).sound


def test_a_read_that_was_changed_is_found(bound: Binding) -> None:
    content = ReadsContent.objects.order_by("id")[17]
    ReadsContent.objects.filter(pk=content.pk).update(payload=(content.payload or b"").replace(b'"n"', b'"m"'))
    report = services.fsck(log=READS)
    assert report.first_bad is not None
    assert (report.first_bad.slug, report.first_bad.seq) == ("content-changed", 17)
    assert services.fsck(log=MAIN).sound


def rewritten() -> None:
    """What somebody with database and signing key does: another first read, every hash and signature made anew."""
    payload, salt = canonical_bytes({"_event": EVENT, "_at": str(AT), "n": "nobody"}), bytes(32)
    first = ReadsEntry.objects.get(seq=0)
    ReadsContent.objects.filter(pk=first.content_id).update(payload=payload, salt=salt)
    ReadsEntry.objects.filter(seq=0).update(commitment=commitment_of(salt, payload))
    edge = RightEdge()
    for tile in edge.append(b"".join(leaf_of(bytes(entry.commitment)) for entry in ReadsEntry.objects.order_by("seq"))):
        ReadsTile.objects.filter(level=tile.level, number=tile.number).update(hashes=tile.hashes)
    ReadsHead.objects.update(root=edge.root())
    name = checkpoints.log_name(log=READS)
    text = note.sign(note.Checkpoint(name, edge.size, edge.root()), [keys.signing_key(name)])
    ReadsCheckpoint.objects.update(root=edge.root(), note=text)


def test_a_second_log_rewritten_with_our_own_key_is_betrayed_by_the_main_one(bound: Binding) -> None:
    rewritten()
    report = services.fsck(log=READS)
    assert [fault.slug for fault in report.faults] == ["binding-differs"]
    Binding.objects.update(root=checkpoints.read_head(log=READS)[1].hex())
    assert services.fsck(log=READS).sound
    main = services.fsck(log=MAIN)
    assert [(each.table, each.different) for each in main.comparisons] == [("ledger_binding", 1)]


def test_a_second_log_cut_short_is_betrayed_by_the_main_one(bound: Binding) -> None:
    for model in (ReadsEntry, ReadsContent, ReadsTile, ReadsCheckpoint, ReadsHead):
        model.objects.all().delete()
    report = services.fsck(log=READS)
    assert [fault.slug for fault in report.faults] == ["binding-beyond"]
    Binding.objects.all().delete()
    main = services.fsck(log=MAIN)
    assert [(each.table, each.missing) for each in main.comparisons] == [("ledger_binding", 1)]


def test_a_broken_second_log_does_not_keep_the_main_one_waiting(bound: Binding, put: Put) -> None:
    ReadsHead.objects.update(root=bytes(32))
    put(1)
    with pytest.raises(appending.LedgerBroken, match="查看日志"):
        sequencer.run_once(AT + 5)
    assert Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0] == 7
