"""The close of a month as a table: from which states each verb leads where, and who may say it."""

from django.utils.translation import gettext_lazy as _

from kernel.workflow import Transition, Workflow
from reporting.compliance.models import ContractMonth
from reporting.compliance.permissions import ACCEPT_MONTH, REOPEN_MONTH, SETTLE_MONTH, SUBMIT_MONTH

_State = ContractMonth.State

CLOSE = Workflow(
    [
        Transition("submit", frozenset({_State.OPEN, _State.RETURNED}), _State.SUBMITTED, SUBMIT_MONTH),
        Transition("return", frozenset({_State.SUBMITTED}), _State.RETURNED, ACCEPT_MONTH),
        Transition("accept", frozenset({_State.SUBMITTED}), _State.ACCEPTED, ACCEPT_MONTH),
        Transition("reopen", frozenset({_State.ACCEPTED}), _State.RETURNED, REOPEN_MONTH),
        Transition("settle", frozenset({_State.ACCEPTED}), _State.SETTLED, SETTLE_MONTH),
        Transition("unsettle", frozenset({_State.SETTLED}), _State.ACCEPTED, SETTLE_MONTH),
    ],
    refusal=_(
        "The state of the month does not allow this, perhaps because somebody was quicker. "
        "Open the month again and look at its state."
    ),
)
