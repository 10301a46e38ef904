"""What the sections and fields of an offer are called, for the editor, the committee's reading and the check list."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.tenders.words import CONCEPT_LABELS

Word = str | Promise

SECTION_TITLES: dict[str, Word] = {
    "bidder": _("The bidder"),
    "partners": _("Joint offer: partners"),
    "task": _("The task"),
    "schedule": _("Plan and schedule"),
    "results": pgettext_lazy("offer", "Results"),
    "resources": _("Experience and resources"),
    "staff": _("Staff by name"),
    "concept": _("Service concept"),
    "promises": _("Promises that are measured"),
    "budget": _("Budget"),
    "files": _("Files"),
    "declarations": _("Declarations"),
    "other": _("Other information"),
}

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

LABELS: dict[str, Word] = {
    "bidder.name": _("Name"),
    "bidder.legal_form": _("Legal form"),
    "bidder.nip": "NIP",
    "bidder.krs": _("KRS or other register"),
    "bidder.address": _("Address"),
    "bidder.www": _("Website"),
    "bidder.email": _("E-mail"),
    "bidder.phone": _("Telephone"),
    "bidder.contact_person": _("Person who explains the offer"),
    "partners.name": _("Organisation"),
    "partners.does": _("What this partner does in the task"),
    "partners.represented_by": _("Represented by"),
    "task.title": _("Title of the task"),
    "task.from": _("First day"),
    "task.to": _("Last day"),
    "task.place": _("Place"),
    "task.summary": _("Short description"),
    "schedule.name": _("Action"),
    "schedule.description": _("Description"),
    "schedule.group": _("For whom"),
    "schedule.from": _("First day"),
    "schedule.to": _("Last day"),
    "schedule.outside_party": _("Done by an outside party"),
    "results.name": pgettext_lazy("offer", "Result"),
    "results.level": _("Planned level"),
    "results.monitoring": _("How it is monitored"),
    "resources.experience": _("Experience with tasks of this kind"),
    "resources.staff": _("Staff and volunteers"),
    "resources.material": _("Premises and equipment"),
    "resources.financial": _("Financial means"),
    "staff.name": _("First name and surname"),
    "staff.function": _("Function"),
    "staff.qualifications": _("Qualifications"),
    "staff.fte": _("Part of a full-time post"),
    "promises.part": _("Part of the concept"),
    "promises.measure": _("What is measured"),
    "promises.indicator": _("Promise in words"),
    "promises.direction": pgettext_lazy("promise", "At least or at most"),
    "promises.value": _("Value"),
    "promises.unit": _("Unit"),
    "promises.measured_by": _("How it is measured"),
    "budget.own_financial": _("Own financial contribution"),
    "budget.own_in_kind": _("Own contribution in kind and work"),
    "budget.payments": _("Payments of the persons"),
    "budget.minutes": _("Hours of service"),
    "budget.costs": _("Costs"),
    "budget.costs.kind": _("Kind"),
    "budget.costs.name": _("Cost"),
    "budget.costs.unit": _("Unit"),
    "budget.costs.unit_cost": _("Unit cost"),
    "budget.costs.quantity": _("Quantity"),
    "budget.costs.year": _("Year"),
    "budget.costs.amount": pgettext_lazy("money", "Amount"),
    "budget.total": _("Sum of the costs"),
    "budget.grant": _("Grant asked for"),
    "budget.own": _("Own contribution"),
    "budget.price_per_hour": _("Cost of an hour"),
    "declarations.public_benefit": _(
        "The task is carried out within the bidder's activity of public benefit only."
    ),
    "declarations.payments_rule": _(
        "Payments are taken from persons within paid activity of public benefit only."
    ),
    "declarations.taxes": _("The bidder is not in arrears with taxes."),
    "declarations.social_insurance": _("The bidder is not in arrears with social insurance contributions."),
    "declarations.register": _("What is said of the bidder agrees with the register."),
    "declarations.truth": _("What is said in the offer and its files is true and lawful as of today."),
    "declarations.data_protection": _(
        "The people named in the offer were told how their data are processed, as data protection law requires."
    ),
    "other.text": _("Other information"),
}
LABELS |= {f"concept.{part}": word for part, word in CONCEPT_LABELS.items()}

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
        "planned_days": _("share of planned days with a visit, %"),
        "delivered_hours": _("share of granted hours delivered, %"),
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
        "measure": "reported",
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


def label_of(path: str) -> str:
    """The label of a field by its path in the content; row numbers in it are passed over."""
    plain = ".".join(part for part in path.split(".") if not part.isdecimal())
    return str(LABELS.get(plain) or SECTION_TITLES.get(plain.split(".")[0], plain))
