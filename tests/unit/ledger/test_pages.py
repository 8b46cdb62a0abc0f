"""The log as other people's clients read it: everything below uses only what is served, hashlib and base64."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.test import Client

from chengxin.ledger import note, ports, services
from chengxin.ledger.models import Content
from chengxin.ledger.tiles import parse_number, write_number
from tests.unit.ledger.naive import naive_root

AT = 1_790_000_000
Put = Callable[..., list[int]]


def get(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, (path, response.content)
    return bytes(response.content)


def entries_of(bundle: bytes) -> list[bytes]:
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2])
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


def test_a_stranger_reads_the_whole_log_and_computes_its_root(client: Client, put: Put) -> None:
    put(300)
    services.sign_checkpoint(AT)
    put(400)  # beyond the checkpoint that is served first
    vkey = note.Verifier.parse(get(client, "/log/vkey").decode())
    checkpoint = note.opened(get(client, "/log/checkpoint").decode(), vkey)
    assert (checkpoint.origin, checkpoint.size) == ("127.0.0.1:8000/log", 300)
    entries = entries_of(get(client, "/log/tile/entries/000")) + entries_of(get(client, "/log/tile/entries/001.p/44"))
    leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
    assert len(leaves) == 300
    assert naive_root(leaves) == checkpoint.root
    assert get(client, "/log/tile/0/000") == b"".join(leaves[:256])
    assert get(client, "/log/tile/0/001.p/44") == b"".join(leaves[256:])  # cut from the stored, wider one
    assert get(client, "/log/tile/1/000.p/1") == naive_root(leaves[:256])


def test_entries_reveal_nothing(client: Client, put: Put) -> None:
    put(3)
    services.sign_checkpoint(AT)
    entries = entries_of(get(client, "/log/tile/entries/000.p/3"))
    contents = list(Content.objects.order_by("id"))
    assert {entry[:8] for entry in entries} == {b"CXLE\x01\x01\x00\x00"}
    assert {len(entry) for entry in entries} == {40}
    assert [entry[8:] for entry in entries] == [sha256(bytes(c.salt or b"") + bytes(c.payload or b"")).digest() for c in contents]


def test_headers(client: Client, put: Put) -> None:
    put(256)
    services.sign_checkpoint(AT)
    checkpoint, tile = client.get("/log/checkpoint"), client.get("/log/tile/0/000")
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint["Cache-Control"] == "public, max-age=1"
    assert tile["Content-Type"] == "application/octet-stream"
    assert tile["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.head("/log/tile/entries/000").status_code == 200
    assert client.post("/log/checkpoint").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/000.p/257",
        "0/000.p/256",
        "0/000.p/0",
        "0/000.p/01",
        "0/000.p/",
        "0/0",
        "0/x000/000",
        "0/x001/000",
        "00/000",
        "64/000",
        "x/000",
        "2/000.p/1",
        "-1/000",
        "0/000.p/301",
        "entries/001",
        "entries/001.p/45",
        "entries/0000",
        "entries/x1/000",
        "0/" + "x999/" * 30 + "999",
    ],
)
def test_a_tile_that_the_checkpoint_does_not_cover_is_not_found(client: Client, put: Put, path: str) -> None:
    put(300)
    services.sign_checkpoint(AT)
    put(300)
    response = client.get(f"/log/tile/{path}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_no_checkpoint_yet(client: Client, db: None) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    assert client.get("/log/tile/0/000").status_code == 404


@pytest.mark.parametrize(("number", "text"), [(0, "000"), (67, "067"), (1000, "x001/000"), (1_234_067, "x001/x234/067")])
def test_tile_numbers(number: int, text: str) -> None:
    assert (write_number(number), parse_number(text)) == (text, number)


def test_pages_for_people(client: Client, put: Put) -> None:
    assert "还没有检查点" in get(client, "/log").decode()
    put(5)
    services.sign_checkpoint(AT)
    assert get(client, "/log/vkey").decode().strip() in get(client, "/log").decode().replace("&#x2B;", "+")
    assert "ledger/verifier.js" in get(client, "/verify").decode()
    offline = client.get("/verify/offline")
    page = offline.content.decode()
    assert "attachment" in offline["Content-Disposition"]
    assert "function sha256" in page
    assert page.count("</script>") == page.count("<script>") == 2  # inlined whole
    assert "src=" not in page
    assert "://" not in page.replace("file://", "")


# --- proofs by API ----------------------------------------------------------------------------------------------------------


class OneRecord:
    """Record 77 has the first content; public until an instant."""

    def __init__(self, content_id: int, public: bool) -> None:
        self.content_id, self.public = content_id, public

    def content_of(self, record_id: int) -> int | None:
        return self.content_id if record_id == 77 else None

    def may_show(self, content_id: int, at: int) -> bool:
        return self.public and content_id == self.content_id


@pytest.mark.parametrize("public", [True, False])
def test_salt_and_payload_only_while_the_record_is_public(client: Client, put: Put, public: bool) -> None:
    from chengxin.ledger.proofs import check_document

    first, other = put(2)
    services.sign_checkpoint(AT)
    ports.public_contents.register("test", OneRecord(first, public))
    vkey = note.Verifier.parse(get(client, "/log/vkey").decode())
    response = client.get("/api/v1/proofs/77")
    proof = response.json()
    assert response["Cache-Control"] == "no-store"
    assert ("salt" in proof, "payload" in proof) == (public, public)
    assert len(check_document(proof, [vkey])) == (3 if public else 2)
    assert client.get(f"/api/v1/proofs/c{first}").json() == proof
    assert "salt" not in client.get(f"/api/v1/proofs/c{other}").json()


def test_erased_content_is_not_shown_but_proven(client: Client, put: Put) -> None:
    (first,) = put(1)
    ports.public_contents.register("test", OneRecord(first, True))
    services.erase([first], "依申请删除", AT)
    services.sign_checkpoint(AT)
    proof = client.get("/api/v1/proofs/77").json()
    assert proof["leaf_index"] == 0
    assert "payload" not in proof


@pytest.mark.parametrize("reference", ["78", "c999999999", "c", "abc", "-1", "c1.5", "９", "9" * 40])
def test_no_proof_of_what_is_not_there(client: Client, put: Put, reference: str) -> None:
    put(1)
    services.sign_checkpoint(AT)
    response = client.get(f"/api/v1/proofs/{reference}")
    assert response.status_code == 404
    assert response.json()["what_to_do"]


def test_a_proof_as_other_tools_read_it(client: Client, put: Put) -> None:
    ids = put(5)
    services.sign_checkpoint(AT)
    response = client.get(f"/api/v1/proofs/c{ids[1]}?form=tlog")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 1"]
    assert [len(base64.b64decode(line)) for line in lines[2:5]] == [32, 32, 32]
    assert lines[5:7] == ["", "127.0.0.1:8000/log"]


def test_consistency_by_api(client: Client, put: Put) -> None:
    from chengxin.ledger.verification import check_consistency

    put(5)
    old = services.sign_checkpoint(AT)
    put(9)
    new = services.sign_checkpoint(AT)
    assert old is not None
    assert new is not None
    proof = client.get("/api/v1/log/consistency?old_size=5&size=14").json()
    check_consistency(5, 14, [base64.b64decode(line) for line in proof["path"]], bytes(old.root), bytes(new.root))
    put(1)
    for query in ("old_size=5&size=15", "old_size=6&size=5", "old_size=-1&size=5"):
        assert client.get(f"/api/v1/log/consistency?{query}").status_code == 404
    assert client.get("/api/v1/log/consistency?old_size=x&size=5").status_code == 422
