"""三员分立与职责分离, read off the access matrix: whoever submits does not review, whoever reviews does not approve."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chengxin.access.models import Account
from chengxin.access.roles import LABELS, Role
from chengxin.site.access_matrix import ADMINISTERING, MATRIX, OWN_ACCOUNT, SIGNED_IN

#: What is decided in two steps by two roles: the view that submits, the view that decides.
TWO_STEPS: Mapping[str, tuple[str, str]] = {
    "报送": ("api:create_submission", "release_submission"),
    "报送（页面）": ("new_submission", "release_submission"),
    "公务员记录": ("hand_in_official_record", "confirm_official_record"),
    "撤回、暂停、认定": ("ask_act", "settle_act"),
    "不予公示": ("ask_closing", "decide_closing"),
}
ADMINISTRATORS = (Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)


def _roles(view: str) -> frozenset[Role]:
    return MATRIX[view].roles


@pytest.mark.parametrize("what", TWO_STEPS)
def test_no_role_takes_both_steps(what: str) -> None:
    submit, decide = TWO_STEPS[what]
    assert not _roles(submit) & _roles(decide), f"{what}: {sorted(_roles(submit) & _roles(decide))}"
    assert _roles(decide), f"{what}: nobody decides"


def test_an_account_has_one_role_and_no_other_way_to_rights() -> None:
    """No set of roles can be gathered in one hand: Django's groups and permissions open nothing."""
    assert Account._meta.get_field("role").get_internal_type() == "CharField"
    everything = Account(username="x", role=Role.AUDITOR.value, is_superuser=True, is_staff=True)
    assert Role(everything.role) is Role.AUDITOR
    from chengxin.access.caller import Caller

    caller = Caller(account=everything, role=Role(everything.role))
    assert not MATRIX["accounts"].admits(caller)
    assert not MATRIX["release_submission"].admits(caller)


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_administrators_handle_no_records(role: Role) -> None:
    """They open accounts, run the machine, see who read what; no view that changes a record, a case or a grade is theirs."""
    mine = {view for view, line in MATRIX.items() if role in line.roles and line not in {OWN_ACCOUNT, SIGNED_IN, ADMINISTERING}}
    changing = {
        view for view in mine if view.startswith(("new_", "ask_", "decide_", "release_", "settle_", "judge_", "answer_", "run_", "make_"))
    }
    changing -= {"answer_read_question", "settle_read_alarm"}  # about who looked, which is the audit administrator's own work
    assert not changing, f"{LABELS[role]}: {sorted(changing)}"


def test_the_three_administrations_are_three_people() -> None:
    """Who opens accounts neither runs the machine nor reads the trail, and the other way round."""
    only = {role: {view for view, line in MATRIX.items() if line.roles and line.roles <= {role}} for role in ADMINISTRATORS}
    assert only[Role.SECURITY_ADMIN] >= {"accounts", "open_account", "account", "change_account"}
    for role in ADMINISTRATORS:
        for other in ADMINISTRATORS:
            if role is not other:
                assert not any(other in MATRIX[view].roles for view in only[role])


def test_a_firm_reaches_no_view_of_the_offices() -> None:
    """A firm's views are those of its own account and those that other sections name for it."""
    assert not any(Role.ENTERPRISE in MATRIX[view].roles for view in ("desk", "submissions", "new_submission", "matching", "accounts"))
