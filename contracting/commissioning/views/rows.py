"""The page on which rows of a cycle are edited together, whatever rows they are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import models
from django.forms import CharField, ChoiceField, Textarea
from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning.actions import rows_stamp
from contracting.commissioning.forms.rows import ObjectChoice, StampForm
from contracting.commissioning.models import Cycle
from contracting.commissioning.views.pages import step_address, step_crumbs
from kernel.doors import Request
from kernel.errors import Sentence
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm

# Letters of a choice that need more than one column.
_LONG = 30


@dataclass(frozen=True)
class RowsPage:
    """What a page of rows needs: its words, its rows, and the action that saves them.

    `rows` is a formset of `forms.rows.rows_of`; `fields` the model's fields in it; `offers` what its ObjectChoice
    fields offer; `save` takes (lines, seen). `crumbs` are (label, address) of the pages above. Where nothing is stored
    the page begins with the rows in `suggested`, which are saved like any other.
    """

    title: Sentence
    back: str
    crumbs: Sequence[tuple[Sentence, str]]
    rows: Any
    fields: Sequence[str]
    stored: Iterable[models.Model]
    stamp: str
    save: Callable[[list[dict[str, Any]], str | None], object]
    saved: Sentence
    lead: Sentence = ""
    hint: Sentence = ""
    offers: Mapping[str, Any] = field(default_factory=dict)
    suggested: Sequence[dict[str, Any]] = ()


def rows_page(
    cycle: Cycle,
    kind: str,
    title: str,
    rows: Any,
    model: type[models.Model],
    fields: Sequence[str],
    *,
    stamp: str = "",
    **more: Any,
) -> RowsPage:
    """A page of the step's rows of one kind; `stamp` where more than `fields` is compared, `more` as in RowsPage."""
    return RowsPage(
        title=title,
        back=step_address(cycle, kind),
        crumbs=step_crumbs(cycle, kind),
        rows=rows,
        fields=fields,
        stored=model._default_manager.filter(cycle=cycle),
        stamp=stamp or rows_stamp(cycle, model, fields),
        saved=_("Saved: %(what)s.") % {"what": title},
        **more,
    )


def answer_rows(request: Request, page: RowsPage) -> HttpResponse:
    """Show the rows, or save them and go back."""
    options: dict[str, Any] = {"prefix": "rows", "form_kwargs": {"offers": page.offers}}
    if request.method == "POST":
        form, rows = StampForm(request.POST), page.rows(request.POST, **options)
        if WholeForm(form, rows).is_valid():
            seen = form.cleaned_data["seen"] or None

            def save() -> bool:
                page.save(_lines(rows), seen)
                return True

            if attempt(form, save):
                messages.success(request, str(page.saved))
                return redirect(page.back)
    else:
        form = StampForm(initial={"seen": page.stamp})
        stored = [_initial(row, page.fields) for row in page.stored]
        rows = page.rows(initial=stored or list(page.suggested), **options)
    whole = WholeForm(form, rows)
    heads = [field.label for field in rows.empty_form.visible_fields()]
    context = {
        "page": page,
        "form": form,
        "rows": rows,
        "whole": whole,
        "heads": heads,
        "lines": [_cells(row, heads) for row in rows],
        "empty_line": _cells(rows.empty_form, heads),
    }
    return render(request, "commissioning/rows_form.html", context, status=status_of(whole))


def _lines(rows: Any) -> list[dict[str, Any]]:
    """What was typed in the rows that are neither empty nor marked for removal; `row` is the number that people see."""
    return [
        {**row.cleaned_data, "row": number}
        for number, row in enumerate(rows.forms, start=1)
        if row.has_changed() and not row.cleaned_data.get("DELETE")
    ]


def _initial(row: models.Model, fields: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, row._meta.get_field(name).attname) for name in fields}  # type: ignore[union-attr]
    return {"id": row.pk, **values}


def _cells(row: Any, heads: Sequence[Any]) -> dict[str, Any]:
    """A row for the template: its hidden fields, and its visible ones, each with its width and its column's name."""
    return {
        "hidden": row.hidden_fields(),
        "cells": [
            (field, _width(field), head) for field, head in zip(row.visible_fields(), heads, strict=True)
        ],
    }


def _width(field: BoundField) -> str:
    """How much room a field takes: `wide` where people write sentences or choose among long names."""
    if isinstance(field.field, ObjectChoice) or isinstance(field.field.widget, Textarea):
        return "wide"
    if isinstance(field.field, ChoiceField):
        choices: Any = field.field.choices
        return "wide" if any(len(str(label)) > _LONG for _key, label in choices) else ""
    return "wide" if isinstance(field.field, CharField) and (field.field.max_length or 0) >= 160 else ""
