"""账户管理 ``/office/accounts``：the security administrator opens, changes and revokes accounts of offices and firms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.models import Account, Department, LinkedIdentity, Mandate
from chengxin.access.roles import LABELS, OFFICE_ROLES, Role
from chengxin.access.types import KIND_LABELS, SCOPE_LABELS, SCOPES_OF_AGENTS, MandateKind, Scope
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound, Refused
from chengxin.site.account_changes import CHANGES, Done, open_from_form
from chengxin.site.adapters import FACTORS
from chengxin.site.pages_of_accounts import account_of, mandate_lines
from chengxin.site.problems import status_of

SHOWN = 50


@dataclass(frozen=True)
class Line:
    """一行：an account in the list."""

    account: Account
    role: str
    belongs_to: str
    has_second_factor: bool


@never_cache
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The list, and the form that opens one."""
    return _list(request)


@never_cache
@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """开户；the generated password is shown this once."""
    try:
        done = open_from_form(request.POST, account_of(request), clock.now())
    except Refused as refused:
        return _list(request, refused=refused)
    return _page(request, done.account, done=done)


@never_cache
@require_safe
def account_page(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account."""
    return _page(request, _account(account_id))


@never_cache
@require_POST
def change_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One change, by its verb; back to the account, with what it shows once or what stood in the way."""
    account = _account(account_id)
    change: Callable[..., Done] | None = CHANGES.get(request.POST.get("verb", ""))
    if change is None:
        raise NotFound("not-found", "没有这种办理。", "请从账户页重新进入。")
    try:
        done = change(account, request.POST, account_of(request), clock.now())
    except Refused as refused:
        return _page(request, account, refused=refused)
    return _page(request, _account(account_id), done=done) if done.password else redirect("account", account_id)


def _account(account_id: int) -> Account:
    account = Account.objects.select_related("department").filter(pk=account_id).first()
    if account is None:
        raise NotFound("account-not-found", "没有这个账户。", "请回到账户管理查看。")
    return account


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    start = int(text) if (text := request.GET.get("from", "0")).isascii() and text.isdigit() else 0
    found = Account.objects.select_related("department").annotate(
        has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
    )
    if words:
        found = found.filter(Q(username__icontains=words) | Q(department__name__icontains=words) | Q(department__code=words.upper()))
    rows = list(found.order_by("revoked_at", "department__name", "username")[start : start + SHOWN + 1])
    context = {
        "lines": _lines(rows[:SHOWN]),
        "q": words,
        "refused": refused,
        "typed": request.POST if refused else {},
        "roles": [(role.value, LABELS[role]) for role in Role if role in OFFICE_ROLES],
        "departments": Department.objects.filter(closed_at=None).order_by("name").values_list("code", "name"),
        **_choices(),
        "position": f"第 {start + 1}–{start + len(rows[:SHOWN])} 个" if rows else "",
        "previous_href": f"?q={words}&from={max(start - SHOWN, 0)}" if start else "",
        "next_href": f"?q={words}&from={start + SHOWN}" if len(rows) > SHOWN else "",
    }
    return render(request, "site/accounts.html", context, status=status_of(refused) if refused else 200)


def _lines(rows: Sequence[Account]) -> list[Line]:
    firms = [row.pk for row in rows if row.department is None]
    named: dict[int, list[str]] = {}
    held = list(Mandate.objects.filter(account_id__in=firms, ended_at=None).order_by("id"))
    for mandate, line in zip(held, mandate_lines(held), strict=True):
        named.setdefault(mandate.account_id, []).append(str(line["name"]))
    return [
        Line(
            row,
            LABELS[Role(row.role)],
            row.department.name if row.department else "、".join(named.get(row.pk, [])) or "（没有授权）",
            row.has_second_factor,  # type: ignore[attr-defined]  # annotated above
        )
        for row in rows
    ]


def _choices() -> Mapping[str, object]:
    return {
        "kinds": [(kind.value, KIND_LABELS[kind]) for kind in MandateKind],
        "scopes": [(scope.value, SCOPE_LABELS[scope]) for scope in Scope if scope in SCOPES_OF_AGENTS],
    }


def _page(request: HttpRequest, account: Account, *, refused: Refused | None = None, done: Done | None = None) -> HttpResponse:
    context = {
        "account": account,
        "role": LABELS[Role(account.role)],
        "is_firm": account.role == Role.ENTERPRISE,
        "mandates": mandate_lines(list(account.mandates.order_by("-id"))),
        "factors": Authenticator.objects.filter(user=account).order_by("id"),
        "identities": LinkedIdentity.objects.filter(account=account, ended_at=None).order_by("id"),
        "roles": [(role.value, LABELS[role]) for role in Role if role in OFFICE_ROLES],
        **_choices(),
        "refused": refused,
        "done": done,
    }
    return render(request, "site/account_of_other.html", context, status=status_of(refused) if refused else 200)
