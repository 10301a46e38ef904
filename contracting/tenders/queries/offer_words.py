"""What the editor of an offer says beside its sections and fields: leads, hints, choices, promises to begin with."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.tenders.words import CONCEPT_LABELS

Word = str | Promise

SECTION_LEADS: dict[str, Word] = {
    "bidder": _("As in the register. Who explains the offer is asked only about this call."),
    "partners": _(
        "Partners are jointly and severally liable with you (art. 14(2)). Their people read and write this offer."
    ),
    "task": _("What is to be done, when and where, in a few sentences that stand on their own."),
    "schedule": _("Each action with its days; they lie within the task."),
    "results": _("What the task brings about, how much of it, and how you will know."),
    "resources": _("What you have done already and what you will work with."),
    "staff": _("The people who will do the work. Their names go into the contract."),
    "concept": _("The committee reads and scores these answers one by one, beside those of other bidders."),
    "promises": _(
        "Each promise becomes a commitment of the contract and is compared every month with what was delivered."
    ),
    "budget": _("Type unit costs and quantities; everything else is computed, to the grosz."),
    "files": _("PDF, images and documents without macros, at most 20 MB each. They are stored encrypted."),
    "declarations": _("Whoever hands the offer in makes these declarations for the bidder."),
    "other": _("Whatever did not fit anywhere else; it may stay empty."),
}

HINTS: dict[str, Word] = {
    "bidder.nip": _("Ten digits, or empty."),
    "bidder.krs": _("KRS: ten digits. Another register: which it is and the number in it."),
    "task.summary": _("Who is helped, how, where. The committee reads it first."),
    "schedule.outside_party": _("Empty where you do it yourselves."),
    "staff.fte": _("For example 0,5"),
    "promises.indicator": _("For example: a replacement comes within 4 hours"),
    "promises.measured_by": _("For example: the diary of visits"),
    "budget.minutes": _("Hours, or hours and minutes: 7200 or 7200:30"),
    "budget.payments": _("What persons pay, where the call provides for it."),
}

CHOICES: dict[str, dict[str, Word]] = {
    "promises.measure": {
        "replacement_hours": _("hours until a replacement comes"),
        "qualified_staff": _("share of visits by qualified staff, %"),
        "same_carer": _("share of visits by the person's usual carer, %"),
        "main_carer_minutes": _("share of hours by the person's main carer, %"),
        "carers_per_person": _("different carers of a person in a month, on average"),
        "planned_days": _("share of planned days with a visit, %"),
        "visits_on_plan": _("share of planned visits that were made, %"),
        "punctual_visits": _("share of planned visits that began on time, %"),
        "evening_hours": _("hours in the evening and on free days in a month"),
        "delivered_hours": _("share of granted hours delivered, %"),
        "advice_wait_days": _("days from the request to the first advice (median)"),
        "advice_in_term": _("share of first advice given within the term, %"),
        "no_show": _("share of appointments and sessions to which nobody came, %"),
        "sessions": _("advice and crisis sessions held in a month"),
        "duty_staffed": _("share of duty time with somebody on duty, %"),
        "duty_full": _("share of duty time with as many on duty as the standard asks for, %"),
        "reported": _("something else: stated by the organisation"),
    },
    "promises.direction": {
        "at_least": pgettext_lazy("promise", "at least"),
        "at_most": pgettext_lazy("promise", "at most"),
    },
    "promises.part": dict(CONCEPT_LABELS),
    "budget.costs.kind": {
        "action": pgettext_lazy("kind of cost", "actions"),
        "admin": pgettext_lazy("kind of cost", "administration"),
    },
}

# Promises that are often made: what is measured, direction, unit, words and how; a click puts one into the table.
SUGGESTED_PROMISES: tuple[dict[str, Word], ...] = (
    {
        "part": "replacement",
        "measure": "replacement_hours",
        "direction": "at_most",
        "unit": "h",
        "indicator": _("A replacement comes within so many hours"),
        "measured_by": _("Time from the reported absence to the first visit, from the diary"),
    },
    {
        "part": "organisation",
        "measure": "qualified_staff",
        "direction": "at_least",
        "unit": "%",
        "indicator": _("Share of visits by qualified staff"),
        "measured_by": _("Diary of visits and the list of qualifications"),
    },
    {
        "part": "organisation",
        "measure": "same_carer",
        "direction": "at_least",
        "unit": "%",
        "indicator": _("The same carer comes to a person"),
        "measured_by": _("Diary of visits, month by month"),
    },
    {
        "part": "organisation",
        "measure": "evening_hours",
        "direction": "at_least",
        "unit": _("h a month"),
        "indicator": _("Hours of service in the evening and at weekends"),
        "measured_by": _("Diary of visits after 18:00 and on free days"),
    },
    {
        "part": "training",
        "measure": "reported",
        "direction": "at_least",
        "unit": _("h a year"),
        "indicator": _("Training of every carer"),
        "measured_by": _("Register of trainings"),
    },
    {
        "part": "extras",
        "measure": "reported",
        "direction": "at_least",
        "unit": _("a month"),
        "indicator": _("Extra activities for the persons"),
        "measured_by": _("List of activities with the number of participants"),
    },
    {
        "part": "quality_control",
        "measure": "reported",
        "direction": "at_most",
        "unit": _("days"),
        "indicator": _("Answer to a complaint"),
        "measured_by": _("Register of complaints"),
    },
)
