"""The shapes of what the interface takes and gives; what they say is also its documentation."""

from datetime import date, time
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.errors import DomainError, Problem
from reporting.advice.models import Appointment
from reporting.advice.models.wording import Kind, Place
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import Visit
from reporting.exchange.models import Scope
from reporting.exchange.queries.feed import AdviceChange, Change
from reporting.exchange.rules import read_cursor

PAGE = 100
LARGEST_PAGE = 500
_CELL = 200


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "example": "08:00"})
class Clock(serializers.Field[Any, Any, str, Any]):
    """A time of the day in Warsaw, to the minute."""

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


class RowErrorOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(
        allow_null=True, help_text=_("Place of the row in the list sent, from 1; null where no row is meant.")
    )
    column = serializers.CharField(help_text=_("Field that is wrong, or several joined by a comma."))
    value = serializers.CharField(allow_blank=True, help_text=_("What stood there."))
    code = serializers.CharField(help_text=_("Stable code, the same as in the import of files."))
    reason = serializers.CharField(help_text=_("The reason and the remedy, in the language asked for."))


class ProblemOut(serializers.Serializer[Any]):
    """A refusal as RFC 9457 says it."""

    type = serializers.CharField(help_text=_("urn:siedem:problem: and the code"))
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=_("Stable code of the refusal."))
    detail = serializers.CharField(help_text=_("The reason and the remedy, in the language asked for."))
    errors = RowErrorOut(many=True)  # type: ignore[assignment]


class TokenOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    prefix = serializers.CharField()
    organisation = serializers.CharField(source="organisation.name")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    expires_at = serializers.DateTimeField()


class ContractOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    service = serializers.CharField(source="service.code")
    service_name = serializers.CharField(source="service.name")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()


class ActivityOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    service = serializers.CharField(source="service.code")


class WorkerOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField(source="__str__")
    last_day = serializers.DateField(source="ended_on", allow_null=True)


class RestOut(serializers.Serializer[Any]):
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class DecisionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    contract = serializers.CharField(source="contract.number")
    person = serializers.CharField(
        source="person.code", help_text=_("Code of the person; names are not given out.")
    )
    valid_from = serializers.DateField()
    ends_before = serializers.DateField(help_text=_("First day on which the decision no longer holds."))
    amount_per = serializers.ChoiceField(choices=["month", "week", "plan"])
    minutes = serializers.IntegerField(allow_null=True)
    activities = serializers.ListField(child=serializers.CharField())
    two_workers = serializers.BooleanField()
    suspensions = RestOut(many=True, source="suspensions.all")


class VisitOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    decision_number = serializers.CharField(source="decision.number")
    contract = serializers.CharField(source="decision.contract.number")
    date = serializers.DateField()
    start = Clock()
    end = serializers.SerializerMethodField()
    minutes = serializers.IntegerField()
    worker = serializers.CharField(source="worker.code")
    status = serializers.ChoiceField(choices=Visit.State.values, source="state")
    activities = serializers.ListField(child=serializers.CharField())
    source = serializers.ChoiceField(choices=Visit.Source.values)  # type: ignore[assignment]
    changed_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def get_end(self, visit: Visit) -> str:
        return f"{timezone.localtime(visit.ends_at):%H:%M}"


class ChangeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="pk")
    changed_at = serializers.DateTimeField()
    removed = serializers.SerializerMethodField()
    visit = VisitOut(allow_null=True)

    def get_removed(self, change: Change) -> bool:
        return change.visit is None


class ChangesOut(serializers.Serializer[Any]):
    items = ChangeOut(many=True)
    next = serializers.CharField(
        allow_null=True,
        help_text=_("Keep it and send it as cursor next time; null while nothing was ever told."),
    )
    has_more = serializers.BooleanField(help_text=_("Whether to ask again at once."))
    complete_until = serializers.DateTimeField(source="until")


class DecisionChangeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="decision_id")
    changed_at = serializers.DateTimeField()
    decision = DecisionOut()


class DecisionChangesOut(serializers.Serializer[Any]):
    items = DecisionChangeOut(many=True)
    next = serializers.CharField(
        allow_null=True,
        help_text=_("Keep it and send it as cursor next time; null while nothing was ever told."),
    )
    has_more = serializers.BooleanField(help_text=_("Whether to ask again at once."))
    complete_until = serializers.DateTimeField(source="until")


class MonthOut(serializers.Serializer[Any]):
    contract = serializers.CharField(source="contract.number")
    contract_id = serializers.UUIDField()
    month = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=ContractMonth.State.values)
    submitted_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    accepted_minutes = serializers.IntegerField(allow_null=True)
    refused_minutes = serializers.IntegerField()

    def get_month(self, row: ContractMonth) -> str:
        return f"{row.month:%Y-%m}"


class MonthsOut(serializers.Serializer[Any]):
    items = MonthOut(many=True)


class PageIn(serializers.Serializer[Any]):
    cursor = serializers.CharField(
        required=False, max_length=100, help_text=_("What the last answer gave as next.")
    )
    limit = serializers.IntegerField(
        required=False,
        default=PAGE,
        min_value=1,
        max_value=LARGEST_PAGE,
        help_text=_("How many rows a page has, from 1 to 500; 100 where it is not said."),
    )

    def validate_cursor(self, value: str) -> Any:
        try:
            return read_cursor(value)
        except ValueError:
            raise serializers.ValidationError(
                _("This is no cursor that the interface gave. Begin without one.")
            ) from None


