"""What happens to calls that other apps may want to know, in the transaction in which it happens."""

from kernel.hooks import Hook

# call=Call, actor=Actor
call_published = Hook("call_published")
# call=Call, actor=Actor
offers_opened = Hook("offers_opened")
# call=Call, actor=Actor
results_published = Hook("results_published")
# award=Award; once for each granted award when the organ's decision is published
awarded = Hook("awarded")
# call=Call, actor=Actor
call_annulled = Hook("call_annulled")
