"""What happens to calls that other apps may want to know, in the transaction in which it happens.

All are fired with the call and the actor, `awarded` with the award alone: once for each granted award when the organ's
decision is published.
"""

from kernel.hooks import Hook

call_published = Hook("call_published")
offers_opened = Hook("offers_opened")
results_published = Hook("results_published")
call_annulled = Hook("call_annulled")
awarded = Hook("awarded")
