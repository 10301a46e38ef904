"""Promised against delivered: the contracts with commitments, one contract, what stands behind a value."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.contracts.models import Commitment, Contract
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance.queries.kinds import CARE, services_of
from reporting.evaluation.actions.measuring import (
    change_measuring,
    confirm_value,
    settings_stamp,
    state_value,
    stated_stamp,
)
from reporting.evaluation.exports.xlsx import commitments_xlsx
from reporting.evaluation.forms.measuring import MeasuringForm, StatementForm
from reporting.evaluation.models import SETTING_FIELDS, Measurement, MeasuringSettings, StatedValue
from reporting.evaluation.permissions import CONFIGURE, CONFIRM_VALUES, READ_COMMITMENTS, STATE_VALUES
from reporting.evaluation.queries.diary import conditions_at_hand
from reporting.evaluation.queries.months import Cell, measured, months_of, months_to_show, read_records
from reporting.evaluation.queries.promises import PromisesOf
from reporting.evaluation.queries.records import newest_months
from reporting.evaluation.rules.services import MEASURED
from reporting.evaluation.tables.commitments import behind_lines, month_cell, promise_lines, sheet_rows
from reporting.evaluation.words import HEAD_OF_CARE, HEADS, SHOWN
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _contract(request: Request, pk: UUID) -> Contract:
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.access).select_related("service", "organisation"), pk=pk
    )
    return found


def _month(contract: Contract, text: str) -> Month:
    """A month of the contract that has begun."""
    try:
        month = Month.parse(text)
    except ValueError:
        raise Http404 from None
    last = min(contract.valid_to, timezone.localdate())
    if month.last < contract.valid_from or month.first > last:
        raise Http404
    return month


@tenant_door(READ_COMMITMENTS)
def contracts(request: Request) -> HttpResponse:
    kept = Measurement.objects.filter(contract=OuterRef("pk"))
    promising = Commitment.objects.filter(contract=OuterRef("pk"))
    found = (
        Contract.objects.visible_to(request.access)
        .filter(Exists(promising) | Exists(kept))
        .select_related("organisation", "service")
        .order_by("-valid_to", "number")
    )
    page = page_of(found, request)
    newest = newest_months([contract.pk for contract in page])
    context = {
        "page": page,
        "rows": [(contract, newest.get(contract.pk)) for contract in page],
        "may_configure": request.access.may(CONFIGURE),
    }
    return render(request, "evaluation/contracts.html", context)


@tenant_door(READ_COMMITMENTS)
def contract(request: Request, pk: UUID) -> HttpResponse:
    chosen = _contract(request, pk)
    year, years = _year(chosen, request.GET.get("year", ""))
    lines = _lines(request, chosen, year)
    context = {
        "contract": chosen,
        "lines": lines,
        "year": year,
        "years": years,
        "met": sum(line.met for line in lines),
        "judged": sum(line.judged for line in lines),
        "stated": sum(line.stated for line in lines),
        "conditions": conditions_at_hand(),
        "has_promises": bool(PromisesOf(chosen)),
        "by_dossier": CARE not in services_of(chosen),
    }
    return render(request, "evaluation/contract.html", context)


def _lines(request: Request, chosen: Contract, year: int) -> list[Any]:
    months = months_of(chosen, months_to_show(chosen, year, timezone.localdate()), now=timezone.now())
    may = request.access.may
    return promise_lines(chosen, months, may_state=may(STATE_VALUES), may_confirm=may(CONFIRM_VALUES))


def _year(chosen: Contract, asked: str) -> tuple[int, list[int]]:
    """The year asked for among those of the contract, the newest where there is none."""
    last = max(chosen.valid_from, min(chosen.valid_to, timezone.localdate()))
    years = list(range(chosen.valid_from.year, last.year + 1))
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else last.year
    return (wanted if wanted in years else last.year), years


@tenant_door(READ_COMMITMENTS)
def contract_xlsx(request: Request, pk: UUID) -> HttpResponse:
    chosen = _contract(request, pk)
    year, _years = _year(chosen, request.GET.get("year", ""))
    content = commitments_xlsx(
        chosen.number, request.tenant.unit_name, year, sheet_rows(_lines(request, chosen, year))
    )
    return download(content, name=f"zobowiazania_{year}.xlsx", content_type=_XLSX)


@tenant_door(READ_COMMITMENTS)
def behind(request: Request, pk: UUID, month: str, key: str) -> HttpResponse:
    """The visits, decisions, appointments or gaps from which a value was computed, from the records as they stand."""
    chosen = _contract(request, pk)
    of = _month(chosen, month)
    shown = next((each.cells.get(key) for each in months_of(chosen, [of], now=timezone.now())), None)
    if shown is None or shown.promise.measure not in MEASURED:
        raise Http404
    records = read_records(chosen, of, of, conditions_at_hand(), {shown.promise.measure})
    now: Cell = measured([shown.promise], of, records, {}, now=timezone.now())[0]
    context = {
        "contract": chosen,
        "month": of,
        "line": month_cell(chosen, shown, may_state=False),
        "now": month_cell(chosen, now, may_state=False),
        "differs": shown.is_frozen and shown.value != now.value,
        "title": SHOWN[shown.promise.measure],
        "page": page_of(behind_lines(now.behind, records, of, request.access), request, size=100),
        "head": HEADS.get(shown.promise.measure, HEAD_OF_CARE),
        "conditions": records.conditions,
    }
    return render(request, "evaluation/behind.html", context)


@tenant_door(STATE_VALUES)
def state(request: Request, pk: UUID, month: str, key: str) -> HttpResponse:
    chosen = _contract(request, pk)
    of = _month(chosen, month)
    promise = next((one for one in PromisesOf(chosen).in_month(of) if one.key == key), None)
    if promise is None:
        raise Http404
    row = StatedValue.objects.filter(contract=chosen, month=of.first, key=key).first()
    back = f"{tenant_url('evaluation:contract', chosen.pk)}?year={of.year}"
    if request.method == "POST":
        form = StatementForm(request.POST)
        if form.is_valid():
            said = attempt(
                form,
                lambda: state_value(
                    chosen,
                    of,
                    key,
                    value=form.cleaned_data["value"],
                    evidence=form.cleaned_data["evidence"],
                    access=request.access,
                    seen=form.cleaned_data["seen"] or None,
                ),
            )
            if said is not None:
                messages.success(request, _("The value is stated."))
                return redirect(back)
    else:
        known = {"value": row.value, "evidence": row.evidence} if row else {}
        form = StatementForm(initial={**known, "seen": stated_stamp(row)})
    context = {"contract": chosen, "month": of, "promise": promise, "form": form, "row": row, "back": back}
    return render(request, "evaluation/state_value.html", context, status=status_of(form))


@tenant_door(CONFIRM_VALUES)
def confirm(request: Request, pk: UUID, month: str, key: str) -> HttpResponse:
    """The unit stands behind what the organisation stated; asked once, with the evidence in sight."""
    chosen = _contract(request, pk)
    of = _month(chosen, month)
    row = get_object_or_404(StatedValue, contract=chosen, month=of.first, key=key)
    shown = next((each.cells.get(key) for each in months_of(chosen, [of], now=timezone.now())), None)
    if shown is None:
        raise Http404
    back = f"{tenant_url('evaluation:contract', chosen.pk)}?year={of.year}"
    refusal = ""
    if request.method == "POST":
        try:
            confirm_value(chosen, of, key, seen=request.POST.get("seen", ""), actor=request.access.actor)
        except DomainError as error:
            refusal = str(error)
        else:
            messages.success(request, _("The value is confirmed."))
            return redirect(back)
    context = {
        "contract": chosen,
        "month": of,
        "line": month_cell(chosen, shown, may_state=False),
        "row": row,
        "seen": stated_stamp(row),
        "back": back,
        "refusal": refusal,
    }
    return render(request, "evaluation/confirm_value.html", context, status=422 if refusal else 200)


@tenant_door(CONFIGURE)
def settings(request: Request) -> HttpResponse:
    row = MeasuringSettings.objects.first() or MeasuringSettings()
    if request.method == "POST":
        form = MeasuringForm(request.POST)
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in SETTING_FIELDS}
            seen, actor = form.cleaned_data["seen"] or None, request.access.actor
            if attempt(form, lambda: change_measuring(values, seen=seen, actor=actor)) is not None:
                messages.success(
                    request, _("The conditions are saved. They hold for all months that are not accepted.")
                )
                return redirect(tenant_url("evaluation:contracts"))
    else:
        initial = {name: getattr(row, name) for name in SETTING_FIELDS}
        form = MeasuringForm(initial={**initial, "seen": settings_stamp(row)})
    return render(request, "evaluation/settings.html", {"form": form}, status=status_of(form))
