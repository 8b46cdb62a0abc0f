"""账户的各种办理, from forms and from the command line: each calls one service of ``access``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import QueryDict

from chengxin.access import services
from chengxin.access.accounts import record_second_factor
from chengxin.access.identities import link_identity, unlink_identity
from chengxin.access.models import Account, LinkedIdentity, Mandate
from chengxin.access.passwords import make_password
from chengxin.access.types import SCOPE_LABELS, SCOPES_OF_AGENTS, MandateKind, Scope
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import subject_by_code
from chengxin.kernel.instants import FOREVER, Instant, end_of_day, start_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.rights.officials.identities import register_identity
from chengxin.site.identity_settings import PROVIDER_ID
from chengxin.storage.transactions import writing


@dataclass(frozen=True)
class Done:
    """办成：the account, and a password that is shown once."""

    account: Account
    password: str = ""


@dataclass(frozen=True)
class Terms:
    """授权的条件 as they were written down."""

    kind: MandateKind
    scopes: frozenset[Scope]
    reference: str
    valid_from: Instant
    valid_until: Instant


def terms_of(*, kind: str, scopes: list[str], reference: str, from_on: str, until_on: str, at: Instant) -> Terms:
    """授权的条件 from words; :class:`Refused` names the word that is not understood."""
    if kind not in set(MandateKind):
        raise Refused("mandate-kind", f"没有“{kind}”这种授权。", "写 legal_representative（法定代表人）或 agent（代理人）。")
    by_word = {scope.value: scope for scope in Scope} | {label: scope for scope, label in SCOPE_LABELS.items()}
    unknown = [word for word in scopes if word not in by_word]
    if unknown:
        known = "、".join(f"{scope.value}（{SCOPE_LABELS[scope]}）" for scope in Scope if scope in SCOPES_OF_AGENTS)
        raise Refused("mandate-scopes", f"没有“{unknown[0]}”这项授权范围。", f"可用的范围：{known}。")
    held = MandateKind(kind)
    chosen = frozenset(by_word[word] for word in scopes) if held is MandateKind.AGENT else frozenset[Scope]()
    begins = start_of_day(_day(from_on)) if from_on else at
    ends = end_of_day(_day(until_on)) if until_on else FOREVER
    return Terms(held, chosen, reference, begins, ends)


def grant(account: Account, firm: Subject, terms: Terms, by: Account | None, at: Instant) -> Mandate:
    """授权 ``account`` for ``firm``."""
    return services.grant_mandate(
        account=account,
        subject_id=firm.pk,
        kind=terms.kind,
        scopes=terms.scopes,
        reference=terms.reference,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        by=by,
        at=at,
    )


def open_for_firm(name: str, firm: Subject, terms: Terms, *, password: str, by: Account | None, at: Instant) -> Mandate:
    """开企业账户 with its mandate: both or neither."""
    with writing():
        account = services.open_enterprise_account(username=name, password=password, at=at, by=by)
        return grant(account, firm, terms, by, at)


def open_for_person(username: str, form: QueryDict, *, password: str, by: Account, at: Instant) -> Account:
    """开个人账户, such as a candidate's: registered as the person's own, with no office and no mandate. Both or neither."""
    with writing():
        account = services.open_enterprise_account(username=username, password=password, at=at, by=by)
        number, name, seen = (form.get(key) or "" for key in ("number", "name", "document_seen"))
        register_identity(account, number=number, name=name, reference=seen, by=by, at=at)
    return account


def firm_of(code: str) -> Subject:
    """The subject with this code; :class:`NotFound`."""
    firm = subject_by_code(code.strip().upper())
    if firm is None:
        raise NotFound("no-such-subject", f"没有找到代码为“{code}”的信用主体。", "请核对十八位统一社会信用代码。")
    return firm


def reset_second_factor(account: Account, by: Account | None, at: Instant) -> int:
    """重置第二因子 of somebody who has lost it: what is lost must not open any more, and a new one can be registered. All log-ins end."""
    with writing():
        held = list(Authenticator.objects.filter(user=account))
        for authenticator in held:
            record_second_factor(account, "reset", authenticator.type, at, by)
        Authenticator.objects.filter(user=account).delete()
    end_sessions_of(account)
    return len(held)


def end_sessions_of(account: Account) -> None:
    """结束全部登录。"""
    for session in UserSession.objects.filter(user=account):
        session.end()


def open_from_form(form: QueryDict, by: Account, at: Instant) -> Done:
    """开户 for an office, a firm or a person for themself, as the form says."""
    name, password = form.get("username") or "", make_password(at)
    if form.get("for") == "firm":
        mandate = open_for_firm(name, firm_of(form.get("subject") or ""), _terms(form, at), password=password, by=by, at=at)
        return Done(mandate.account, password)
    if form.get("for") == "person":
        return Done(open_for_person(name, form, password=password, by=by, at=at), password)
    office = services.department_by_code(form.get("department") or "")
    role = services.role_named(form.get("role") or "")
    return Done(services.add_account(username=name, department=office, role=role, password=password, at=at, by=by), password)


def _change_role(account: Account, form: QueryDict, by: Account, at: Instant) -> Done:
    if account.pk == by.pk:
        raise Refused("account-own", "不能改自己的岗位，也不能停用自己。", "请由另一位安全管理员办理。")
    services.change_role(account, services.role_named(form.get("role") or ""), at, by)
    return Done(account)


def _revoke(account: Account, _form: QueryDict, by: Account, at: Instant) -> Done:
    if account.pk == by.pk:
        raise Refused("account-own", "不能改自己的岗位，也不能停用自己。", "请由另一位安全管理员办理。")
    services.revoke_account(account, at, by)
    end_sessions_of(account)
    return Done(account)


def _new_password(account: Account, _form: QueryDict, by: Account, at: Instant) -> Done:
    password = make_password(at)
    services.set_password(account, password, at, by)
    return Done(account, password)


def _mandate(account: Account, form: QueryDict, by: Account, at: Instant) -> Done:
    grant(account, firm_of(form.get("subject") or ""), _terms(form, at), by, at)
    return Done(account)


def _end_mandate(account: Account, form: QueryDict, by: Account, at: Instant) -> Done:
    number = form.get("mandate") or ""
    mandate = account.mandates.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
    if mandate is None:
        raise NotFound("mandate-missing", "没有这项授权。", "请回到账户页查看。")
    services.end_mandate(mandate, because=form.get("because") or "", at=at, by=by)
    return Done(account)


def _reset(account: Account, _form: QueryDict, by: Account, at: Instant) -> Done:
    reset_second_factor(account, by, at)
    return Done(account)


def _link(account: Account, form: QueryDict, by: Account, at: Instant) -> Done:
    link_identity(account, provider=PROVIDER_ID, identifier=form.get("identifier") or "", at=at, by=by)
    return Done(account)


def _unlink(account: Account, form: QueryDict, by: Account, at: Instant) -> Done:
    number = form.get("link") or ""
    link = LinkedIdentity.objects.filter(pk=int(number), account=account).first() if number.isascii() and number.isdigit() else None
    if link is None:
        raise NotFound("identity-not-linked", "这个绑定已经解除，或者没有这个绑定。", "不用再办。")
    unlink_identity(link, at=at, by=by)
    return Done(account)


def _terms(form: QueryDict, at: Instant) -> Terms:
    words = {name: form.get(name) or "" for name in ("kind", "reference", "from_on", "until_on")}
    return terms_of(**words, scopes=form.getlist("scopes"), at=at)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text}”不是日期。", "写成 2026-04-01。") from None


CHANGES: Final[Mapping[str, Callable[[Account, QueryDict, Account, Instant], Done]]] = {
    "role": _change_role,
    "revoke": _revoke,
    "password": _new_password,
    "mandate": _mandate,
    "end_mandate": _end_mandate,
    "reset_second_factor": _reset,
    "link": _link,
    "unlink": _unlink,
}
