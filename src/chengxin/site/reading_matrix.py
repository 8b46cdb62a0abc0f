"""哪个页面留下什么查看痕迹。One line for every view that is not public, beside the one in ``access_matrix.py``; a test finds one without.

The row is written by ``site/reading.py`` before the answer leaves. A section's view says with ``access.reads.note`` which things and
subjects it showed; where it does not, the line's kind and the number in the address stand for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from chengxin.access.roles import Role


@dataclass(frozen=True)
class Leaves:
    """留痕：a read of ``kind`` (see :data:`KINDS`). ``step``: the step of the work, which is the purpose of who does their own work.
    ``asks``: roles for whom it is not their own work unless the data are their own department's; they say for what purpose, and in
    which matter, before they see it."""

    kind: str
    step: str
    asks: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Nothing:
    """不留痕, because nothing about anybody is shown; the reason stands here."""

    because: str


LookedAt = Leaves | Nothing

#: What the kinds are called where the subject reads them.
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "record": "本部门的记录",
        "fields": "记录的全部字段",
        "submission": "报送及其说明",
        "workbook": "退回行的批注工作簿（下载）",
        "quarantined": "待甄别的行",
        "pair": "待判定的主体对",
        "outstanding": "未公示的行政行为",
        "withdrawal": "逾期撤回",
        "plan": "抽查计划和任务",
        "visit": "检查任务和未公布的结果",
        "sheet": "检查任务单（下载）",
        "inspector": "检查人员",
        "targets": "抽查对象名单",
        "hand_over": "移送",
        "warning": "风险预警",
        "review": "评价复核请求",
        "run": "评价报告",
        "external": "外来的评价结果",
        "case": "案件",
        "case_document": "案卷材料（下载）",
        "retraction": "更正和恢复信誉的通知",
        "difference": "修复结果的差异",
        "eligibility": "参评资格",
        "service_agency": "信用服务机构的登记",
    }
)

_FORM: Final = Nothing("只有空白表格和公开的规则")
_COUNTS: Final = Nothing("只有计数，没有谁的信息")
_OUTSIDE: Final = frozenset({Role.AUDITOR, Role.CREDIT_OFFICE})
_AUDITOR: Final = frozenset({Role.AUDITOR})

_SUBMISSION: Final = Leaves("submission", "办理报送", _OUTSIDE)
_WORKBOOK: Final = Leaves("workbook", "办理报送", _OUTSIDE)
_QUARANTINED: Final = Leaves("quarantined", "甄别", _AUDITOR)
_RECORD: Final = Leaves("record", "办理本部门的记录")
_FIELDS: Final = Leaves("fields", "核对本部门记录的字段", _OUTSIDE)
_OUTSTANDING: Final = Leaves("outstanding", "督促公示", _AUDITOR)
_PLAN: Final = Leaves("plan", "组织随机抽查", _AUDITOR)
_VISIT: Final = Leaves("visit", "办理检查任务")
_INSPECTOR: Final = Leaves("inspector", "维护检查人员名录", _AUDITOR)
_TARGETS: Final = Leaves("targets", "维护抽查对象名单", _AUDITOR)
_HAND_OVER: Final = Leaves("hand_over", "办理移送", _AUDITOR)
_WARNING: Final = Leaves("warning", "处理风险预警", _AUDITOR)
_EVALUATION: Final = Leaves("evaluation", "查看评价")  # asks by itself, for every subject, and is on record before it is computed
_REVIEW: Final = Leaves("review", "答复复核请求", _AUDITOR)
_RUN: Final = Leaves("run", "核对评价报告")
_EXTERNAL: Final = Leaves("external", "办理外来的评价结果", _AUDITOR)
_CASE: Final = Leaves("case", "办理案件")
_RETRACTION: Final = Leaves("retraction", "办理更正通知")
_DIFFERENCE: Final = Leaves("difference", "核对修复结果", _AUDITOR)
_ELIGIBILITY: Final = Leaves("eligibility", "参评资格核查")  # asks by itself for which honour, and is on record before the answer
_AGENCY: Final = Leaves("service_agency", "办理机构登记", _AUDITOR)
_OWN_FILE: Final = Nothing("企业、单位看自己的档案、办自己的事，不是对别人的查看")
_OFFICIAL: Final = Leaves("official_record", "办理公务员记录")
_CHECK: Final = Leaves("official_check", "核查公务员记录")  # on record before it is answered, with purpose and matter
_OWN_ACCOUNT: Final = Nothing("自己的账户、口令和第二步")
_READS: Final = Leaves("reads", "审计查看留痕")

READING: Final[Mapping[str, LookedAt]] = MappingProxyType(
    {
        # workbench
        "desk": Leaves("desk", "打开工作台"),
        "state_purpose": _FORM,
        "matching": Leaves("pair", "判定主体"),
        "judge_pair": Leaves("pair", "判定主体"),
        "pieces_gallery": Nothing("样例，不是真的数据"),
        # who looked
        "reads": _READS,
        "answer_read_question": _READS,
        "settle_read_alarm": _READS,
        "read_delays": Leaves("reads", "办理暂缓告知"),
        "ask_read_delay": Leaves("reads", "办理暂缓告知"),
        "decide_read_delay": Leaves("reads", "办理暂缓告知"),
        "end_read_delay": Leaves("reads", "办理暂缓告知"),
        # cases
        "cases": _CASE,
        "choose_office": Nothing("部门的名单是公开的"),
        "new_case": _CASE,
        "make_case": _CASE,
        "case": _CASE,
        "case_step": _CASE,
        "case_document": Leaves("case_document", "办理案件"),
        **dict.fromkeys(("api:list_cases", "api:get_case", "api:create_case", "api:create_step"), _CASE),
        # rights
        **dict.fromkeys(("retractions", "confirm_retraction", "reputation_notice"), _RETRACTION),
        **dict.fromkeys(("api:get_retractions", "api:confirm_retraction"), _RETRACTION),
        "eligibility": _FORM,
        **dict.fromkeys(("check_eligibility", "api:get_eligibility", "api:check_eligibility"), _ELIGIBILITY),
        **dict.fromkeys(("restoration_differences", "settle_restoration_difference"), _DIFFERENCE),
        # records about persons in office
        **dict.fromkeys(("officials_desk", "official_record", "confirm_official_record", "decline_official_record"), _OFFICIAL),
        **dict.fromkeys(("check_official", "api:create_official_check"), _CHECK),
        **dict.fromkeys(("new_official_record", "hand_in_official_record"), Nothing("空白表格，或者只有自己刚填的")),
        "question_official_read": Nothing("本人查问对自己的查看"),
        "own_official_records": Nothing("本人看关于自己的记录，不是对别人的查看"),
        **dict.fromkeys(("own_identity", "change_own_identity"), Leaves("accounts", "管理账户")),
        # enterprise centre
        **dict.fromkeys(("centre", "own_file", "own_everything", "own_evaluation", "ask_own_review"), _OWN_FILE),
        **dict.fromkeys(("agents", "authorise_agent", "end_authorisation"), _OWN_FILE),
        # what a person of an agency sees of a firm is on record by itself: access/entrusted_reads.py
        **dict.fromkeys(("own_agencies", "authorise_agency", "withdraw_from_agency", "agency_home"), _OWN_FILE),
        **dict.fromkeys(("api:list_own_agencies", "api:withdraw_from_agency"), _OWN_FILE),
        **dict.fromkeys(("own_reads", "question_own_read", "own_read_proof"), _OWN_FILE),
        **dict.fromkeys(("api:list_own_reads", "api:question_own_read", "api:get_own_read_proof"), _OWN_FILE),
        # accounts
        **dict.fromkeys(
            (
                "own_account",
                "own_password",
                "end_session",
                "end_sessions_elsewhere",
                "account_reauthenticate",
                "mfa_reauthenticate",
                "mfa_reauthenticate_webauthn",
                "mfa_index",
                "mfa_activate_totp",
                "mfa_deactivate_totp",
                "mfa_add_webauthn",
                "mfa_remove_webauthn",
                "mfa_view_recovery_codes",
                "mfa_generate_recovery_codes",
            ),
            _OWN_ACCOUNT,
        ),
        **dict.fromkeys(("accounts", "open_account", "account", "change_account"), Leaves("accounts", "管理账户")),
        # collection
        "submissions": Leaves("submission", "查看报送列表"),
        "new_submission": _FORM,
        "submission": _SUBMISSION,
        "submission_progress": _COUNTS,
        "submission_workbook": _WORKBOOK,
        "release_submission": _SUBMISSION,
        "templates": _FORM,
        "template": _FORM,
        "quarantine": _QUARANTINED,
        "quarantined": _QUARANTINED,
        "decide_quarantined": _QUARANTINED,
        "api:create_submission": Nothing("回执：自己刚报送的这一份的计数"),
        "api:list_submissions": Leaves("submission", "查看报送列表"),
        "api:get_submission": Leaves("submission", "查看报送结果"),
        "api:list_faults": _SUBMISSION,
        "api:get_workbook": _WORKBOOK,
        # records
        **dict.fromkeys(("office_agencies", "propose_agency", "office_agency", "change_agency"), _AGENCY),
        **dict.fromkeys(("find_fields", "record_fields", "open_sealed"), _FIELDS),
        "own_records": _RECORD,
        "own_record": _RECORD,
        "ask_act": _RECORD,
        "settle_act": _RECORD,
        "api:create_act": Nothing("回执：自己刚提请的这一件"),
        # disclosure
        "overdue_board": _OUTSTANDING,
        "outstanding": _OUTSTANDING,
        "ask_closing": _OUTSTANDING,
        "decide_closing": _OUTSTANDING,
        "withdrawals_board": Leaves("withdrawal", "督促撤回", _AUDITOR),
        # random inspection
        "inspections": _PLAN,
        "new_inspection_plan": _FORM,
        "make_inspection_plan": _FORM,
        "inspection_plan": _PLAN,
        **{f"inspection_{verb}": _PLAN for verb in ("link", "code", "seal", "commit", "open", "public", "run", "publish", "abort")},
        "annual_plan": _PLAN,
        "make_annual_plan": _PLAN,
        "inspectors": _INSPECTOR,
        "load_inspectors": _INSPECTOR,
        "end_inspector": _INSPECTOR,
        "enter_conflict": _INSPECTOR,
        "end_conflict": _INSPECTOR,
        "targets": _TARGETS,
        "make_targets": _TARGETS,
        "end_targets": _TARGETS,
        "hand_overs": _HAND_OVER,
        "hand_over": _HAND_OVER,
        "answer_hand_over": _HAND_OVER,
        "visit_tasks": _VISIT,
        "visit_material": _VISIT,
        "visit_task": _VISIT,
        "enter_finding": _VISIT,
        "review_finding": _VISIT,
        "pass_on_finding": _VISIT,
        "visit_sheet": Leaves("sheet", "打印检查任务单"),
        # tiering, warnings
        "tiering": _COUNTS,
        "tiering_group": _COUNTS,
        "warnings_inbox": _WARNING,
        "warning": _WARNING,
        "answer_warning": _WARNING,
        "api:list_warnings": _WARNING,
        # evaluation
        "subject_evaluation": _EVALUATION,
        "evaluation_outlook": _EVALUATION,
        "evaluation_why_not": _EVALUATION,
        "ask_evaluation_review": _EVALUATION,
        "evaluation_handover": _EVALUATION,
        "api:get_evaluation": _EVALUATION,
        "evaluation_runs": _COUNTS,
        "evaluation_run": _COUNTS,
        "evaluation_run_subjects": _RUN,
        "evaluation_simulations": _COUNTS,
        "evaluation_simulation": _RUN,
        "run_evaluation_simulation": _RUN,
        "external_evaluations": _EXTERNAL,
        "external_file": _EXTERNAL,
        "hand_in_external": _EXTERNAL,
        "settle_external": _EXTERNAL,
        "api:create_evaluation_file": Nothing("回执：自己刚报送的这一份的计数"),
        "api:get_evaluation_file": _EXTERNAL,
        "evaluation_reviews": _REVIEW,
        "evaluation_review": _REVIEW,
        "answer_evaluation_review": _REVIEW,
    }
)
