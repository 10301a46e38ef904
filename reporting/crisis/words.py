"""How the fields of cards and plans are called, and what belongs into each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FIELD_WORDS: dict[str, dict[str, tuple[Promise, Promise]]] = {
    "first_contact": {
        "event": (_("What happened"), _("The critical event and what led to the contact.")),
        "state": (
            _("State of the person"),
            _("Emotions, behaviour, health, what the person says of themselves."),
        ),
        "safety": (_("Safety"), _("Danger to life or health, violence, children or others at risk.")),
        "resources": (_("Resources"), _("Strengths of the person, people and places they can count on.")),
        "actions": (_("What was done"), _("Help given at once, procedures begun, institutions told.")),
        "agreed": (_("What was agreed"), _("The next session or contact, and who does what until then.")),
    },
    "continuation": {
        "course": (_("Course of the session"), _("What was talked about and how the person was.")),
        "change": (_("Change since the last session"), _("What is better, what is worse, what is new.")),
        "actions": (_("What was done"), _("Help given at once, procedures begun, institutions told.")),
        "agreed": (_("What was agreed"), _("The next session or contact, and who does what until then.")),
    },
    "help_plan": {
        "goals": (_("Goals"), _("What is to be reached by the last session, in the person's own words.")),
        "steps": (_("Steps"), _("What the person does and what the centre does, by when.")),
        "institutions": (
            _("Institutions"),
            _("Who else helps, with what, and who keeps in touch with them."),
        ),
        "review": (_("Review of the plan"), _("When it is looked at together, and what came of it.")),
    },
    "work_plan": {
        "strategy": (_("Strategy"), _("What the team agreed on for the sessions of this case.")),
        "sessions": (pgettext_lazy("card", "Sessions"), _("What each of the coming sessions is for.")),
        "team": (_("Team"), _("What was consulted, with whom, and who takes over in an absence.")),
        "review": (_("Review of the plan"), _("When it is looked at together, and what came of it.")),
    },
}


def labelled(kind: str, fields: dict[str, str]) -> list[tuple[Promise, str]]:
    """The filled fields of a document by their names, in the order of the card."""
    return [(words[0], fields[code]) for code, words in FIELD_WORDS[kind].items() if fields.get(code)]
