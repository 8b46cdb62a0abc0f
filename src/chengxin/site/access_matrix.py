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
from chengxin.access.on_behalf import SPEAK_FOR_THEIR_OFFICE
from chengxin.access.roles import EVERY_ROLE, OFFICE_ROLES, Role


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
SIGNED_IN: Final = Line(OFFICE_ROLES)
FIRMS: Final = Line(frozenset({Role.ENTERPRISE}))
FIRMS_AND_OFFICES: Final = Line(SPEAK_FOR_THEIR_OFFICE | {Role.ENTERPRISE})
ON_CASES: Final = Line(OFFICE_ROLES | {Role.ENTERPRISE})
ON_CASES_OR_TOKEN: Final = Line(ON_CASES.roles, token=True)
OWN_ACCOUNT: Final = Line(EVERY_ROLE)
ADMINISTERING: Final = Line(frozenset({Role.SECURITY_ADMIN}))
HANDING_IN: Final = Line(frozenset({Role.CLERK, Role.CREDIT_OFFICE}))
SUBMISSIONS: Final = Line(frozenset({Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE, Role.AUDITOR}))
RELEASING: Final = Line(frozenset({Role.REVIEWER}))
OWN_RECORDS: Final = Line(frozenset({Role.CLERK, Role.REVIEWER}))
INSPECTING: Final = Line(frozenset({Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE}))
JUDGING: Final = Line(frozenset({Role.CREDIT_OFFICE}))
OVERSEEING: Final = Line(frozenset({Role.CREDIT_OFFICE, Role.AUDITOR}))

