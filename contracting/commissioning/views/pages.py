"""Where each step of a cycle has its page; those without one of their own share one."""

from django.utils.translation import gettext as _

from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, Step
from kernel.errors import Sentence
from tenants.addresses import tenant_url

# Routes that take the cycle's id alone.
_OWN_PAGES = {
    steps.NEEDS_DIAGNOSIS: "cycles:needs",
    steps.SCOPE: "scope:scope",
    steps.FORM: "form_choice:form",
    steps.FINANCING: "financing:financing",
    steps.EVALUATION: "cycles:evaluation",
}


def step_address(cycle: Cycle, kind: str) -> str:
    """The address of the page of a step."""
    own = _OWN_PAGES.get(kind)
    return tenant_url(own, cycle.pk) if own else tenant_url("cycles:step", cycle.pk, kind)


def step_crumbs(cycle: Cycle, kind: str) -> list[tuple[Sentence, str]]:
    """The pages above a page of the step, as (label, address)."""
    return [
        (_("Cycles"), tenant_url("cycles:list")),
        (cycle.title, tenant_url("cycles:cycle", cycle.pk)),
        (Step.Kind(kind).label, step_address(cycle, kind)),
    ]