class MonthIn(serializers.Serializer[Any]):
    month = serializers.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$", help_text=_("Year and month, like 2026-10."))

    def validate_month(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")


class VisitsIn(PageIn, MonthIn):
    contract = serializers.CharField(required=False, max_length=60, help_text=_("Number of one contract."))


class RowIn(serializers.Serializer[Any]):
    """A visit, with the fields and the forms of the import of files."""

    decision_number = serializers.CharField(max_length=60)
    date = serializers.CharField(max_length=_CELL, help_text=_("2026-10-05"))
    start = serializers.CharField(max_length=_CELL, help_text=_("08:00, by the clock in Warsaw"))
    end = serializers.CharField(
        max_length=_CELL, help_text=_("10:00; an end before the start is on the next day")
    )
    worker = serializers.CharField(
        max_length=_CELL, help_text=_("Code of the worker, or surname and given name")
    )
    activities = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)
    status = serializers.ChoiceField(choices=["done", "no_show", "cancelled"], required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class BatchIn(serializers.Serializer[Any]):
    contract = serializers.CharField(max_length=60, help_text=_("Number of the contract."))
    visits = serializers.ListField(child=RowIn(), min_length=1, max_length=settings.EXCHANGE_ROWS_MAX)


class CorrectionIn(serializers.Serializer[Any]):
    """What is to be another; what is not named stays as it is."""

    date = serializers.CharField(required=False, max_length=_CELL, help_text=_("2026-10-05"))
    start = serializers.CharField(
        required=False, max_length=_CELL, help_text=_("08:00, by the clock in Warsaw")
    )
    end = serializers.CharField(
        required=False,
        max_length=_CELL,
        help_text=_("10:00; an end before the start is on the next day"),
    )
    worker = serializers.CharField(
        required=False, max_length=_CELL, help_text=_("Code of the worker, or surname and given name")
    )
    activities = serializers.ListField(
        required=False, child=serializers.CharField(max_length=40), max_length=50
    )
    status = serializers.ChoiceField(choices=["done", "no_show", "cancelled"], required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class CorrectedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.IntegerField(
        allow_null=True, help_text=_("For If-Match of the next change; null once it is removed.")
    )
    removed = serializers.BooleanField()


class BatchOut(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    added = serializers.IntegerField(help_text=_("Visits that are new."))
    present = serializers.IntegerField(help_text=_("Visits that were in the diary already."))
    remarks = RowErrorOut(many=True, help_text=_("What ought to be checked in visits that were taken."))


def checked(shape: serializers.Serializer[Any]) -> dict[str, Any]:
    """What was sent, understood. Raises DomainError `invalid_parameters` that names each wrong one."""
    if shape.is_valid():
        return dict(shape.validated_data)
    given: Any = shape.initial_data
    problems = [
        Problem("invalid_parameter", " ".join(map(str, messages)), field, str(given.get(field, ""))[:80])
        for field, messages in shape.errors.items()
    ]
    raise DomainError(
        "invalid_parameters",
        _("A parameter of the address cannot be understood. See which, and correct it."),
        problems=problems,
    )


class AdviceOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    contract = serializers.CharField(source="contract.number", default=None, allow_null=True)
    date = serializers.DateField()
    time = Clock(source="start")
    adviser = serializers.CharField(source="adviser.code")
    type = serializers.ChoiceField(choices=Kind.values, source="kind")
    minutes = serializers.IntegerField()
    place = serializers.ChoiceField(choices=Place.values)
    depth = serializers.ChoiceField(choices=Appointment.Depth.values)
    status = serializers.ChoiceField(choices=Appointment.State.values, source="state")


class AdviceChangeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="pk")
    changed_at = serializers.DateTimeField()
    removed = serializers.SerializerMethodField(
        help_text=_("Moved to an adviser of another organisation: it is no longer yours.")
    )
    advice = AdviceOut(allow_null=True)

    def get_removed(self, change: AdviceChange) -> bool:
        return change.advice is None


class AdviceChangesOut(serializers.Serializer[Any]):
    items = AdviceChangeOut(many=True)
    next = serializers.CharField(
        allow_null=True,
        help_text=_("Keep it and send it as cursor next time; null while nothing was ever told."),
    )
    has_more = serializers.BooleanField(help_text=_("Whether to ask again at once."))
    complete_until = serializers.DateTimeField(source="until")


class AdviceRowIn(serializers.Serializer[Any]):
    """A piece of advice, with the fields and the forms of the file of advice."""

    date = serializers.CharField(max_length=_CELL, help_text=_("2026-10-05"))
    time = serializers.CharField(max_length=_CELL, help_text=_("08:00, by the clock in Warsaw"))
    adviser = serializers.CharField(
        max_length=_CELL, help_text=_("Code of the worker, or surname and given name")
    )
    type = serializers.ChoiceField(choices=Kind.values)
    minutes = serializers.IntegerField(min_value=1, max_value=720)
    place = serializers.ChoiceField(choices=["office", "mobile", "home", "remote"])
    depth = serializers.ChoiceField(choices=Appointment.Depth.values, required=False)
    status = serializers.ChoiceField(choices=["done", "no_show", "cancelled"], required=False)
    topic = serializers.CharField(required=False, allow_blank=True, max_length=120)
    person = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=60,
        help_text=_("Code of the person or an alias; never a PESEL"),
    )


class AdviceBatchIn(serializers.Serializer[Any]):
    contract = serializers.CharField(max_length=60, required=False, help_text=_("Number of the contract."))
    advice = serializers.ListField(child=AdviceRowIn(), min_length=1, max_length=settings.EXCHANGE_ROWS_MAX)
