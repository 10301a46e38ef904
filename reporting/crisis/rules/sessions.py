"""Sessions against the limit of the standard: a soft limit that asks for a reason or a referral (S-120, K1)."""


def crisis_limit(done: int, limit: int, *, reasons: int, referrals: int) -> bool:
    """K1: whether more sessions are done than the limit allows, with no recorded reason and no referral."""
    return done > limit and not reasons and not referrals


def lacks_reason(done: int, limit: int, *, reason: str, referrals: int) -> bool:
    """Whether a done session that makes `done` in all must not be recorded as it is: beyond the limit it needs a
    reason of its own or a referral of the case."""
    return done > limit and not reason and not referrals
