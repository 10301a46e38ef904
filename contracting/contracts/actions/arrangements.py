"""Writing down how a cycle's service is arranged where no call on this platform chose the contractor."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.steps import require_open_step
from contracting.commissioning.models import Cycle
from contracting.commissioning.plans import chosen_form
from contracting.contracts.actions.contracts import require_partner
from contracting.contracts.arranged import arrangement_of, gaps_in
from contracting.contracts.models import Arrangement, Contract
from contracting.contracts.rules.arranging import ASKED, Finding
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from tenants.models import Organisation

_VALUES = (
    "deliverer",
    "mode",
    "notice_number",
    "decided_on",
    "signed_on",
    "value",
    "basis",
    "valid_from",
    "valid_to",
    "note",
)
_NEEDED: dict[str, Any] = {
    "deliverer": _("Name the unit or the post that delivers the service."),
    "valid_from": _("Say from when."),
    "valid_to": _("Say until when."),
    "note": _("Write what was decided and why."),
    "mode": _("Choose the mode in which the procedure was held."),
    "notice_number": _("Enter the number of the notice, or of the unit's own record of the procedure."),
    "decided_on": _("Enter the day on which the contractor was chosen."),
    "organisation": _("Choose the organisation, or a contract that is entered here."),
    "signed_on": _("Enter the day on which the contract or agreement was signed."),
    "value": _("Enter the value of the contract in złoty."),
    "basis": _("Name the article on which the agreement rests."),
}
_WRONG: dict[str, Any] = {
    "nobody_named": _("Name the unit or post that organises the services, or choose an organisation."),
    "nip_missing": _(
        "The directory knows no NIP of this organisation: correct its data under People, Partner organisations."
    ),
    "value_not_positive": _("The value of a contract is more than 0."),
    "not_happened_yet": _("This day has not come yet: what is recorded here has happened."),
    "signed_before_the_choice": _("The contract was signed before the choice: correct one of the dates."),
    "ends_before_it_begins": _("The period ends before it begins: correct one of the dates."),
    "outside_the_cycle": _("This lies outside the period of the cycle: correct the date."),
}


@dataclass(frozen=True)
class ArrangementTerms:
    """What is written down; fields that the form does not ask for are left out. `value` is PLN."""

    contract: Contract | None = None
    organisation: Organisation | None = None
    deliverer: str = ""
    mode: str = ""
    notice_number: str = ""
    decided_on: date | None = None
    signed_on: date | None = None
    value: Decimal | None = None
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


def arrangement_stamp(row: Arrangement | None) -> str:
    """The stamp of the record as it stands; of none where there is none."""
    return stamp_of(_as_values(row) if row else {})


def sentence_of(finding: Finding) -> Any:
    """What a finding says to people, with the remedy."""
    return _NEEDED[finding.field] if finding.code == "missing" else _WRONG[finding.code]


def record_arrangement(
    cycle: Cycle, form: str, terms: ArrangementTerms, *, seen: str | None = None, actor: Actor
) -> Arrangement:
    """Write down what was arranged under the chosen form, or correct it, while step 5 is in work.

    Raises Conflict; DomainError `form_not_chosen`, `contract_of_another_service`, `not_a_partner`, `step_waiting`,
    `step_passed`, and `incomplete` with a problem for each thing that is missing or wrong.
    """
    with transaction.atomic():
        require_open_step(cycle, steps.CONTRACTOR_CHOICE)
        if form not in ASKED or chosen_form(cycle) != form:
            raise DomainError(
                "form_not_chosen",
                _("The cycle has chosen another form of realisation meanwhile: open step 5 anew."),
                field="form",
                value=form,
            )
        row = arrangement_of(cycle, form)
        require_unchanged(seen, arrangement_stamp(row))
        before = _as_values(row) if row else None
        row = row or Arrangement(cycle=cycle, form=form)
        _fill(row, terms)
        _require_fitting(row)
        problems = [Problem(one.code, sentence_of(one), one.field) for one in gaps_in(row)]
        if problems:
            raise DomainError(
                "incomplete", _("Nothing was saved: correct what is marked."), problems=problems
            )
        row.recorded_by_name = actor.label
        require_valid(row, exclude=["cycle", "organisation", "contract"])
        row.save()
        record(
            "record_arrangement",
            actor=actor,
            subject_type="cycle",
            subject_id=cycle.pk,
            payload={"form": form, "before": before, "after": _as_values(row)},
        )
    return row


def _fill(row: Arrangement, terms: ArrangementTerms) -> None:
    """Take over what the form asks for; a linked contract says itself who, when and, where it does, for how much."""
    given: dict[str, Any] = {name: getattr(terms, name) for name in ASKED[row.form]}
    row.contract = given.get("contract")
    row.organisation = None if row.contract else given.get("organisation")
    for name in _VALUES:
        field: Any = Arrangement._meta.get_field(name)
        value = given.get(name, None if field.null else "")
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if row.contract is not None:
        row.signed_on = None
        if row.contract.amount is not None:
            row.value = None


def _require_fitting(row: Arrangement) -> None:
    if row.contract is not None:
        if row.contract.service_id != row.cycle.service_id:
            raise DomainError(
                "contract_of_another_service",
                _("This contract is about another service than the cycle. Choose another contract."),
                field="contract",
                value=row.contract.number,
            )
    elif row.organisation_id is not None:
        require_partner(row.organisation_id)


def _as_values(row: Arrangement) -> dict[str, Any]:
    return {
        "contract": row.contract_id,
        "organisation": row.organisation_id,
        **{name: getattr(row, name) for name in _VALUES},
    }
