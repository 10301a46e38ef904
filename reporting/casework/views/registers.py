"""Pages of the registers: the list, an entry, taking one out, and the whole as a workbook."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from kernel.errors import Conflict
from reporting.casework import actions
from reporting.casework.permissions import KEEP_LOADS, READ_LOADS
from reporting.casework.registers import REGISTERS, Register, register_workbook
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _register(kind: str) -> Register:
    if kind not in REGISTERS:
        raise Http404
    return REGISTERS[kind]


@tenant_door(READ_LOADS)
def register(request: Request, kind: str) -> HttpResponse:
    shown = _register(kind)
    page = page_of(shown.rows(), request)
    context = {
        "register": shown,
        "registers": REGISTERS.values(),
        "page": page,
        "rows": [(row, [(column, column.text(row)) for column in shown.columns]) for row in page],
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/register.html", context)


@tenant_door(READ_LOADS)
def register_xlsx(request: Request, kind: str) -> HttpResponse:
    shown = _register(kind)
    content = register_workbook(shown, company=request.tenant.unit_name, today=timezone.localdate())
    return download(content, name=f"{kind}.xlsx", content_type=XLSX)


@tenant_door(KEEP_LOADS)
def add_entry(request: Request, kind: str) -> HttpResponse:
    shown = _register(kind)
    return _edit(request, shown, None)


@tenant_door(KEEP_LOADS)
def edit_entry(request: Request, kind: str, pk: UUID) -> HttpResponse:
    return _edit(request, _register(kind), pk)


def _edit(request: Request, shown: Register, pk: UUID | None) -> HttpResponse:
    row = shown.model() if pk is None else get_object_or_404(shown.model, pk=pk)
    offered = {"belongs": request.GET.get("belongs", "")}
    values = offered if pk is None else {field: getattr(row, field) for field in shown.fields}
    stamp = "" if pk is None else actions.row_stamp(row)
    form = shown.form(request.POST or None, initial={**values, "seen": stamp})
    if request.method == "POST" and form.is_valid():
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        saved = attempt(form, lambda: actions.save_row(row, form.values(), seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, _("The entry is kept."))
            return redirect(tenant_url("casework:register", shown.name))
    context = {"register": shown, "form": form, "pk": pk, "stamp": stamp}
    return render(request, "casework/edit_entry.html", context, status=status_of(form))


@tenant_door(KEEP_LOADS)
@require_POST
def remove_entry(request: Request, kind: str, pk: UUID) -> HttpResponse:
    shown = _register(kind)
    row, seen = get_object_or_404(shown.model, pk=pk), request.POST.get("seen") or None
    try:
        actions.remove_row(row, seen=seen, actor=request.access.actor)
    except Conflict:
        messages.error(request, _("Somebody changed the entry meanwhile, so it was not removed: look at it."))
        return redirect(tenant_url("casework:edit_entry", shown.name, pk))
    messages.success(request, _("The entry is removed."))
    return redirect(tenant_url("casework:register", shown.name))
