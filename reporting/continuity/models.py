"""Persons whom nobody visits and what was found out; persons on their way from one contract to another."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Service
from contracting.contracts.models import Contract, OrganisationScoped
from kernel.access import Access
from kernel.crypto import decrypt
from kernel.models import TenantManager, TenantOwned
from reporting.care.models import Decision, Person


class RadarSettings(TenantOwned):
    """When a person counts as silent in one tenant; without a row the defaults hold."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    planned_days = models.PositiveSmallIntegerField(_("planned days without a visit"), default=3)
    calendar_days = models.PositiveSmallIntegerField(
        _("days without a visit where there is no plan"), default=9
    )
    longest_quiet_days = models.PositiveSmallIntegerField(_("longest silence of a check, days"), default=30)
    call_days = models.PositiveSmallIntegerField(
        _("days for which an attempt to reach somebody counts"), default=7
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="radar_settings_only_row"),
            models.CheckConstraint(
                condition=Q(planned_days__gte=1, planned_days__lte=60)
                & Q(calendar_days__gte=1, calendar_days__lte=90)
                & Q(longest_quiet_days__gte=1, longest_quiet_days__lte=180)
                & Q(call_days__gte=1, call_days__lte=60),
                name="radar_settings_days",
            ),
        ]


class RadarCheckQuerySet(OrganisationScoped):
    organisation_path = "decision__contract__organisation_id"

    def heard_by(self, access: Access) -> Self:
        """The checks that quieten the radar for the person: the unit is not quietened by its provider's word."""
        return self.filter(by_provider=False) if access.organisation_ids is None else self.all()


class RadarCheck(TenantOwned):
    """Somebody found out why a person has no visits; the radar is quiet about them up to and including `quiet_until`.

    It speaks of one silence: a visit on a later day than `made_on` ends that, and what was noted with it.
    """

    class Reason(models.TextChoices):
        HOSPITAL = "hospital", _("the person is in hospital")
        AWAY = "away", _("the person is away from home")
        FAMILY = "family", _("the family takes over for the time being")
        DECLINED = "declined", _("the person does not want visits now")
        LATE_DIARY = "late_diary", _("visits took place, the provider is late with the diary")
        REPLACEMENT = "replacement", _("the provider is sending another carer")
        LOOKED_AFTER = "looked_after", _("a social worker went there")
        OTHER = "other", pgettext_lazy("reason of a check", "other, described in the note")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="radar_checks")
    # The silence is the person's and the service's: an amendment of the decision does not end it.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="radar_checks")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    quiet_until = models.DateField(_("quiet until"))
    made_on = models.DateField(default=timezone.localdate)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=150, blank=True)
    by_provider = models.BooleanField()

    objects: ClassVar[Any] = TenantManager.from_queryset(RadarCheckQuerySet)()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    reason__in=[
                        "hospital",
                        "away",
                        "family",
                        "declined",
                        "late_diary",
                        "replacement",
                        "looked_after",
                        "other",
                    ]
                ),
                name="radar_check_reason_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(note=""),
                name="radar_check_other_with_note",
                violation_error_message=_("The reason “other” needs a note: write what you found out."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_until__gte=F("made_on")),
                name="radar_check_quiet_ahead",
                violation_error_message=_("The day until which the radar is quiet lies in the past."),
            ),
        ]


class ReachNote(TenantOwned):
    """An attempt of the unit to reach a person whose provider fails; nothing of it is changed or removed."""

    class Outcome(models.TextChoices):
        REACHED = "reached", pgettext_lazy("person", "reached")
        NOT_REACHED = "not_reached", pgettext_lazy("person", "not reached")
        NEEDS_HELP = "needs_help", pgettext_lazy("person", "needs other help")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reach_notes", db_index=False)
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome.choices)
    remark_encrypted = models.BinaryField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["person", "-made_at"], name="reach_note_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["reached", "not_reached", "needs_help"]), name="reach_note_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="needs_help") | Q(remark_encrypted__isnull=False),
                name="reach_note_help_with_remark",
            ),
        ]

    @property
    def remark(self) -> str:
        """What was written of the attempt, or nothing."""
        return "" if self.remark_encrypted is None else decrypt(bytes(self.remark_encrypted))


class Reassignment(TenantOwned):
    """Somebody's word to move the persons of a contract to another one of the same service from a day on.

    The background prepares the lines; a human issues the decisions. `moved_at` is when the background was told of it
    or last did a part of it; it is `finished` when no line waits to be prepared.
    """

    source = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(_("from the day"))
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=150, blank=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="reassignment_elsewhere"),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(finished_at__isnull=True),
                name="reassignment_one_at_a_time",
            ),
        ]


class ReassignmentLine(TenantOwned):
    """One decision of a reassignment: waiting, then prepared as a draft of its amendment or refused with a code.

    Of a draft comes a decision when a human issues it under a number of the unit, or nothing when they drop it.
    `position` is the order of urgency; `minutes` what the person needs of the new contract to the end of the decision.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("reassignment", "waiting")
        PREPARED = "prepared", pgettext_lazy("reassignment", "to be issued")
        REFUSED = "refused", pgettext_lazy("reassignment", "cannot move")
        ISSUED = "issued", pgettext_lazy("reassignment", "issued")
        DROPPED = "dropped", pgettext_lazy("reassignment", "dropped")

    class Refusal(models.TextChoices):
        OVER = "over", _("the decision no longer holds on that day")
        BEGINS_LATER = (
            "begins_later",
            _("the decision begins on that day or later: correct its contract instead"),
        )
        AMENDED = "amended", _("the decision is amended already: amend the newer one")
        VISITS_AFTER = "visits_after", _("the diary has visits on that day or later: choose a later day")
        CAP = "cap", _("the hours of the new contract do not suffice")
        MOVED = "moved", _("the decision stands under another contract by now")
        PREPARED_ELSEWHERE = "prepared", _("its amendment waits to be issued already")

    reassignment = models.ForeignKey(Reassignment, on_delete=models.CASCADE, related_name="lines")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reassignment_lines")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(max_length=12, choices=Refusal.choices, blank=True)
    minutes = models.PositiveIntegerField(default=0)
    issued = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, related_name="issued_from")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["reassignment", "decision"], name="reassignment_line_once"),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state="prepared"), name="reassignment_line_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", refusal="", done_at__isnull=True, issued__isnull=True)
                | (Q(state="refused", done_at__isnull=False, issued__isnull=True) & ~Q(refusal=""))
                | Q(state__in=["prepared", "dropped"], refusal="", done_at__isnull=False, issued__isnull=True)
                | Q(state="issued", refusal="", done_at__isnull=False, issued__isnull=False),
                name="reassignment_line_state",
            ),
        ]
