"""Pages of cards and plans: written, read, revised, and taken along as one file. Every reading is recorded."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.casefile import Reading, chain_of, read_document
from reporting.crisis.exports import case_file_pdf
from reporting.crisis.forms.documents import DocumentForm
from reporting.crisis.models import CrisisCase, CrisisDocument
from reporting.crisis.permissions import WORK_ON_CASES
from reporting.crisis.views.pages import case_of, turned_away
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.refusals import attempt, status_of
from ui.views import show_error

_BROKEN = gettext_lazy(
    "Version %(sequence)s of this case is not as it was written: the file is not made. "
    "Tell the administrator of the system; the audit log holds the hash of every version."
)


def _document(case: CrisisCase, pk: Any) -> CrisisDocument:
    found: CrisisDocument = get_object_or_404(CrisisDocument.objects.filter(case=case), pk=pk)
    found.case = case
    return found


def _read(request: Request, document: CrisisDocument) -> Reading:
    record_reading(
        "crisis.document",
        actor=request.access.actor,
        subject_type="crisis_case",
        subject_ids=[document.case_id],
    )
    return read_document(document)


@tenant_door(WORK_ON_CASES)
def write_document(request: Request, pk: str, kind: str) -> HttpResponse:
    case = case_of(request, pk)
    if kind not in CrisisDocument.Kind.values:
        raise Http404
    if away := turned_away(request, case):
        return away
    form = DocumentForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.write_document(case, kind, form.entry(), actor=actor))
        if saved is not None:
            messages.success(
                request, _("The document is written. It stays as it is; corrections are new versions.")
            )
            return redirect(tenant_url("crisis:document", case.pk, saved.pk))
    context = {"case": case, "form": form, "kind": CrisisDocument.Kind(kind).label, "document": None}
    return render(request, "crisis/write_document.html", context, status=status_of(form))


@tenant_door(WORK_ON_CASES)
def revise_document(request: Request, case_pk: str, pk: str) -> HttpResponse:
    """A further version, beginning from the text of the newest one."""
    case = case_of(request, case_pk)
    document = _document(case, pk)
    if away := turned_away(request, case):
        return away
    newest = case.documents.filter(series=document.series).latest("version")
    if request.method == "POST":
        form = DocumentForm(request.POST, kind=document.kind)
        if form.is_valid():
            actor, seen = request.access.actor, form.cleaned_data["seen"]
            saved = attempt(
                form, lambda: actions.revise_document(document, form.entry(), seen=seen, actor=actor)
            )
            if saved is not None:
                messages.success(request, _("Version %(version)s is written.") % {"version": saved.version})
                return redirect(tenant_url("crisis:document", case.pk, saved.pk))
    else:
        initial = {**_read(request, newest).fields, "seen": newest.version}
        form = DocumentForm(kind=document.kind, initial=initial)
    context = {"case": case, "form": form, "kind": document.get_kind_display(), "document": newest}
    return render(request, "crisis/write_document.html", context, status=status_of(form))


@tenant_door(WORK_ON_CASES)
def show_document(request: Request, case_pk: str, pk: str) -> HttpResponse:
    """One version of a document, with the way to all others."""
    case = case_of(request, case_pk)
    document = _document(case, pk)
    if away := turned_away(request, case):
        return away
    versions = list(case.documents.filter(series=document.series).defer("body").order_by("-version"))
    context = {
        "case": case,
        "reading": _read(request, document),
        "document": document,
        "versions": versions,
        "is_newest": versions[0].pk == document.pk,
    }
    response = render(request, "crisis/document.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@tenant_door(WORK_ON_CASES, hands_out_persons=True)
def case_file(request: Request, pk: str) -> HttpResponse:
    """The whole file as PDF; refused where the chain of its versions does not hold."""
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    chain = chain_of(case)
    if chain.broken is not None:
        return show_error(request, 409, str(_BROKEN) % {"sequence": chain.broken})
    content = case_file_pdf(case, chain)
    actions.record_export(case, content, last_hash=chain.last_hash, actor=request.access.actor)
    name = f"{case.number.replace('/', '-')}.pdf"
    return download(content, name=name, content_type="application/pdf")
