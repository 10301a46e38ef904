"""Pages of the operator on which a tenant that has left is erased, and its certificate taken along."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, operator_door
from kernel.errors import DomainError
from tenants import actions
from tenants.archives import certificate
from tenants.forms.operator import AskErasureForm, ConfirmErasureForm
from tenants.models import Erasure, Tenant
from tenants.permissions import OPERATE
from ui.downloads import download
from ui.refusals import attempt, status_of

_STEPS = [Erasure.Step.ASKED, Erasure.Step.FILES, Erasure.Step.TABLES, Erasure.Step.DONE]


@operator_door(OPERATE)
def erasure(request: Request, pk: str) -> HttpResponse:
    """Where an erasure stands: asked for here, confirmed by another operator, then seen to its end."""
    tenant = get_object_or_404(Tenant.objects.select_related("erasure"), pk=pk)
    known = getattr(tenant, "erasure", None)
    own = known is not None and known.asked_by == request.user.pk
    actor = request.access.actor
    export = None if tenant.left_on or tenant.is_active else actions.taken_along(tenant)
    left_behind = actions.files_left_behind(export) if export else 0
    form: AskErasureForm | ConfirmErasureForm | None = None
    if known is None:
        form = AskErasureForm(request.POST or None)
    elif known.step == Erasure.Step.ASKED and not own:
        form = ConfirmErasureForm(request.POST or None, left_behind=left_behind)
    if request.method == "POST" and form is not None and form.is_valid():
        verb = actions.ask_erasure if known is None else actions.confirm_erasure
        chosen = form.cleaned_data
        if attempt(form, lambda: verb(tenant, **chosen, actor=actor)) is not None:
            return redirect("operator:erasure", tenant.pk)
    context = {
        "shown": tenant,
        "erasure": known,
        "own": own,
        "form": form,
        "done": _STEPS.index(Erasure.Step(known.step)) if known else 0,
        "steps": len(_STEPS) - 1,
        "export": export,
        "left_behind": left_behind,
    }
    return render(request, "tenants/operator/erasure.html", context, status=status_of(form) if form else 200)


@operator_door(OPERATE)
@require_POST
def withdraw(request: Request, pk: str) -> HttpResponse:
    """Take back what nobody has confirmed."""
    tenant = get_object_or_404(Tenant, pk=pk)
    try:
        actions.withdraw_erasure(tenant, actor=request.access.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The erasure of %(name)s is taken back.") % {"name": tenant.name})
    return redirect("operator:erasure", tenant.pk)


@operator_door(OPERATE)
def take_certificate(request: Request, pk: str, form: str) -> HttpResponse:
    """The certificate as a document for people (pdf) or as it was signed (json)."""
    known = get_object_or_404(Erasure.objects.select_related("tenant"), tenant_id=pk, step=Erasure.Step.DONE)
    name = f"{known.tenant.slug}-erasure.{form}"
    if form == "pdf":
        return download(certificate.as_pdf(known.certificate), name=name, content_type="application/pdf")
    if form == "json":
        return download(known.certificate.encode("utf-8"), name=name, content_type="application/json")
    raise Http404
