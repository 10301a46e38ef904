"""What each form of realisation means for step 5, in a sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEXT_STEP: dict[str, Promise] = {
    "own": _(
        "The unit delivers the service with its own people: step 5 has no call and no contractor. It asks for a "
        "record of who delivers (unit or post), from when, and a note of the decision. What the unit delivers "
        "itself it also controls itself, so say who checks."
    ),
    "entrust": _(
        "An open call for offers: the unit pays the whole cost of the task. A committee gives its "
        "opinion, the organ decides."
    ),
    "support": _(
        "An open call for offers: the unit pays a part of the cost, and the organisation brings its own "
        "contribution. A committee gives its opinion, the organ decides."
    ),
    "small_grant": _(
        "An organisation hands in an offer of its own, without a call. If the organ finds it purposeful, "
        "the offer is published for comments, then the contract is signed."
    ),
    "procurement": _(
        "The procedure is held elsewhere: below the threshold by the unit's own rules, from it on under the act. "
        "Step 5 asks for its outcome: mode, notice, day of the choice, contractor with its NIP, value, contract."
    ),
    "partnership": _(
        "A partner is chosen, and an agreement divides the tasks. Step 5 asks for the partner, the day of the "
        "agreement and the article on which it rests. Decisions in single cases stay with the unit."
    ),
    "neighbour": _(
        "Neighbours deliver the service under the conditions of the council's resolution: step 5 has no call. It "
        "asks which organisation or unit runs the services, from when and until when."
    ),
}
