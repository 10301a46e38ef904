"""The ways of supervision as tables: from which states each verb leads where, and who may say it."""

from django.utils.translation import gettext_lazy as _

from kernel.workflow import Transition, Workflow
from reporting.supervision.models import Breach, Inspection, Recommendation
from reporting.supervision.permissions import ANSWER, DECIDE_BREACH, INSPECT, REPORT_BREACH

_I, _R, _B = Inspection.State, Recommendation.State, Breach.State

INSPECTING = Workflow(
    [
        Transition("change", frozenset({_I.PLANNED}), _I.PLANNED, INSPECT),
        Transition("call_off", frozenset({_I.PLANNED}), _I.CALLED_OFF, INSPECT),
        # Drawing and checking leave the state as it is: both may come before the visit and after it.
        Transition("draw", frozenset({_I.PLANNED, _I.HELD}), "", INSPECT),
        Transition("write", frozenset({_I.PLANNED, _I.HELD}), _I.HELD, INSPECT),
        Transition("check", frozenset({_I.PLANNED, _I.HELD}), "", INSPECT),
        Transition("find", frozenset({_I.HELD}), _I.HELD, INSPECT),
        Transition("send", frozenset({_I.HELD}), _I.SENT, INSPECT),
        Transition("answer", frozenset({_I.SENT}), _I.ANSWERED, ANSWER),
        Transition("close", frozenset({_I.SENT, _I.ANSWERED}), _I.CLOSED, INSPECT),
    ],
    refusal=_(
        "The state of the inspection does not allow this, perhaps because somebody was quicker. "
        "Open the inspection again and look at its state."
    ),
)

FULFILLING = Workflow(
    [
        Transition("report", frozenset({_R.OPEN}), _R.REPORTED, ANSWER),
        Transition("done", frozenset({_R.OPEN, _R.REPORTED}), _R.DONE, INSPECT),
        Transition("not_done", frozenset({_R.OPEN, _R.REPORTED}), _R.NOT_DONE, INSPECT),
    ],
    refusal=_("The recommendation is settled already. Open the inspection again and look at its state."),
)

BREACHING = Workflow(
    [
        Transition("answer", frozenset({_B.REPORTED}), _B.ANSWERED, ANSWER),
        Transition("decide", frozenset({_B.REPORTED, _B.ANSWERED}), _B.DECIDED, DECIDE_BREACH),
        Transition("withdraw", frozenset({_B.REPORTED, _B.ANSWERED}), _B.WITHDRAWN, REPORT_BREACH),
    ],
    refusal=_(
        "The state of the report does not allow this, perhaps because somebody was quicker. "
        "Open it again and look at its state."
    ),
)
