"""Filters of care: amounts and states of decisions in words, telephones as people read them."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from reporting.care.contacts import phone_shown
from reporting.care.models import Decision
from reporting.care.tables import amount_in_words, short_amount

register = template.Library()
register.filter(phone_shown)

# State → kind of the badge, glyph, word.
_STATES: dict[str, tuple[str, str, Promise | str]] = {
    "in_force": ("ok", "✓", pgettext_lazy("decision", "in force")),
    "suspended": ("warn", "‖", pgettext_lazy("decision", "suspended")),
    "upcoming": ("note", "→", pgettext_lazy("decision", "to come")),
    "revoked": ("neutral", "×", pgettext_lazy("decision", "revoked")),
    "superseded": ("neutral", "»", pgettext_lazy("decision", "amended")),
    "ended": ("neutral", "–", pgettext_lazy("decision", "ended")),
    "void": ("neutral", "×", pgettext_lazy("decision", "never in force")),
}


@register.filter
def amount_words(decision: Decision) -> str:
    """`20 godzin miesięcznie`; the plan's week is counted from the decision's slots."""
    plan = sum(slot.minutes for slot in decision.slots.all()) if decision.amount_per == "plan" else 0
    return amount_in_words(decision.amount_per, decision.minutes, plan)


@register.filter
def amount_short(decision: Decision) -> str:
    """`20 h / mies.`, `plan wizyt`."""
    return short_amount(decision.amount_per, decision.minutes)


@register.filter
def state_kind(state: str) -> str:
    return _STATES[state][0]


@register.filter
def state_glyph(state: str) -> str:
    return _STATES[state][1]


@register.filter
def state_word(state: str) -> str:
    return str(_STATES[state][2])
