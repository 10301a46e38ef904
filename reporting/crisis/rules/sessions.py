"""Sessions against the limit of the standard: a soft limit that asks for a reason or a referral (S-120, K1)."""

from collections.abc import Sequence
from datetime import datetime

# A session that was done: when it began, and the reason of one beyond the limit, else empty.
Done = tuple[datetime, str]


def crisis_limit(done: int, limit: int, *, reasons: int, referrals: int) -> bool:
    """K1: whether more sessions are done than the limit allows, with no recorded reason and no referral."""
    return done > limit and not reasons and not referrals


def place_of(starts_at: datetime, others: Sequence[Done]) -> int:
    """Which session of the case the one of this time is: those that began later do not count before it."""
    return 1 + sum(began < starts_at for began, _reason in others)


def pushed_beyond(
    starts_at: datetime, others: Sequence[Done], limit: int, *, is_new: bool
) -> datetime | None:
    """The later session that one of this time moves beyond the limit though it has no reason of its own; None where
    there is none, or where the session was counted before (not `is_new`)."""
    later = sorted(one for one in others if one[0] > starts_at)
    place = len(others) + 1 - len(later)
    # Only the session that stood on the limit is moved beyond it; those after it were beyond already.
    index = limit - place
    if not is_new or not 0 <= index < len(later):
        return None
    began, reason = later[index]
    return None if reason else began
