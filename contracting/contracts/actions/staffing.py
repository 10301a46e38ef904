"""Staff that an offer named, taken over into the contract as workers of the organisation (S-051)."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracting.contracts.models import Contract, NamedStaff, Worker
from contracting.contracts.rules.codes import next_code


def split_name(name: str) -> tuple[str, str]:
    """Given name and surname of a name as people write it: the last word is the surname."""
    words = name.split()
    return " ".join(words[:-1]) or words[-1], words[-1]


def take_over_staff(contract: Contract, staff: Sequence[Mapping[str, Any]]) -> None:
    """Name in the contract whom the offer named, from the contract's first day.

    A worker of the organisation with the same name is that person; others are entered with the next free code,
    without qualifications: those count once somebody has seen the papers. Called inside the signing's transaction.
    """
    own = list(Worker.objects.known().filter(organisation_id=contract.organisation_id))
    by_name = {(worker.given_name.casefold(), worker.surname.casefold()): worker for worker in own}
    codes = list(Worker.objects.values_list("code", flat=True))
    for person in staff:
        name = str(person.get("name", "")).strip()
        if not name:
            continue
        given, surname = split_name(name)
        worker = by_name.get((given.casefold(), surname.casefold()))
        if worker is None:
            code = next_code(codes, first="W01")
            codes.append(code)
            worker = Worker.objects.create(
                code=code,
                surname=surname[:80],
                given_name=given[:80],
                organisation_id=contract.organisation_id,
            )
            by_name[(given.casefold(), surname.casefold())] = worker
        NamedStaff.objects.get_or_create(
            contract=contract, worker=worker, defaults={"valid_from": contract.valid_from}
        )
