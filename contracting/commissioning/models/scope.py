"""Step 2: what is done how often and by whom, and the indicators by which quality will be measured (S-020 … S-026)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models.cycles import Cycle
from contracting.commissioning.models.needs import Need
from contracting.commissioning.models.services import Activity
from kernel.models import TenantOwned


class ScopeItem(TenantOwned):
    """An activity of the scope: who does it, how often and how long, for how many, for which diagnosed need."""

    class Performer(models.TextChoices):
        CARER = "carer", _("carer")
        SOCIAL_WORKER = "social_worker", _("social worker")
        COORDINATOR = "coordinator", _("coordinator of services")
        SPECIALIST = "specialist", _("specialist")
        FAMILY = "family", _("family")
        NEIGHBOUR = "neighbour", _("neighbour")
        VOLUNTEER = "volunteer", _("volunteer")

    class Mode(models.TextChoices):
        TOGETHER = "together", _("together with the person")
        FOR_PERSON = "for_person", _("for the person")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="scope_items")
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="+", verbose_name=_("activity")
    )
    need = models.ForeignKey(
        Need,
        on_delete=models.PROTECT,
        related_name="scope_items",
        null=True,
        blank=True,
        verbose_name=_("diagnosed need"),
    )
    performer = models.CharField(_("who does it"), max_length=15, choices=Performer.choices)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices)
    times_week = models.DecimalField(_("times a week"), max_digits=5, decimal_places=2)
    minutes_each = models.PositiveSmallIntegerField(_("minutes each time"))
    persons = models.PositiveIntegerField(_("persons"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "activity", "need", "performer", "mode"],
                nulls_distinct=False,
                name="scope_item_once",
                violation_error_message=_(
                    "The scope has this activity for this need, by the same people, already: change that one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(times_week__gt=0, times_week__lte=70),
                name="scope_item_times",
                violation_error_message=_("Times a week lie above 0 and not above 70."),
            ),
            models.CheckConstraint(
                condition=Q(minutes_each__gte=1, minutes_each__lte=1440),
                name="scope_item_minutes",
                violation_error_message=_("One time takes between 1 minute and 24 hours."),
            ),
            models.CheckConstraint(
                condition=Q(persons__gte=1),
                name="scope_item_persons",
                violation_error_message=_("The activity needs at least one person."),
            ),
        ]


class QualityIndicator(TenantOwned):
    """How quality is told: a number with its unit, the target, and how it is measured; its result comes in step 7.

    `baseline` is the result of the earlier cycle where the indicator was carried over.
    """

    class Direction(models.TextChoices):
        AT_LEAST = "at_least", _("at least")
        AT_MOST = "at_most", _("at most")

    class Measure(models.TextChoices):
        BY_HAND = "by_hand", _("entered by people")
        FULFILMENT = "fulfilment", _("delivered of granted, in percent, from the accepted months")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField(_("indicator"), max_length=200)
    unit = models.CharField(_("unit"), max_length=30)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2)
    method = models.CharField(_("method of measurement"), max_length=300)
    measure = models.CharField(
        _("where the result is from"), max_length=12, choices=Measure.choices, default=Measure.BY_HAND
    )
    baseline = models.DecimalField(
        _("earlier result"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    result = models.DecimalField(_("result"), max_digits=12, decimal_places=2, null=True, blank=True)
    result_note = models.CharField(_("note on the result"), max_length=500, blank=True)
    carried_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "name"],
                name="indicator_once",
                violation_error_message=_("The cycle has an indicator of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["at_least", "at_most"]), name="indicator_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(target__gte=0),
                name="indicator_target",
                violation_error_message=_("The target cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
