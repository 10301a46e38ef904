"""What the unit settles for advice: terms, and the dictionary of general topics."""

from django.db import transaction

from audit.actions import record
from kernel.access import Actor
from kernel.bulk import assign
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.advice.models import Terms, Topic

SETTLED = (
    "long_session_minutes",
    "most_minutes",
    "hold_hours",
    "days_back",
    "days_ahead",
    "weeks_ahead",
    "deputy_days",
    "watch_presence",
)


def add_topic(code: str, name: str, *, actor: Actor) -> Topic:
    """A new general topic of the unit's dictionary."""
    topic = Topic(code=code, name=name)
    with transaction.atomic():
        require_valid(topic)
        topic.save(force_insert=True)
        record("add_topic", actor=actor, subject_type="topic", subject_id=topic.pk, payload={"code": code})
    return topic


def topic_stamp(topic: Topic) -> str:
    """The stamp of a topic as it stands."""
    return stamp_of(topic.name, topic.active)


def change_topic(topic: Topic, *, name: str, active: bool, seen: str | None = None, actor: Actor) -> Topic:
    """Rename a topic, or take it out of use; cards that name it keep it.

    Raises Conflict where somebody changed it meanwhile.
    """
    with transaction.atomic():
        locked: Topic = Topic.objects.select_for_update().get(pk=topic.pk)
        require_unchanged(seen, topic_stamp(locked))
        changed = assign(locked, {"name": name, "active": active})
        if changed:
            require_valid(locked)
            locked.save(update_fields=changed)
            record(
                "change_topic",
                actor=actor,
                subject_type="topic",
                subject_id=locked.pk,
                payload={"fields": changed},
            )
    return locked


def terms_stamp(terms: Terms) -> str:
    """The stamp of what is settled."""
    return stamp_of({field: getattr(terms, field) for field in SETTLED})


def settle_terms(
    *,
    long_session_minutes: int,
    most_minutes: int,
    hold_hours: int,
    days_back: int,
    days_ahead: int,
    weeks_ahead: int,
    deputy_days: int,
    watch_presence: bool,
    seen: str | None = None,
    actor: Actor,
) -> Terms:
    """Settle what the unit may settle of advice; what each of it means stands at `Terms`.

    Raises Conflict where somebody settled it meanwhile.
    """
    with transaction.atomic():
        terms = Terms.objects.select_for_update().first() or Terms()
        require_unchanged(seen, terms_stamp(terms))
        settled = {
            "long_session_minutes": long_session_minutes,
            "most_minutes": most_minutes,
            "hold_hours": hold_hours,
            "days_back": days_back,
            "days_ahead": days_ahead,
            "weeks_ahead": weeks_ahead,
            "deputy_days": deputy_days,
            "watch_presence": watch_presence,
        }
        changed = assign(terms, settled)
        require_valid(terms)
        terms.save()
        record(
            "settle_advice_terms",
            actor=actor,
            subject_type="advice_terms",
            subject_id=terms.pk,
            payload={field: getattr(terms, field) for field in changed},
        )
    return terms
