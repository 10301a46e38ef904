"""Pages that join a worker and their account."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.contracts import actions
from contracting.contracts.forms.contracts import AccountForm
from contracting.contracts.models import Worker
from contracting.contracts.permissions import EDIT_WORKERS
from contracting.contracts.queries import carers_beside
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


def _worker(request: Request, pk: Any) -> Worker:
    found: Worker = get_object_or_404(Worker.objects.visible_to(request.access), pk=pk)
    return found


@tenant_door(EDIT_WORKERS)
def link_account(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    now = carers_beside(worker).filter(user_id=worker.user_id).first()
    form = AccountForm(request.POST or None, worker=worker, initial={"account": now})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["account"]
        linked = attempt(
            form,
            lambda: actions.link_account(worker, user_id=chosen.user_id, actor=request.access.actor),
        )
        if linked is not None:
            told = {"worker": linked, "account": chosen.user.email}
            messages.success(request, _("%(worker)s signs in as %(account)s.") % told)
            return redirect(tenant_url("contracts:worker", worker.pk))
    context = {"form": form, "worker": worker, "free": form.fields["account"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "contracts/link_account.html", context, status=status_of(form))


@tenant_door(EDIT_WORKERS)
def unlink_account(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    if request.method == "POST":
        try:
            actions.unlink_account(worker, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(worker)s has no account any more.") % {"worker": worker})
        return redirect(tenant_url("contracts:worker", worker.pk))
    return render(request, "contracts/unlink_account.html", {"worker": worker})
