"""The yearly money and the commitments of a draft or a contract: read, checked and written as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Commitment, Contract, ContractDraft, Tranche
from kernel.errors import DomainError
from kernel.validation import require_valid

Owner = Contract | ContractDraft
# Year, amount (PLN), minutes or None.
TrancheLine = tuple[int, Decimal, int | None]


@dataclass(frozen=True)
class CommitmentLine:
    """What a form or an offer says of one commitment; `promised` in the unit of the indicator."""

    part: str
    indicator: str
    direction: str
    promised: Decimal
    unit: str
    measure: str
    method: str


def tranche_lines(owner: Owner) -> list[TrancheLine]:
    """The yearly money as it stands."""
    return [(row.year, row.amount, row.minutes) for row in owner.tranches.all()]


def commitment_lines(owner: Owner) -> list[CommitmentLine]:
    """The commitments as they stand."""
    names = [field.name for field in fields(CommitmentLine)]
    return [CommitmentLine(**{name: getattr(row, name) for name in names}) for row in owner.commitments.all()]


def tranches_as_json(lines: Sequence[TrancheLine]) -> list[list[Any]]:
    """Years as an amendment keeps them: year, PLN as a text, minutes or None."""
    return [[year, str(amount), minutes] for year, amount, minutes in lines]


def tranches_of_json(kept: Sequence[Sequence[Any]]) -> list[TrancheLine]:
    """Years from how an amendment keeps them."""
    return [(year, Decimal(amount), minutes) for year, amount, minutes in kept]


def commitments_as_json(lines: Sequence[CommitmentLine]) -> list[dict[str, str]]:
    """Commitments as an amendment keeps them, the value as a text."""
    return [{**asdict(line), "promised": str(line.promised)} for line in lines]


def commitments_of_json(kept: Sequence[Mapping[str, str]]) -> list[CommitmentLine]:
    """Commitments from how an amendment keeps them."""
    return [CommitmentLine(**{**row, "promised": Decimal(row["promised"])}) for row in kept]  # type: ignore[arg-type]


def check_tranches(
    tranches: Sequence[TrancheLine], *, amount: Decimal | None, first: date, last: date
) -> None:
    """Refuse years that stand twice, lie outside the period or do not sum to the amount (PLN). Raises DomainError.

    Where a contract names no amount it has no yearly money either.
    """
    years = [year for year, _amount, _minutes in tranches]
    for year in years:
        if years.count(year) > 1:
            raise DomainError(
                "tranche_twice",
                _("The year %(year)s stands twice. Join the two rows.") % {"year": year},
                field="tranches",
                value=year,
            )
        if not first.year <= year <= last.year:
            raise DomainError(
                "tranche_outside",
                _("The year %(year)s lies outside the contract. Remove the row or change the dates.")
                % {"year": year},
                field="tranches",
                value=year,
            )
    due = amount or Decimal(0)
    total = sum((part for _year, part, _minutes in tranches), Decimal(0))
    if total != due:
        raise DomainError(
            "tranches_sum",
            _(
                "The yearly amounts sum to %(total)s zł, the contract has %(amount)s zł: they differ by %(by)s zł."
            )
            % {"total": total, "amount": due, "by": abs(total - due)},
            field="tranches",
            value=total,
        )


def write_tranches(owner: Owner, lines: Sequence[TrancheLine]) -> None:
    """Let the owner have exactly these years."""
    _let_go(owner, owner.tranches)
    for year, amount, minutes in lines:
        tranche = Tranche(**_of(owner), year=year, amount=amount, minutes=minutes)
        require_valid(tranche, exclude=["draft", "contract"])
        tranche.save()


def write_commitments(owner: Owner, lines: Sequence[CommitmentLine]) -> None:
    """Let the owner have exactly these commitments, in this order."""
    _let_go(owner, owner.commitments)
    for position, line in enumerate(lines, start=1):
        commitment = Commitment(**_of(owner), position=position, **asdict(line))
        require_valid(commitment, exclude=["draft", "contract"])
        commitment.save()


def _of(owner: Owner) -> dict[str, Owner]:
    return {"draft": owner} if isinstance(owner, ContractDraft) else {"contract": owner}


def _let_go(owner: Owner, rows: Any) -> None:
    # What both sides signed stays with the draft as they signed it, when an amendment changes the contract.
    if isinstance(owner, Contract):
        rows.filter(draft__isnull=False).update(contract=None)
    rows.all().delete()
