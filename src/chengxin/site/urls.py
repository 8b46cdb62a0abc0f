"""The only URL table. Every line has its twin in ``access_matrix.py``; a view without one is refused.

One block a section; a section's block imports its own ``pages`` and nothing else.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chengxin.casework import pages as casework
from chengxin.during_event.evaluation import external_pages, method_pages, review_pages, run_pages, simulation_pages, why_not_pages
from chengxin.during_event.evaluation import pages as evaluation
from chengxin.during_event.inspection import annual_pages, hand_over_pages, party_pages, pool_pages
from chengxin.during_event.inspection import pages as inspection
from chengxin.during_event.inspection import public_pages as draws
from chengxin.during_event.inspection import task_pages as visits
from chengxin.during_event.tiering import pages as tiering
from chengxin.during_event.warnings import pages as warnings
from chengxin.foundation.catalogue import pages as catalogue
from chengxin.foundation.collection import pages as collection
from chengxin.foundation.disclosure import closing_pages, data_pages, listing_pages, office_pages, overdue_pages, withdrawal_pages
from chengxin.foundation.disclosure import pages as disclosure
from chengxin.foundation.records import fields_pages as fields
from chengxin.foundation.records import pages as records
from chengxin.ledger import pages as ledger
from chengxin.ledger.logs import READS
from chengxin.rights.agencies import pages as agencies
from chengxin.rights.complaints import pages as complaints
from chengxin.rights.eligibility import pages as eligibility
from chengxin.rights.officials import own_pages as own_officials
from chengxin.rights.officials import pages as officials
from chengxin.rights.remedies import pages as remedies
from chengxin.rights.restoration import pages as restoration
from chengxin.site import (
    about,
    accounts,
    delay_pages,
    gallery,
    health,
    home,
    identity_provider,
    login,
    matching,
    metrics,
    office,
    problem_pages,
    reading,
    reads_pages,
    robots,
    search,
    second_factor,
    subject_page,
    tour,
)
from chengxin.site import pages_of_accounts as own
from chengxin.site.api import api
from chengxin.site.centre import agencies as service_agencies
from chengxin.site.centre import agency_home
from chengxin.site.centre import pages as centre
from chengxin.site.centre import reads as who_looked
from chengxin.site.views_by_name import API_ROOT

portal: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("search/suggest", search.suggest, name="search_suggest"),
    path("s/<str:code>", subject_page.subject_page, name="subject"),
    path("policy", catalogue.policy_index, name="policy"),
    path("policy/<slug:policy_id>", catalogue.policy_page, name="policy_page"),
    path("r/<int:record_id>", disclosure.record_page, name="record"),
    path("r/<int:record_id>/restoration", disclosure.notice_page, name="restoration_notice"),
    path("acts", listing_pages.acts_index, name="acts"),
    path("acts/<slug:item_id>", listing_pages.acts_list, name="acts_list"),
    path("lists", listing_pages.lists_index, name="lists"),
    path("lists/<slug:item_id>", listing_pages.lists_list, name="lists_list"),
    path("offices", office_pages.offices, name="offices"),
    path("offices/<str:code>", office_pages.office, name="office"),
    path("data", data_pages.data_page, name="data"),
    path("data/<slug:item_id>/<str:name>", data_pages.data_file, name="data_file"),
    path("annual-plans", annual_pages.annual_plans, name="annual_plans"),
    path("draws", draws.draws_page, name="draws"),
    path("draws/<str:number>", draws.draw_page, name="draw"),
    path("draws/<str:number>/files/<str:name>", draws.draw_file, name="draw_file"),
    path("v/<str:token>", draws.firm_page, name="firm_visit"),
    path("v/<str:token>/rating", draws.rate, name="rate_visit"),
    path("p/<str:token>", party_pages.party_page, name="party_page"),
    path("p/<str:token>/seal", party_pages.party_seal, name="party_seal"),
    path("p/<str:token>/open", party_pages.party_open, name="party_open"),
    path("complain", complaints.complain, name="complain"),
    path("complain/follow", complaints.follow, name="follow_complaint"),
    path("complain/follow/leave", complaints.follow_leave, name="leave_complaint"),
    path("complain/follow/documents/<int:document_id>", complaints.follow_document, name="complaint_document"),
    path("complain/follow/<slug:verb>", complaints.follow_step, name="complaint_step"),
    path("complain/<str:code>", complaints.complain_about, name="complain_about"),
    path("complain/<str:code>/file", complaints.file_complaint, name="file_complaint"),
    path("agencies", agencies.agencies, name="agencies"),
    path("about", about.about, name="about"),
    path("tour", tour.tour, name="tour"),
    path("login", login.sign_in, name="account_login"),
    path("login/second-factor", second_factor.second_step, name="mfa_authenticate"),
    path("login/<slug:provider_id>/start", identity_provider.start, name="openid_connect_login"),
    path("login/<slug:provider_id>/callback", identity_provider.come_back, name="openid_connect_callback"),
    path("logout", login.sign_out, name="account_logout"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
]
own_account: list[URLPattern | URLResolver] = [
    path("account", own.own_account, name="own_account"),
    path("account/records", own_officials.own_official_records, name="own_official_records"),
    path("account/records/reads/<int:read_id>/question", own_officials.question_official_read, name="question_official_read"),
    path("account/password", own.own_password, name="own_password"),
    path("account/sessions/<int:session_id>/end", own.end_session, name="end_session"),
    path("account/sessions/end-others", own.end_sessions_elsewhere, name="end_sessions_elsewhere"),
    path("account/confirm", second_factor.confirm, name="account_reauthenticate"),
    path("account/confirm/code", second_factor.confirm_by_code, name="mfa_reauthenticate"),
    path("account/confirm/key", second_factor.confirm_by_key, name="mfa_reauthenticate_webauthn"),
    path("account/second-factor", second_factor.second_factor, name="mfa_index"),
    path("account/second-factor/app", second_factor.add_app, name="mfa_activate_totp"),
    path("account/second-factor/app/remove", second_factor.remove_app, name="mfa_deactivate_totp"),
    path("account/second-factor/keys/add", second_factor.add_key, name="mfa_add_webauthn"),
    path("account/second-factor/keys/<int:pk>/remove", second_factor.remove_key, name="mfa_remove_webauthn"),
    path("account/second-factor/recovery-codes", second_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-factor/recovery-codes/new", second_factor.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
workbench: list[URLPattern | URLResolver] = [
    path("office/", office.desk, name="desk"),
    path("office/purpose", reading.state_purpose, name="state_purpose"),
    path("office/reads", reads_pages.reads, name="reads"),
    path("office/reads/questions/<int:question_id>", reads_pages.answer_read_question, name="answer_read_question"),
    path("office/reads/alarms/<int:alarm_id>", reads_pages.settle_read_alarm, name="settle_read_alarm"),
    path("office/reads/delays", delay_pages.read_delays, name="read_delays"),
    path("office/reads/delays/new", delay_pages.ask_read_delay, name="ask_read_delay"),
    path("office/reads/delays/<int:delay_id>", delay_pages.decide_read_delay, name="decide_read_delay"),
    path("office/reads/delays/<int:delay_id>/end", delay_pages.end_read_delay, name="end_read_delay"),
    path("office/matching", matching.matching, name="matching"),
    path("office/matching/<int:pair_id>", matching.judge, name="judge_pair"),
    path("office/accounts", accounts.accounts, name="accounts"),
    path("office/accounts/open", accounts.open_account, name="open_account"),
    path("office/accounts/<int:account_id>", accounts.account_page, name="account"),
    path("office/accounts/<int:account_id>/change", accounts.change_account, name="change_account"),
    path("office/eligibility", eligibility.eligibility, name="eligibility"),
    path("office/eligibility/check", eligibility.check_eligibility, name="check_eligibility"),
    path("office/accounts/<int:account_id>/identity", own_officials.own_identity, name="own_identity"),
    path("office/accounts/<int:account_id>/identity/change", own_officials.change_own_identity, name="change_own_identity"),
    path("office/officials", officials.officials_desk, name="officials_desk"),
    path("office/officials/check", officials.check_official, name="check_official"),
    path("office/officials/new", officials.new_official_record, name="new_official_record"),
    path("office/officials/records", officials.hand_in_official_record, name="hand_in_official_record"),
    path("office/officials/<int:record_id>/confirm", officials.confirm_official_record, name="confirm_official_record"),
    path("office/officials/<int:record_id>/decline", officials.decline_official_record, name="decline_official_record"),
    path("officials/<int:record_id>", officials.official_record_page, name="official_record"),
    path("office/overdue", overdue_pages.overdue_board, name="overdue_board"),
    path("office/overdue/<int:outstanding_id>", closing_pages.outstanding_page, name="outstanding"),
    path("office/overdue/<int:outstanding_id>/closings", closing_pages.ask_closing, name="ask_closing"),
    path("office/overdue/<int:outstanding_id>/closings/<int:step_id>", closing_pages.decide_closing, name="decide_closing"),
    path("office/withdrawals", withdrawal_pages.withdrawals_board, name="withdrawals_board"),
    path("office/inspections", inspection.board, name="inspections"),
    path("office/inspections/new", inspection.new_plan, name="new_inspection_plan"),
    path("office/inspections/plans", inspection.make_plan, name="make_inspection_plan"),
    path("office/inspections/<str:number>", inspection.plan_page, name="inspection_plan"),
    *[
        path(f"office/inspections/<str:number>/{verb}", inspection.step, {"verb": verb}, name=f"inspection_{verb}")
        for verb in inspection.VERBS
    ],
    path("office/annual-plan", annual_pages.annual_plan, name="annual_plan"),
    path("office/annual-plan/versions", annual_pages.make_annual_plan, name="make_annual_plan"),
    path("office/inspectors", pool_pages.inspectors_page, name="inspectors"),
    path("office/inspectors/table", pool_pages.load, name="load_inspectors"),
    path("office/inspectors/end", pool_pages.change, {"verb": "end"}, name="end_inspector"),
    path("office/inspectors/conflict", pool_pages.change, {"verb": "conflict"}, name="enter_conflict"),
    path("office/inspectors/end-conflict", pool_pages.change, {"verb": "end_conflict"}, name="end_conflict"),
    path("office/targets", pool_pages.targets_page, name="targets"),
    path("office/targets/lists", pool_pages.make_targets, name="make_targets"),
    path("office/targets/<int:list_id>/end", pool_pages.stop_targets, name="end_targets"),
    path("office/hand-overs", hand_over_pages.hand_overs, name="hand_overs"),
    path("office/hand-overs/<int:hand_over_id>", hand_over_pages.hand_over_page, name="hand_over"),
    path("office/hand-overs/<int:hand_over_id>/answer", hand_over_pages.answer, name="answer_hand_over"),
    path("office/visits", visits.tasks_page, name="visit_tasks"),
    path("office/visits/<int:task_id>/files/<str:digest>", visits.material, name="visit_material"),
    path("office/visits/<int:task_id>", visits.task_page, name="visit_task"),
    path("office/visits/<int:task_id>/findings", visits.enter, name="enter_finding"),
    path("office/visits/<int:task_id>/review", visits.review, name="review_finding"),
    path("office/visits/<int:task_id>/pass-on", visits.pass_on, name="pass_on_finding"),
    path("office/visits/<int:task_id>/sheet.pdf", visits.sheet, name="visit_sheet"),
    path("office/warnings", warnings.inbox, name="warnings_inbox"),
    path("office/warnings/<int:warning_id>", warnings.warning_page, name="warning"),
    path("office/warnings/<int:warning_id>/answer", warnings.answer_warning, name="answer_warning"),
    path("tiering", tiering.tiering, name="tiering"),
    path("tiering/<slug:group_id>", tiering.tiering_group, name="tiering_group"),
    path("office/pieces", gallery.pieces_gallery, name="pieces_gallery"),
    path("office/submissions", collection.submissions, name="submissions"),
    path("office/submissions/new", collection.new_submission, name="new_submission"),
    path("office/submissions/<int:submission_id>", collection.submission, name="submission"),
    path("office/submissions/<int:submission_id>/progress", collection.progress, name="submission_progress"),
    path("office/submissions/<int:submission_id>/workbook", collection.workbook, name="submission_workbook"),
    path("office/submissions/<int:submission_id>/release", collection.release, name="release_submission"),
    path("office/templates", collection.templates, name="templates"),
    path("office/templates/<slug:item_id>", collection.template, name="template"),
    path("office/quarantine", collection.quarantine, name="quarantine"),
    path("office/quarantine/<int:row_id>", collection.quarantined, name="quarantined"),
    path("office/quarantine/<int:row_id>/decide", collection.decide, name="decide_quarantined"),
    path("office/restorations/differences", restoration.differences, name="restoration_differences"),
    path("office/restorations/differences/<int:difference_id>", restoration.settle, name="settle_restoration_difference"),
    path("office/agencies", agencies.office_agencies, name="office_agencies"),
    path("office/agencies/propose", agencies.propose, name="propose_agency"),
    path("office/agencies/<int:agency_id>", agencies.office_agency, name="office_agency"),
    path("office/agencies/<int:agency_id>/<slug:verb>", agencies.change_agency, name="change_agency"),
    path("office/fields", fields.find_fields, name="find_fields"),
    path("office/fields/<int:record_id>", fields.record_fields, name="record_fields"),
    path("office/fields/<int:record_id>/<slug:field>", fields.open_sealed, name="open_sealed"),
    path("office/records", records.own_records, name="own_records"),
    path("office/records/<int:record_id>", records.own_record_page, name="own_record"),
    path("office/records/<int:record_id>/acts", records.ask_act, name="ask_act"),
    path("office/records/proposals/<int:proposal_id>", records.settle_act, name="settle_act"),
]
cases: list[URLPattern | URLResolver] = [
    path("cases", casework.cases, name="cases"),
    path("cases/open/<slug:procedure>/office", casework.choose_office, name="choose_office"),
    path("cases/open/<slug:procedure>/<slug:kind>/<str:key>", casework.new_case, name="new_case"),
    path("cases/open/<slug:procedure>/<slug:kind>/<str:key>/new", casework.make_case, name="make_case"),
    path("cases/<int:case_id>", casework.case_page, name="case"),
    path("cases/<int:case_id>/documents/<int:document_id>", casework.case_document, name="case_document"),
    path("cases/<int:case_id>/reputation", remedies.reputation_notice, name="reputation_notice"),
    path("cases/<int:case_id>/<slug:verb>", casework.case_step, name="case_step"),
    path("office/retractions", remedies.retractions, name="retractions"),
    path("office/retractions/<int:receipt_id>/receipt", remedies.confirm_retraction, name="confirm_retraction"),
]
enterprise_centre: list[URLPattern | URLResolver] = [
    path("centre", centre.centre, name="centre"),
    path("centre/agency", agency_home.agency_home, name="agency_home"),
    path("centre/<str:code>", centre.own_file, name="own_file"),
    path("centre/<str:code>/evaluation", centre.own_evaluation, name="own_evaluation"),
    path("centre/<str:code>/review", centre.ask_own_review, name="ask_own_review"),
    path("centre/<str:code>/reads", who_looked.own_reads, name="own_reads"),
    path("centre/<str:code>/reads/<int:read_id>/question", who_looked.question_own_read, name="question_own_read"),
    path("centre/<str:code>/reads/<int:read_id>/proof.json", who_looked.own_read_proof, name="own_read_proof"),
    path("centre/<str:code>/agents", centre.agents, name="agents"),
    path("centre/<str:code>/agents/new", centre.authorise, name="authorise_agent"),
    path("centre/<str:code>/agents/<int:mandate_id>/end", centre.end_authorisation, name="end_authorisation"),
    path("centre/<str:code>/agencies", service_agencies.own_agencies, name="own_agencies"),
    path("centre/<str:code>/agencies/new", service_agencies.authorise_agency, name="authorise_agency"),
    path("centre/<str:code>/agencies/<int:agency_id>/end", service_agencies.withdraw_from_agency, name="withdraw_from_agency"),
    path("centre/<str:code>/everything.json", centre.download, name="own_everything"),
]
during_event: list[URLPattern | URLResolver] = [
    path("s/<str:code>/evaluation", evaluation.subject_evaluation, name="subject_evaluation"),
    path("s/<str:code>/evaluation/outlook", evaluation.evaluation_outlook, name="evaluation_outlook"),
    path("s/<str:code>/evaluation/why-not", why_not_pages.evaluation_why_not, name="evaluation_why_not"),
    path("s/<str:code>/evaluation/review", evaluation.ask_evaluation_review, name="ask_evaluation_review"),
    path("s/<str:code>/evaluation/handover", evaluation.evaluation_handover, name="evaluation_handover"),
    path("evaluation/method", method_pages.methods, name="evaluation_methods"),
    path("evaluation/method/<slug:model_id>", method_pages.method, name="evaluation_method"),
    path("evaluation/method/<slug:model_id>/<str:name>", method_pages.method_file, name="evaluation_method_file"),
    path("evaluation/runs", run_pages.runs, name="evaluation_runs"),
    path("evaluation/runs/<int:run_id>", run_pages.run_page, name="evaluation_run"),
    path("evaluation/runs/<int:run_id>/subjects", run_pages.run_subjects, name="evaluation_run_subjects"),
    path("evaluation/simulations", simulation_pages.simulations, name="evaluation_simulations"),
    path("evaluation/simulations/run", simulation_pages.run_simulation, name="run_evaluation_simulation"),
    path("evaluation/simulations/<slug:name>", simulation_pages.simulation_page, name="evaluation_simulation"),
    path("evaluation/external", external_pages.external_evaluations, name="external_evaluations"),
    path("evaluation/external/hand-in", external_pages.hand_in_external, name="hand_in_external"),
    path("evaluation/external/<int:number>", external_pages.external_file, name="external_file"),
    path("evaluation/external/<int:number>/settle", external_pages.settle_external, name="settle_external"),
    path("evaluation/reviews", review_pages.evaluation_reviews, name="evaluation_reviews"),
    path("evaluation/reviews/<int:review_id>", review_pages.evaluation_review, name="evaluation_review"),
    path("evaluation/reviews/<int:review_id>/answer", review_pages.answer_evaluation_review, name="answer_evaluation_review"),
]
log: list[URLPattern | URLResolver] = [
    path("log", ledger.log, name="log"),
    path("log/checkpoint", ledger.checkpoint, name="log_checkpoint"),
    path("log/vkey", ledger.vkey, name="log_vkey"),
    path("log/reads/checkpoint", ledger.checkpoint, {"log": READS}, name="log_reads_checkpoint"),
    path("log/reads/vkey", ledger.vkey, {"log": READS}, name="log_reads_vkey"),
    path("log/reads/tile/entries/<path:place>", ledger.entries, {"log": READS}, name="log_reads_entries"),
    path("log/reads/tile/<str:level>/<path:place>", ledger.tile, {"log": READS}, name="log_reads_tile"),
    path("log/tile/entries/<path:place>", ledger.entries, name="log_entries"),
    path("log/tile/<str:level>/<path:place>", ledger.tile, name="log_tile"),
    path("verify", ledger.verify, name="verify"),
    path("verify/offline", ledger.verify_offline, name="verify_offline"),
]
machine: list[URLPattern | URLResolver] = [
    path("problems", problem_pages.problems, name="problems"),
    path("problems/<slug:slug>", problem_pages.problem, name="problem"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path(API_ROOT, api.urls),
]

urlpatterns: list[URLPattern | URLResolver] = [*portal, *own_account, *workbench, *cases, *enterprise_centre, *during_event, *log, *machine]

handler400 = "chengxin.site.errors.bad_request"
handler403 = "chengxin.site.errors.permission_denied"
handler404 = "chengxin.site.errors.page_not_found"
handler500 = "chengxin.site.errors.server_error"
