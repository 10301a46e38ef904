"""What the pages of a case have in common: the case of the address, and whether its narrative may be read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from kernel.doors import Request
from kernel.permissions import Verdict
from reporting.crisis.models import CrisisCase
from reporting.crisis.permissions import cases_for, may_read_narrative
from tenants.addresses import tenant_url
from ui.refusals import status_of


def case_of(request: Request, pk: Any) -> CrisisCase:
    """A case that the person may see; any other is an address that does not exist."""
    found: CrisisCase = get_object_or_404(
        cases_for(request.access).select_related("organisation", "contract", "person"), pk=pk
    )
    return found


def back_to(case: CrisisCase, anchor: str = "") -> HttpResponse:
    """To the page of the case."""
    return redirect(tenant_url("crisis:case", case.pk) + (f"#{anchor}" if anchor else ""))


def turned_away(request: Request, case: CrisisCase, verdict: Verdict | None = None) -> HttpResponse | None:
    """The way back with the reason for whoever does not work on the case, or whom the verdict refuses; else None."""
    verdict = may_read_narrative(request.access, case) if verdict is None else verdict
    if verdict:
        return None
    messages.warning(request, str(verdict.reason))
    return back_to(case)


def form_page(
    request: Request,
    form: forms.BaseForm,
    *,
    title: str,
    verb: str,
    back: tuple[str, str],
    text: str = "",
    case: CrisisCase | None = None,
    warnings: Sequence[str] = (),
) -> HttpResponse:
    """A page that asks for one thing: `back` is (address, name) of the page it came from."""
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "back": back[0],
        "back_name": back[1],
        "text": text,
        "case": case,
        "warnings": warnings,
    }
    return render(request, "crisis/form.html", context, status=status_of(form))


def case_form(
    request: Request,
    case: CrisisCase,
    form: forms.BaseForm,
    *,
    title: str,
    verb: str,
    text: str = "",
    warnings: Sequence[str] = (),
) -> HttpResponse:
    """A page that asks for one thing of a case."""
    back = (tenant_url("crisis:case", case.pk), case.number)
    return form_page(
        request, form, title=title, verb=verb, back=back, text=text, case=case, warnings=warnings
    )
