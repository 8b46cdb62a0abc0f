"""``chengxin user …``: accounts of offices and of firms. It stands here because a firm's account is opened for a subject."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from chengxin.access import services
from chengxin.access.identities import link_identity, unlink_identity
from chengxin.access.mandates import in_force, scopes_of
from chengxin.access.models import Account, LinkedIdentity, Mandate
from chengxin.access.passwords import make_password
from chengxin.access.roles import LABELS, Role
from chengxin.access.types import KIND_LABELS, SCOPE_LABELS, MandateKind, Scope
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.site.account_changes import end_sessions_of, firm_of, grant, open_for_firm, reset_second_factor, terms_of
from chengxin.site.identity_settings import PROVIDER_ID

user_app = typer.Typer(add_completion=False, name="user", help="账户：开户、授权、改岗位、停用、改密码。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="用户名。")]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]
SubjectCode = Annotated[str, typer.Option("--subject", metavar="CODE", help="企业的统一社会信用代码。")]
Reference = Annotated[str, typer.Option(help="授权依据的文件：营业执照、任职文件或者委托书的编号。")]
Kind = Annotated[MandateKind, typer.Option(help="企业账户的授权类别：法定代表人或者代理人。")]
Scopes = Annotated[str, typer.Option(help="代理人的授权范围，逗号分隔：" + "、".join(f"{s.value}（{SCOPE_LABELS[s]}）" for s in Scope))]
FromOn = Annotated[str, typer.Option("--from", help="授权起始日，例如 2026-04-01；不写就从现在起。")]
UntilOn = Annotated[str, typer.Option("--until", help="授权最后一日；代理人必须写。")]


@user_app.command("add")
def add_account(
    name: Name,
    role: Annotated[str, typer.Option(help="角色：" + "、".join(f"{r.value}（{label}）" for r, label in LABELS.items()))],
    department: Annotated[str, typer.Option(help="所在部门的代码；企业账户不写。")] = "",
    subject: SubjectCode = "",
    reference: Reference = "",
    kind: Kind = MandateKind.LEGAL_REPRESENTATIVE,
    scopes: Scopes = "",
    from_on: FromOn = "",
    until_on: UntilOn = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读一行作为密码；不写就生成一个。")] = False,
    as_json: AsJson = False,
) -> None:
    """开户：一人一户，一个岗位；部门人员写 --department，企业人员写 --subject 和 --reference。生成的密码只显示这一次。"""
    held, at = services.role_named(role), clock.now()
    if bool(department) == bool(subject) or (held is Role.ENTERPRISE) != bool(subject):
        raise Refused(
            "account-firm-and-office",
            "部门账户写 --department，企业账户写 --subject 和 --role enterprise，不能兼有，也不能都不写。",
            "一个人既在部门又代表企业的，不能开户；请核对参数。",
        )
    password = sys.stdin.readline().rstrip("\n") if password_stdin else make_password(at)
    if held is Role.ENTERPRISE:
        firm = firm_of(subject)
        terms = terms_of(kind=kind, scopes=_words(scopes), reference=reference, from_on=from_on, until_on=until_on, at=at)
        mandate = open_for_firm(name, firm, terms, password=password, by=None, at=at)
        told, line = _told(mandate, firm) | {"role": held.value}, _line(mandate, firm)
    else:
        office = services.department_by_code(department)
        account = services.add_account(username=name, department=office, role=held, password=password, at=at)
        told = {"user": account.username, "department": office.code, "role": held.value}
        line = f"{account.username}：{office.name}，{LABELS[held]}"
    told |= {} if password_stdin else {"password": password}
    _print(told, [line] + ([] if password_stdin else [f"密码 {password}"]), as_json)


@user_app.command("mandate")
def grant_mandate(
    name: Name,
    subject: SubjectCode,
    reference: Reference,
    kind: Kind = MandateKind.AGENT,
    scopes: Scopes = "",
    from_on: FromOn = "",
    until_on: UntilOn = "",
    as_json: AsJson = False,
) -> None:
    """授权已有的企业账户代理一家企业。"""
    account, firm, at = _account(name), firm_of(subject), clock.now()
    terms = terms_of(kind=kind, scopes=_words(scopes), reference=reference, from_on=from_on, until_on=until_on, at=at)
    mandate = grant(account, firm, terms, None, at)
    _print(_told(mandate, firm), [_line(mandate, firm)], as_json)


@user_app.command("end-mandate")
def end_mandate(name: Name, subject: SubjectCode, because: Annotated[str, typer.Option(help="理由。")], as_json: AsJson = False) -> None:
    """终止账户对一家企业的全部授权，下一次请求起生效。"""
    account, firm, at = _account(name), firm_of(subject), clock.now()
    ending = list(in_force(account.pk, at).filter(subject_id=firm.pk))
    if not ending:
        raise NotFound("mandate-missing", f"{name} 对 {firm.name} 没有有效的授权。", "请核对用户名和代码。")
    for mandate in ending:
        services.end_mandate(mandate, because=because, at=at, by=None)
    _print({"user": name, "ended": len(ending)}, [f"{name} 对 {firm.name} 的授权已终止。"], as_json)


@user_app.command("role")
def change_role(name: Name, role: Annotated[str, typer.Argument(help="新的角色。")]) -> None:
    """改岗位，下一次请求起生效；企业账户和部门账户不能互换。"""
    account, held = _account(name), services.role_named(role)
    services.change_role(account, held, clock.now())
    typer.echo(f"{name} 现在是{LABELS[held]}。")


@user_app.command("password")
def change_password(name: Name, as_json: AsJson = False) -> None:
    """重新生成密码，只显示这一次；此人的登录全部失效。"""
    at = clock.now()
    password = make_password(at)
    services.set_password(_account(name), password, at)
    _print({"user": name, "password": password}, [f"密码 {password}"], as_json)


@user_app.command("reset-second-factor")
def reset(name: Name) -> None:
    """重置第二因子：手机或密钥丢失的，重置后由本人重新登记；此人的登录全部失效。"""
    reset_second_factor(_account(name), None, clock.now())
    typer.echo(f"{name} 的第二因子已重置。")


@user_app.command("link")
def link(name: Name, identifier: Annotated[str, typer.Argument(help="统一身份认证给出的标识（sub）。")]) -> None:
    """绑定统一身份认证的身份；一个身份只绑一个账户。"""
    link_identity(_account(name), provider=PROVIDER_ID, identifier=identifier, at=clock.now(), by=None)
    typer.echo(f"{name} 已绑定。")


@user_app.command("unlink")
def unlink(name: Name) -> None:
    """解除账户绑定的全部身份。"""
    for each in LinkedIdentity.objects.filter(account=_account(name), ended_at=None):
        unlink_identity(each, at=clock.now(), by=None)
    typer.echo(f"{name} 的绑定已解除。")


@user_app.command("revoke")
def revoke_account(name: Name) -> None:
    """停用账户。"""
    account = _account(name)
    services.revoke_account(account, clock.now())
    end_sessions_of(account)
    typer.echo(f"{name} 已停用。")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]


def _told(mandate: Mandate, firm: Subject) -> dict[str, Any]:
    scopes = [scope.value for scope in Scope if scope in scopes_of(mandate)]
    return {"user": mandate.account.username, "subject": firm.code, "kind": mandate.kind, "scopes": scopes, "mandate": mandate.pk}


def _line(mandate: Mandate, firm: Subject) -> str:
    scopes = "、".join(SCOPE_LABELS[scope] for scope in Scope if scope in scopes_of(mandate))
    until = "长期" if mandate.valid_until >= FOREVER else f"至 {date_of(mandate.valid_until - 1).isoformat()}"
    return f"{mandate.account.username}：{firm.name}的{KIND_LABELS[MandateKind(mandate.kind)]}，{scopes}，{until}"


def _account(name: str) -> Account:
    account = Account.objects.filter(username=name).first()
    if account is None:
        raise NotFound("account-not-found", f"没有用户“{name}”。", "请核对用户名。")
    return account


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
