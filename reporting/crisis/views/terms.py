"""Pages of the numbers of the standard and of the dictionaries."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.forms.terms import EndEntryForm, EntryForm, TermsForm
from reporting.crisis.models import TERM_FIELDS, DictionaryEntry
from reporting.crisis.permissions import CONFIGURE
from reporting.crisis.queries.terms import all_terms
from reporting.crisis.rules import PRODUCT_TERMS, terms_on
from reporting.crisis.views.pages import form_page
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(CONFIGURE)
def terms(request: Request) -> HttpResponse:
    """The numbers of the standard by the day from which they hold, and the form of new ones."""
    rows, today = all_terms(), timezone.localdate()
    now = terms_on(rows, today)
    initial = {name: getattr(now, name) for name in TERM_FIELDS}
    form = TermsForm(request.POST or None, initial={**initial, "valid_from": today})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        if attempt(form, lambda: actions.add_terms(form.entry(), actor=actor)) is not None:
            messages.success(request, _("The numbers are saved."))
            return redirect(tenant_url("crisis:terms"))
    context = {"form": form, "rows": [PRODUCT_TERMS, *rows], "now": now}
    return render(request, "crisis/terms.html", context, status=status_of(form))


@tenant_door(CONFIGURE)
def dictionaries(request: Request) -> HttpResponse:
    """Categories of problems and institutions, and the form of a new entry."""
    form = EntryForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.add_entry(**form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("“%(name)s” is in the dictionary.") % {"name": saved.name})
            return redirect(tenant_url("crisis:dictionaries"))
    entries = list(DictionaryEntry.objects.all())
    lists = [
        (label, [entry for entry in entries if entry.kind == kind])
        for kind, label in DictionaryEntry.Kind.choices
    ]
    context = {"form": form, "lists": lists, "today": timezone.localdate()}
    return render(request, "crisis/dictionaries.html", context, status=status_of(form))


@tenant_door(CONFIGURE)
def end_entry(request: Request, pk: str) -> HttpResponse:
    entry = get_object_or_404(DictionaryEntry, pk=pk)
    form = EndEntryForm(request.POST or None, initial={"valid_to": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.end_entry(entry, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("“%(name)s” has its last day.") % {"name": entry.name})
            return redirect(tenant_url("crisis:dictionaries"))
    return form_page(
        request,
        form,
        title=_("Last day of “%(name)s”") % {"name": entry.name},
        verb=_("Save the last day"),
        back=(tenant_url("crisis:dictionaries"), _("Dictionaries")),
        text=_("Cases that have this entry keep it, and it stays in the figures."),
    )
