"""Pages of what persons pay: tables by service and version, and a calculator that stores nothing."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning.actions import payments as verbs
from contracting.commissioning.forms.payments import FAMILY, BandRows, CalculatorForm, TableForm
from contracting.commissioning.law import NATIONAL_BANDS, NATIONAL_BANDS_SOURCE, limits_on
from contracting.commissioning.models import PaymentTable, Service
from contracting.commissioning.payment_cases import Case, case_of, table_on
from contracting.commissioning.permissions import EDIT_PAYMENT_TABLES, READ_PAYMENT_TABLES
from contracting.commissioning.rules.payments import Band, band_of
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from tenants.addresses import tenant_url
from ui.formatting import format_date_text
from ui.refusals import attempt, show_refusal, status_of
from ui.whole_forms import WholeForm

NATIONAL = "national"


@dataclass(frozen=True)
class Version:
    """A table with its state on a day: `past`, `current` or `coming`."""

    table: PaymentTable
    state: str


def _versions() -> list[tuple[Service, list[Version]]]:
    """Every service with the versions of its table, the newest first; one query for the tables, one for services."""
    today = timezone.localdate()
    by_service: dict[Any, list[Version]] = {}
    current: set[Any] = set()
    for table in PaymentTable.objects.order_by("service", "-valid_from"):
        if table.valid_from > today:
            state = "coming"
        elif table.service_id in current:
            state = "past"
        else:
            state = "current"
            current.add(table.service_id)
        by_service.setdefault(table.service_id, []).append(Version(table, state))
    return [(service, by_service.get(service.pk, [])) for service in Service.objects.all()]


@tenant_door(READ_PAYMENT_TABLES)
def list_tables(request: Request) -> HttpResponse:
    """The tables of every service, and the income criteria of today."""
    limits = limits_on(timezone.localdate())
    context = {
        "services": _versions(),
        "criteria": [
            (code, limits.get(code)) for code in ("income_criterion_alone_pln", "income_criterion_family_pln")
        ],
    }
    return render(request, "commissioning/payment_tables.html", context)


def _table(pk: Any) -> PaymentTable:
    found: PaymentTable = get_object_or_404(PaymentTable.objects.select_related("service"), pk=pk)
    return found


@tenant_door(READ_PAYMENT_TABLES)
def show_table(request: Request, pk: str) -> HttpResponse:
    """One version with its bands."""
    table = _table(pk)
    following = (
        PaymentTable.objects.filter(service=table.service_id, valid_from__gt=table.valid_from)
        .order_by("valid_from")
        .first()
    )
    today = timezone.localdate()
    context = {
        "table": table,
        "bands": [band_of(stored) for stored in table.bands],
        "following": following,
        "in_force": table.valid_from <= today,
    }
    return render(request, "commissioning/payment_table.html", context)


@tenant_door(EDIT_PAYMENT_TABLES)
def create_table(request: Request) -> HttpResponse:
    """A new version: empty, from the national table (`?from=national`), or from an earlier one (`?from=<id>`)."""
    services = Service.objects.all()
    if request.method == "POST":
        form = TableForm(request.POST, services=services)
        rows: Any = BandRows(request.POST, prefix="bands")
        if WholeForm(form, rows).is_valid():
            service = form.cleaned_data["service"]
            actor = request.access.actor
            saved = attempt(form, lambda: verbs.create_table(service, form.terms(rows.bands()), actor=actor))
            if saved is not None:
                return _saved(request, saved)
    else:
        form, rows = _begun(request.GET.get("from", ""), request.GET.get("service", ""), services)
    return _table_form(request, form, rows, None)


def _begun(source: str, service: str, services: Any) -> tuple[TableForm, Any]:
    known = {str(one.pk): one for one in services}
    initial: dict[str, Any] = {"service": known.get(service)}
    bands: list[Band] = []
    if source == NATIONAL:
        initial |= {
            "name": _("Specialist services: national table"), "source": NATIONAL_BANDS_SOURCE,
            "small_uncollected": True,
        }  # fmt: skip
        bands = list(NATIONAL_BANDS)
    else:
        earlier = {str(table.pk): table for table in PaymentTable.objects.all()}.get(source)
        if earlier is not None:
            initial |= {
                "service": known.get(str(earlier.service_id)), "name": earlier.name,
                "price_per_hour": earlier.price_per_hour, "rounding": earlier.rounding,
                "small_uncollected": earlier.small_uncollected,
            }  # fmt: skip
            bands = [band_of(stored) for stored in earlier.bands]
    return TableForm(initial=initial, services=services), BandRows(prefix="bands", initial=_rows(bands))


def _rows(bands: list[Band]) -> list[dict[str, Any]]:
    return [
        {"over": band.over, "up_to": band.up_to, "alone": band.alone, "family": band.family} for band in bands
    ]


@tenant_door(EDIT_PAYMENT_TABLES)
def change_table(request: Request, pk: str) -> HttpResponse:
    """Correct a version."""
    table = _table(pk)
    if request.method == "POST":
        form = TableForm(request.POST)
        rows: Any = BandRows(request.POST, prefix="bands")
        if WholeForm(form, rows).is_valid():
            seen, actor = form.cleaned_data["seen"] or None, request.access.actor
            saved = attempt(
                form,
                lambda: verbs.change_table(table, form.terms(rows.bands()), seen=seen, actor=actor),
            )
            if saved is not None:
                return _saved(request, saved)
    else:
        names = ("name", "source", "valid_from", "price_per_hour", "rounding", "small_uncollected")
        initial = {name: getattr(table, name) for name in names}
        form = TableForm(initial={**initial, "seen": verbs.table_stamp(table)})
        rows = BandRows(prefix="bands", initial=_rows([band_of(stored) for stored in table.bands]))
    return _table_form(request, form, rows, table)


def _saved(request: Request, table: PaymentTable) -> HttpResponse:
    messages.success(request, _("The table “%(name)s” is saved.") % {"name": table.name})
    return redirect(tenant_url("payments:table", table.pk))


def _table_form(request: Request, form: TableForm, rows: Any, table: PaymentTable | None) -> HttpResponse:
    whole = WholeForm(form, rows)
    in_force = table is not None and table.valid_from <= timezone.localdate()
    context = {"form": form, "rows": rows, "whole": whole, "table": table, "in_force": in_force}
    return render(request, "commissioning/payment_table_form.html", context, status=status_of(whole))


@tenant_door(EDIT_PAYMENT_TABLES)
def remove_table(request: Request, pk: str) -> HttpResponse:
    """Remove a version that does not hold yet, after asking."""
    table = _table(pk)
    if request.method == "POST":
        verbs.remove_table(table, today=timezone.localdate(), actor=request.access.actor)
        messages.success(request, _("The table “%(name)s” is removed.") % {"name": table.name})
        return redirect(tenant_url("payments:tables"))
    in_force = table.valid_from <= timezone.localdate()
    return render(request, "commissioning/payment_table_remove.html", {"table": table, "in_force": in_force})


@tenant_door(READ_PAYMENT_TABLES)
def calculate(request: Request) -> HttpResponse:
    """What would a person pay? A posted form, so that no income stands in an address; nothing is stored."""
    services = Service.objects.filter(payment_tables__isnull=False).distinct()
    case: Case | None = None
    if request.method == "POST":
        form = CalculatorForm(request.POST, services=services)
        if form.is_valid():
            case = _case(form)
    else:
        form = CalculatorForm(services=services)
    context = {"form": form, "case": case, "has_tables": services.exists()}
    return render(request, "commissioning/payment_calculator.html", context, status=status_of(form))


def _case(form: CalculatorForm) -> Case | None:
    asked = form.cleaned_data
    table = table_on(asked["service"], asked["on"])
    if table is None:
        form.add_error(
            "on",
            _("On %(day)s the service had no table of payments yet: choose a later day.")
            % {"day": format_date_text(asked["on"])},
        )
        return None
    persons = asked["persons"] if asked["living"] == FAMILY else None
    try:
        return case_of(
            table, on=asked["on"], income=asked["income"], persons=persons, minutes=asked["minutes"]
        )
    except DomainError as error:
        show_refusal(form, error)
        return None
