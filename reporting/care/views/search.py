"""The search of the frame: persons, decisions, contracts and workers that the person may see."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from audit.actions import record_reading
from contracting.contracts.models import Contract, Worker
from contracting.contracts.permissions import READ_CONTRACTS, READ_WORKERS
from kernel.doors import Request, tenant_door
from kernel.polish import by_name, folded, words_of
from kernel.sealed import seal, unseal
from reporting.care.forms.persons import SearchForm
from reporting.care.models import Decision
from reporting.care.permissions import READ_DECISIONS, READ_PERSONS
from reporting.care.views.persons import found_persons
from tenants.addresses import tenant_url

SHOWN = 10


@tenant_door(READ_PERSONS)
def search(request: Request) -> HttpResponse:
    """What is searched for comes by POST and goes on as a sealed token: a name must stand in no address and no log."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        term = form.cleaned_data["q"].strip() if form.is_valid() else ""
        address = tenant_url("care:search")
        return redirect(f"{address}?find={seal(term)}" if term else address)
    token = request.GET.get("find", "")
    term = unseal(token) or ""
    groups = _groups(request, term) if term else {}
    shown = {person.pk for person in groups.get("persons", [])[:SHOWN]}
    shown |= {decision.person_id for decision in groups.get("decisions", [])[:SHOWN]}
    record_reading("care.search", actor=request.access.actor, subject_type="person", subject_ids=shown)
    today = timezone.localdate()
    context = {
        "form": SearchForm(initial={"q": term}),
        "term": term,
        "token": token,
        "groups": groups,
        "persons": groups.get("persons", [])[:SHOWN],
        "decisions": [(each, each.state_on(today)) for each in groups.get("decisions", [])[:SHOWN]],
        "contracts": groups.get("contracts", [])[:SHOWN],
        "workers": groups.get("workers", [])[:SHOWN],
        "more": {name: len(found) > SHOWN for name, found in groups.items()},
        "nothing": bool(term) and not any(groups.values()),
    }
    return render(request, "care/search.html", context)


def _groups(request: Request, term: str) -> dict[str, list[Any]]:
    """The first of each kind, one more than is shown, so that the page can say that there are more."""
    access, words = request.access, list(words_of(term))
    groups = {
        "persons": list(found_persons(request, term).order_by(*by_name("surname", "given_name"))[: SHOWN + 1])
    }
    if access.may(READ_DECISIONS):
        decisions = Decision.objects.visible_to(access).filter(number__icontains=term)
        decisions = decisions.select_related("person").telling_rest_on(timezone.localdate())
        groups["decisions"] = list(decisions.order_by("number")[: SHOWN + 1])
    if access.may(READ_CONTRACTS):
        contracts = Contract.objects.visible_to(access).select_related("organisation", "service")
        by_number = contracts.filter(number__icontains=term)
        named = _with_words(contracts, "organisation__name", words)
        groups["contracts"] = list((by_number | named).distinct().order_by("number")[: SHOWN + 1])
    if access.may(READ_WORKERS):
        workers = Worker.objects.visible_to(access).select_related("organisation")
        for word in words:
            workers = workers.annotate(s=folded("surname"), g=folded("given_name"), c=folded("code"))
            workers = (
                workers.filter(s__contains=word) | workers.filter(g__contains=word) | workers.filter(c=word)
            )
        groups["workers"] = list(workers.order_by(*by_name("surname", "given_name"))[: SHOWN + 1])
    return groups


def _with_words(rows: Any, field: str, words: list[str]) -> Any:
    told = rows.alias(told=folded(field))
    for word in words:
        told = told.filter(told__contains=word)
    return told
