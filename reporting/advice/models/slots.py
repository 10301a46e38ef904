"""When advisers are available: a weekly pattern, and the slots made of it."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import OrganisationScoped, Worker
from kernel.models import TenantManager, TenantOwned
from reporting.advice.models.appointments import Appointment
from reporting.advice.models.wording import Kind, Place, known_values
from reporting.delivery.models import WarsawDate, WarsawTime


class ByAdviser(OrganisationScoped):
    organisation_path = "adviser__organisation_id"


class Availability(TenantOwned):
    """Hours of an adviser on a weekday (1 Monday … 7) at one place, cut into slots of so many minutes."""

    adviser = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", verbose_name=_("adviser"))
    kind = models.CharField(_("type"), max_length=13, choices=Kind.choices)
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    start = models.TimeField(_("start"))
    end = models.TimeField(_("end"))
    slot_minutes = models.PositiveSmallIntegerField(_("length of a slot, minutes"), default=60)
    place = models.CharField(_("place"), max_length=6, choices=Place.choices)
    where = models.CharField(_("where"), max_length=120, blank=True)
    signs = models.BooleanField(_("sign language"), default=False)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ByAdviser)()

    class Meta:
        ordering = ["weekday", "start", "id"]
        constraints = [
            models.CheckConstraint(condition=known_values("kind", Kind), name="availability_kind_known"),
            models.CheckConstraint(condition=known_values("place", Place), name="availability_place_known"),
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7),
                name="availability_weekday",
                violation_error_message=_("A weekday is a number from 1 (Monday) to 7 (Sunday)."),
            ),
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="availability_hours",
                violation_error_message=_("The hours end before they begin: correct one of the times."),
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=10, slot_minutes__lte=480),
                name="availability_slot",
                violation_error_message=_("A slot lasts from 10 minutes to 8 hours."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="availability_period",
                violation_error_message=_("The hours end before they begin: correct one of the days."),
            ),
        ]


class SlotQuerySet(ByAdviser):
    def free(self) -> Self:
        """Slots that no appointment touches and nobody has closed."""
        taken = Appointment.objects.filter(
            adviser=OuterRef("adviser"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
        ).standing()
        return self.filter(~Exists(taken), closed=False)


class Slot(TenantOwned):
    """A time at which an adviser can be booked. Whether it is free follows from the appointments, and is not stored."""

    availability = models.ForeignKey(Availability, on_delete=models.CASCADE, related_name="slots")
    # `slot_no_overlap` begins with this column.
    adviser = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("type"), max_length=13, choices=Kind.choices)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    date = models.GeneratedField(
        expression=WarsawDate(F("starts_at")), output_field=models.DateField(), db_persist=True
    )
    start = models.GeneratedField(
        expression=WarsawTime(F("starts_at")), output_field=models.TimeField(), db_persist=True
    )
    place = models.CharField(_("place"), max_length=6, choices=Place.choices)
    where = models.CharField(_("where"), max_length=120, blank=True)
    signs = models.BooleanField(_("sign language"), default=False)
    closed = models.BooleanField(_("closed"), default=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(SlotQuerySet)()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="advice_slot_start")]
        constraints = [
            models.CheckConstraint(condition=known_values("kind", Kind), name="advice_slot_kind_known"),
            models.CheckConstraint(condition=known_values("place", Place), name="advice_slot_place_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="advice_slot_length"),
            ExclusionConstraint(
                name="advice_slot_no_overlap",
                expressions=[
                    ("adviser", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
