"""表单的读法。What a form of a case sends, and what leaves the house about a case: the same for every page that shows one."""

from __future__ import annotations

from typing import Any, Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from chengxin.casework import queries
from chengxin.casework.documents import content_of
from chengxin.casework.models import Case
from chengxin.casework.seeing import may_read
from chengxin.casework.standing import played_by
from chengxin.casework.types import Actor
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import active

__all__ = ["answer_with_document", "files_of", "status_with", "texts_of", "version_of"]

#: What a form sends that is nothing said.
_NOT_SAID: Final = frozenset({"csrfmiddlewaretoken", "version", "once"})
_FILE: Final = "file."


def texts_of(request: HttpRequest) -> dict[str, str]:
    """What was typed."""
    return {name: request.POST.get(name, "") for name in request.POST if name not in _NOT_SAID and not name.startswith(_FILE)}


def files_of(request: HttpRequest) -> list[tuple[str, Any]]:
    """What was chosen to be handed in: (kind of document, upload)."""
    return [(name.removeprefix(_FILE), file) for name in request.FILES if name.startswith(_FILE) for file in request.FILES.getlist(name)]


def version_of(request: HttpRequest) -> int:
    """The version of the case that the page showed; -1, which is none, for what is no number."""
    seen = request.POST.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1


def status_with(refused: Refused | None) -> int:
    """The status of a page that comes back with a refusal on it."""
    return 200 if refused is None else 409 if isinstance(refused, Conflict) else 422


def answer_with_document(case: Case, document_id: int, actor: Actor) -> HttpResponseBase:
    """案卷材料 of a case that was found for ``actor``; never opened in the page's own origin. NotFound for what is not for them."""
    document = queries.own_document(case, document_id)
    if not may_read(active.policy_set().procedure(case.procedure), document, played_by(case, actor)):
        raise NotFound("no-such-document", "本案没有这份材料。", "从案件的页面进入。")
    response = FileResponse(content_of(document), as_attachment=True, filename=document.name, content_type=document.media_type)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
