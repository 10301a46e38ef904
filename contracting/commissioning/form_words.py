"""What each form of realisation means for step 5, in a sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEXT_STEP: dict[str, Promise] = {
    "own": _(
        "The unit delivers the service with its own people: step 5 has no call. What the unit delivers "
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
        "Below the threshold the unit's own rules of procurement apply; from it on the act, on the "
        "national platform for procurement. This program prepares and records, it does not replace that "
        "platform."
    ),
    "partnership": _(
        "A partner is chosen, and an agreement divides the tasks. Decisions in single cases stay with the "
        "unit."
    ),
    "neighbour": _(
        "Neighbours deliver the service under the conditions of the council's resolution: step 5 has no "
        "call, persons are named and prepared."
    ),
}
