"""Any order of appends by two writers, undone appends, checkpoints and erasures: the ledger holds what it promised."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.refused import Refused
from chengxin.ledger import appending, checkpoints, keys, note, services
from chengxin.ledger.merkle import RightEdge, leaf_hash
from chengxin.ledger.verification import check_consistency, check_inclusion
from chengxin.storage.transactions import writing
from tests.unit.ledger.naive import naive_root

EVENT = "records:record:collected"
AT = 1_790_000_000


class Undone(Exception):
    pass


class Log(RuleBasedStateMachine):
    """``edges``: what each of two writer processes remembers of the tree; ``leaves``: what the log must be."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with connection.cursor() as cursor:
            for table in ("ledger_checkpoint", "ledger_tile", "ledger_entry", "ledger_content", "ledger_head"):
                cursor.execute(f"DELETE FROM {table}")
        self.edges: list[dict[str, RightEdge]] = [{}, {}]
        self.leaves: list[bytes] = []
        self.contents: list[int] = []
        self.erased: set[int] = set()
        self.sayings: set[int] = set()  # entries that say what was erased
        self.signed: list[note.Checkpoint] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def _write(self, writer: int, n: int) -> tuple[list[int], bytes]:
        appending._EDGES.clear()
        appending._EDGES.update(self.edges[writer])
        with writing():
            ids = services.allocate_content_ids(n)
            prepared = services.prepare(EVENT, [canonical_bytes({"_event": EVENT, "n": str(i)}) for i in ids], ids)
            places = services.append(prepared)
        self.edges[writer] = dict(appending._EDGES)
        assert places == range(len(self.leaves), len(self.leaves) + n)
        return list(ids), prepared.leaves

    @rule(writer=st.integers(0, 1), n=st.sampled_from([1, 2, 3, 100, 255, 256, 300]))
    def append(self, writer: int, n: int) -> None:
        ids, leaves = self._write(writer, n)
        self.contents += ids
        self.leaves += [leaves[i : i + 32] for i in range(0, len(leaves), 32)]

    @rule(writer=st.integers(0, 1), n=st.sampled_from([1, 200]))
    def append_and_undo(self, writer: int, n: int) -> None:
        def undone() -> None:
            with writing():
                self._write(writer, n)
                raise Undone

        with pytest.raises(Undone):
            undone()

    @rule()
    def sign(self) -> None:
        made = services.sign_checkpoint(AT)
        if made is not None:
            self.signed.append(note.opened(made.note, keys.verifiers(checkpoints.log_name())[-1]))

    @precondition(lambda self: self.contents)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        content_id = data.draw(st.sampled_from(self.contents))
        appending._EDGES.clear()
        if content_id in self.sayings:
            with pytest.raises(Refused, match="说明删除"):
                services.erase([content_id], "依申请删除", AT)
            return
        erased = services.erase([content_id], "依申请删除", AT)
        assert erased == (content_id not in self.erased)
        if erased:
            with connection.cursor() as cursor:
                cursor.execute("SELECT content_id, commitment FROM ledger_entry ORDER BY seq DESC LIMIT 1")
                new_id, commitment = cursor.fetchone()
            self.contents.append(new_id)
            self.sayings.add(new_id)
            self.leaves.append(leaf_hash(b"CXLE\x01\x01\x00\x00" + bytes(commitment)))
            self.erased.add(content_id)

    @precondition(lambda self: self.signed and self.signed[-1].size)
    @rule(data=st.data())
    def every_entry_is_proven_in_the_latest_checkpoint(self, data: st.DataObject) -> None:
        latest = self.signed[-1]
        index = data.draw(st.integers(0, latest.size - 1))
        proof = services.prove(self.contents[index])
        assert proof.leaf_index == index
        check_inclusion(leaf_hash(proof.entry), index, latest.size, proof.path, latest.root)
        assert leaf_hash(proof.entry) == self.leaves[index]

    @precondition(lambda self: self.signed)
    @rule(data=st.data())
    def every_checkpoint_is_the_beginning_of_the_latest(self, data: st.DataObject) -> None:
        old, latest = data.draw(st.sampled_from(self.signed)), self.signed[-1]
        check_consistency(old.size, latest.size, services.prove_consistency(old.size, latest.size), old.root, latest.root)
        assert old.root == naive_root(self.leaves[: old.size])

    @invariant()
    def the_head_is_a_function_of_the_leaves(self) -> None:
        assert checkpoints.read_head() == (len(self.leaves), naive_root(self.leaves))

    @rule()
    def fsck_finds_it_sound(self) -> None:
        report = services.fsck()
        assert (report.sound, report.entries, report.erased) == (True, len(self.leaves), len(self.erased)), report.faults


def run(examples: int, steps: int) -> None:
    kept = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Log, settings=kept)
    appending._EDGES.clear()


def test_the_ledger_holds_what_it_promised(put: Callable[..., list[int]]) -> None:
    run(12, 15)


@pytest.mark.soak
def test_the_ledger_holds_what_it_promised_for_long(put: Callable[..., list[int]]) -> None:
    run(300, 40)