MATRIX: Final[Mapping[str, Line]] = MappingProxyType(
    {
        # cases: the queries say which of them are one's own
        "cases": ON_CASES,
        "choose_office": ON_CASES,
        "new_case": ON_CASES,
        "make_case": ON_CASES,
        "case": ON_CASES,
        "case_document": ON_CASES,
        "case_step": ON_CASES,
        "reputation_notice": ON_CASES,
        # the enterprise centre: own_firm asks for the mandate, or whether it is the own office; an office has no agents
        "centre": FIRMS_AND_OFFICES,
        **dict.fromkeys(("own_file", "own_evaluation", "ask_own_review"), FIRMS_AND_OFFICES),
        "agents": FIRMS,
        "authorise_agent": FIRMS,
        "end_authorisation": FIRMS,
        **dict.fromkeys(("own_agencies", "authorise_agency", "withdraw_from_agency", "agency_home"), FIRMS),
        **dict.fromkeys(("api:list_own_agencies", "api:withdraw_from_agency"), FIRMS),
        "own_everything": FIRMS_AND_OFFICES,
        **dict.fromkeys(("own_reads", "question_own_read", "own_read_proof"), FIRMS_AND_OFFICES),
        **dict.fromkeys(("api:list_own_reads", "api:question_own_read", "api:get_own_read_proof"), FIRMS_AND_OFFICES),
        "api:list_cases": ON_CASES_OR_TOKEN,
        "api:get_case": ON_CASES_OR_TOKEN,
        "api:create_case": ON_CASES_OR_TOKEN,
        "api:create_step": ON_CASES_OR_TOKEN,
        **dict.fromkeys(("eligibility", "check_eligibility"), SUBMISSIONS),  # any office that awards honours
        "retractions": ON_CASES,  # a firm's account that read a record of somebody else has received it
        "confirm_retraction": ON_CASES,
        # records about persons in office: the services ask whether the department is a personnel authority, or was let ask by one
        "officials_desk": OWN_RECORDS,
        "check_official": OWN_RECORDS,
        "new_official_record": Line(frozenset({Role.CLERK})),
        "hand_in_official_record": Line(frozenset({Role.CLERK})),
        "official_record": ON_CASES,  # its authority, the one that decides about it, and the person, who is led to their own page
        "confirm_official_record": RELEASING,
        "decline_official_record": RELEASING,
        **dict.fromkeys(("own_official_records", "question_official_read"), OWN_ACCOUNT),
        "own_identity": ADMINISTERING,
        "change_own_identity": ADMINISTERING,
        "api:create_official_check": Line(OWN_RECORDS.roles, token=True),
        # portal
        "home": ANYONE,
        "search": ANYONE,
        "search_suggest": ANYONE,
        "subject": ANYONE,
        "about": ANYONE,
        "agencies": ANYONE,
        "api:list_agencies": ANYONE,
        "draws": ANYONE,
        "draw": ANYONE,
        "draw_file": ANYONE,
        "firm_visit": ANYONE,
        "rate_visit": ANYONE,
        "party_page": ANYONE,
        "party_seal": ANYONE,
        "party_open": ANYONE,
        # complaints without an account: number and code are the proof
        **dict.fromkeys(("complain", "complain_about", "file_complaint", "follow_complaint", "leave_complaint"), ANYONE),
        **dict.fromkeys(("complaint_step", "complaint_document"), ANYONE),
        **dict.fromkeys(("api:create_complaint", "api:get_complaint", "api:create_complaint_step"), ANYONE),
        "tour": ANYONE,
        "account_login": ANYONE,
        "account_logout": ANYONE,
        "mfa_authenticate": ANYONE,  # the second step of a log-in that has begun
        "openid_connect_login": ANYONE,
        "openid_connect_callback": ANYONE,
        "robots": ANYONE,
        "sitemap": ANYONE,
        "problems": ANYONE,
        "problem": ANYONE,
        # one's own account
        "own_account": OWN_ACCOUNT,
        "own_password": OWN_ACCOUNT,
        "end_session": OWN_ACCOUNT,
        "end_sessions_elsewhere": OWN_ACCOUNT,
        "account_reauthenticate": OWN_ACCOUNT,
        "mfa_reauthenticate": OWN_ACCOUNT,
        "mfa_reauthenticate_webauthn": OWN_ACCOUNT,
        "mfa_index": OWN_ACCOUNT,
        "mfa_activate_totp": OWN_ACCOUNT,
        "mfa_deactivate_totp": OWN_ACCOUNT,
        "mfa_add_webauthn": OWN_ACCOUNT,
        "mfa_remove_webauthn": OWN_ACCOUNT,
        "mfa_view_recovery_codes": OWN_ACCOUNT,
        "mfa_generate_recovery_codes": OWN_ACCOUNT,
        # accounts of others
        "accounts": ADMINISTERING,
        "open_account": ADMINISTERING,
        "account": ADMINISTERING,
        "change_account": ADMINISTERING,
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
        # random inspection
        "inspections": SUBMISSIONS,
        "new_inspection_plan": HANDING_IN,
        "make_inspection_plan": HANDING_IN,
        "inspection_plan": SUBMISSIONS,
        "inspection_link": INSPECTING,
        "inspection_code": INSPECTING,
        "inspection_seal": INSPECTING,
        "inspection_commit": INSPECTING,
        "inspection_open": INSPECTING,
        "inspection_public": INSPECTING,
        "inspection_run": INSPECTING,
        "inspection_publish": INSPECTING,
        "inspection_abort": INSPECTING,
        "annual_plans": ANYONE,
        "annual_plan": OWN_RECORDS,
        "make_annual_plan": OWN_RECORDS,
        "inspectors": SUBMISSIONS,
        "load_inspectors": OWN_RECORDS,
        "end_inspector": OWN_RECORDS,
        "enter_conflict": OWN_RECORDS,
        "end_conflict": OWN_RECORDS,
        "targets": SUBMISSIONS,
        "make_targets": HANDING_IN,
        "end_targets": HANDING_IN,
        "hand_overs": SUBMISSIONS,
        "hand_over": OWN_RECORDS,
        "answer_hand_over": OWN_RECORDS,
        "visit_tasks": OWN_RECORDS,
        "visit_material": OWN_RECORDS,
        "visit_task": OWN_RECORDS,
        "enter_finding": OWN_RECORDS,
        "review_finding": OWN_RECORDS,
        "pass_on_finding": OWN_RECORDS,
        "visit_sheet": OWN_RECORDS,
        "overdue_board": SUBMISSIONS,
        "withdrawals_board": SUBMISSIONS,
        "outstanding": OWN_RECORDS,
        "ask_closing": Line(frozenset({Role.CLERK})),
        "decide_closing": RELEASING,
        "api:find_subjects": ANYONE,
        "api:get_subject": ANYONE,
        "api:get_subject_records": ANYONE,
        "api:find_records": ANYONE,
        "api:get_record": ANYONE,
        "api:get_record_versions": ANYONE,
        "api:get_route": ANYONE,
        "api:get_changes": ANYONE,
        "api:get_timeliness": ANYONE,
        "api:get_policy_value": ANYONE,
        # ledger
        **dict.fromkeys(("log", "log_checkpoint", "log_vkey", "log_tile", "log_entries"), ANYONE),
        **dict.fromkeys(
            ("log_reads_checkpoint", "log_reads_vkey", "log_reads_tile", "log_reads_entries", "verify", "verify_offline"), ANYONE
        ),
        # machine
        "healthz": ANYONE,
        "metrics": ANYONE,  # counts only; nginx keeps it inside (deploy/nginx.conf)
        # workbench
        "desk": SIGNED_IN,
        "state_purpose": SIGNED_IN,
        "reads": Line(frozenset({Role.AUDIT_ADMIN})),
        "answer_read_question": Line(frozenset({Role.AUDIT_ADMIN})),
        "settle_read_alarm": Line(frozenset({Role.AUDIT_ADMIN})),
        "read_delays": Line(INSPECTING.roles | {Role.AUDIT_ADMIN}),
        "ask_read_delay": INSPECTING,
        "decide_read_delay": Line(frozenset({Role.REVIEWER, Role.CREDIT_OFFICE})),
        "end_read_delay": INSPECTING,
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
        "tiering": SUBMISSIONS,
        "tiering_group": SUBMISSIONS,
        "warnings_inbox": SUBMISSIONS,
        "warning": SUBMISSIONS,
        "answer_warning": Line(frozenset({Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE})),
        "api:list_warnings": Line(SUBMISSIONS.roles, token=True),
        "restoration_differences": OVERSEEING,
        "settle_restoration_difference": JUDGING,
        "office_agencies": OVERSEEING,
        "propose_agency": JUDGING,
        "office_agency": OVERSEEING,
        "change_agency": JUDGING,  # that two different people propose and approve, the register itself asks
        "find_fields": SUBMISSIONS,
        "record_fields": SUBMISSIONS,
        "open_sealed": SUBMISSIONS,  # and who of them, the policy says: sealed_field_roles
        "own_records": OWN_RECORDS,
        "own_record": OWN_RECORDS,
        "ask_act": Line(frozenset({Role.CLERK})),
        "settle_act": RELEASING,
        # evaluation
        "evaluation_methods": ANYONE,
        "evaluation_method": ANYONE,
        "evaluation_method_file": ANYONE,
        "subject_evaluation": SUBMISSIONS,
        "evaluation_outlook": SUBMISSIONS,
        "evaluation_why_not": SUBMISSIONS,
        "ask_evaluation_review": Line(frozenset({Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE})),
        "evaluation_handover": JUDGING,
        "evaluation_runs": OVERSEEING,
        "evaluation_run": OVERSEEING,
        "evaluation_run_subjects": OVERSEEING,
        "evaluation_simulations": OVERSEEING,
        "evaluation_simulation": OVERSEEING,
        "run_evaluation_simulation": JUDGING,
        "external_evaluations": OVERSEEING,
        "external_file": OVERSEEING,
        "hand_in_external": JUDGING,
        "settle_external": JUDGING,
        "evaluation_reviews": OVERSEEING,
        "evaluation_review": OVERSEEING,
        "answer_evaluation_review": JUDGING,
        "api:get_evaluation": Line(SUBMISSIONS.roles, token=True),
        "api:create_evaluation_file": Line(JUDGING.roles, token=True),
        "api:get_evaluation_file": Line(OVERSEEING.roles, token=True),
        # API
        "api:openapi-json": ANYONE,
        "api:api-root": ANYONE,
        "api:get_proof": ANYONE,
        "api:get_consistency_proof": ANYONE,
        "api:create_act": Line(token=True),
        **dict.fromkeys(("api:get_retractions", "api:confirm_retraction"), Line(SUBMISSIONS.roles, token=True)),
        **dict.fromkeys(("api:get_eligibility", "api:check_eligibility"), Line(SUBMISSIONS.roles, token=True)),
        "api:create_submission": Line(token=True),
        **dict.fromkeys(
            ("api:list_submissions", "api:get_submission", "api:list_faults", "api:get_workbook"), Line(SUBMISSIONS.roles, token=True)
        ),
    }
)


def line_of(view: str) -> Line | None:
    """The line of a view, None if it has none."""
    return MATRIX.get(view)
