"""What is no valid draw is refused, in a sentence with a way out; what was published wrongly is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chengxin.engine import draw as d
from chengxin.engine import draw_sampling
from chengxin.kernel.refused import Refused
from tests.unit.engine.draws import open_and_draw, plain_inputs, plain_reveals

VALUE = "03 11 17 20 26 31 + 09"


def with_rule(**changes: object) -> d.Inputs:
    inputs = plain_inputs([1, 2, 3], 500)
    return replace(inputs, rule=replace(inputs.rule, **changes))  # type: ignore[arg-type]


def with_pool(*firms: d.Firm, excluded: tuple[d.Excluded, ...] = ()) -> d.Inputs:
    return replace(plain_inputs([1], 500), pool=d.Pool(firms, excluded))


PERSON = d.Inspector("P0", "市场监管局")
ONE, OTHER = d.Firm("F1", "B", 1), d.Excluded("X1", "已注销")
INVALID: dict[str, tuple[d.Inputs, str]] = {
    "a ratio of zero": (with_rule(strata=(d.Stratum("B", 0),)), "draw-ratio"),
    "a ratio above one": (with_rule(strata=(d.Stratum("B", 1001),)), "draw-ratio"),
    "no stratum": (with_rule(strata=()), "draw-rule"),
    "a stratum twice": (with_rule(strata=(d.Stratum("B", 5), d.Stratum("B", 9))), "draw-rule"),
    "no office": (with_rule(offices=()), "draw-rule"),
    "an office twice": (with_rule(offices=(d.OfficeTask("市场监管局", 1), d.OfficeTask("市场监管局", 2))), "draw-rule"),
    "nobody comes": (with_rule(offices=(d.OfficeTask("市场监管局", 0),)), "draw-rule"),
    "no party": (with_rule(parties=()), "draw-rule"),
    "the public value is known before the last opening": (with_rule(public_due_at=100), "draw-public-too-early"),
    "an empty pool": (with_pool(), "draw-pool-empty"),
    "a firm twice": (with_pool(ONE, ONE._replace(weight=2)), "draw-firm-twice"),
    "no weight": (with_pool(ONE._replace(weight=0)), "draw-weight"),
    "a weight below zero": (with_pool(ONE._replace(weight=-1)), "draw-weight"),
    "a weight of ten digits": (with_pool(ONE._replace(weight=1_000_000_000)), "draw-weight"),
    "a stratum without a ratio": (with_pool(ONE._replace(stratum="Z")), "draw-stratum-unknown"),
    "excluded and in the pool": (with_pool(ONE, excluded=(d.Excluded("F1", "已注销"),)), "draw-excluded-in-pool"),
    "excluded twice": (with_pool(ONE, excluded=(OTHER, d.Excluded("X1", "回避"))), "draw-excluded-twice"),
    "an inspector twice": (replace(with_pool(ONE), inspectors=(PERSON, PERSON)), "draw-inspector-twice"),
}


@pytest.mark.parametrize("name", INVALID)
def test_nothing_is_sealed_that_could_not_be_drawn_fairly(name: str, tmp_path: Path) -> None:
    inputs, slug = INVALID[name]
    with pytest.raises(Refused) as refused:
        d.seal(tmp_path, inputs)
    assert refused.value.slug == slug
    assert refused.value.what_to_do.endswith("。")
    assert not list(tmp_path.iterdir())


def test_too_few_inspectors_says_why() -> None:
    def refusal(inputs: d.Inputs) -> Refused:
        with pytest.raises(Refused) as refused:
            d.drawn_from(inputs, bytes(32))
        return refused.value

    inputs = with_pool(d.Firm("F1", "B", 1, "", ("P0", "P1")))
    two = (PERSON, d.Inspector("P1", "市场监管局"))
    assert refusal(replace(inputs, inspectors=two[:1])).slug == "draw-too-few-inspectors"
    in_conflict = refusal(replace(inputs, inspectors=(PERSON, replace(two[1], conflicts=("F1",)))))
    assert in_conflict.slug == "draw-inspector-in-conflict"
    assert "其中 1 人应当回避" in in_conflict.sentence
    assert len(d.drawn_from(replace(inputs, inspectors=two), bytes(32)).assignments) == 1
    rotated = refusal(replace(inputs, inspectors=two, rule=replace(inputs.rule, rotation=True)))
    assert "轮换" in rotated.sentence


def test_a_firm_that_nobody_could_visit_stops_the_sealing_not_the_draw(tmp_path: Path) -> None:
    """Otherwise such a firm would be a way to have a draw aborted and made again, once it is known who was drawn."""
    inputs = plain_inputs([1] * 1000, 1)
    people = tuple(replace(person, conflicts=("F00777",)) for person in inputs.inspectors[:4])
    with pytest.raises(Refused, match="F00777 的检查") as refused:
        d.seal(tmp_path, replace(inputs, inspectors=(*people, inputs.inspectors[4])))
    assert refused.value.slug == "draw-inspector-in-conflict"
    assert not list(tmp_path.iterdir())


def test_a_replacement_in_conflict_is_refused() -> None:
    d.check_no_conflict("F1", [PERSON])
    with pytest.raises(Refused, match="回避"):
        d.check_no_conflict("F1", [PERSON, replace(PERSON, id="P1", conflicts=("F1",))])


def test_a_number_that_was_not_the_sealed_one(tmp_path: Path) -> None:
    d.seal(tmp_path, plain_inputs([1, 2, 3], 500))
    d.write_reveals(tmp_path, [bytes(32), bytes(32), None], VALUE, "https://example.cn")
    with pytest.raises(Refused, match="监察室") as refused:
        d.seed_of(tmp_path)
    assert refused.value.slug == "draw-reveal-mismatch"
    assert "事先封存的不符" in d.verify(open_folder(tmp_path))[0]


def open_folder(folder: Path) -> Path:
    for name in ("firms.jsonl", "assignments.jsonl", "draw.json"):
        (folder / name).touch()
    return folder


@pytest.mark.parametrize("reveals", [plain_reveals()[:2], [*plain_reveals(), None]])
def test_every_party_is_accounted_for(reveals: list[bytes | None], tmp_path: Path) -> None:
    d.seal(tmp_path, plain_inputs([1, 2, 3], 500))
    d.write_reveals(tmp_path, reveals, VALUE, "https://example.cn")
    with pytest.raises(Refused) as refused:
        d.seed_of(tmp_path)
    assert refused.value.slug == "draw-reveal-parties"


@pytest.mark.parametrize("value", [" 7", "7 ", "7\n8", "7\u200b", "\u3000"])
def test_a_public_value_that_two_people_could_type_differently(value: str) -> None:
    with pytest.raises(Refused) as refused:
        d.checked_public_value(value)
    assert refused.value.slug == "draw-public-value"


def test_another_seed_or_a_second_draw(tmp_path: Path) -> None:
    drawn = open_and_draw(tmp_path, plain_inputs([1, 2, 3], 500), plain_reveals(), VALUE)
    with pytest.raises(Refused) as refused:
        d.draw(tmp_path, bytes(32))
    assert refused.value.slug == "draw-seed"
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert d.draw(tmp_path, d.seed_of(tmp_path)) == drawn
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    d.write_reveals(tmp_path, plain_reveals(), "another value", "https://example.cn")
    with pytest.raises(Refused) as refused:
        d.draw(tmp_path, d.seed_of(tmp_path))
    assert refused.value.slug == "draw-already-made"


def test_withholding_changes_the_seed_and_stops_nothing(tmp_path: Path) -> None:
    reveals = plain_reveals()
    seeds = set()
    for place in range(4):
        given = [None if i == place else reveal for i, reveal in enumerate(reveals)]
        folder = tmp_path / str(place)
        open_and_draw(folder, plain_inputs([1, 2, 3], 500), given, VALUE)
        assert d.verify(folder) == []
        seeds.add(d.seed_of(folder))
    assert len(seeds) == 4


MALFORMED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a space": ("pool.jsonl", lambda content: content.replace(b'":"', b'": "', 1)),
    "an escaped letter": ("pool.jsonl", lambda content: content.replace(b"F0", b"\\u00460", 1)),
    "a number": ("pool.jsonl", lambda content: content.replace(b'"weight":"1"', b'"weight":1', 1)),
    "an empty value": ("pool.jsonl", lambda content: content.replace(b'"stratum":"B"', b'"stratum":""', 1)),
    "a key twice": ("pool.jsonl", lambda content: content.replace(b'"code":', b'"code":"F9","code":', 1)),
    "a key nobody knows": ("pool.jsonl", lambda content: content.replace(b"{", b'{"a":"1",', 1)),
    "a key missing": ("inspectors.jsonl", lambda content: content.replace(b'"id":"P0",', b"", 1)),
    "no object": ("excluded.jsonl", lambda content: content + b"[]\n"),
    "no JSON": ("excluded.jsonl", lambda content: content + b"{\n"),
    "no end": ("pool.jsonl", lambda content: content[:-1]),
    "no UTF-8": ("pool.jsonl", lambda content: content.replace(b"F", b"\xff", 1)),
    "two rules": ("rule.json", lambda content: content * 2),
    "no rule": ("rule.json", lambda _: b""),
    "a gap in the numbers": ("rule.json", lambda content: content.replace(b"party.1", b"party.9")),
    "no instant": ("rule.json", lambda content: content.replace(b'"100"', b'"soon"')),
    "a nameless licence": ("rule.json", lambda content: content.replace(b'.inspectors"', b'.fields":",","office.1.inspectors"')),
    "no hash": ("rule.json", lambda content: content.replace(b"4d1696f7", b"4D1696F7")),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_only_canonical_files_are_read(name: str, tmp_path: Path) -> None:
    """Two programs must not read different things from the same bytes."""
    open_and_draw(tmp_path, plain_inputs([1, 2, 3], 500), plain_reveals(), VALUE)
    file, change = MALFORMED[name]
    before = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(change(before))
    assert (tmp_path / file).read_bytes() != before
    with pytest.raises(Refused) as refused:
        d.read_inputs(tmp_path)
    assert refused.value.slug == "draw-file-malformed"
    assert refused.value.where["file"] == file
    assert d.verify(tmp_path) == [str(refused.value)]


def test_a_list_holds_no_comma_in_a_name(tmp_path: Path) -> None:
    inputs = plain_inputs([1], 1000)
    with pytest.raises(Refused, match="逗号"):
        d.seal(tmp_path, replace(inputs, inspectors=(*inputs.inspectors, d.Inspector("P9", "市场监管局", ("食品,药品",)))))
    assert not list(tmp_path.iterdir())


def test_missing_files_are_named(tmp_path: Path) -> None:
    open_and_draw(tmp_path, plain_inputs([1, 2, 3], 500), plain_reveals(), VALUE)
    for path in sorted(tmp_path.iterdir()):
        content = path.read_bytes()
        path.unlink()
        assert d.verify(tmp_path) == [f"缺少文件 {path.name}。（把公布的文件下载齐全，放在同一个文件夹里。）"]
        path.write_bytes(content)
    assert d.verify(tmp_path) == []


def test_a_turned_verdict_is_shown_with_what_it_should_be(tmp_path: Path) -> None:
    open_and_draw(tmp_path, plain_inputs([1] * 40, 500), plain_reveals(), VALUE)
    path = tmp_path / "firms.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"yes"', b'"no"', 1))
    (found,) = d.verify(tmp_path)
    assert found.startswith("firms.jsonl 第 ")
    assert '"drawn":"yes"' in found.rpartition("应为")[2]
    path.write_bytes(path.read_bytes().replace(b'"yes"', b'"no"'))
    assert d.verify(tmp_path)[-1] == "firms.jsonl 共有 20 行不符。"


FAULTS: dict[str, tuple[str, Callable[..., object]]] = {
    "uniform_below": ("a start that is off by one", lambda honest: lambda bound, *parts: (honest(bound, *parts) + 1) % bound),
    "systematic": ("the last drawn replaced", lambda honest: lambda weights, size, start: [*honest(weights, size, start)[:-1], 0]),
    "certain_places": ("nobody is certain", lambda _: lambda weights, size: frozenset()),
    "in_order": ("an order of one's own", lambda _: lambda seed, stratum, firms: sorted(firms)),
    "nsmallest": ("inspectors of one's own", lambda _: lambda size, names, key: sorted(names)[:size]),
    "probability": ("a wrong probability", lambda _: lambda *_: (1, 3)),
}


@pytest.mark.parametrize("function", FAULTS)
def test_a_fault_in_the_drawing_is_found_by_the_verification(function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ways share no arithmetic: what is broken in one stands out in the other."""
    broken = FAULTS[function][1]
    monkeypatch.setattr(draw_sampling, function, broken(getattr(draw_sampling, function)))
    open_and_draw(tmp_path, plain_inputs([90, *[1] * 30], 500), plain_reveals(), VALUE)
    assert d.verify(tmp_path)
