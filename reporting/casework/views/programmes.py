"""Programmes: the list, one with its flow and its forms of work with groups, entering both."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.casework import actions
from reporting.casework.forms import GroupFormForm, ProgrammeForm
from reporting.casework.models import GroupForm, Programme
from reporting.casework.permissions import KEEP_LOADS, READ_LOADS
from reporting.casework.words import belongs_text
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_LOADS)
def programmes(request: Request) -> HttpResponse:
    page = page_of(Programme.objects.with_chain(), request)
    for one in page:
        one.of = belongs_text(one)
    context = {
        "page": page,
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/programmes.html", context)


@tenant_door(READ_LOADS)
def programme(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Programme.objects.with_chain(), pk=pk)
    forms = list(found.forms.all())
    context = {
        "programme": found,
        "belongs": belongs_text(found),
        "forms": forms,
        "minutes": sum(one.minutes for one in forms),
        "participations": sum(one.participants for one in forms),
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/programme.html", context)


def _edit(
    request: Request, row: Programme | GroupForm, form: Any, told: str, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        saved = attempt(form, lambda: actions.save_row(row, form.values(), seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, told)
            of = saved.programme_id if isinstance(saved, GroupForm) else saved.pk
            return redirect(tenant_url("casework:programme", of))
    return render(request, "casework/edit_programme.html", {"form": form, **context}, status=status_of(form))


def _shown(row: Programme | GroupForm, form: type[ProgrammeForm | GroupFormForm]) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in form.base_fields if name != "seen"}
    return {**fields, "seen": actions.row_stamp(row)}


@tenant_door(KEEP_LOADS)
def create_programme(request: Request) -> HttpResponse:
    form = ProgrammeForm(request.POST or None, initial={"belongs": request.GET.get("belongs", "")})
    return _edit(request, Programme(), form, _("The programme is kept."), {"title": _("A new programme")})


@tenant_door(KEEP_LOADS)
def edit_programme(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Programme, pk=pk)
    form = ProgrammeForm(request.POST or None, initial=_shown(found, ProgrammeForm))
    context = {"title": found.title, "programme": found}
    return _edit(request, found, form, _("The programme is kept."), context)


@tenant_door(KEEP_LOADS)
def add_form(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Programme, pk=pk)
    form = GroupFormForm(request.POST or None)
    context = {"title": _("A new form of work with a group"), "programme": found}
    return _edit(request, GroupForm(programme=found), form, _("The form of work is kept."), context)


@tenant_door(KEEP_LOADS)
def edit_form(request: Request, pk: UUID) -> HttpResponse:
    row = get_object_or_404(GroupForm.objects.select_related("programme"), pk=pk)
    form = GroupFormForm(request.POST or None, initial=_shown(row, GroupFormForm))
    context = {"title": row.name, "programme": row.programme}
    return _edit(request, row, form, _("The form of work is kept."), context)
