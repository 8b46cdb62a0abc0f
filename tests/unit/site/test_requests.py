"""What every request passes: the access matrix, sessions, headers, problems."""

from __future__ import annotations

import json
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from chengxin.access import services
from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.kernel.refused import Conflict, Refused
from chengxin.site import access_matrix, middleware, reading, urls
from chengxin.site.errors import refused_page
from chengxin.site.problem_titles import TITLES
from chengxin.site.problems import problem_response
from chengxin.site.reading_matrix import Nothing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
PASSWORD = "quiet-harbour-41"


def open_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("见到了")


def refusing_view(_request: HttpRequest) -> HttpResponse:
    raise Conflict("already-done", "已经办过了。", "不用再办。", "credit-regulation/2.1.1", {"row": "3"})


urlpatterns = [
    path("", include(urls.urlpatterns)),
    path("probe/listed", open_view, name="listed"),
    path("probe/unlisted", open_view, name="unlisted"),
    path("probe/nameless", open_view),
    path("log/refusing", refusing_view, name="refusing"),
]
handler404 = urls.handler404


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = access_matrix.Line(frozenset({Role.CLERK}), token=True)
    lines = {**access_matrix.MATRIX, "listed": listed, "refusing": access_matrix.ANYONE}
    monkeypatch.setattr(access_matrix, "MATRIX", lines)
    monkeypatch.setattr(reading, "READING", {**reading.READING, "listed": Nothing("一个试验的地址")})


@pytest.fixture
def department() -> Department:
    return services.add_department(code="11370900000000182F", name="示例局", at=1)


def account(department: Department, role: Role, name: str = "wang") -> Account:
    return services.add_account(username=name, department=department, role=role, password=PASSWORD, at=1)


