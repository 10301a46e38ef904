"""Pages of diary files: bring one, follow its check, read why rows were refused, let it be saved."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.delivery.actions.imports import confirm_import, retry_import, start_import
from reporting.delivery.files import (
    FileRefusal,
    RowRefusal,
    write_refusals_copy,
    write_refusals_workbook,
)
from reporting.delivery.files.cells import STATUS_WORDS
from reporting.delivery.forms import ImportForm
from reporting.delivery.importing.work import file_limits, read_stored
from reporting.delivery.models import DiaryImport, Visit
from reporting.delivery.permissions import IMPORT_DIARY
from reporting.delivery.views.progress import progress_context, show_progress
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of

_RECENT = 20


def _find(request: Request, pk: UUID) -> DiaryImport:
    found: DiaryImport = get_object_or_404(
        DiaryImport.objects.visible_to(request.access).select_related("contract__service", "file"), pk=pk
    )
    return found


@tenant_door(IMPORT_DIARY)
def import_diary(request: Request) -> HttpResponse:
    """The form for a file, and the files brought lately."""
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        access=request.access,
        initial={"contract": request.GET.get("contract")} if request.GET.get("contract") else None,
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        started = attempt(
            form,
            lambda: start_import(
                form.cleaned_data["contract"],
                file.read(),
                name=file.name,
                content_type=file.content_type or "",
                actor=request.access.actor,
            ),
        )
        if started is not None:
            return redirect(tenant_url("delivery:import_detail", started.pk))
    recent = (
        DiaryImport.objects.visible_to(request.access)
        .select_related("contract", "file")
        .defer("refusals", "remarks")[:_RECENT]
    )
    context = {"form": form, "recent": recent, **_columns_explained(request)}
    return render(request, "delivery/import.html", context, status=status_of(form))


def _columns_explained(request: Request) -> dict[str, Any]:
    """What the page says of the columns: limits, words for the status, codes of the activities of each service."""
    services = Contract.objects.visible_to(request.access).order_by().values("service")
    activities = Activity.objects.filter(service__in=services).select_related("service")
    ordered = list(activities.order_by("service__name", "service", "position", "code"))
    return {
        "limits": file_limits(),
        "statuses": [
            {"code": code, "words": words, "meaning": Visit.State(code).label}
            for code, words in STATUS_WORDS.items()
        ],
        "services": [(service, list(own)) for service, own in groupby(ordered, lambda each: each.service)],
        "example": "|".join(activity.code for activity in ordered[:2]),
    }


@tenant_door(IMPORT_DIARY)
def show_import(request: Request, pk: UUID) -> HttpResponse:
    """One file: its progress, or what was found in it."""
    diary_import = _find(request, pk)
    refusals = [RowRefusal.from_record(record) for record in diary_import.refusals]
    whole = [refusal for refusal in refusals if (refusal.row_number or 1) == 1]
    rows = [refusal for refusal in refusals if (refusal.row_number or 1) > 1]
    remarks = [RowRefusal.from_record(record) for record in diary_import.remarks]
    context = {
        **_progress(diary_import),
        "saving": _saving(),
        "whole": whole,
        "page": page_of(rows if refusals else remarks, request),
        "has_copy": bool(rows) and not whole,
    }
    return render(request, "delivery/import_detail.html", context)


@tenant_door(IMPORT_DIARY)
def import_progress(request: Request, pk: UUID) -> HttpResponse:
    """The moving part of the page."""
    return show_progress(request, _progress(_find(request, pk)), _saving())


def _progress(diary_import: DiaryImport) -> dict[str, Any]:
    return progress_context(diary_import, progress="delivery:import_progress", retry="delivery:retry_import")


def _saving() -> str:
    return _("The visits are being saved")


@tenant_door(IMPORT_DIARY)
@require_POST
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Somebody's word that the file is to be saved."""
    diary_import = _find(request, pk)
    try:
        confirm_import(diary_import, actor=request.access.actor)
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect(tenant_url("delivery:import_detail", pk))


@tenant_door(IMPORT_DIARY)
@require_POST
def retry(request: Request, pk: UUID) -> HttpResponse:
    """Work that was interrupted or never begun, handed over once more."""
    retry_import(_find(request, pk))
    return redirect(tenant_url("delivery:import_detail", pk))


@tenant_door(IMPORT_DIARY, hands_out_persons=True)
def refused_copy(request: Request, pk: UUID) -> HttpResponse:
    """The file again with a last column that says why each row was refused: CSV, or XLSX with `?as=xlsx`."""
    diary_import = _find(request, pk)
    refusals = [RowRefusal.from_record(record) for record in diary_import.refusals]
    if not refusals:
        raise Http404
    try:
        table = read_stored(diary_import).table
    except FileRefusal:
        raise Http404 from None
    stem = diary_import.file.name.rsplit(".", 1)[0]
    if request.GET.get("as") == "xlsx":
        content, ending = write_refusals_workbook(table, refusals), "xlsx"
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        content, ending = write_refusals_copy(table, refusals), "csv"
        kind = "text/csv; charset=utf-8"
    suffix = _("refused rows")
    name = f"{stem} - {suffix}.{ending}"
    return download(content, name=name, content_type=kind)
