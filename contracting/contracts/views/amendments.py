"""Pages of amendments, and of the templates of contracts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.contracts import actions
from contracting.contracts.actions.amendments import AMENDABLE
from contracting.contracts.forms.drafts import AmendmentForm, SignatureForm, TemplateForm
from contracting.contracts.forms.lines import LineRows
from contracting.contracts.models import (
    Contract,
    ContractAmendment,
    ContractDraft,
    ContractTemplate,
    Signature,
)
from contracting.contracts.papers import DEFAULT_TEMPLATE, MEDIA_TYPE, example_facts
from contracting.contracts.permissions import EDIT_CONTRACTS, SIGN_CONTRACTS
from documents.actions import open_file
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


def _amendment(request: Request, contract_pk: Any, pk: Any) -> ContractAmendment:
    contract = get_object_or_404(Contract.objects.visible_to(request.access), pk=contract_pk)
    found: ContractAmendment = get_object_or_404(
        ContractAmendment.objects.filter(contract=contract).select_related("contract"), pk=pk
    )
    return found


@tenant_door(EDIT_CONTRACTS)
def propose_amendment(request: Request, pk: str) -> HttpResponse:
    contract = get_object_or_404(
        Contract.objects.visible_to(request.access).select_related("organisation", "service"), pk=pk
    )
    if request.method == "POST":
        form, lines = AmendmentForm(request.POST), LineRows(request.POST)
        whole = WholeForm(form, lines.tranches, lines.commitments)
        if whole.is_valid():
            proposed = attempt(form, lambda: _propose(request, contract, form, lines))
            if proposed is not None:
                number = {"number": proposed.number}
                messages.success(request, _("Amendment no. %(number)s is drafted.") % number)
                return redirect(tenant_url("contracts:contract", contract.pk))
    else:
        initial = {name: getattr(contract, name) for name in AMENDABLE}
        form = AmendmentForm(initial={**initial, "seen": actions.contract_stamp(contract)})
        lines = LineRows(owner=contract)
        whole = WholeForm(form, lines.tranches, lines.commitments)
    draft = ContractDraft.objects.filter(contract=contract).select_related("award").first()
    context = {
        "contract": contract,
        "form": form,
        "lines": lines,
        "whole": whole,
        "granted": draft.award.amount if draft else None,
    }
    return render(request, "contracts/amendment_form.html", context, status=status_of(whole))


def _propose(request: Request, contract: Contract, form: AmendmentForm, lines: LineRows) -> ContractAmendment:
    proposal = actions.Proposal(
        reason=form.cleaned_data["reason"],
        effective_on=form.cleaned_data["effective_on"],
        changes=form.changes(),
        tranches=lines.typed_tranches(),
        commitments=lines.typed_commitments(),
        over_award_reason=form.cleaned_data["over_award_reason"],
    )
    seen = form.cleaned_data["seen"] or None
    return actions.propose_amendment(contract, proposal, seen=seen, actor=request.access.actor)


@tenant_door(EDIT_CONTRACTS)
def send_amendment(request: Request, contract_pk: str, pk: str) -> HttpResponse:
    amendment = _amendment(request, contract_pk, pk)
    if request.method == "POST":
        actions.send_amendment_for_signature(amendment, actor=request.access.actor)
        messages.success(request, _("The amendment waits for the signatures of both sides."))
        return redirect(tenant_url("contracts:contract", contract_pk))
    return render(request, "contracts/send_amendment.html", {"amendment": amendment})


@tenant_door(EDIT_CONTRACTS)
def abandon_amendment(request: Request, contract_pk: str, pk: str) -> HttpResponse:
    amendment = _amendment(request, contract_pk, pk)
    if request.method == "POST":
        actions.abandon_amendment(amendment, actor=request.access.actor)
        messages.success(request, _("The amendment is given up."))
        return redirect(tenant_url("contracts:contract", contract_pk))
    return render(request, "contracts/abandon_amendment.html", {"amendment": amendment})


@tenant_door(SIGN_CONTRACTS)
def sign_amendment(request: Request, contract_pk: str, pk: str) -> HttpResponse:
    amendment = _amendment(request, contract_pk, pk)
    there = {signature.side for signature in amendment.signatures.all()}
    missing = [side for side in Signature.Side.values if side not in there]
    form = SignatureForm(request.POST or None, missing=missing, initial={"signed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        signed = attempt(
            form, lambda: actions.sign_amendment(amendment, **form.cleaned_data, actor=request.access.actor)
        )
        if signed is not None:
            messages.success(request, _("The signature is registered."))
            return redirect(tenant_url("contracts:contract", contract_pk))
    context = {"amendment": amendment, "form": form}
    return render(request, "contracts/sign_amendment.html", context, status=status_of(form))


@tenant_door(EDIT_CONTRACTS)
def list_templates(request: Request) -> HttpResponse:
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept = attempt(
            form,
            lambda: actions.store_template(
                name=form.cleaned_data["name"],
                file=form.cleaned_data["template"],
                actor=request.access.actor,
            ),
        )
        if kept is not None:
            messages.success(request, _("The template “%(name)s” is kept.") % {"name": kept.name})
            return redirect(tenant_url("contracts:templates"))
    context = {
        "form": form,
        "templates": ContractTemplate.objects.select_related("stored"),
        "fields": _field_names(),
    }
    return render(request, "contracts/templates.html", context, status=status_of(form))


def _field_names() -> list[tuple[str, list[str]]]:
    """The fields that a template may name: the loops first tell their rows."""
    names: list[tuple[str, list[str]]] = []
    for name, value in example_facts().items():
        if isinstance(value, dict):
            names.append((name, [f"{{{{ {name}.{key} }}}}" for key in value]))
        elif isinstance(value, list):
            names.append((f"{{%tr for row in {name} %}}", [f"{{{{ row.{key} }}}}" for key in value[0]]))
        else:
            names.append((name, [f"{{{{ {name} }}}}"]))
    return names


@tenant_door(EDIT_CONTRACTS)
def download_template(request: Request, pk: str) -> HttpResponse:
    template = get_object_or_404(ContractTemplate.objects.select_related("stored"), pk=pk)
    with open_file(template.stored) as file:
        return download(file.read(), name=template.stored.name, content_type=MEDIA_TYPE)


@tenant_door(EDIT_CONTRACTS)
def download_default_template(request: Request) -> HttpResponse:
    return download(DEFAULT_TEMPLATE.read_bytes(), name="umowa.docx", content_type=MEDIA_TYPE)


@tenant_door(EDIT_CONTRACTS)
def remove_template(request: Request, pk: str) -> HttpResponse:
    template = get_object_or_404(ContractTemplate, pk=pk)
    if request.method == "POST":
        actions.remove_template(template, actor=request.access.actor)
        messages.success(request, _("The template “%(name)s” is removed.") % {"name": template.name})
        return redirect(tenant_url("contracts:templates"))
    return render(request, "contracts/remove_template.html", {"template": template})
