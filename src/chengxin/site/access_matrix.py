"""谁可以调用什么。One line for every view, by the name of its URL; a view without a line is refused, and a test finds it.

Views of the API are named ``api:<name of the operation>``, so that one address may be read by anyone and written by few.
What a caller may see *within* a view (the rows of its own department) is the business of that section's queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from chengxin.access.caller import Caller
from chengxin.access.roles import EVERY_ROLE, Role


@dataclass(frozen=True)
class Line:
    """一行：the roles that may call, whether a department's token may, whether anyone may."""

    roles: frozenset[Role] = frozenset()
    token: bool = False
    anyone: bool = False

    def admits(self, caller: Caller) -> bool:
        """Whether ``caller`` may call."""
        return self.anyone or (self.token and caller.by_token) or caller.role in self.roles


ANYONE: Final = Line(anyone=True)
SIGNED_IN: Final = Line(EVERY_ROLE)
HANDING_IN: Final = Line(frozenset({Role.CLERK, Role.CREDIT_OFFICE}))
SUBMISSIONS: Final = Line(frozenset({Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE, Role.AUDITOR}))
RELEASING: Final = Line(frozenset({Role.REVIEWER}))
OWN_RECORDS: Final = Line(frozenset({Role.CLERK, Role.REVIEWER}))
JUDGING: Final = Line(frozenset({Role.CREDIT_OFFICE}))

MATRIX: Final[Mapping[str, Line]] = MappingProxyType(
    {
        # portal
        "home": ANYONE,
        "search": ANYONE,
        "search_suggest": ANYONE,
        "subject": ANYONE,
        "about": ANYONE,
        "tour": ANYONE,
        "login": ANYONE,
        "logout": ANYONE,
        "robots": ANYONE,
        "sitemap": ANYONE,
        "problems": ANYONE,
        "problem": ANYONE,
        # catalogue
        "policy": ANYONE,
        "policy_page": ANYONE,
        # records and disclosure
        "record": ANYONE,
        "restoration_notice": ANYONE,
        "acts": ANYONE,
        "acts_list": ANYONE,
        "lists": ANYONE,
        "lists_list": ANYONE,
        "offices": ANYONE,
        "office": ANYONE,
        "data": ANYONE,
        "data_file": ANYONE,
        "overdue_board": SUBMISSIONS,
        "api:find_subjects": ANYONE,
        "api:get_subject": ANYONE,
        "api:get_subject_records": ANYONE,
        "api:find_records": ANYONE,
        "api:get_record": ANYONE,
        "api:get_record_versions": ANYONE,
        "api:get_changes": ANYONE,
        "api:get_timeliness": ANYONE,
        "api:get_policy_value": ANYONE,
        # ledger
        "log": ANYONE,
        "log_checkpoint": ANYONE,
        "log_vkey": ANYONE,
        "log_tile": ANYONE,
        "log_entries": ANYONE,
        "verify": ANYONE,
        "verify_offline": ANYONE,
        # machine
        "healthz": ANYONE,
        "metrics": ANYONE,  # counts only; nginx keeps it inside (deploy/nginx.conf)
        # workbench
        "desk": SIGNED_IN,
        "matching": JUDGING,
        "judge_pair": JUDGING,
        "pieces_gallery": SIGNED_IN,
        # collection
        "submissions": SUBMISSIONS,
        "new_submission": HANDING_IN,
        "submission": SUBMISSIONS,
        "submission_progress": SUBMISSIONS,
        "submission_workbook": SUBMISSIONS,
        "release_submission": RELEASING,
        "templates": SIGNED_IN,
        "template": SIGNED_IN,
        "quarantine": SUBMISSIONS,
        "quarantined": SUBMISSIONS,
        "decide_quarantined": JUDGING,
        # records, by the authority that decided
        "own_records": OWN_RECORDS,
        "own_record": OWN_RECORDS,
        "ask_act": Line(frozenset({Role.CLERK})),
        "settle_act": RELEASING,
        # API
        "api:openapi-json": ANYONE,
        "api:api-root": ANYONE,
        "api:get_proof": ANYONE,
        "api:get_consistency_proof": ANYONE,
        "api:create_act": Line(token=True),
        "api:create_submission": Line(token=True),
        "api:list_submissions": Line(SUBMISSIONS.roles, token=True),
        "api:get_submission": Line(SUBMISSIONS.roles, token=True),
        "api:list_faults": Line(SUBMISSIONS.roles, token=True),
        "api:get_workbook": Line(SUBMISSIONS.roles, token=True),
    }
)


def line_of(view: str) -> Line | None:
    """The line of a view, None if it has none."""
    return MATRIX.get(view)
