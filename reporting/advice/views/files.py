"""Pages of files of advice: bring one, follow its check, read what was found in it, let it be saved."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.advice.actions.files import bring_file, confirm_advice_file, retry_advice_file
from reporting.advice.files import DEPTH_WORDS, KIND_WORDS, PLACE_WORDS, AdviceRefusal
from reporting.advice.forms.planning import FileForm
from reporting.advice.importing.work import file_limits, read_stored
from reporting.advice.models import AdviceFile, Topic
from reporting.advice.permissions import IMPORT
from reporting.delivery.files import FileRefusal, write_refusals_copy
from reporting.delivery.views.progress import progress_context, show_progress
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of

_RECENT = 20


def _find(request: Request, pk: UUID) -> AdviceFile:
    found: AdviceFile = get_object_or_404(
        AdviceFile.objects.visible_to(request.access).select_related("contract", "file"), pk=pk
    )
    return found


@tenant_door(IMPORT)
def bring(request: Request) -> HttpResponse:
    """The form for a file, and the files brought lately."""
    bound = request.method == "POST"
    form = FileForm(request.POST if bound else None, request.FILES if bound else None, access=request.access)
    if bound and form.is_valid():
        file = form.cleaned_data["file"]
        brought = attempt(
            form,
            lambda: bring_file(
                file.read(),
                name=file.name,
                content_type=file.content_type or "",
                access=request.access,
                contract=form.cleaned_data["contract"],
                actor=request.access.actor,
            ),
        )
        if brought is not None:
            return redirect(tenant_url("advice:file", brought.pk))
    recent = (
        AdviceFile.objects.visible_to(request.access).select_related("file", "contract").defer("refusals")
    )
    context = {
        "form": form,
        "recent": recent[:_RECENT],
        "limits": file_limits(),
        "kinds": KIND_WORDS.items(),
        "places": PLACE_WORDS.items(),
        "depths": DEPTH_WORDS.items(),
        "topics": Topic.objects.filter(active=True),
    }
    return render(request, "advice/files.html", context, status=status_of(form))


@tenant_door(IMPORT)
def show_file(request: Request, pk: UUID) -> HttpResponse:
    """One file: its progress, then what saving it would do, or why it was refused."""
    advice_file = _find(request, pk)
    refusals = [AdviceRefusal.from_record(record) for record in advice_file.refusals]
    whole = [refusal for refusal in refusals if (refusal.row_number or 1) == 1]
    context = {
        **_progress(advice_file),
        "saving": _saving(),
        "file": advice_file,
        "whole": whole,
        "remarks": [AdviceRefusal.from_record(record) for record in advice_file.remarks],
        "page": page_of([refusal for refusal in refusals if (refusal.row_number or 1) > 1], request),
    }
    return render(request, "advice/file.html", context)


@tenant_door(IMPORT)
def file_progress(request: Request, pk: UUID) -> HttpResponse:
    """The moving part of the page."""
    return show_progress(request, _progress(_find(request, pk)), _saving())


def _progress(advice_file: AdviceFile) -> dict[str, Any]:
    return progress_context(advice_file, progress="advice:file_progress", retry="advice:retry_file")


def _saving() -> str:
    return _("The advice is being saved")


@tenant_door(IMPORT)
@require_POST
def save(request: Request, pk: UUID) -> HttpResponse:
    """Somebody's word that the file is to be saved."""
    advice_file = _find(request, pk)
    try:
        confirm_advice_file(advice_file, actor=request.access.actor)
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect(tenant_url("advice:file", advice_file.pk))


@tenant_door(IMPORT)
@require_POST
def retry(request: Request, pk: UUID) -> HttpResponse:
    """Work that was interrupted or never begun, handed over once more."""
    retry_advice_file(_find(request, pk))
    return redirect(tenant_url("advice:file", pk))


@tenant_door(IMPORT, hands_out_persons=True)
def refused_copy(request: Request, pk: UUID) -> HttpResponse:
    """The file again with a last column that says why each row was refused."""
    advice_file = _find(request, pk)
    refusals = [AdviceRefusal.from_record(record) for record in advice_file.refusals]
    if not refusals:
        raise Http404
    try:
        table = read_stored(advice_file).table
    except FileRefusal:
        raise Http404 from None
    stem = advice_file.file.name.rsplit(".", 1)[0]
    return download(
        write_refusals_copy(table, refusals),
        name=f"{stem} - {_('refused rows')}.csv",
        content_type="text/csv; charset=utf-8",
    )
