"""Pages of the law: every limit with its article and source on a day, its history, and the tenant's own values."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning.actions import law as actions
from contracting.commissioning.forms.law import LawFilter, LimitForm
from contracting.commissioning.law import (
    CODES,
    TITLES,
    UNIT_OF,
    Act,
    Limit,
    Unit,
    act_of,
    rows_by_code,
    value_text,
)
from contracting.commissioning.models import LegalLimit
from contracting.commissioning.permissions import EDIT_LAW, READ_LAW
from contracting.commissioning.rules.limits import in_force
from kernel.doors import Request, tenant_door
from kernel.errors import Sentence
from tenants.addresses import tenant_url
from ui.formatting import format_date_text
from ui.refusals import attempt, status_of


@dataclass(frozen=True)
class Rule:
    """A limit on the page: its name, the row that holds on the day (None where none does), and what holds later."""

    code: str
    title: Sentence
    row: Limit | None
    value: str
    following: Limit | None
    following_value: str


def _following(rows: list[Limit], on: date, holding: Limit | None) -> Limit | None:
    """What holds next, where that is known today."""
    days = sorted({row.valid_from for row in rows if row.valid_from and row.valid_from > on})
    for day in days:
        found = in_force(rows, day)
        if found is not None and found != holding:
            return found
    return None


def _rules(on: date) -> list[tuple[Act, list[Rule]]]:
    chapters: dict[Act, list[Rule]] = {act: [] for act in Act}
    for code, rows in rows_by_code().items():
        row = in_force(rows, on)
        following = _following(rows, on, row)
        chapters[act_of(code)].append(
            Rule(
                code,
                TITLES[code],
                row,
                value_text(row) if row else "",
                following,
                value_text(following) if following else "",
            )
        )
    return list(chapters.items())


@tenant_door(READ_LAW)
def list_rules(request: Request) -> HttpResponse:
    """Every limit as it stands on a day, by act."""
    form = LawFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    on = chosen.get("on") or today
    chapters = _rules(on)
    unchecked = sum(1 for _act, rules in chapters for rule in rules if rule.row and not rule.row.verified)
    if chosen.get("unverified"):
        chapters = [
            (act, [rule for rule in rules if rule.row and not rule.row.verified]) for act, rules in chapters
        ]
    context = {
        "form": LawFilter(initial={"on": on, "unverified": chosen.get("unverified")})
        if form.is_valid()
        else form,
        "on": on,
        "is_today": on == today,
        "chapters": [(act, rules) for act, rules in chapters if rules],
        "unchecked": unchecked,
        "filtered": bool(chosen.get("on") or chosen.get("unverified")) or not form.is_valid(),
    }
    return render(request, "commissioning/law.html", context, status=200 if form.is_valid() else 422)


def _known(code: str) -> str:
    if code not in CODES:
        raise Http404
    return code


def _own(code: str, pk: Any) -> LegalLimit:
    row: LegalLimit = get_object_or_404(LegalLimit.objects.filter(code=_known(code)), pk=pk)
    return row


@tenant_door(READ_LAW)
def show_rule(request: Request, code: str) -> HttpResponse:
    """One limit through time: what came with the product and what the tenant entered."""
    rows = rows_by_code()[_known(code)]
    own = {row.valid_from: row.pk for row in LegalLimit.objects.filter(code=code)}
    holding = in_force(rows, timezone.localdate())
    ordered = sorted(rows, key=lambda row: (row.valid_from or date.min, row.own), reverse=True)
    context = {
        "code": code,
        "title": TITLES[code],
        "act": act_of(code),
        "rows": [(row, value_text(row), own.get(row.valid_from) if row.own else None) for row in ordered],
        "holding": holding,
        "today": timezone.localdate(),
        "holding_value": value_text(holding) if holding else "",
    }
    return render(request, "commissioning/law_rule.html", context)


@tenant_door(EDIT_LAW)
def enter_value(request: Request, code: str) -> HttpResponse:
    """A value of the tenant's own for a limit."""
    if request.method == "POST":
        form = LimitForm(request.POST)
        if form.is_valid():
            terms = actions.LimitTerms(**form.terms())
            saved = attempt(
                form, lambda: actions.enter_limit(_known(code), terms, actor=request.access.actor)
            )
            if saved is not None:
                return _saved(request, saved)
    else:
        last = rows_by_code()[_known(code)][-1]
        form = LimitForm(initial={"article": last.article})
    return _value_form(request, code, form, None)


@tenant_door(EDIT_LAW)
def change_value(request: Request, code: str, pk: str) -> HttpResponse:
    """Change a value of the tenant's own."""
    row = _own(code, pk)
    if request.method == "POST":
        form = LimitForm(request.POST)
        if form.is_valid():
            terms = actions.LimitTerms(**form.terms())
            seen = form.cleaned_data["seen"] or None
            saved = attempt(
                form, lambda: actions.change_limit(row, terms, seen=seen, actor=request.access.actor)
            )
            if saved is not None:
                return _saved(request, saved)
    else:
        names = ("value", "valid_from", "valid_to", "article", "source", "verified")
        initial = {name: getattr(row, name) for name in names}
        form = LimitForm(initial={**initial, "seen": actions.limit_stamp(row)})
    return _value_form(request, code, form, row)


def _saved(request: Request, row: LegalLimit) -> HttpResponse:
    day = format_date_text(row.acts_from)
    messages.success(request, _("The value is saved. It acts from %(day)s on.") % {"day": day})
    return redirect(tenant_url("law:rule", row.code))


def _value_form(request: Request, code: str, form: LimitForm, row: LegalLimit | None) -> HttpResponse:
    context = {"code": _known(code), "title": TITLES[code], "form": form, "row": row, "unit": _unit(code)}
    return render(request, "commissioning/law_value.html", context, status=status_of(form))


def _unit(code: str) -> Sentence:
    return {
        Unit.DAYS: _("days"),
        Unit.WORKING_DAYS: _("working days"),
        Unit.MONTHS: _("months"),
        Unit.YEARS: _("years"),
        Unit.PLN: "zł",
        Unit.EUR: "EUR",
        Unit.PERCENT: "%",
    }.get(UNIT_OF[code], "")


@tenant_door(EDIT_LAW)
def remove_value(request: Request, code: str, pk: str) -> HttpResponse:
    """Take a value of the tenant's own away, after asking."""
    row = _own(code, pk)
    if request.method == "POST":
        actions.remove_limit(row, actor=request.access.actor)
        messages.success(request, _("The value is removed."))
        return redirect(tenant_url("law:rule", code))
    others = [
        limit for limit in rows_by_code()[code] if not (limit.own and limit.valid_from == row.valid_from)
    ]
    on = max(timezone.localdate(), row.valid_from)
    after = in_force(others, on)
    context = {
        "code": code,
        "title": TITLES[code],
        "row": row,
        "on": on,
        "after": value_text(after) if after else "",
    }
    return render(request, "commissioning/law_remove.html", context)
