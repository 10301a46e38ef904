"""The states of a call and the verbs that lead from one to the next."""

from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Call
from contracting.tenders.permissions import DECIDE_CALLS, PUBLISH_CALLS, SIT_ON_COMMITTEE
from kernel.workflow import Transition, Workflow

_S = Call.State

CALL_STATES = Workflow(
    [
        Transition("publish", frozenset({_S.DRAFT}), _S.PUBLISHED, PUBLISH_CALLS),
        Transition("open", frozenset({_S.PUBLISHED}), _S.OPENED, SIT_ON_COMMITTEE),
        Transition("decide", frozenset({_S.OPENED}), _S.DECIDED, DECIDE_CALLS),
        Transition("annul", frozenset({_S.PUBLISHED, _S.OPENED}), _S.ANNULLED, DECIDE_CALLS),
    ],
    _("This cannot be done with the call as it stands now. Reload the page to see its state."),
)
