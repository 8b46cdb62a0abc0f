"""主体比对 ``/office/matching``：pairs that may be one subject, for a person to judge. The platform itself merges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.reads import Seen, mark_settled, note
from chengxin.foundation.subjects.models import CandidatePair, Judgement, Subject
from chengxin.foundation.subjects.queries import offices_of, open_pairs
from chengxin.foundation.subjects.services import judge_pair
from chengxin.foundation.subjects.types import Verdict
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.site.found import division_name, state_name
from chengxin.site.pieces import Figure
from chengxin.site.problems import status_of

SHOWN = 20
#: Beyond this many the desk says "more than"; counting them all would cost more than it tells.
COUNTED = 200
JUDGED_BY_BUTTON = frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE})


def waiting_figure() -> Figure:
    """待判定的对数, as far as it is worth counting."""
    waiting = len(open_pairs(COUNTED))
    return Figure(waiting, "待判定的主体对", "/office/matching", "对以上" if waiting == COUNTED else "对")


@require_safe
def matching(request: HttpRequest) -> HttpResponse:
    """The queue."""
    return _queue(request)


@require_POST
def judge(request: HttpRequest, pair_id: int) -> HttpResponse:
    """One judgement; back to the queue, or the queue with what stood in the way."""
    pair = CandidatePair.objects.filter(pk=pair_id).exclude(left_id=0).first()
    verdict = request.POST.get("verdict", "")
    if pair is None or verdict not in JUDGED_BY_BUTTON:
        raise NotFound("pair-not-found", "没有这一对，或者判定不是“同一”“不同”“说不准”。", "请从比对页重新进入。")
    try:
        judge_pair(
            left_id=pair.left_id,
            right_id=pair.right_id,
            verdict=Verdict(verdict),
            because=request.POST.get("because", "").strip(),
            by=caller_of(request).name,
            at=clock.now(),
        )
    except Refused as refused:
        return _queue(request, refused)
    return redirect("/office/matching")


def _queue(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    start = int(text) if (text := request.GET.get("from", "0")).isascii() and text.isdigit() else 0
    pairs = open_pairs(SHOWN + 1, start)
    at, policy = clock.now(), active.policy_set()
    note(request, *(Seen("pair", str(pair["id"]), (pair["left"].pk, pair["right"].pk)) for pair in pairs[:SHOWN]))
    mark_settled(request)
    context = {
        "pairs": [_card(pair, at, policy) for pair in pairs[:SHOWN]],
        "refused": refused,
        "figures": [waiting_figure(), Figure(Judgement.objects.count(), "已作判定", "", "次")],
        "position": f"第 {start + 1}–{start + len(pairs[:SHOWN])} 对" if pairs else "",
        "previous_href": f"/office/matching?from={max(start - SHOWN, 0)}" if start else "",
        "next_href": f"/office/matching?from={start + SHOWN}" if len(pairs) > SHOWN else "",
    }
    return render(request, "site/matching.html", context, status=status_of(refused) if refused else 200)


def _card(pair: Mapping[str, Any], at: Instant, policy: PolicySet) -> Mapping[str, object]:
    return {
        "id": pair["id"],
        "left": _side(pair["left"], at, policy),
        "right": _side(pair["right"], at, policy),
        "features": [feature_line(feature) for feature in pair["features"]],
        "action": f"/office/matching/{pair['id']}",
        "verdict": pair["verdict"],
    }


def _side(subject: Subject, at: Instant, policy: PolicySet) -> Mapping[str, str]:
    heads = [office.name for office in offices_of(subject.id, at) if office.office == "legal_representative"]
    return {
        "name": subject.name,
        "code": subject.code or "",
        "division": division_name(subject.division, policy) if subject.division else "",
        "legal_representative": "、".join(heads),
        "state": state_name(subject.state, policy),
        "href": f"/s/{subject.code or subject.id}",
    }


def feature_line(feature: Mapping[str, object]) -> Mapping[str, object]:
    """A stored feature as the judgement card shows it: for, against, or neither."""
    speaks = int(str(feature.get("speaks", 0)))
    return {**feature, "agrees": "yes" if speaks > 0 else "no" if speaks < 0 else "unknown"}
