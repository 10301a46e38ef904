"""What happens to calls that other apps may want to know, in the transaction in which it happens.

All are fired with the call and the actor, but for `awarded`, with the award alone: once for each granted award when the
organ's decision is published or an offer of the reserve list gets its grant; and `award_given_up`, with the award, the
reason and the actor: a subscriber refuses where it is too late.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from kernel.hooks import Hook

call_published = Hook("call_published")
offers_opened = Hook("offers_opened")
results_published = Hook("results_published")
call_annulled = Hook("call_annulled")
awarded = Hook("awarded")
award_given_up = Hook("award_given_up")


@dataclass(frozen=True)
class TrackRecord:
    """What became of the promises of an organisation's contracts with this unit: facts, never points.

    `met` of `judged` monthly results that were measured or that the unit confirmed, in so many calendar `months` of so
    many `contracts`. `stated_met` of `stated` are results that the organisation alone stated; they count in neither.
    """

    met: int
    judged: int
    stated_met: int
    stated: int
    months: int
    contracts: int


Recorder = Callable[[Collection[UUID]], Mapping[UUID, TrackRecord]]
_RECORDERS: list[Recorder] = []


def keep_track_with(recorder: Recorder) -> None:
    """Let an app of what comes after the contract tell the records of organisations by id; called once at start.

    A recorder asks the database a constant number of questions.
    """
    if recorder not in _RECORDERS:
        _RECORDERS.append(recorder)


def track_records(organisations: Collection[UUID]) -> dict[UUID, TrackRecord]:
    """The records of these organisations in the tenant at hand; those without any are missing.

    Whoever shows them sees to it that the offers are opened, and that the reader may know who bid.
    """
    return {pk: record for recorder in _RECORDERS for pk, record in recorder(organisations).items()}


# Fired with ids of `calls`, `today` and the list `matters` (kernel.clearing.Matter of kind "call"): whoever needs the
# offers still adds why, and whoever lets their term begin later adds until when.
calls_kept = Hook("calls_kept")

# Fired inside the transaction with ids of `calls` whose offers are cleared: who copied names from them takes them off.
offers_cleared = Hook("offers_cleared")
