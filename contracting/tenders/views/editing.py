"""The editor of an offer: sections that save themselves, and files."""

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracting.tenders.actions import drafting
from contracting.tenders.actions.drafting import Saved
from contracting.tenders.content import SECTIONS, Content
from contracting.tenders.forms.offer_sections import (
    read_base,
    read_form,
    shown_section,
    told_clash,
    units_of_measures,
)
from contracting.tenders.forms.offers import OfferFileForm
from contracting.tenders.models import Offer
from contracting.tenders.permissions import WRITE_OFFERS
from contracting.tenders.queries.offer_words import SUGGESTED_PROMISES
from contracting.tenders.queries.terms import terms_of
from contracting.tenders.rules.budget import sums_of
from contracting.tenders.rules.completeness import findings_of
from contracting.tenders.views.offers import Task, file_answer, leads, offer_to_write, tasks_of
from contracting.tenders.words import SECTION_TITLES, label_of
from documents.uploads import check_upload
from kernel.api_errors import as_body
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from tenants.addresses import tenant_url
from ui.formatting import format_money, format_percent
from ui.refusals import attempt, status_of

_MEBIBYTE = 1024 * 1024
_MOST_FILE = 20 * _MEBIBYTE


def _sums(content: Content) -> dict[str, Any]:
    """The sums of the budget in words, for the page and its script."""
    sums = sums_of(content["budget"])
    return {
        "total": format_money(sums.total),
        "grant": format_money(sums.grant),
        "grant_negative": sums.grant < 0,
        "grant_share": format_percent(sums.share(sums.grant)),
        "own": format_money(sums.own),
        "own_share": format_percent(sums.share(sums.own)),
        "payments": format_money(sums.payments),
        "price_per_hour": "–" if sums.price_per_hour is None else format_money(sums.price_per_hour),
        "amounts": [format_money(Decimal(row["amount"])) for row in content["budget"]["costs"]],
        "by_year": [[year or "–", format_money(amount)] for year, amount in sums.by_year.items()],
    }


def _neighbours(tasks: list[Any], key: str) -> dict[str, Any]:
    at = next((position for position, task in enumerate(tasks) if task.key == key), None)
    if at is None:
        raise Http404
    return {
        "before": tasks[at - 1] if at else None,
        "after": tasks[at + 1] if at + 1 < len(tasks) else None,
        "task": tasks[at],
    }


def _context(request: Request, offer: Offer, content: Content, key: str) -> dict[str, Any]:
    found = findings_of(content, terms := terms_of(offer))
    tasks = tasks_of(
        content, found, asks_concept=bool(terms.concept_questions), joint=offer.call.joint_offers
    )
    return {
        "offer": offer,
        "call": offer.call,
        "terms": terms,
        "content": content,
        "tasks": tasks,
        "key": key,
        "title": SECTION_TITLES[key],
        **_neighbours(tasks, key),
    }


def _draft_or_leave(request: Request, offer: Offer) -> Content | None:
    content = drafting.read_draft(offer)
    if content is None:
        messages.info(request, _("No draft is open. Open the offer for a replacement to change something."))
    return content


@tenant_door(WRITE_OFFERS)
def edit_section(request: Request, pk: str, section: str) -> HttpResponse:
    """A section: shown, saved by its script as JSON, or by an ordinary form where no script runs."""
    if section not in SECTIONS:
        raise Http404
    offer = offer_to_write(request, pk)
    if request.method == "POST":
        if request.content_type == "application/json":
            return _save_json(request, offer, section)
        return _save_form(request, offer, section)
    content = _draft_or_leave(request, offer)
    if content is None:
        return redirect(tenant_url("offers:offer", offer.pk))
    return _page(request, offer, content, section)


def _page(
    request: Request, offer: Offer, content: Content, section: str, *, clashes: Any = (), status: int = 200
) -> HttpResponse:
    context = _context(request, offer, content, section)
    context |= {
        "section": shown_section(
            section,
            content,
            offer.call,
            findings_of(content, context["terms"]),
            blank="blank" in request.GET,
        ),
        "clashes": clashes,
        "partners": list(offer.partners.filter(in_draft=True).select_related("organisation"))
        if section == "partners"
        else [],
        "leads": leads(request, offer),
        "theirs": request.access.organisation_ids or frozenset(),
        "sums": _sums(content) if section == "budget" else None,
        "suggestions": [{name: str(word) for name, word in one.items()} for one in SUGGESTED_PROMISES]
        if section == "promises"
        else [],
        "units": units_of_measures() if section == "promises" else {},
        "next_url": _address_after(offer, context["after"]),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "tenders/offers/section.html", context, status=status)


