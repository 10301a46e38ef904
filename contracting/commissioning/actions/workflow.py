"""Steps of a cycle as a table: from which states each verb leads where, and who may say it."""

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Step
from contracting.commissioning.permissions import PASS_STEPS
from kernel.workflow import Transition, Workflow

_State = Step.State

STEP = Workflow(
    [
        Transition("pass", frozenset({_State.OPEN, _State.TO_REVIEW}), _State.PASSED, PASS_STEPS),
        Transition("reopen", frozenset({_State.PASSED}), _State.OPEN, PASS_STEPS),
    ],
    refusal=_(
        "The state of the step does not allow this, perhaps because somebody was quicker. "
        "Open the cycle again and look at its track."
    ),
)
