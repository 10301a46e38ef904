"""What higher apps may want to know of decisions, and what is asked of them about a person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.errors import Sentence
from kernel.hooks import Hook

# Fired inside the transaction with `ids` of decisions: issued, amended, corrected, revoked, restored, rested.
decisions_changed = Hook("decisions_changed")

# Fired with a `person` and the list `keys`: whatever else of the person is read under a key of its own adds it there.
# Crisis intervention does not: who is helped there is told to the team of the case and to nobody else.
keys_of_person = Hook("keys_of_person")


@dataclass(frozen=True)
class Matter:
    """Something about a person that is kept for a term: `kind` is one of those that classes of retention are given to.

    `closed_on` is its last day; None while it is open, and then `why` says so in a sentence that anybody may read who
    sees that the person is kept.
    """

    person: UUID
    kind: str
    closed_on: date | None
    why: Sentence = ""


# Fired with ids of `persons`, `today` and the list `matters`: every app adds what it keeps of them.
matters_of_persons = Hook("matters_of_persons")

# Fired inside the transaction with ids of `persons` and the set `stays`: an app removes brought files that tell of
# nobody else who is known still, and adds to `stays` the ids of whom files tell that remain.
files_of_persons = Hook("files_of_persons")

# Fired inside the transaction with ids of `persons`, before columns are taken off: an app takes off what no column
# that it named tells (files, frozen documents).
persons_anonymised = Hook("persons_anonymised")
