"""Pages of contracts: the list, one contract with its staff, and the forms."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.contracts import actions
from contracting.contracts.amending import amendments_of
from contracting.contracts.forms.contracts import (
    ContractFilter,
    ContractForm,
    ContractTermsForm,
    NamedStaffEditForm,
    NamedStaffForm,
    NumberForm,
)
from contracting.contracts.forms.lines import LineRows
from contracting.contracts.models import Contract, ContractDraft, NamedStaff
from contracting.contracts.permissions import EDIT_CONTRACTS, READ_CONTRACTS, READ_WORKERS
from contracting.contracts.queries import signed_here
from contracting.contracts.warnings import warnings_of
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.polish import by_name, in_order
from tenants.addresses import tenant_url
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm

_COLUMNS: dict[str, Column] = {
    "number": ["number"],
    "organisation": [in_order("organisation__name"), "number"],
    "valid_from": ["valid_from"],
    "valid_to": ["valid_to"],
    "price": ["price_per_hour"],
}


def _contract(request: Request, pk: Any) -> Contract:
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.access).select_related("service", "organisation"), pk=pk
    )
    return found


@tenant_door(READ_CONTRACTS)
def list_contracts(request: Request) -> HttpResponse:
    form = ContractFilter(request.GET, access=request.access)
    contracts = Contract.objects.visible_to(request.access).select_related("service", "organisation")
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("number"):
        contracts = contracts.filter(number__icontains=chosen["number"])
    if chosen.get("organisation"):
        contracts = contracts.filter(organisation=chosen["organisation"])
    if chosen.get("service"):
        contracts = contracts.filter(service=chosen["service"])
    if chosen.get("valid_on"):
        contracts = contracts.valid_on(chosen["valid_on"])
    page = page_of(contracts.order_by(*order_of(request, _COLUMNS, "number")), request)
    today = timezone.localdate()
    threats = warnings_of(list(page), today=today)
    for contract in page:
        contract.warnings = threats.get(contract.pk, [])
    context = {
        "form": form,
        "page": page,
        "filtered": any(chosen.values()) or not form.is_valid(),
        "today": today,
    }
    return render(request, "contracts/contracts.html", context)


@tenant_door(READ_CONTRACTS)
def show_contract(request: Request, pk: str) -> HttpResponse:
    contract = _contract(request, pk)
    named = (
        contract.named_staff.select_related("worker").order_by(
            *by_name("worker__surname", "worker__given_name")
        )
        if request.access.may(READ_WORKERS)
        else None
    )
    today = timezone.localdate()
    context = {
        "contract": contract,
        "named_staff": named,
        "today": today,
        "draft": ContractDraft.objects.filter(contract=contract).select_related("award__offer__call").first(),
        "tranches": contract.tranches.all(),
        "commitments": contract.commitments.all(),
        "is_signed_here": signed_here().filter(pk=contract.pk).exists(),
        "amendments": amendments_of(contract),
        "warnings": warnings_of([contract], today=today).get(contract.pk, []),
    }
    return render(request, "contracts/contract.html", context)


@tenant_door(EDIT_CONTRACTS)
def create_contract(request: Request) -> HttpResponse:
    """A contract that was concluded elsewhere, with its yearly money and commitments."""
    typed = request.POST if request.method == "POST" else None
    form, lines = ContractForm(typed, access=request.access), LineRows(typed)
    whole = WholeForm(form, lines.tranches, lines.commitments)
    if typed is not None and whole.is_valid():
        terms = dict(form.cleaned_data)
        parties = {name: terms.pop(name) for name in ("service", "organisation")}
        saved = attempt(
            form,
            lambda: actions.create_contract(
                **parties,
                terms=terms,
                tranches=lines.typed_tranches(),
                commitments=lines.typed_commitments(),
                actor=request.access.actor,
            ),
        )
        if saved is not None:
            return _saved(request, saved)
    context = {"form": form, "lines": lines, "whole": whole, "contract": None}
    return render(request, "contracts/contract_form.html", context, status=status_of(whole))


def _saved(request: Request, contract: Contract) -> HttpResponse:
    messages.success(request, _("The contract %(number)s is saved.") % {"number": contract.number})
    return redirect(tenant_url("contracts:contract", contract.pk))


@tenant_door(EDIT_CONTRACTS)
def edit_contract(request: Request, pk: str) -> HttpResponse:
    """Of a contract that was signed here the number only; of one that was entered all it says."""
    contract = _contract(request, pk)
    if signed_here().filter(pk=contract.pk).exists():
        return _correct_number(request, contract)
    if request.method == "POST":
        form, lines = ContractTermsForm(request.POST), LineRows(request.POST)
        whole = WholeForm(form, lines.tranches, lines.commitments)
        if whole.is_valid():
            saved = attempt(
                form,
                lambda: actions.edit_contract(
                    contract,
                    terms=form.cleaned_data,
                    tranches=lines.typed_tranches(),
                    commitments=lines.typed_commitments(),
                    seen=form.cleaned_data["seen"],
                    actor=request.access.actor,
                ),
            )
            if saved is not None:
                return _saved(request, saved)
    else:
        form, lines = (
            ContractTermsForm(initial=_initial(ContractTermsForm, contract)),
            LineRows(owner=contract),
        )
        whole = WholeForm(form, lines.tranches, lines.commitments)
    context = {"form": form, "lines": lines, "whole": whole, "contract": contract}
    return render(request, "contracts/contract_form.html", context, status=status_of(whole))


def _initial(shape: Any, contract: Contract) -> dict[str, Any]:
    names = [name for name in shape.base_fields if name != "seen"]
    return {**{name: getattr(contract, name) for name in names}, "seen": actions.contract_stamp(contract)}


def _correct_number(request: Request, contract: Contract) -> HttpResponse:
    form = NumberForm(request.POST or None, initial=_initial(NumberForm, contract))
    if request.method == "POST" and form.is_valid():
        number, seen = form.cleaned_data["number"], form.cleaned_data["seen"]
        saved = attempt(
            form,
            lambda: actions.correct_number(contract, number=number, seen=seen, actor=request.access.actor),
        )
        if saved is not None:
            return _saved(request, saved)
    context = {"form": form, "contract": contract}
    return render(request, "contracts/contract_number.html", context, status=status_of(form))


@tenant_door(EDIT_CONTRACTS)
def name_staff(request: Request, pk: str) -> HttpResponse:
    contract = _contract(request, pk)
    form = NamedStaffForm(request.POST or None, contract=contract)
    if request.method == "POST" and form.is_valid():
        named = attempt(
            form, lambda: actions.name_staff(contract, **form.cleaned_data, actor=request.access.actor)
        )
        if named is not None:
            messages.success(request, _("The contract names %(worker)s.") % {"worker": named.worker})
            return redirect(tenant_url("contracts:contract", contract.pk))
    context = {"form": form, "contract": contract, "worker": None}
    return render(request, "contracts/named_staff_form.html", context, status=status_of(form))


def _named(request: Request, contract_pk: Any, pk: Any) -> NamedStaff:
    named: NamedStaff = get_object_or_404(
        NamedStaff.objects.filter(contract=_contract(request, contract_pk)).select_related(
            "worker", "contract"
        ),
        pk=pk,
    )
    return named


@tenant_door(EDIT_CONTRACTS)
def change_named_staff(request: Request, contract_pk: str, pk: str) -> HttpResponse:
    named = _named(request, contract_pk, pk)
    initial = {"valid_from": named.valid_from, "valid_to": named.valid_to}
    seen = actions.named_stamp(named)
    form = NamedStaffEditForm(request.POST or None, initial={**initial, "seen": seen})
    if request.method == "POST" and form.is_valid():
        given, actor = form.cleaned_data, request.access.actor
        changed = attempt(form, lambda: actions.change_named_staff(named, **given, actor=actor))
        if changed is not None:
            messages.success(request, _("The dates of %(worker)s are saved.") % {"worker": named.worker})
            return redirect(tenant_url("contracts:contract", named.contract_id))
    context = {"form": form, "contract": named.contract, "worker": named.worker}
    return render(request, "contracts/named_staff_form.html", context, status=status_of(form))


@tenant_door(EDIT_CONTRACTS)
def remove_named_staff(request: Request, contract_pk: str, pk: str) -> HttpResponse:
    named = _named(request, contract_pk, pk)
    if request.method == "POST":
        try:
            actions.remove_named_staff(named, actor=request.access.actor)
            said = _("The contract no longer names %(worker)s.") % {"worker": named.worker}
            messages.success(request, said)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        return redirect(tenant_url("contracts:contract", named.contract_id))
    return render(request, "contracts/remove_named_staff.html", {"named": named, "contract": named.contract})
