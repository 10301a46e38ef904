"""What the pages of supervision have in common: form pages, months and contracts of an address, names of persons."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit.actions import record_reading
from contracting.contracts.models import Contract
from kernel.doors import Request
from kernel.periods import Month
from reporting.advice.models import Appointment
from reporting.advice.permissions import READ_ADVICE
from reporting.care.models import Decision
from reporting.care.permissions import READ_PERSONS
from reporting.supervision.models.drawn import Drawn
from ui.refusals import attempt, status_of

# Months that clocks and planners can do without surprises.
_FIRST, _LAST = Month(2000, 1), Month(2199, 12)
_MOST_MONTHS = 24

Crumbs = Sequence[tuple[str, str]]


def contract_of(request: Request, pk: Any) -> Contract:
    """A contract that the person may see."""
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.access).select_related("service", "organisation"), pk=pk
    )
    return found


def month_of(text: str) -> Month:
    """The month named in the address; anything else is an address that does not exist."""
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise Http404 from error
    if not _FIRST <= month <= _LAST:
        raise Http404
    return month


def months_of(contract: Contract) -> list[Month]:
    """Months of the contract that have begun, the newest first, at most two years of them."""
    month = min(Month.of(timezone.localdate()), Month.of(contract.valid_to))
    first = Month.of(contract.valid_from)
    found: list[Month] = []
    while month >= first and len(found) < _MOST_MONTHS:
        found.append(month)
        month = month.previous()
    return found


def names_of(request: Request, decisions: Iterable[UUID], page: str) -> dict[UUID, str]:
    """Names of persons by decision, with a note that they were read; none for those who may not see them."""
    wanted = set(decisions)
    if not wanted or not request.access.may(READ_PERSONS):
        return {}
    rows = list(
        Decision.objects.visible_to(request.access)
        .filter(pk__in=wanted)
        .values_list("pk", "person_id", "person__surname", "person__given_name")
    )
    read = {person for _pk, person, _surname, _given in rows}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=read)
    return {pk: f"{surname} {given_name}" for pk, _person, surname, given_name in rows}


def names_of_drawn(request: Request, rows: Iterable[Drawn], page: str) -> dict[UUID, str]:
    """Names by key of what was drawn, as the reader may see them, with a note that they were read.

    Of advice only registered persons have one, of crisis cases nobody: who is helped is told on the case alone.
    """
    drawn = list(rows)
    of_care = names_of(request, [row.decision_id for row in drawn if row.decision_id], page)
    found = {row.pk: of_care[row.decision_id] for row in drawn if row.decision_id in of_care}
    cards = {row.appointment_id: row.pk for row in drawn if row.appointment_id}
    if cards and request.access.may(READ_ADVICE) and request.access.may(READ_PERSONS):
        told = list(
            Appointment.objects.visible_to(request.access)
            .filter(pk__in=cards, person__isnull=False)
            .values_list("pk", "person_id", "person__surname", "person__given_name")
        )
        read = {person for _pk, person, _surname, _given in told}
        if read:
            record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=read)
        found |= {cards[pk]: f"{surname} {given}" for pk, _person, surname, given in told}
    return found


def head_of_drawn(rows: Sequence[Drawn]) -> str:
    """What the rows of a sample are, as the head of their column says it."""
    if rows and rows[0].appointment_id:
        return pgettext("sample", "Advice")
    if rows and rows[0].case_id:
        return _("Case")
    return _("Decision")


def typed(request: Request) -> Any:
    """What was sent, also an empty form; None where nothing was."""
    return request.POST if request.method == "POST" else None


def with_files(request: Request) -> tuple[Any, Any]:
    """What was sent with its files; None and None where nothing was."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def form_page(
    request: Request,
    form: forms.Form,
    verb: Callable[[], Any],
    *,
    title: str,
    button: str,
    back: str,
    crumbs: Crumbs,
    told: str,
    lead: str = "",
    intro: Sequence[str] = (),
    kind: str = "primary",
    then: Callable[[Any], str] | None = None,
    template: str = "supervision/form.html",
) -> HttpResponse:
    """A page with one form and one button: shows it, or does the verb and goes on, or says why it was refused."""
    if request.method == "POST" and form.is_valid():
        made = attempt(form, verb)
        if made is not None:
            messages.success(request, told)
            return redirect(then(made) if then else back)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
        "back": back,
        "crumbs": crumbs,
        "intro": intro,
        "kind": kind,
    }
    return render(request, template, context, status=status_of(form))


def arrives(request: Request) -> bool:
    """Whether somebody comes to a form. Who sends it has typed: there the verb refuses, and what was typed stays."""
    return request.method != "POST"


def not_now(request: Request, back: str) -> HttpResponse:
    """Send back who comes to a form whose time has passed or not come."""
    messages.warning(request, _("This cannot be done in the present state; here is what stands now."))
    return redirect(back)
