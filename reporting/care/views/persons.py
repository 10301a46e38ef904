"""Pages of persons: the list with its search, one person, the forms, the PESEL."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actions import record_reading
from contracting.contracts.rules.codes import next_code
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.polish import by_name
from kernel.sealed import seal, unseal
from reporting.care import actions
from reporting.care.forms.persons import EditPersonForm, PersonForm, SearchForm
from reporting.care.models import Decision, Person
from reporting.care.permissions import EDIT_PERSONS, READ_DECISIONS, READ_PERSONS, READ_PESEL
from reporting.care.rules import pesel_digits
from tenants.addresses import tenant_url
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of
from ui.views import show_error

_NAME = by_name("surname", "given_name")
_COLUMNS: dict[str, Column] = {"name": _NAME, "code": ["code"], "birth_year": ["birth_year", *_NAME]}


def found_persons(request: Request, term: str) -> Any:
    """Persons whom somebody searches for, among those they may see; by PESEL only who may read it."""
    persons = Person.objects.visible_to(request.access)
    digits = pesel_digits(term)
    if digits is not None and request.access.may(READ_PESEL):
        return persons.with_pesel(digits)
    return persons.named_like(term)


def _person(request: Request, pk: Any) -> Person:
    found: Person = get_object_or_404(Person.objects.visible_to(request.access), pk=pk)
    return found


@tenant_door(READ_PERSONS)
def list_persons(request: Request) -> HttpResponse:
    """The list; what is searched for comes by POST and goes on as a sealed token, never as a name in an address."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        term = form.cleaned_data["q"].strip() if form.is_valid() else ""
        query = request.GET.copy()
        for name in ("find", "page"):
            query.pop(name, None)
        if term:
            query["find"] = seal(term)
        address = tenant_url("care:persons")
        return redirect(f"{address}?{query.urlencode()}" if query else address)
    term = unseal(request.GET.get("find", "")) or ""
    persons = found_persons(request, term) if term else Person.objects.visible_to(request.access)
    page = page_of(persons.order_by(*order_of(request, _COLUMNS, "name")), request)
    actor = request.access.actor
    record_reading("care.persons", actor=actor, subject_type="person", subject_ids=[p.pk for p in page])
    context = {
        "form": SearchForm(initial={"q": term}),
        "page": page,
        "term": term,
        "for_decision": request.GET.get("for") == "decision",
    }
    return render(request, "care/persons.html", context)


@tenant_door(READ_PERSONS)
def show_person(request: Request, pk: str) -> HttpResponse:
    person = _person(request, pk)
    decisions: Any = []
    if request.access.may(READ_DECISIONS):
        decisions = (
            Decision.objects.visible_to(request.access)
            .filter(person=person)
            .select_related("contract__organisation", "service")
            .prefetch_related("slots", "suspensions")
            .order_by("-valid_from", "number")
        )
    today = timezone.localdate()
    may_reach = Person.objects.reached_by(request.access, today).filter(pk=person.pk).exists()
    record_reading("care.person", actor=request.access.actor, subject_type="person", subject_ids=[person.pk])
    context = {
        "person": person,
        "decisions": [(decision, decision.state_on(today)) for decision in decisions],
        "contact": person.contact if may_reach else None,
        "may_reach": may_reach,
        "pesel_ending": actions.pesel_ending(person) if request.access.may(READ_PESEL) else None,
    }
    return render(request, "care/person.html", context)


@tenant_door(READ_PESEL)
@require_POST
def reveal_pesel(request: Request, pk: str) -> HttpResponse:
    """The PESEL in full, for the eyes of who asked; that it was shown is logged, and no browser keeps it."""
    person = _person(request, pk)
    try:
        pesel = actions.reveal_pesel(person, actor=request.access.actor)
    except DomainError as error:
        return show_error(request, 409, error.message)
    context = {"person": person, "pesel": pesel}
    template = "care/_pesel.html" if request.htmx else "care/pesel.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


@tenant_door(EDIT_PERSONS)
def create_person(request: Request) -> HttpResponse:
    if request.method == "POST":
        form = PersonForm(request.POST)
        if form.is_valid():
            saved = attempt(form, lambda: actions.create_person(form.entry(), actor=request.access.actor))
            if saved is not None:
                messages.success(request, _("%(person)s is added.") % {"person": saved})
                return redirect(tenant_url("care:person", saved.pk))
    else:
        code = next_code(Person.objects.values_list("code", flat=True), first="P001")
        form = PersonForm(initial={"code": code})
    context = {"form": form, "person": None}
    return render(request, "care/person_form.html", context, status=status_of(form))


@tenant_door(EDIT_PERSONS)
def edit_person(request: Request, pk: str) -> HttpResponse:
    person = _person(request, pk)
    if request.method == "POST":
        form = EditPersonForm(request.POST, person=person)
        if form.is_valid():
            seen, actor = form.cleaned_data["seen"] or None, request.access.actor
            saved = attempt(form, lambda: actions.edit_person(person, form.entry(), seen=seen, actor=actor))
            if saved is not None:
                messages.success(request, _("%(person)s is saved.") % {"person": saved})
                return redirect(tenant_url("care:person", saved.pk))
    else:
        names = ("surname", "given_name", "code", "birth_year", "pesel_override_reason")
        initial = {name: getattr(person, name) for name in names}
        form = EditPersonForm(initial={**initial, "seen": actions.person_stamp(person)}, person=person)
    actor = request.access.actor
    record_reading("care.edit_person", actor=actor, subject_type="person", subject_ids=[person.pk])
    context = {"form": form, "person": person}
    return render(request, "care/person_form.html", context, status=status_of(form))
