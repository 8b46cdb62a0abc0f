"""一条也不公开：with and without records about persons in office, every public page and interface answers byte for byte the same."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import chengxin
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.foundation.disclosure.open_data import make_open_data, offered
from chengxin.kernel import clock
from chengxin.policy import active
from chengxin.rights.officials.models import OfficialRecord
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.officials import CANDIDATE, CHEATING, DECIDED, NOW, ORGANISATION, SERVANT, Bureau, a_bureau, asked, on_file
from tests.harness.penalties import code_of, penalty
from tests.harness.rights import PASSWORD, acting, browser_of
from tests.harness.two_worlds import answers, differing_lines, in_both_worlds
from tests.unit.site.test_two_worlds import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
SOURCES = Path(chengxin.__file__).parent


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 3600))
    found = a_bureau()
    office = market_regulation()
    rows = [penalty(n, office.code, CF_JDRQ=DECIDED.isoformat()) for n in (1, 2)]
    assert hand_in(office, rows, at=NOW).accepted == 2
    return found


def everything_about_officials(bureau: Bureau) -> None:
    """Records, questions, a case, and a correction."""
    from tests.unit.rights.officials.test_rights_of_the_person import going, opened

    record = on_file(bureau)
    on_file(bureau, whom=CANDIDATE, **CHEATING)
    on_file(bureau, kind="commendation", document="泰政奖〔2026〕1号", proof=None, delivered_on="", delivery_method="")
    asked(bureau.judge)
    case = going(opened("official_objection", record, bureau.servant), bureau.clerk, "verify")
    going(case, bureau.judge, "revoke")


def seen_from_outside() -> dict[str, str]:
    """The pages without a number in their address, and those with one that a record about an official could be taken for."""
    words = {f"search {word}": f"/search?q={word}" for word in (*SERVANT, *CANDIDATE, "泰云处〔2026〕7号", "组织部", "处分", "考试违纪")}
    words |= {f"suggest {word}": f"/search/suggest?q={word}" for word in (SERVANT[1], CANDIDATE[1])}
    numbered = {f"{path} {n}": f"{path}{n}" for n in range(1, 6) for path in ("/r/", "/officials/", "/cases/", "/api/v1/records/")}
    offices = {f"office {n}": f"/offices/{code_of(n, '11370900MB')}" for n in (401, 402, 403)}
    interface = {"subjects": f"/api/v1/subjects?q={SERVANT[1]}", "policy": "/policy/official_record_effects", "subject": f"/s/{code_of(1)}"}
    return addresses() | words | numbered | offices | interface


@pytest.mark.parametrize("who", ["nobody", "enterprise", "auditor", "credit_office", "clerk"])
def test_every_answer_is_the_same_with_and_without(who: str, client: Client, bureau: Bureau) -> None:
    role = {"auditor": Role.AUDITOR, "credit_office": Role.CREDIT_OFFICE, "clerk": Role.CLERK}.get(who)
    if role is not None:
        account = add_account(username="旁人", department=bureau.works, role=role, password=PASSWORD, at=NOW)
        client.force_login(account, backend="chengxin.site.signing_in.SlowingBackend")
    elif who == "enterprise":
        client.force_login(bureau.stranger, backend="chengxin.site.signing_in.SlowingBackend")
    seen = seen_from_outside()
    before, after = in_both_worlds(lambda: answers(client, seen), lambda: everything_about_officials(bureau))
    assert not {name: differing_lines(before[name][1], after[name][1]) for name in seen if before[name] != after[name]}
    assert sum(status == 200 for status, _ in before.values()) > 12


def test_the_files_of_open_data_are_the_same(bureau: Bureau) -> None:
    def files() -> dict[str, bytes]:
        for item in filter(offered, active.policy_set().catalogue.values()):
            make_open_data(item, NOW + 3600)
        folder = Path(settings.CHENGXIN_HOME) / "open-data"
        made = sorted(path for path in folder.rglob("records.*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in made}

    before, after = in_both_worlds(files, lambda: everything_about_officials(bureau))
    assert before == after
    assert any(before.values())


def test_the_comparison_notices_a_difference(client: Client, bureau: Bureau) -> None:
    seen = seen_from_outside()
    office = market_regulation()
    change = lambda: hand_in(office, [penalty(7, office.code, CF_JDRQ=DECIDED.isoformat())], key="more", at=NOW + 60)  # noqa: E731
    before, after = in_both_worlds(lambda: answers(client, seen), change)
    assert before != after


def test_a_proof_of_an_entry_about_an_official_shows_no_content(client: Client, bureau: Bureau) -> None:
    record = on_file(bureau)
    told = client.get(f"/api/v1/proofs/c{record.content_id}").content.decode()
    assert "official" not in told
    assert ORGANISATION not in told
    assert client.get(f"/verify?content={record.content_id}").status_code == 200


def test_only_the_sites_composition_and_nobody_else_imports_the_section() -> None:
    """Evaluation, search, disclosure, data and exchange cannot know it: they do not import it."""
    importing = set()
    for path in SOURCES.rglob("*.py"):
        tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = [node.module or "" for node in tree if isinstance(node, ast.ImportFrom)]
        names += [each.name for node in tree if isinstance(node, ast.Import) for each in node.names]
        if any(name.startswith("chengxin.rights.officials") for name in names):
            importing.add(str(path.relative_to(SOURCES)))
    inside = {each for each in importing if each.startswith("rights/officials/")}
    assert importing - inside == {"site/account_changes.py", "site/api.py", "site/scheduler.py", "site/urls.py"}


def test_no_table_of_the_section_has_a_place_for_a_score_or_a_name() -> None:
    names = {field.name for field in OfficialRecord._meta.get_fields()}
    assert not {each for each in names if any(word in each for word in ("score", "grade", "points", "name", "morality"))}


def test_the_case_says_nobodys_name(bureau: Bureau) -> None:
    from tests.unit.rights.officials.test_rights_of_the_person import opened

    case = opened("official_objection", on_file(bureau), bureau.servant)
    page = browser_of(bureau.clerk).get(f"/cases/{case.pk}").content.decode()
    assert SERVANT[0] not in page
    assert SERVANT[1] not in page
    assert acting(bureau.servant, NOW).is_person_of("official_record", case.about_key)


def test_the_navigation_offers_the_section_to_those_whom_it_serves(bureau: Bureau) -> None:
    link = 'href="/office/officials"'
    assert link in browser_of(bureau.clerk).get("/office/").content.decode()
    assert link not in browser_of(bureau.servant).get("/office/").content.decode()
