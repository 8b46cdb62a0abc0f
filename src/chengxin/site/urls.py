"""The only URL table. Every line has its twin in ``access_matrix.py``; a view without one is refused.

One block a section; a section's block imports its own ``pages`` and nothing else.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chengxin.foundation.catalogue import pages as catalogue
from chengxin.foundation.collection import pages as collection
from chengxin.foundation.disclosure import data_pages, listing_pages, office_pages
from chengxin.foundation.disclosure import pages as disclosure
from chengxin.foundation.records import pages as records
from chengxin.ledger import pages as ledger
from chengxin.site import about, gallery, health, home, login, matching, metrics, office, problem_pages, robots, search, subject_page, tour
from chengxin.site.api import api
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
    path("about", about.about, name="about"),
    path("tour", tour.tour, name="tour"),
    path("login", login.sign_in, name="login"),
    path("logout", login.sign_out, name="logout"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
]
workbench: list[URLPattern | URLResolver] = [
    path("office/", office.desk, name="desk"),
    path("office/matching", matching.matching, name="matching"),
    path("office/matching/<int:pair_id>", matching.judge, name="judge_pair"),
    path("office/overdue", office_pages.overdue_board, name="overdue_board"),
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
    path("office/records", records.own_records, name="own_records"),
    path("office/records/<int:record_id>", records.own_record_page, name="own_record"),
    path("office/records/<int:record_id>/acts", records.ask_act, name="ask_act"),
    path("office/records/proposals/<int:proposal_id>", records.settle_act, name="settle_act"),
]

log: list[URLPattern | URLResolver] = [
    path("log", ledger.log, name="log"),
    path("log/checkpoint", ledger.checkpoint, name="log_checkpoint"),
    path("log/vkey", ledger.vkey, name="log_vkey"),
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

urlpatterns: list[URLPattern | URLResolver] = [*portal, *workbench, *log, *machine]

handler400 = "chengxin.site.errors.bad_request"
handler403 = "chengxin.site.errors.permission_denied"
handler404 = "chengxin.site.errors.page_not_found"
handler500 = "chengxin.site.errors.server_error"