def _told(section: str, saved: Saved) -> list[dict[str, Any]]:
    return [
        {
            "key": clash.key,
            "label": label_of(f"{section}.{clash.key}" if clash.key else section),
            "theirs": clash.theirs,
            "mine": clash.mine,
            "theirs_text": told_clash(section, clash.key, clash.theirs),
            "mine_text": told_clash(section, clash.key, clash.mine),
        }
        for clash in saved.clashes
    ]


def _save_json(request: Request, offer: Offer, section: str) -> HttpResponse:
    try:
        given = json.loads(request.body)
        base, value = given["base"], given["value"]
    except (ValueError, KeyError, TypeError):
        refusal = DomainError(
            "unreadable", _("The page sent something that cannot be read. Reload the page.")
        )
        return JsonResponse(as_body(refusal), status=400)
    try:
        saved = drafting.save_section(offer, section, base=base, value=value, actor=request.access.actor)
    except DomainError as refusal:
        return JsonResponse(as_body(refusal), status=refusal.status)
    shown = shown_section(section, saved.content, offer.call, findings_of(saved.content, terms_of(offer)))
    answer = {
        "version": saved.version,
        "value": saved.value,
        "saved_at": timezone.localtime().strftime("%H:%M:%S"),
        "clashes": _told(section, saved),
        "problems": {
            one.name: one.problems
            for one in [*shown.fields, *(cell for rows in shown.lists for row in rows.rows for cell in row)]
            if one.problems
        },
        "section_problems": shown.problems,
    }
    if section == "budget":
        answer["sums"] = _sums(saved.content)
    return JsonResponse(answer, status=409 if saved.clashes else 200)


def _save_form(request: Request, offer: Offer, section: str) -> HttpResponse:
    base = read_base(request.POST.get("base", ""))
    value = read_form(section, request.POST)
    saved = drafting.save_section(offer, section, base=base, value=value, actor=request.access.actor)
    if saved.clashes:
        return _page(request, offer, saved.content, section, clashes=_told(section, saved), status=409)
    if "add" in request.POST:
        return redirect(tenant_url("offers:section", offer.pk, section) + "?blank")
    messages.success(request, _("Saved: %(section)s.") % {"section": SECTION_TITLES[section]})
    if "next" in request.POST:
        return redirect(_address_after(offer, _context(request, offer, saved.content, section)["after"]))
    return redirect(tenant_url("offers:offer", offer.pk))


def _address_after(offer: Offer, after: Task | None) -> str:
    """Where the section after this one is; the offer itself after the last."""
    if after is None:
        return tenant_url("offers:offer", offer.pk)
    if after.key == "files":
        return tenant_url("offers:files", offer.pk)
    return tenant_url("offers:section", offer.pk, after.key)


@tenant_door(WRITE_OFFERS)
def edit_files(request: Request, pk: str) -> HttpResponse:
    """The files of the draft, and a form that brings one more."""
    offer = offer_to_write(request, pk)
    content = _draft_or_leave(request, offer)
    if content is None:
        return redirect(tenant_url("offers:offer", offer.pk))
    form = OfferFileForm(request.POST or None, request.FILES or None, offer=offer)
    if request.method == "POST" and form.is_valid():
        line = attempt(form, lambda: _take_file(request, offer, form))
        if line is not None:
            messages.success(request, _("The file is in the offer."))
            return redirect(tenant_url("offers:files", offer.pk))
    brought = {line["for"] for line in content["files"]}
    context = _context(request, offer, content, "files") | {
        "form": form,
        "files": drafting.files_of_draft(offer, content),
        "lead": _("PDF, images and documents without macros, at most 20 MB each. They are stored encrypted."),
        "missing": [name for name in offer.call.required_files if name not in brought],
    }
    return render(request, "tenders/offers/files.html", context, status=status_of(form))


def _take_file(request: Request, offer: Offer, form: OfferFileForm) -> dict[str, Any]:
    upload = check_upload(form.cleaned_data["file"], most=_MOST_FILE)
    return drafting.add_file(offer, upload, purpose=form.cleaned_data["purpose"], actor=request.access.actor)


def _line(offer: Offer, key: str) -> dict[str, Any]:
    content = drafting.read_draft(offer) or {"files": []}
    line: dict[str, Any] | None = next((one for one in content["files"] if one["key"] == key), None)
    if line is None:
        raise Http404
    return line


@tenant_door(WRITE_OFFERS)
def download_draft_file(request: Request, pk: str, key: str) -> HttpResponse:
    offer = offer_to_write(request, pk)
    line = _line(offer, key)
    return file_answer(drafting.draft_file(offer, line), line)


@tenant_door(WRITE_OFFERS)
@require_POST
def remove_draft_file(request: Request, pk: str, key: str) -> HttpResponse:
    offer = offer_to_write(request, pk)
    _line(offer, key)
    drafting.drop_file(offer, key, actor=request.access.actor)
    messages.success(request, _("The file was removed."))
    return redirect(tenant_url("offers:files", offer.pk))