def signed_in(client: Client, who: Account) -> Client:
    answer = client.post("/login", {"username": who.username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("probes")
class TestMatrix:
    """默认不许。"""

    def test_a_view_without_a_line_is_refused_to_everyone(self, client: Client, department: Department) -> None:
        for address in ("/probe/unlisted", "/probe/nameless"):
            assert client.get(address).status_code == 403
        signed_in(client, account(department, Role.SYSTEM_ADMIN))
        assert client.get("/probe/unlisted").status_code == 403

    def test_an_anonymous_person_is_asked_to_log_in(self, client: Client) -> None:
        answer = client.get("/probe/listed?x=1")
        assert (answer.status_code, answer["Location"]) == (302, "/login?next=%2Fprobe%2Flisted%3Fx%3D1")

    def test_the_role_decides(self, client: Client, department: Department) -> None:
        signed_in(client, account(department, Role.AUDITOR))
        assert client.get("/probe/listed").status_code == 403
        signed_in(client, account(department, Role.CLERK, "li"))
        assert client.get("/probe/listed").content.decode() == "见到了"

    def test_a_token_opens_what_its_line_says(self, client: Client, department: Department) -> None:
        token = services.issue_token(department, at=2)
        assert client.get("/probe/listed", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get("/probe/unlisted", headers={"Authorization": f"Bearer {token}", "Accept": "application/json"}).status_code == 403
        wrong = client.get("/probe/listed", headers={"Authorization": "Bearer nothing", "Accept": "application/json"})
        assert (wrong.status_code, wrong["WWW-Authenticate"]) == (401, 'Bearer realm="chengxin"')

    def test_a_revoked_account_is_out_at_once(self, client: Client, department: Department) -> None:
        clerk = account(department, Role.CLERK)
        signed_in(client, clerk)
        services.revoke_account(clerk, at=5)
        assert client.get("/probe/listed").status_code == 302

    def test_a_new_password_ends_the_sessions(self, client: Client, department: Department) -> None:
        clerk = account(department, Role.CLERK)
        signed_in(client, clerk)
        services.set_password(clerk, "another-harbour-42", at=5)
        assert client.get("/probe/listed").status_code == 302

    @pytest.mark.parametrize(("after", "status"), [(29 * 60, 200), (30 * 60, 302)])
    def test_a_session_ends_without_use(
        self, client: Client, department: Department, monkeypatch: pytest.MonkeyPatch, after: int, status: int
    ) -> None:
        monkeypatch.setenv("CHENGXIN_CLOCK", "1790000000")
        signed_in(client, account(department, Role.CLERK))
        assert client.get("/probe/listed").status_code == 200
        monkeypatch.setenv("CHENGXIN_CLOCK", str(1790000000 + after))
        assert client.get("/probe/listed").status_code == status

    def test_a_session_ends_after_a_working_day_in_any_case(
        self, client: Client, department: Department, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CHENGXIN_CLOCK", "1790000000")
        signed_in(client, account(department, Role.CLERK))
        statuses = []
        for minutes in range(0, 12 * 60 + 20, 20):
            monkeypatch.setenv("CHENGXIN_CLOCK", str(1790000000 + minutes * 60))
            statuses.append(client.get("/probe/listed").status_code)
        assert statuses == [200] * 36 + [302]

    def test_a_refusal_for_a_program_is_rfc_9457(self, client: Client) -> None:
        answer = client.get("/log/refusing")
        problem = json.loads(answer.content)
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert problem["type"].endswith("/problems/already-done")
        assert (problem["title"], problem["detail"], problem["what_to_do"]) == (TITLES["already-done"], "已经办过了。", "不用再办。")
        assert (problem["clause"], problem["where"]) == ("credit-regulation/2.1.1", {"row": "3"})
        assert problem["instance"] == f"urn:chengxin:request:{answer['X-Request-Id']}"


def test_a_form_without_its_token_is_refused(department: Department) -> None:
    strict = Client(enforce_csrf_checks=True)
    account(department, Role.CLERK)
    assert strict.post("/login", {"username": "wang", "password": PASSWORD}).status_code == 403


def test_pages_carry_strict_headers(client: Client) -> None:
    answer = client.get("/about")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == "same-origin"


def test_no_page_brings_a_script_or_a_style_of_its_own(client: Client) -> None:
    """The content security policy would stop it."""
    for address in ("/", "/about", "/login", "/problems"):
        text = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), address
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style", text), address
        assert not re.search(r"(src|href)=\"(https?:)?//(?!127\.0\.0\.1)", text), address


@pytest.mark.parametrize(
    ("method", "address", "status", "slug"),
    [
        ("GET", "/api/v1/nothing-here", 404, "not-found"),
        ("DELETE", "/api/v1/submissions", 405, "method-not-allowed"),
        ("GET", "/api/v1/submissions", 401, "login-required"),
    ],
)
def test_the_api_answers_every_fault_as_a_problem(client: Client, method: str, address: str, status: int, slug: str) -> None:
    answer = client.generic(method, address)
    problem = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert problem["type"].endswith(f"/problems/{slug}")
    assert problem["status"] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["/", "/acts", "/about", "/policy", "/log/checkpoint", "/healthz"])
def test_an_unfit_method_is_told_apart_from_a_missing_form_token(method: str, address: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, address, b"x=1", "application/x-www-form-urlencoded")
    assert answer.status_code == 405, answer.content.decode()
    assert answer["Allow"] == "GET, HEAD"


def test_a_form_without_its_token_is_refused_and_a_closed_page_stays_closed() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login", {"username": "a", "password": "b"}).status_code == 403
    assert strict.post("/office/matching").status_code == 401


def test_a_session_needs_its_form_token_in_the_api_too(department: Department) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account(department, Role.CLERK), backend="chengxin.site.signing_in.SlowingBackend")
    assert strict.post("/api/v1/submissions", {"item": "administrative_penalty"}).status_code == 403


def test_a_defect_is_a_problem_without_its_message(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_request: HttpRequest) -> None:
        raise ZeroDivisionError("370902199003071239")

    client.raise_request_exception = False
    monkeypatch.setattr(middleware, "identify", broken)
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "370902199003071239" not in answer.content.decode()


def test_openapi_says_what_it_is(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert "Problem" in document["components"]["schemas"]
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert operations
    assert all("default" in operation["responses"] and "security" in operation for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_an_etag_saves_the_second_answer(client: Client) -> None:
    first = client.get("/api/v1/openapi.json")
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_every_problem_has_a_page(client: Client) -> None:
    listed = client.get("/problems").content.decode()
    for slug, title in TITLES.items():
        assert f"/problems/{slug}" in listed
        assert title in client.get(f"/problems/{slug}").content.decode()
    assert client.get("/problems/no-such-problem").status_code == 404


def test_a_request_keeps_the_number_it_came_with(client: Client) -> None:
    assert client.get("/about", headers={"X-Request-Id": "abcdef-123456"})["X-Request-Id"] == "abcdef-123456"
    assert client.get("/about", headers={"X-Request-Id": "<script>"})["X-Request-Id"] != "<script>"


def test_refusals_have_statuses() -> None:
    from chengxin.site.problems import status_of

    assert status_of(Refused("reason-required", "")) == 422
    assert status_of(Refused("file-too-large", "")) == 413
    assert status_of(Refused("open-data-being-made", "")) == 503


def test_head_is_answered_like_get(client: Client) -> None:
    for address in ("/api/v1/openapi.json", "/api/v1/acts", "/api/v1/subjects?q=泰安"):
        asked, headed = client.get(address), client.head(address)
        assert (headed.status_code, headed.content) == (asked.status_code, b"")
        assert headed["Content-Type"] == asked["Content-Type"]
        assert headed.get("ETag") == asked.get("ETag")
    assert client.head("/api/v1/nothing").status_code == 404


@pytest.mark.parametrize("address", ["/api/v1/docs", "/api/", "/api/v1/"])
def test_an_unknown_address_of_the_api_is_a_whole_problem(client: Client, address: str) -> None:
    problem = client.get(address).json()
    assert problem["type"].startswith("http")
    assert problem["title"] == TITLES["not-found"]
    assert problem["what_to_do"]
    assert problem["instance"]


def test_what_is_unavailable_for_a_while_says_until_when(client: Client) -> None:
    request = HttpRequest()
    refused = Refused("open-data-being-made", "正在生成。")
    for answer in (problem_response(request, refused), refused_page(request, refused)):
        assert (answer.status_code, answer["Retry-After"]) == (503, "300")
