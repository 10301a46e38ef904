"""What happens to calls that other apps may want to know, in the transaction in which it happens.

All are fired with the call and the actor, but for `awarded`, with the award alone: once for each granted award when the
organ's decision is published or an offer of the reserve list gets its grant; and `award_given_up`, with the award, the
reason and the actor: a subscriber refuses where it is too late.
"""

from kernel.hooks import Hook

call_published = Hook("call_published")
offers_opened = Hook("offers_opened")
results_published = Hook("results_published")
call_annulled = Hook("call_annulled")
awarded = Hook("awarded")
award_given_up = Hook("award_given_up")
