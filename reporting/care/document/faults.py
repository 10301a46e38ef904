"""What can be wrong with an import_care document: stable codes, and sentences with the remedy."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.errors import DomainError, Problem, Sentence

SHOWN_CHARACTERS = 80

REASONS = {
    # The file.
    "too_large": _(
        "The file has {size} MB and at most {limit} MB can be read. Split it into several documents."
    ),
    "not_utf8": _("The file is not written in UTF-8 (line {line}). Save it in this encoding."),
    "not_json": _("The file is not JSON: it breaks in line {line}, column {column}. Correct it there."),
    "too_deep": _("The JSON is nested too deeply. Follow the schema of import_care."),
    "repeated_field": _("An object has the field “{value}” twice. Keep one of them."),
    # Its form.
    "missing_field": _("The field “{name}” is missing. Add it."),
    "unknown_field": _("The field “{name}” is not known. Delete or rename it; possible are: {known}."),
    "wrong_type": _("The value {value} has the wrong type. Give {expected}."),
    "not_allowed": _("The value {value} is not one of those possible. Give one of: {known}."),
    "too_short": _("The text is empty. Fill it in."),
    "too_long": _("The text has {length} characters and at most {limit} fit. Shorten it."),
    "too_small": _("The number {value} is too small. Give at least {limit}."),
    "too_great": _("The number {value} is too great. Give at most {limit}."),
    "repeated_item": _("The list names the same item twice. Keep one of them."),
    "control_characters": _("The text contains invisible control characters. Write it without them."),
    "date_form": _("The value {value} is not a day of the calendar. Write it as 2026-10-05."),
    "date_year": _("The year of {value} cannot be right. Give a year from {first} to {last}."),
    "time_form": _("The value {value} is not a time of the day. Write it as 08:00."),
    "price_form": _(
        "The value {value} is not a price. Write it as text with a point and two places, like 41.50."
    ),
    "krs_form": _("The value {value} is not a KRS number. Give its ten digits, or null."),
    "pesel_form": _("A PESEL has eleven digits. Correct it, or give null."),
    "phone_form": _(
        "The value {value} is not a telephone number. Give nine digits, one of another country with + and its code, "
        "or null."
    ),
    "code_form": _(
        "The value {value} is not a code. Use at most 40 characters without spaces, commas, semicolons "
        "and vertical bars."
    ),
    "wrong_form": _(
        "The value {value} does not have the form that the schema of import_care asks for. Correct it."
    ),
    # Its meaning.
    "repeated_key": _("{value} stands at {other} already. Keep one of them, or correct the number or code."),
    "ends_before_it_begins": _("It ends on {last}, before it begins on {first}. Correct one of the dates."),
    "revoked_before_it_begins": _(
        "The decision is revoked from {value}, before it begins on {first}. Correct one of the dates."
    ),
    "minutes_missing": _("The amount is per month or week and gives no minutes. Fill in “minutes”."),
    "minutes_with_plan": _(
        "The plan of visits is the amount, so the minutes must be null. Clear them, or change “per”."
    ),
    "plan_missing": _("The plan of visits is the amount and there is no plan. Add it, or change “per”."),
    "plan_clash": _(
        "The visit {value} (weekday, start) begins before the one at {other} is over. Shorten one, move it, or "
        "set “two_workers”."
    ),
    "plan_crowded": _(
        "The visit {value} (weekday, start) begins while two others, one of them at {other}, are not over. "
        "Shorten one, or move it."
    ),
    "minutes_beyond_period": _(
        "{value} minutes are more than two workers can deliver in the period: at most {limit}. Correct them."
    ),
    "pesel_checksum": _(
        "The checksum of the PESEL is wrong. Correct it, or state in “pesel_override_reason” why it is right "
        "all the same."
    ),
    "suspension_outside": _(
        "The suspension lies wholly outside the decision, which is valid from {first} to {last}. Correct its dates."
    ),
    "suspensions_overlap": _("The suspension overlaps the one at {other}. Join them or correct the dates."),
    "amends_itself": _("The decision amends itself. Give the number of the earlier decision, or null."),
    "amended_in_a_circle": _("The decisions amend each other in a circle. Correct “amends” of one of them."),
    "amended_twice": _(
        "Decision {value} is amended at {other} already. Let the later one amend the earlier one."
    ),
    "amends_another_person": _("Decision {value} is about another person. Correct the number or the person."),
    "amends_before_it_begins": _(
        "The decision begins on {first}, before {value}, which it amends, begins on {other_first}. Correct the dates."
    ),
    "decisions_overlap": _(
        "The person has decision {value} from {other_first} to {other_last}, and this one begins on {first}. "
        "End that one earlier, or amend it."
    ),
    # Found by whoever knows what is stored.
    "unknown_organisation": _("There is no organisation {value} here or stored. Add it or correct the name."),
    "unknown_contract": _("There is no contract {value} here or stored. Add it or correct the number."),
    "unknown_worker": _("There is no worker {value} here or stored. Add the worker or correct the code."),
    "unknown_person": _("There is no person {value} here or stored. Add the person or correct the code."),
    "unknown_decision": _("There is no decision {value} here or stored. Add it or correct the number."),
    "unknown_activity": _("The service has no activity {value} here or stored. Add it or correct the code."),
    "ambiguous_organisation": _(
        "Several organisations are called {value}. Give the KRS number of the one meant."
    ),
    "worker_of_another_organisation": _(
        "{value}: the worker belongs to another organisation. Correct the code or name."
    ),
    "contract_of_another_organisation": _(
        "The stored contract is with another organisation than {value}. Correct the number or the organisation."
    ),
    "contract_of_another_service": _(
        "Contract {value} is stored for another service than the one of this document. Correct the number."
    ),
    "contract_signed_here": _(
        "Both sides sign here what contract {value} says. Give its dates, price and cap as stored, or amend it."
    ),
    "pesel_of_another_person": _(
        "The stored person {value} has this PESEL. Correct it, or use that person's code."
    ),
    "decision_of_another_person": _(
        "The stored decision is about another person than {value}. Correct the number or the person."
    ),
    "contract_has_visits": _(
        "The diary has visits under the stored decision, so it cannot move to contract {value}. Leave its contract "
        "{other}, and let a decision that amends it name the other one."
    ),
}

EXPECTED = {
    "string": pgettext_lazy("expected", "text"),
    "integer": pgettext_lazy("expected", "a whole number"),
    "boolean": pgettext_lazy("expected", "true or false"),
    "array": pgettext_lazy("expected", "a list"),
    "object": pgettext_lazy("expected", "an object"),
    "null": pgettext_lazy("expected", "null"),
}


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """One thing wrong in a document: `path` as $.decisions[3].amount, `value` as JSON, `details` for the sentence."""

    path: str
    value: str
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> Sentence:
        """The reason and the remedy, translated when it is shown."""
        return format_lazy(REASONS[self.code], **{"value": self.value, **self.details})

    def as_json(self) -> dict[str, str]:
        """For answers of commands, in the active language."""
        return {"path": self.path, "value": self.value, "code": self.code, "reason": str(self.message)}


class DocumentRefusal(DomainError):
    """The document cannot be imported; `faults` list everything found, the first gives `code` and `message`."""

    def __init__(self, faults: Iterable[DocumentFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: _natural(fault.path)))
        first = self.faults[0]
        problems = [Problem(each.code, each.message, each.path, each.value or None) for each in self.faults]
        super().__init__(first.code, first.message, problems=problems)


def _natural(path: str) -> list[str | int]:
    """Sorts $.persons[10] after $.persons[9]."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", path)]
