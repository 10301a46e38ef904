"""The shape of what a phone sends; nothing is saved here."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from reporting.delivery.models import Visit
from reporting.delivery.serializers import DiaryDate
from reporting.field.actions import Choice, SentObservation, SentVisit
from reporting.field.actions.settling import KINDS
from reporting.field.models import Observation
from reporting.field.rules.clock import PhoneClock, WallTimes

MOST_ENTRIES = 100
_STATES = [Visit.State.DONE, Visit.State.NO_SHOW, Visit.State.CANCELLED]
# The columns hold seconds of both signs; a phone that is decades off is only that: wrong.
_FAR = 2_000_000_000
UNREADABLE = _("The server cannot read this entry. Show it to your coordinator, and update the page.")


class WallSerializer(serializers.Serializer[Any]):
    """Day and wall-clock times of Warsaw; `overnight` is the carer's word that the end is on the next day."""

    date = DiaryDate()
    start = serializers.TimeField(input_formats=["%H:%M"])
    end = serializers.TimeField(input_formats=["%H:%M"])
    overnight = serializers.BooleanField(default=False)


class VisitEntrySerializer(WallSerializer):
    """A visit as the phone has kept it; `id` is made there."""

    id = serializers.UUIDField()
    decision = serializers.UUIDField(default=None, allow_null=True)
    number = serializers.CharField(max_length=60, allow_blank=True, default="")
    state = serializers.ChoiceField(choices=_STATES, default=Visit.State.DONE)
    activities = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=50
    )
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    seen = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=200)
    offset_then = serializers.IntegerField(default=None, allow_null=True, min_value=-_FAR, max_value=_FAR)
    jumped = serializers.BooleanField(default=False)
    clocked = serializers.BooleanField(default=True)
    dropped = serializers.BooleanField(default=False)
    corrects = serializers.UUIDField(default=None, allow_null=True)
    version = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A correction names the visit, its version and its decision."""
        if attrs["corrects"] is not None and not (attrs["version"] and attrs["decision"]):
            raise serializers.ValidationError(UNREADABLE)
        return attrs


class ObservationEntrySerializer(serializers.Serializer[Any]):
    """An observation as the phone has kept it; `at` is the phone's clock in milliseconds when it was written."""

    id = serializers.UUIDField()
    decision = serializers.UUIDField()
    visit = serializers.UUIDField(default=None, allow_null=True)
    priority = serializers.ChoiceField(choices=Observation.Priority.values)
    # How long it may be is the verb's to say, in words that the carer understands.
    text = serializers.CharField(max_length=20_000, allow_blank=True)
    at = serializers.IntegerField(min_value=0, max_value=4_000_000_000_000)


class PhoneBatchSerializer(serializers.Serializer[Any]):
    """Entries in the order made; `phone_now` is the phone's clock in milliseconds when it sends."""

    user = serializers.UUIDField()
    phone_now = serializers.IntegerField(min_value=0, max_value=4_000_000_000_000)
    entries = serializers.ListField(child=serializers.DictField(), allow_empty=False, max_length=MOST_ENTRIES)


class ChoiceSerializer(serializers.Serializer[Any]):
    """What the carer has chosen for an entry that waits."""

    user = serializers.UUIDField()
    choice = serializers.ChoiceField(choices=list(KINDS))
    visit = serializers.UUIDField(default=None, allow_null=True)
    version = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
    times = WallSerializer(default=None, allow_null=True)
    number = serializers.CharField(max_length=60, allow_blank=True, default="")


def wall_times(values: dict[str, Any]) -> WallTimes:
    return WallTimes(values["date"], values["start"], values["end"])


def sent_visit(values: dict[str, Any], offset_now: int) -> SentVisit:
    """What the action takes, from checked values and the offset measured on arrival."""
    return SentVisit(
        id=values["id"],
        decision_id=values["decision"],
        number=values["number"],
        times=wall_times(values),
        state=values["state"],
        activities=tuple(values["activities"]),
        note=" ".join(values["note"].split()),
        seen=frozenset(values["seen"]),
        clock=PhoneClock(values["offset_then"], max(-_FAR, min(offset_now, _FAR)), values["jumped"]),
        clocked=values["clocked"],
        corrects=values["corrects"],
        version=values["version"] if values["corrects"] else 0,
        overnight=values["overnight"],
        dropped=values["dropped"],
    )


def sent_observation(values: dict[str, Any], offset_now: int) -> SentObservation:
    """What the action takes; the moment is put right by the offset measured on arrival."""
    return SentObservation(
        id=values["id"],
        decision_id=values["decision"],
        visit_id=values["visit"],
        priority=values["priority"],
        text=values["text"],
        noticed_at=datetime.fromtimestamp(values["at"] / 1000 + offset_now, UTC),
    )


def choice_of(values: dict[str, Any]) -> Choice:
    return Choice(
        kind=values["choice"],
        visit_id=values["visit"],
        version=values["version"],
        times=None if values["times"] is None else wall_times(values["times"]),
        number=values["number"],
        overnight=values["times"] is not None and values["times"]["overnight"],
    )
