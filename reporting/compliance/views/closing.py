"""The close of a month: each verb on a page of its own that says what will happen, and asks once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance import actions
from reporting.compliance.answers import refused_minutes
from reporting.compliance.forms.months import HandInForm, ReopenForm, Returnable, ReturnForm
from reporting.compliance.permissions import ACCEPT_MONTH, REOPEN_MONTH, SUBMIT_MONTH
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.handing_in import lines_checked
from reporting.compliance.queries.telling import workers_told_to
from reporting.compliance.rules import MonthComparison, Severity
from reporting.compliance.tables.calendar import rows_of
from reporting.compliance.tables.points import groups_of
from reporting.compliance.terms import CODE_NAMES
from reporting.compliance.views.pages import (
    activity_names,
    answers_of,
    close_of,
    contract_of,
    month_of,
    names_of,
    verbs_now,
)
from tenants.addresses import tenant_url
from ui.formatting import format_month


@tenant_door(SUBMIT_MONTH)
def submit(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    lines = lines_checked(close_of(contract, when))
    form = HandInForm(request.POST if request.method == "POST" else None, lines=lines)

    def verb() -> str:
        actions.submit_month(contract, when, answers=form.answers(), actor=request.access.actor)
        return _("%(month)s is handed in. The social unit will accept it or return it.")

    return _step(request, contract, when, "submit", verb, form=form if lines else None)


@tenant_door(ACCEPT_MONTH)
def accept(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)

    def verb() -> str:
        actions.accept_month(contract, when, actor=request.access.actor)
        return _("%(month)s is accepted; its figures are final.")

    return _step(request, contract, when, "accept", verb)


@tenant_door(ACCEPT_MONTH)
def give_back(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    comparison = compare_month(when, contracts=[contract.pk])
    form = ReturnForm(request.POST or None, decisions=_returnable(comparison))

    def verb() -> str:
        actions.return_month(
            contract,
            when,
            reason=form.cleaned_data["reason"],
            lines=[actions.LineToReturn(UUID(key), why, note) for key, why, note in form.lines()],
            actor=request.access.actor,
        )
        return _("%(month)s is returned to the organisation with your reason.")

    return _step(request, contract, when, "return", verb, form=form, comparison=comparison)


@tenant_door(REOPEN_MONTH)
def reopen(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    form = ReopenForm(request.POST or None)

    def verb() -> str:
        actions.reopen_month(contract, when, reason=form.cleaned_data["reason"], actor=request.access.actor)
        return _("%(month)s is open again; the organisation can correct it.")

    return _step(request, contract, when, "reopen", verb, form=form)


def _returnable(comparison: MonthComparison) -> list[Returnable]:
    """The decisions that can be returned: first those to be explained, then those with notes."""
    ordered = sorted(
        comparison.decisions,
        key=lambda one: (
            not any(found.severity is Severity.MUST for found in one.deviations),
            not one.deviations,
        ),
    )
    return [
        Returnable(
            one.key,
            one.number,
            tuple((code.value, str(CODE_NAMES[code])) for code in sorted({f.code for f in one.deviations})),
        )
        for one in ordered
    ]


def _step(
    request: Request,
    contract: Contract,
    when: Month,
    name: str,
    verb: Callable[[], str],
    *,
    form: forms.Form | None = None,
    comparison: MonthComparison | None = None,
) -> HttpResponse:
    """Ask on GET; on POST do it and go to the month, or show why it was refused."""
    refusal = None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            told = verb()
        except DomainError as error:
            refusal = error
            _put_on(form, error)
        else:
            named = format_month(when)
            messages.success(request, told % {"month": named[:1].upper() + named[1:]})
            return redirect(tenant_url("compliance:month", contract.pk, str(when)))
    close = close_of(contract, when)
    context = {
        "contract": contract,
        "month": when,
        "close": close,
        "verb": name,
        "is_its_time": name in verbs_now(request, close),
        "form": form,
        "refusal": refusal,
        **_summary(request, contract, comparison or compare_month(when, contracts=[contract.pk])),
    }
    is_wrong = form is not None and form.is_bound and bool(form.errors)
    status = refusal.status if refusal else 422 if is_wrong else 200
    return render(request, "compliance/close_month.html", context, status=status)


def _put_on(form: forms.Form | None, error: DomainError) -> None:
    """A problem of a field of the form belongs at that field."""
    for problem in error.problems:
        if form is not None and problem.field in form.fields:
            form.add_error(problem.field, str(problem.message))


def _summary(request: Request, contract: Contract, comparison: MonthComparison) -> dict[str, Any]:
    """What the step is about: sums, and the points that are open."""
    answered = answers_of(comparison)
    names = names_of(request, [one.key for one in comparison.decisions], "compliance.close_month")
    rows = rows_of(comparison.decisions, answered, names)
    waiting = [one for one in answered if one.is_open]
    groups = groups_of(
        [one for one in waiting if one.is_must],
        names,
        activity_names(contract),
        workers=workers_told_to(request.access),
        is_must=True,
    )
    delivered, refused = sum(row.delivered for row in rows), refused_minutes(answered)
    return {
        "persons": len({one.person for one in comparison.decisions}),
        "granted": sum(row.granted for row in rows),
        "delivered": delivered,
        "refused": refused,
        "counted": delivered - refused,
        "open_groups": groups,
        "open_must": sum(row.open_must for row in rows)
        + sum(one.is_must for one in waiting if one.decision_id is None),
        "open_note": sum(not one.is_must for one in waiting),
    }
