"""The public notice board of a tenant: calls as anybody may read them, signed in or not."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from contracting.commissioning.law import Limit, limits_on
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.justifications import last_day_for
from contracting.tenders.clock import database_now
from contracting.tenders.models import Call
from contracting.tenders.queries.board import Phase, in_phase, phase_of, public_calls, read_public
from contracting.tenders.queries.postings import open_for_comments, posted_offers
from contracting.tenders.words import CONCEPT_LABELS, change_rows
from kernel.doors import Request, public_door
from kernel.periods import local_date
from kernel.stamps import stamp_of
from ui.lists import page_of


def _phase_in(request: Request) -> Phase:
    asked = request.GET.get("state", "")
    return Phase(asked) if asked in set(Phase) else Phase.OPEN


def _display_facts(request: HttpRequest) -> list[Any]:
    """What of the reader's choices changes how the page looks."""
    return [get_language(), request.COOKIES.get("theme"), request.COOKIES.get("density")]


def conditional(
    request: HttpRequest, response: HttpResponse, *, etag: str, changed_at: Any = None
) -> HttpResponseBase:
    """The response with its validators, or 304 where the reader has it already."""
    last_modified = int(changed_at.timestamp()) if changed_at else None
    response.headers["ETag"] = quote_etag(etag)
    if changed_at:
        response.headers["Last-Modified"] = http_date(changed_at.timestamp())
    answer = get_conditional_response(request, quote_etag(etag), last_modified, response)
    return answer if answer is not None else response


def _page(
    request: Request, template: str, context: dict[str, Any], facts: list[Any], changed_at: Any
) -> HttpResponseBase:
    """A page that a signed-out reader's browser may keep and ask about; nobody else's is kept."""
    response = render(request, template, context)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_store=True)
        return response
    patch_cache_control(response, private=True, no_cache=True)
    etag = stamp_of(facts, _display_facts(request), settings.SITE_URL)
    return conditional(request, response, etag=etag, changed_at=changed_at)


@public_door
@require_safe
def list_board(request: Request) -> HttpResponseBase:
    """Calls by phase, the open ones first."""
    now = database_now()
    chosen = _phase_in(request)
    calls = in_phase(public_calls(), chosen, now)
    if chosen is Phase.OPEN:
        calls = calls.order_by("deadline", "pk")
    page = page_of(calls, request)
    rows = [{"call": call, "phase": phase_of(call, now)} for call in page]
    changed = max((call.changed_at for call in page), default=None)
    postings = open_for_comments(local_date(now))
    facts = [
        request.tenant.slug,
        [one.facts for one in postings],
        chosen,
        page.number,
        page.paginator.count,
        [(call.pk, call.changed_at, row["phase"]) for call, row in zip(page, rows, strict=True)],
    ]
    context = {"page": page, "rows": rows, "chosen": chosen, "phases": list(Phase), "postings": postings}
    return _page(request, "tenders/board/list.html", context, facts, changed)


@public_door
@require_safe
def show_public_call(request: Request, pk: str) -> HttpResponseBase:
    """One call with everything that is public of it."""
    call = close_if_due(get_object_or_404(public_calls(), pk=pk))
    now = database_now()
    public = read_public(call, now=now)
    limits = limits_on(local_date(published_at(call)))
    postings = [one for one in posted_offers(call, local_date(now)) if one.is_public]
    context = {
        "public": public,
        "call": call,
        "phase": public.phase,
        "questions": concept_questions_of(call),
        "amendments": [{"row": row, "changes": change_rows(row)} for row in public.amendments],
        "announced_in": [row for row in public.publications if row.subject == "announcement"],
        "last_day_to_demand": last_day_for(call),
        "articles": _articles(call, limits),
        "postings": postings,
    }
    facts = [*public.facts, [one.facts for one in postings]]
    return _page(request, "tenders/board/call.html", context, facts, public.changed_at)


def published_at(call: Call) -> datetime:
    """When a call on the board was published."""
    if call.published_at is None:
        raise ValueError("a call on the board was published")
    return call.published_at


def concept_questions_of(call: Call) -> list[tuple[str, str]]:
    """The questions of the service concept in the order of its parts: name of the part, question."""
    return [
        (str(label), call.concept_questions[part])
        for part, label in CONCEPT_LABELS.items()
        if call.concept_questions.get(part)
    ]


def _articles(call: Call, limits: dict[str, Limit]) -> dict[str, str]:
    """Articles that the page names, as they stood on the day of publication."""
    return {code: limits[code].article for code in ("justification_days", "call_days_min") if code in limits}
