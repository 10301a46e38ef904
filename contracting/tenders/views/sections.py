"""Pages of the sections of a call's draft: which there are, what is written, and a form for each."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracting.tenders.actions import calls as actions
from contracting.tenders.forms import rows as row_forms
from contracting.tenders.forms.calls import (
    BasicsForm,
    ConceptForm,
    FilesForm,
    ParametersForm,
    SectionForm,
    TextsForm,
)
from contracting.tenders.models import Call
from contracting.tenders.permissions import EDIT_CALLS
from contracting.tenders.rules.announcing import HUNDRED
from contracting.tenders.words import CONCEPT_LABELS
from kernel.doors import Request, tenant_door
from kernel.errors import Sentence
from tenants.addresses import tenant_url
from ui.formatting import format_instant_text, format_money
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


@dataclass(frozen=True)
class Section:
    """A section of a call: the name of its address, its title, its form and template."""

    key: str
    title: Promise
    form: type[SectionForm]
    template: str = "tenders/calls/section.html"

    @property
    def address(self) -> str:
        return f"calls:edit_{self.key}"


BASICS = Section("basics", gettext_lazy("Title, number and kind"), BasicsForm)
TEXTS = Section("texts", gettext_lazy("Texts of the announcement"), TextsForm)
PARAMETERS = Section(
    "parameters", gettext_lazy("Money and dates"), ParametersForm, "tenders/calls/parameters.html"
)
CONCEPT = Section("concept", gettext_lazy("Service concept"), ConceptForm)
FILES = Section("files", gettext_lazy("Required files"), FilesForm)
LOTS, CRITERIA = "lots", "criteria"
_ROW_TITLES = {LOTS: gettext_lazy("Parts of the call"), CRITERIA: gettext_lazy("Criteria of the choice")}


@dataclass(frozen=True)
class SectionLine:
    """A section in the list of what is to be written: what stands there, and whether it is enough."""

    key: str
    title: Sentence
    meta: Sentence
    is_done: bool

    @property
    def address(self) -> str:
        return f"calls:edit_{self.key}"


def section_lines(call: Call) -> list[SectionLine]:
    """The sections of a call in the order in which they are written; two queries."""
    lots, criteria = list(call.lots.all()), list(call.criteria.all())
    written = [bool(getattr(call, name)) for name in TextsForm.base_fields if name != "seen"]
    weights = sum(row.weight for row in criteria)
    asked = sum(1 for part in CONCEPT_LABELS if call.concept_questions.get(part))
    money = call.funds is not None
    dates = call.is_template or bool(call.task_from and call.task_to and call.deadline)
    return [
        SectionLine("basics", BASICS.title, _basics(call), bool(call.number) or call.is_template),
        SectionLine(
            "texts",
            TEXTS.title,
            _("%(done)s of %(all)s written") % {"done": sum(written), "all": len(written)},
            all(written) or call.is_template,
        ),
        SectionLine("parameters", PARAMETERS.title, _parameters(call), money and dates),
        SectionLine(
            LOTS,
            _ROW_TITLES[LOTS],
            ngettext("%(count)s part, %(sum)s", "%(count)s parts, %(sum)s", len(lots))
            % {"count": len(lots), "sum": format_money(sum(lot.funds for lot in lots))},
            bool(lots) and (call.funds is None or sum(lot.funds for lot in lots) == call.funds),
        ),
        SectionLine(
            CRITERIA,
            _ROW_TITLES[CRITERIA],
            ngettext(
                "%(count)s criterion, %(sum)s %% together",
                "%(count)s criteria, %(sum)s %% together",
                len(criteria),
            )
            % {"count": len(criteria), "sum": weights},
            weights == HUNDRED,
        ),
        SectionLine(
            "concept",
            CONCEPT.title,
            ngettext("%(count)s question", "%(count)s questions", asked) % {"count": asked}
            if call.concept_required
            else _("not required"),
            bool(asked) or not call.concept_required,
        ),
        SectionLine("files", FILES.title, ", ".join(call.required_files) or _("none is required"), True),
    ]


def _basics(call: Call) -> str:
    parts = [call.number or "", str(call.get_kind_display()), call.service.name]
    return " · ".join(part for part in parts if part)


def _parameters(call: Call) -> str:
    parts = []
    if call.funds is not None:
        parts.append(format_money(call.funds))
    if call.deadline is not None:
        parts.append(_("offers until %(at)s") % {"at": format_instant_text(call.deadline)})
    return " · ".join(parts) or _("nothing yet")


def _find(request: Request, pk: Any) -> Call:
    found: Call = get_object_or_404(Call.objects.visible_to(request.access).select_related("service"), pk=pk)
    return found


def _back(call: Call) -> HttpResponse:
    return redirect(tenant_url("calls:call", call.pk))


def _edit(request: Request, pk: str, section: Section) -> HttpResponse:
    call = _find(request, pk)
    if request.method == "POST":
        form = section.form(request.POST)
        if form.is_valid():
            seen = form.cleaned_data["seen"] or None
            actor = request.access.actor
            saved = attempt(form, lambda: actions.edit_call(call, seen=seen, actor=actor, **form.values()))
            if saved is not None:
                messages.success(request, _("Saved: %(section)s.") % {"section": section.title})
                return _back(call)
    elif call.state != Call.State.DRAFT:
        return _back(call)
    else:
        initial = section.form.initial_of(call)
        form = section.form(initial={**initial, "seen": actions.fields_stamp(call, _written_by(section))})
    context = {"call": call, "section": section, "form": form}
    return render(request, section.template, context, status=status_of(form))


def _written_by(section: Section) -> list[str]:
    """The fields of a call that the section writes."""
    if section is PARAMETERS:
        kept = [
            name
            for name in ParametersForm.base_fields
            if name not in ("seen", "deadline_day", "deadline_time")
        ]
        return [*kept, "deadline"]
    if section is CONCEPT:
        return ["concept_required", "concept_questions"]
    return [name for name in section.form.base_fields if name != "seen"]


@tenant_door(EDIT_CALLS)
def edit_basics(request: Request, pk: str) -> HttpResponse:
    return _edit(request, pk, BASICS)


@tenant_door(EDIT_CALLS)
def edit_texts(request: Request, pk: str) -> HttpResponse:
    return _edit(request, pk, TEXTS)


@tenant_door(EDIT_CALLS)
def edit_parameters(request: Request, pk: str) -> HttpResponse:
    return _edit(request, pk, PARAMETERS)


@tenant_door(EDIT_CALLS)
def edit_concept(request: Request, pk: str) -> HttpResponse:
    return _edit(request, pk, CONCEPT)


@tenant_door(EDIT_CALLS)
def edit_files(request: Request, pk: str) -> HttpResponse:
    return _edit(request, pk, FILES)


@tenant_door(EDIT_CALLS)
def edit_lots(request: Request, pk: str) -> HttpResponse:
    return _edit_rows(request, pk, LOTS)


@tenant_door(EDIT_CALLS)
def edit_criteria(request: Request, pk: str) -> HttpResponse:
    return _edit_rows(request, pk, CRITERIA)


def _edit_rows(request: Request, pk: str, key: str) -> HttpResponse:
    call = _find(request, pk)
    formset: Any = row_forms.LotRows if key == LOTS else row_forms.CriterionRows
    if request.method == "POST":
        form, rows = row_forms.SeenForm(request.POST), formset(request.POST, prefix=key)
        if WholeForm(form, rows).is_valid():
            saved = attempt(
                form, lambda: _save_rows(request, call, key, form.cleaned_data["seen"] or None, rows)
            )
            if saved is not None:
                messages.success(request, _("Saved: %(section)s.") % {"section": _ROW_TITLES[key]})
                _remind_of_weights(request, call, key)
                return _back(call)
    elif call.state != Call.State.DRAFT:
        return _back(call)
    else:
        lines = actions.lot_lines(call) if key == LOTS else actions.criterion_lines(call)
        initial = row_forms.lot_initial(call) if key == LOTS else row_forms.criterion_initial(call)
        form = row_forms.SeenForm(initial={"seen": actions.lines_stamp(lines)})
        rows = formset(prefix=key, initial=initial)
    whole = WholeForm(form, rows)
    context = {"call": call, "title": _ROW_TITLES[key], "form": form, "rows": rows, "whole": whole}
    return render(request, f"tenders/calls/{key}.html", context, status=status_of(whole))


def _remind_of_weights(request: Request, call: Call, key: str) -> None:
    """A word on criteria that are kept half-done."""
    weights = [row.weight for row in call.criteria.all()] if key == CRITERIA else []
    if weights and sum(weights) != HUNDRED:
        told = _(
            "The weights sum to %(sum)s %% so far; before the call is published they must sum to 100 %%."
        )
        messages.warning(request, told % {"sum": sum(weights)})


def _save_rows(request: Request, call: Call, key: str, seen: str | None, rows: Any) -> Call:
    actor = request.access.actor
    if key == LOTS:
        return actions.set_lots(call, row_forms.lot_lines_of(rows), seen=seen, actor=actor)
    return actions.set_criteria(call, row_forms.criterion_lines_of(rows), seen=seen, actor=actor)
