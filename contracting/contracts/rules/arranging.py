"""What step 5 asks to be written down where no call chooses the contractor, by form of realisation; without Django."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracting.commissioning.rules.forms import NEIGHBOUR, OWN, PARTNERSHIP, PROCUREMENT

# The fields of each form in the order of its page; whatever is not here stays empty.
ASKED: dict[str, tuple[str, ...]] = {
    OWN: ("deliverer", "valid_from", "valid_to", "note"),
    PROCUREMENT: (
        "mode",
        "notice_number",
        "decided_on",
        "contract",
        "organisation",
        "signed_on",
        "value",
        "note",
    ),
    PARTNERSHIP: ("contract", "organisation", "signed_on", "basis", "note"),
    NEIGHBOUR: ("deliverer", "contract", "organisation", "valid_from", "valid_to", "note"),
}
# What must be there, here or, of OF_THE_CONTRACT, in the linked contract.
NEEDED: dict[str, tuple[str, ...]] = {
    OWN: ("deliverer", "valid_from", "note"),
    PROCUREMENT: ("mode", "notice_number", "decided_on", "organisation", "signed_on", "value"),
    PARTNERSHIP: ("organisation", "signed_on", "basis"),
    NEIGHBOUR: ("valid_from", "valid_to"),
}


OF_THE_CONTRACT = ("organisation", "signed_on", "value")


@dataclass(frozen=True)
class ArrangementFacts:
    """What is written down, as plain values; what a linked contract says is in its place already. `value` is PLN.

    `organisation` says whether one is named, `has_nip` whether the directory knows its NIP.
    """

    form: str
    cycle_from: date
    cycle_to: date
    deliverer: str = ""
    organisation: bool = False
    has_nip: bool = False
    mode: str = ""
    notice_number: str = ""
    decided_on: date | None = None
    signed_on: date | None = None
    value: Decimal | None = None
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """What is wrong: a stable code and the field."""

    code: str
    field: str


def findings(facts: ArrangementFacts, *, today: date) -> list[Finding]:
    """Everything that keeps the record from being complete, in the order of the page; an unknown form is a KeyError.

    Codes: `missing`, `nobody_named`, `nip_missing`, `value_not_positive`, `not_happened_yet`,
    `signed_before_the_choice`, `ends_before_it_begins`, `outside_the_cycle`.
    """
    missing = [Finding("missing", field) for field in NEEDED[facts.form] if not _is_given(facts, field)]
    return [*missing, *_who(facts), *_days(facts, today), *_period(facts)]


def _is_given(facts: ArrangementFacts, field: str) -> bool:
    value = getattr(facts, field)
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value is not False


def _who(facts: ArrangementFacts) -> Iterator[Finding]:
    if facts.form == NEIGHBOUR and not facts.organisation and not facts.deliverer.strip():
        yield Finding("nobody_named", "deliverer")
    if facts.form == PROCUREMENT and facts.organisation and not facts.has_nip:
        yield Finding("nip_missing", "organisation")
    if facts.form == PROCUREMENT and facts.value is not None and facts.value <= 0:
        yield Finding("value_not_positive", "value")


def _days(facts: ArrangementFacts, today: date) -> Iterator[Finding]:
    for field in ("decided_on", "signed_on"):
        day = getattr(facts, field)
        if day is not None and day > today:
            yield Finding("not_happened_yet", field)
    if facts.decided_on and facts.signed_on and facts.signed_on < facts.decided_on:
        yield Finding("signed_before_the_choice", "signed_on")


def _period(facts: ArrangementFacts) -> Iterator[Finding]:
    first, last = facts.valid_from, facts.valid_to
    if first and last and last < first:
        yield Finding("ends_before_it_begins", "valid_to")
    elif first and first > facts.cycle_to:
        yield Finding("outside_the_cycle", "valid_from")
    elif last and last < facts.cycle_from:
        yield Finding("outside_the_cycle", "valid_to")
