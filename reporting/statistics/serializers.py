"""What programs ask of the public interface, and the shape of what it answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from reporting.statistics.desk.spans import Span
from reporting.statistics.models import ReleasedCell

_Level = ReleasedCell.Level
_LEVELS = [_Level.COUNTRY.value, _Level.VOIVODESHIP.value, _Level.COUNTY.value]
# So many periods one call may ask for: two years of months.
MOST_PERIODS = 24


class FiguresIn(serializers.Serializer[Any]):
    """One indicator, from a period to another of the same length, in all places of a level."""

    indicator = serializers.RegexField(r"^[a-z][a-z0-9_]{0,39}$", help_text=_("code of the dictionary"))
    period = serializers.CharField(
        max_length=7,
        help_text=_("the last period: 2026-10, 2026-Q3 or 2026; the newest one without it"),
        required=False,
    )
    periods = serializers.IntegerField(
        min_value=1, max_value=MOST_PERIODS, default=1, help_text=_("how many periods, up to the last")
    )
    level = serializers.ChoiceField(
        _LEVELS,
        default=_Level.VOIVODESHIP.value,
        help_text=_("of a county in which one tenant alone told, the sum is its own figure"),
    )
    within = serializers.RegexField(
        r"^[0-9]{2}$", required=False, help_text=_("only in the voivodeship of this TERC code")
    )
    part = serializers.RegexField(
        r"^[A-Za-z0-9_*.-]{1,40}$", default="*", help_text=_("a service or category; * is all of them")
    )

    def validate_period(self, text: str) -> Span:
        try:
            return Span.parse(text)
        except ValueError as error:
            raise serializers.ValidationError(_("Write the period as 2026-10, 2026-Q3 or 2026.")) from error


class FigureOut(serializers.Serializer[Any]):
    """A figure, or in `missing` why there is none: then all numbers are null. A zero is a figure."""

    place = serializers.CharField(help_text=_("TERC code, or PL"))
    place_name = serializers.CharField()
    period = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text=_("in the indicator's unit, as a decimal"))
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    missing = serializers.ChoiceField(
        ["", "persons", "providers", "parts", "incomplete", "changed", "not_told"],
        help_text=_("persons, providers and parts: hidden to protect somebody"),
    )
    shown_in = serializers.CharField(
        allow_blank=True, help_text=_("the coarser figure that shows what is hidden")
    )
    version = serializers.IntegerField(allow_null=True, help_text=_("version of the indicator"))


class FiguresOut(serializers.Serializer[Any]):
    """The answer to one question."""

    indicator = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.CharField(help_text=_("code of the unit in the dictionary"))
    level = serializers.CharField()
    part = serializers.CharField()
    threshold = serializers.IntegerField(
        allow_null=True, help_text=_("figures with fewer persons behind them are hidden")
    )
    health_threshold = serializers.IntegerField(
        allow_null=True,
        help_text=_(
            "as many are needed where a service may tell of health, and in totals with such a service"
        ),
    )
    released_at = serializers.DateTimeField(allow_null=True)
    figures = FigureOut(many=True)


class PeriodsOut(serializers.Serializer[Any]):
    """Which indicators have released figures, and of which periods."""

    indicator = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["month", "quarter", "year"])
    periods = serializers.ListField(child=serializers.CharField())


class IndicatorsOut(serializers.Serializer[Any]):
    """All indicators of the dictionary with their released periods, newest first."""

    edition = serializers.IntegerField(help_text=_("edition of the dictionary"))
    dictionary = serializers.CharField(help_text=_("address of the whole dictionary as JSON"))
    indicators = PeriodsOut(many=True)


class FaultOut(serializers.Serializer[Any]):
    """What is wrong with a field of the question."""

    field = serializers.CharField()
    reason = serializers.CharField()


class RefusalOut(serializers.Serializer[Any]):
    """A refusal as RFC 9457 says it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    errors = FaultOut(many=True)  # type: ignore[assignment]
