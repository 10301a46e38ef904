"""Pages of drafts: awards that wait for a contract, one draft with its paper and signatures."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.contracts import actions
from contracting.contracts.forms.drafts import (
    DocumentForm,
    DraftForm,
    OwnDocumentForm,
    ReasonForm,
    SignatureForm,
)
from contracting.contracts.forms.lines import LineRows
from contracting.contracts.models import ContractDraft, Signature
from contracting.contracts.papers import own_contribution_of, staff_of
from contracting.contracts.permissions import EDIT_CONTRACTS, READ_CONTRACTS, SIGN_CONTRACTS
from contracting.contracts.queries import awards_without_contract
from contracting.tenders.models import Award
from documents.actions import open_file
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


def _drafts(request: Request) -> Any:
    drafts = ContractDraft.objects.visible_to(request.access).select_related(
        "award__offer__organisation",
        "award__offer__call__service",
        "award__offer__opened__sealed",
        "contract",
        "document",
    )
    if request.access.sees_all_organisations:
        return drafts
    # An organisation reads its contract when it is asked to sign it, not while the unit writes it.
    return drafts.exclude(state=ContractDraft.State.DRAFT)


def _draft(request: Request, pk: Any) -> ContractDraft:
    found: ContractDraft = get_object_or_404(_drafts(request), pk=pk)
    return found


@tenant_door(READ_CONTRACTS)
def list_drafts(request: Request) -> HttpResponse:
    """Awards without a contract, drafts on their way, and those that were signed or given up lately."""
    waiting = awards_without_contract() if request.access.may(EDIT_CONTRACTS) else Award.objects.none()
    drafts = _drafts(request).prefetch_related(Prefetch("signatures"))
    context = {
        "waiting": waiting,
        "open_drafts": drafts.open(),
        "ended": drafts.exclude(state__in=["draft", "for_signature"])[:20],
    }
    return render(request, "contracts/drafts.html", context)


@tenant_door(EDIT_CONTRACTS)
def start_draft(request: Request, award_pk: str) -> HttpResponse:
    award = get_object_or_404(
        Award.objects.filter(
            decision=Award.Outcome.GRANTED, offer__call__decided_at__isnull=False
        ).select_related("offer__call__service", "offer__opened", "offer__organisation"),
        pk=award_pk,
    )
    if request.method == "POST":
        draft = actions.draft_contract(award, actor=request.access.actor)
        messages.success(request, _("The draft is made from the offer. Check it before the signatures."))
        return redirect(tenant_url("contracts:draft", draft.pk))
    return render(request, "contracts/start_draft.html", {"award": award})


@tenant_door(READ_CONTRACTS)
def show_draft(request: Request, pk: str) -> HttpResponse:
    draft = _draft(request, pk)
    signatures = list(draft.signatures.all())
    context = {
        "draft": draft,
        "tranches": draft.tranches.all(),
        "commitments": draft.commitments.all(),
        "staff": staff_of(draft),
        "own_contribution": own_contribution_of(draft),
        "signatures": signatures,
        "missing": _missing(signatures),
        "document_form": DocumentForm(),
    }
    return render(request, "contracts/draft.html", context)


def _missing(signatures: list[Signature]) -> list[str]:
    there = {signature.side for signature in signatures}
    return [side for side in Signature.Side.values if side not in there]


@tenant_door(EDIT_CONTRACTS)
def edit_draft(request: Request, pk: str) -> HttpResponse:
    draft = _draft(request, pk)
    if draft.state != ContractDraft.State.DRAFT:
        messages.warning(request, _("The draft waits for signatures: take it back before changing it."))
        return redirect(tenant_url("contracts:draft", draft.pk))
    if request.method == "POST":
        form, lines = DraftForm(request.POST), LineRows(request.POST)
        whole = WholeForm(form, lines.tranches, lines.commitments)
        if whole.is_valid():
            saved = attempt(form, lambda: _save(request, draft, form, lines))
            if saved is not None:
                messages.success(request, _("The draft of the contract is saved."))
                return redirect(tenant_url("contracts:draft", saved.pk))
    else:
        initial = {name: getattr(draft, name) for name in DraftForm.base_fields if name != "seen"}
        form = DraftForm(initial={**initial, "seen": actions.draft_stamp(draft)})
        lines = LineRows(owner=draft)
        whole = WholeForm(form, lines.tranches, lines.commitments)
    context = {"draft": draft, "form": form, "lines": lines, "whole": whole}
    return render(request, "contracts/draft_form.html", context, status=status_of(whole))


def _save(request: Request, draft: ContractDraft, form: DraftForm, lines: LineRows) -> ContractDraft:
    terms = dict(form.cleaned_data)
    seen = terms.pop("seen")
    return actions.edit_draft(
        draft,
        terms=terms,
        tranches=lines.typed_tranches(),
        commitments=lines.typed_commitments(),
        seen=seen,
        actor=request.access.actor,
    )


@tenant_door(EDIT_CONTRACTS)
def make_document(request: Request, pk: str) -> HttpResponse:
    """Make the paper from a template and keep it with the draft."""
    draft = _draft(request, pk)
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.make_document(draft, template=form.cleaned_data["template"], actor=request.access.actor)
        messages.success(request, _("The document is made. Download and check it before the signatures."))
    return redirect(tenant_url("contracts:draft", draft.pk))


@tenant_door(EDIT_CONTRACTS)
def bring_document(request: Request, pk: str) -> HttpResponse:
    """Bring the paper back as it was edited outside."""
    draft = _draft(request, pk)
    form = OwnDocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept = attempt(
            form,
            lambda: actions.bring_document(draft, file=form.cleaned_data["file"], actor=request.access.actor),
        )
        if kept is not None:
            messages.success(request, _("The edited document is kept. It is the one that the sides sign."))
            return redirect(tenant_url("contracts:draft", draft.pk))
    context = {"draft": draft, "form": form}
    return render(request, "contracts/bring_document.html", context, status=status_of(form))


@tenant_door(READ_CONTRACTS)
def download_document(request: Request, pk: str) -> HttpResponse:
    draft = _draft(request, pk)
    if draft.document is None:
        raise Http404
    with open_file(draft.document) as file:
        return download(file.read(), name=draft.document.name, content_type=draft.document.content_type)


@tenant_door(EDIT_CONTRACTS)
def send_draft(request: Request, pk: str) -> HttpResponse:
    draft = _draft(request, pk)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            actions.send_for_signature(draft, actor=request.access.actor)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The contract waits for the signatures of both sides."))
            return redirect(tenant_url("contracts:draft", draft.pk))
    context = {"draft": draft, "refusal": refusal}
    return render(request, "contracts/send_draft.html", context, status=refusal.status if refusal else 200)


@tenant_door(SIGN_CONTRACTS)
def sign_draft(request: Request, pk: str) -> HttpResponse:
    draft = _draft(request, pk)
    missing = _missing(list(draft.signatures.all()))
    form = SignatureForm(request.POST or None, missing=missing, initial={"signed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        signed = attempt(
            form, lambda: actions.sign_draft(draft, **form.cleaned_data, actor=request.access.actor)
        )
        if signed is not None:
            if signed.contract_id:
                messages.success(
                    request, _("The contract %(number)s is concluded.") % {"number": signed.number}
                )
                return redirect(tenant_url("contracts:contract", signed.contract_id))
            messages.success(request, _("The signature is registered."))
            return redirect(tenant_url("contracts:draft", signed.pk))
    context = {"draft": draft, "form": form, "last": len(missing) == 1}
    return render(request, "contracts/sign_draft.html", context, status=status_of(form))


def _with_reason(request: Request, pk: str, verb: Any, template: str, done: str) -> HttpResponse:
    draft = _draft(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        changed = attempt(form, lambda: verb(draft, reason=reason, actor=request.access.actor))
        if changed is not None:
            messages.success(request, done)
            return redirect(tenant_url("contracts:draft", draft.pk))
    return render(request, template, {"draft": draft, "form": form}, status=status_of(form))


@tenant_door(EDIT_CONTRACTS)
def take_back_draft(request: Request, pk: str) -> HttpResponse:
    done = _("The draft is taken back; signatures registered so far are void.")
    return _with_reason(request, pk, actions.take_back, "contracts/take_back_draft.html", done)


@tenant_door(SIGN_CONTRACTS)
def abandon_draft(request: Request, pk: str) -> HttpResponse:
    done = _("The draft is given up; the decision stays.")
    return _with_reason(request, pk, actions.abandon_draft, "contracts/abandon_draft.html", done)


@tenant_door(SIGN_CONTRACTS)
def resume_draft(request: Request, pk: str) -> HttpResponse:
    draft = _draft(request, pk)
    if request.method == "POST":
        actions.resume_draft(draft, actor=request.access.actor)
        messages.success(request, _("The draft is taken up again. Check it before the signatures."))
        return redirect(tenant_url("contracts:draft", draft.pk))
    return render(request, "contracts/resume_draft.html", {"draft": draft})
