"""口令。One of two profiles checks a new one; what was used before is kept as hashes only, to recognise it and to know its age."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from chengxin.access.limits import PasswordProfile, password_profile
from chengxin.access.models import Account, PasswordSet
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.periods import last_day, parse_period
from chengxin.kernel.refused import Refused

__all__ = ["due_at", "make_password", "put_password", "remember_password", "rules_in_words"]

_GENERATED_BYTES: Final = 12
_NAME_COUNTS_FROM: Final = 4
_REPEATED: Final = re.compile(r"^(.+?)\1+$")
_TAIL: Final = re.compile(r"[\W\d_]{1,6}$")  # a year, an exclamation mark


def put_password(account: Account, password: str, at: Instant) -> None:
    """设口令 on the object, not yet saved; :class:`Refused` lists every rule that it breaks."""
    profile = password_profile(settings.CHENGXIN_PASSWORDS, at)
    broken = [*_broken(password, profile), *_like_before(account, password, profile), *_common(account, password)]
    if broken:
        raise Refused("password-weak", "密码不符合要求：" + "；".join(broken) + "。", "请换一个：" + "；".join(rules_in_words(at)) + "。")
    account.set_password(password)


def remember_password(account: Account, at: Instant) -> None:
    """记下口令的摘要和时间, in the transaction that saves it."""
    PasswordSet.objects.create(account=account, encoded=account.password, set_at=at)


def due_at(account: Account) -> Instant | None:
    """口令何时必须更换；None where the profile asks for no change, or its age is not known."""
    latest = PasswordSet.objects.filter(account=account).order_by("-id").values_list("set_at", flat=True).first()
    if latest is None:
        return None
    change = password_profile(settings.CHENGXIN_PASSWORDS, latest).change
    return end_of_day(last_day(date_of(latest), change)) if change else None


def make_password(at: Instant) -> str:
    """生成一个口令 that its profile accepts."""
    profile = password_profile(settings.CHENGXIN_PASSWORDS, at)
    while True:
        made = secrets.token_urlsafe(max(_GENERATED_BYTES, profile.shortest * 3 // 4))
        if not list(_broken(made, profile)):
            return made


def rules_in_words(at: Instant) -> list[str]:
    """现行口令规则，一条一句。"""
    profile = password_profile(settings.CHENGXIN_PASSWORDS, at)
    said = [f"{profile.shortest} 至 {profile.longest} 个字", "不是常见的口令，也不像用户名"]
    said += [f"大写字母、小写字母、数字、其他符号至少 {profile.kinds} 类"] if profile.kinds else []
    said += [f"与最近 {profile.reuse} 次用过的不同"] if profile.reuse else []
    said += [f"每 {parse_period(profile.change).chinese}更换一次"] if profile.change else []
    return said


def _broken(password: str, profile: PasswordProfile) -> Iterator[str]:
    if len(password) < profile.shortest:
        yield f"少于 {profile.shortest} 个字"
    if len(password) > profile.longest:
        yield f"多于 {profile.longest} 个字"
    kinds = {_kind(character) for character in password}
    if len(kinds) < profile.kinds:
        yield f"只有 {len(kinds)} 类字符，至少要 {profile.kinds} 类"


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "upper" if character.isupper() else "lower" if character.islower() else "other"


def _like_before(account: Account, password: str, profile: PasswordProfile) -> Iterator[str]:
    if account.pk is None or not profile.reuse:
        return
    used = PasswordSet.objects.filter(account=account).order_by("-id").values_list("encoded", flat=True)[: profile.reuse]
    if any(check_password(password, encoded) for encoded in used):
        yield f"与最近 {profile.reuse} 次用过的相同"


def _common(account: Account, password: str) -> Iterator[str]:
    """Known ones, also doubled or with a year behind them, and ones that hold the account's name."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    core = _REPEATED.sub(r"\1", plain)
    if {plain, core, _TAIL.sub("", core)} & _known():
        yield "是常见的口令，或者由常见的口令改成"
    name = account.username.casefold()
    if len(name) >= _NAME_COUNTS_FROM and name in plain:
        yield "含有用户名"
    try:
        validate_password(password, account)
    except ValidationError as error:
        yield from (message.rstrip("。.！") for message in error.messages)


@cache
def _known() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
