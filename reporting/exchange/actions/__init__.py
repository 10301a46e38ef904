"""The verbs of the interface: tokens, calls done once, visits and advice brought, webhooks."""

from reporting.exchange.actions.bringing import bring_advice, bring_visits
from reporting.exchange.actions.correcting import correct_visit, is_removed, remove_visit
from reporting.exchange.actions.once import Held, StoredAnswer, begin_call, finish_call, release_call
from reporting.exchange.actions.tokens import create_token, note_use, revoke_token
from reporting.exchange.actions.webhooks import (
    end_webhook,
    send_again,
    subscribe_webhook,
    switch_webhook_on,
)

__all__ = [
    "Held",
    "StoredAnswer",
    "begin_call",
    "bring_advice",
    "bring_visits",
    "correct_visit",
    "create_token",
    "end_webhook",
    "finish_call",
    "is_removed",
    "note_use",
    "release_call",
    "remove_visit",
    "revoke_token",
    "send_again",
    "subscribe_webhook",
    "switch_webhook_on",
]
