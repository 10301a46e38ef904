"""Verbs of the radar: note what was found out about a silent person, set when a person counts as silent."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kernel.access import Access, Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from reporting.care.locking import hold_person_of
from reporting.care.models import Decision
from reporting.continuity.models import RadarCheck, RadarSettings
from reporting.continuity.queries import settings_at_hand

RADAR_FIELDS = ("planned_days", "calendar_days", "longest_quiet_days", "call_days")


def check_silence(
    decision: Decision, *, reason: str, note: str, quiet_until: date, access: Access, actor: Actor
) -> RadarCheck:
    """Note why nobody visits the person; the radar is quiet about them up to and including a day.

    The word of a provider quietens the radar of its own people only. Raises DomainError with the field that is wrong.
    """
    today = timezone.localdate()
    longest = settings_at_hand().longest_quiet_days
    last = today + timedelta(days=longest)
    if not today <= quiet_until <= last:
        raise DomainError(
            "quiet_outside",
            _("Choose a day from %(first)s to %(last)s: nobody is left unwatched for longer.")
            % {"first": f"{today:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"},
            field="quiet_until",
            value=quiet_until,
        )
    check = RadarCheck(
        decision=decision,
        person_id=decision.person_id,
        service_id=decision.service_id,
        reason=reason,
        note=note,
        quiet_until=quiet_until,
        made_on=today,
        made_by=actor.user_id,
        made_by_name=actor.label[:150],
        by_provider=access.organisation_ids is not None,
    )
    with transaction.atomic():
        if reason == RadarCheck.Reason.OTHER and not note:
            raise DomainError(
                "note_missing",
                _("The reason “other” needs a note: write what you found out."),
                field="note",
            )
        hold_person_of(decision.pk)
        require_valid(check, exclude=["decision", "person", "service"])
        check.save()
        record(
            "check_silence",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"reason": reason, "quiet_until": quiet_until, "by_provider": check.by_provider},
        )
    return check


def radar_stamp(settings: RadarSettings) -> str:
    """The stamp of the settings as they stand."""
    return stamp_of(model_to_dict(settings, fields=RADAR_FIELDS))


def change_radar(values: dict[str, int], *, seen: str | None = None, actor: Actor) -> RadarSettings:
    """Set when a person counts as silent (days by field name). Raises Conflict where somebody changed it meanwhile."""
    with transaction.atomic():
        RadarSettings.objects.get_or_create(only=True)
        settings: RadarSettings = RadarSettings.objects.select_for_update().get(only=True)
        before: dict[str, Any] = model_to_dict(settings, fields=RADAR_FIELDS)
        require_unchanged(seen, stamp_of(before))
        for field in RADAR_FIELDS:
            setattr(settings, field, values[field])
        after = model_to_dict(settings, fields=RADAR_FIELDS)
        if after != before:
            require_valid(settings)
            settings.save()
            record(
                "change_radar",
                actor=actor,
                subject_type="tenant",
                subject_id=require_tenant().pk,
                payload={"before": before, "after": after},
            )
    return settings
