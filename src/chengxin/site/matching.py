"""主体比对 ``/office/matching``：pairs that may be one subject, for a person to judge. The platform itself merges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.foundation.subjects.models import CandidatePair, Judgement, Subject, SubjectOffice
from chengxin.foundation.subjects.services import judge_pair
from chengxin.foundation.subjects.types import Verdict
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.site.found import division_name, state_name
from chengxin.site.pieces import Figure
from chengxin.site.problems import status_of

SHOWN = 20


def waiting_pairs() -> QuerySet[CandidatePair]:
    """Pairs of subjects that nobody has judged, or that were left as unsure or taken back; the likeliest first."""
    as_listed = Q(left_id=OuterRef("left_id"), right_id=OuterRef("right_id"))
    turned = Q(left_id=OuterRef("right_id"), right_id=OuterRef("left_id"))
    newest = Judgement.objects.filter(as_listed | turned).order_by("-id").values("verdict")[:1]
    between_subjects = CandidatePair.objects.filter(quarantined_row_id__isnull=True).annotate(verdict=Subquery(newest))
    waiting = Q(verdict=None) | Q(verdict__in=[Verdict.UNSURE, Verdict.RETRACTED])
    return between_subjects.filter(waiting).order_by("-score", "id")


@require_safe
def matching(request: HttpRequest) -> HttpResponse:
    """The queue."""
    return _queue(request)


@require_POST
def judge(request: HttpRequest, pair_id: int) -> HttpResponse:
    """One judgement; back to the queue, or the queue with what stood in the way."""
    pair = CandidatePair.objects.filter(pk=pair_id, quarantined_row_id__isnull=True).first()
    verdict = request.POST.get("verdict", "")
    if pair is None or verdict not in {Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE}:
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
    waiting = waiting_pairs()
    total = waiting.count()
    pairs = list(waiting[start : start + SHOWN])
    context = {
        "pairs": _cards(pairs, clock.now()),
        "refused": refused,
        "figures": [Figure(total, "待判定", "", "对"), Figure(Judgement.objects.count(), "已作判定", "", "次")],
        "position": f"第 {start + 1}–{start + len(pairs)} 对，共 {total} 对" if pairs else "",
        "previous_href": f"/office/matching?from={max(start - SHOWN, 0)}" if start else "",
        "next_href": f"/office/matching?from={start + SHOWN}" if start + SHOWN < total else "",
    }
    return render(request, "site/matching.html", context, status=status_of(refused) if refused else 200)


def _cards(pairs: Sequence[CandidatePair], at: Instant) -> list[Mapping[str, object]]:
    ids = {side for pair in pairs for side in (pair.left_id, pair.right_id)}
    subjects = Subject.objects.in_bulk(ids)
    in_office = SubjectOffice.objects.filter(subject_id__in=ids, valid_from__lte=at, valid_until__gt=at, office="legal_representative")
    heads = dict(in_office.values_list("subject_id", "name"))
    verdicts = _last_verdicts(pairs)

    def side(number: int) -> Mapping[str, str]:
        subject = subjects.get(number)
        if subject is None:
            return {"name": f"主体 {number}"}
        return {
            "name": subject.name,
            "code": subject.code or "",
            "division": division_name(subject.division) if subject.division else "",
            "legal_representative": heads.get(number, ""),
            "state": state_name(subject.state),
            "href": f"/s/{subject.code or subject.id}",
        }

    return [
        {
            "id": pair.pk,
            "left": side(pair.left_id),
            "right": side(pair.right_id),
            "features": [feature_line(feature) for feature in pair.features],
            "action": f"/office/matching/{pair.pk}",
            **verdicts.get((pair.left_id, pair.right_id), {}),
        }
        for pair in pairs
    ]


def feature_line(feature: Mapping[str, object]) -> Mapping[str, object]:
    """A stored feature as the judgement card shows it: for, against, or neither."""
    speaks = int(str(feature.get("speaks", 0)))
    return {**feature, "agrees": "yes" if speaks > 0 else "no" if speaks < 0 else "unknown"}


def _last_verdicts(pairs: Iterable[CandidatePair]) -> dict[tuple[int, int], Mapping[str, str]]:
    ids = {side for pair in pairs for side in (pair.left_id, pair.right_id)}
    found: dict[tuple[int, int], Mapping[str, str]] = {}
    for one in Judgement.objects.filter(left_id__in=ids, right_id__in=ids).order_by("id"):
        said = {"verdict": one.verdict, "verdict_by": one.by} if one.verdict != Verdict.RETRACTED else {}
        found[one.left_id, one.right_id] = found[one.right_id, one.left_id] = said
    return found
