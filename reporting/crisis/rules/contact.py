"""Which days a first contact can have."""

from datetime import date, timedelta

# Crisis intervention is a benefit of social assistance since the Act of 12 March 2004 took effect (art. 47, art. 162).
FIRST_POSSIBLE = date(2004, 5, 1)
# A case is entered at most so many days after its first contact: what is older belongs to closed years.
MOST_DAYS_LATE = 1096


def earliest_contact(today: date) -> date:
    """The first day on which a contact entered today can have been."""
    return max(FIRST_POSSIBLE, today - timedelta(days=MOST_DAYS_LATE))
