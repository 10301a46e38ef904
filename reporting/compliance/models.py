"""Thresholds of the comparison, and the close of months: answers, acceptances of many, reminders."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped, to_organisation
from kernel.models import TenantManager, TenantOwned
from reporting.care.models import Decision


class ComparisonSettings(TenantOwned):
    """The thresholds of one tenant; without a row the defaults of the house hold (compliance.md)."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    over_tolerance_minutes = models.PositiveSmallIntegerField(
        _("tolerance above the decision, minutes"), default=0
    )
    under_threshold_percent = models.PositiveSmallIntegerField(
        _("threshold of fulfilment, percent"), default=90
    )
    overlap_tolerance_minutes = models.PositiveSmallIntegerField(
        _("tolerated overlap of a worker's visits, minutes"), default=0
    )
    slot_tolerance_minutes = models.PositiveSmallIntegerField(
        _("tolerance of the start of a planned visit, minutes"), default=30
    )
    late_entry_days = models.PositiveSmallIntegerField(_("days within which a visit is entered"), default=7)
    short_visit_minutes = models.PositiveSmallIntegerField(
        _("a visit shorter than so many minutes is doubtful"), default=10
    )
    long_visit_minutes = models.PositiveSmallIntegerField(
        _("a visit longer than so many minutes is doubtful"), default=720
    )
    close_working_day = models.PositiveSmallIntegerField(
        _("working day of the next month by which a month is handed in"), default=5
    )
    grace_working_days = models.PositiveSmallIntegerField(
        _("working days of grace after that day"),
        default=0,
        help_text=_("a month handed in within them does not count as late"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="comparison_settings_only_row"),
            models.CheckConstraint(
                condition=Q(under_threshold_percent__lte=100), name="comparison_threshold_percent"
            ),
        ]


THRESHOLD_FIELDS = (
    "over_tolerance_minutes",
    "under_threshold_percent",
    "overlap_tolerance_minutes",
    "slot_tolerance_minutes",
    "late_entry_days",
    "short_visit_minutes",
    "long_visit_minutes",
    "close_working_day",
    "grace_working_days",
)


class ContractMonthQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class ContractMonth(TenantOwned):
    """The month of a contract: open → submitted → returned → submitted → accepted → settled. No row means open.

    `month` is its first day. On acceptance the comparison is frozen in `snapshot` with its SHA-256;
    `accepted_minutes` is what was delivered less `refused_minutes`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SUBMITTED = "submitted", _("handed in")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", _("accepted")
        SETTLED = "settled", _("settled")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(_("month"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.UUIDField(null=True)
    submitted_by_name = models.CharField(max_length=150, blank=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(_("reason of the return"), max_length=500, blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.UUIDField(null=True)
    accepted_by_name = models.CharField(max_length=150, blank=True)
    accepted_minutes = models.PositiveIntegerField(null=True)
    refused_minutes = models.PositiveIntegerField(default=0)
    snapshot = models.JSONField(null=True)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ContractMonthQuerySet)()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="contract_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="contract_month_first_day"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "submitted", "returned", "accepted", "settled"]),
                name="contract_month_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "settled"])
                | (Q(accepted_minutes__isnull=False) & ~Q(snapshot_sha256="")),
                name="contract_month_accepted_frozen",
            ),
            models.CheckConstraint(
                condition=Q(refused_minutes=0) | Q(state__in=["accepted", "settled"]),
                name="contract_month_refused_when_accepted",
            ),
        ]


class ReturnedLine(TenantOwned):
    """A decision's part of a month that was given back to be corrected, with a coded reason.

    It is open until the month is handed in again; earlier ones stay as they were. `visits_sha256` is of its visits as
    they came back: what is handed in with the same visits carries the provider's `answer` to the reason.
    """

    class Reason(models.TextChoices):
        HOURS = "hours", _("the hours are wrong")
        DATES = "dates", _("the dates or times of visits are wrong")
        SCOPE = "scope", _("the activities are wrong")
        WORKER = "worker", _("another carer was there")
        MISSING = "missing", _("visits are missing")
        TWICE = "twice", _("a visit is entered twice")
        CARD = "card", _("it differs from the card signed by the person")
        OTHER = "other", _("other, described in the note")

    contract_month = models.ForeignKey(ContractMonth, on_delete=models.CASCADE, related_name="returned_lines")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    returned_at = models.DateTimeField(default=timezone.now)
    visits_sha256 = models.CharField(max_length=64, editable=False)
    handed_in_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_changed = models.BooleanField(null=True, blank=True, editable=False)
    answer = models.CharField(_("answer of the organisation"), max_length=300, blank=True)

    class Meta:
        ordering = ["returned_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract_month", "decision"],
                condition=Q(handed_in_at__isnull=True),
                name="returned_line_open_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    reason__in=["hours", "dates", "scope", "worker", "missing", "twice", "card", "other"]
                ),
                name="returned_line_reason_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(note=""),
                name="returned_line_other_with_note",
                violation_error_message=_("The reason “other” needs a note."),
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at__isnull=True, is_changed__isnull=True, answer="")
                | Q(handed_in_at__isnull=False, is_changed=True)
                | (Q(handed_in_at__isnull=False, is_changed=False) & ~Q(answer="")),
                name="returned_line_changed_or_answered",
            ),
        ]


_REFUSALS = ["beyond", "outside", "twice", "unqualified", "unconfirmed", "refused_other"]


class Resolution(TenantOwned):
    """The answer to one deviation: justified with a reason code, refused with one, or acknowledged.

    A deviation is known by its contract, month (its first day), code and `subject`, a stable text of what was shown
    (subjects.py).
    """

    class Kind(models.TextChoices):
        JUSTIFIED = "justified", _("justified")
        REFUSED = "refused", pgettext_lazy("minutes", "refused")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")

    class Reason(models.TextChoices):
        AGREED = "agreed", _("agreed with the social unit beforehand")
        URGENT = "urgent", _("sudden need of the person")
        HEALTH = "health", _("health of the person")
        PERSON_ABSENT = "person_absent", _("absence of the person")
        STAFF = "staff", _("replacement of the carer")
        CLERICAL = "clerical", _("slip in the diary, explained")
        OTHER = "other", _("other, described in the note")

    class Refusal(models.TextChoices):
        BEYOND = "beyond", _("beyond what was granted")
        OUTSIDE = "outside", _("outside the decision")
        TWICE = "twice", _("counted twice")
        UNQUALIFIED = "unqualified", _("carer without the qualifications")
        UNCONFIRMED = "unconfirmed", _("not confirmed by the person or the social worker")
        REFUSED_OTHER = "refused_other", pgettext_lazy("refusal", "other, described in the note")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="resolutions")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="resolutions")
    month = models.DateField()
    code = models.CharField(max_length=2)
    subject = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(
        _("reason"), max_length=14, choices=[*Reason.choices, *Refusal.choices], blank=True
    )
    refused_minutes = models.PositiveIntegerField(default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month", "code", "subject"], name="resolution_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="resolution_first_day"),
            models.CheckConstraint(
                condition=~Q(kind="justified") | ~Q(reason=""),
                name="resolution_justified_with_reason",
                violation_error_message=_("A justification needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(kind="refused", refused_minutes__gt=0, reason__in=_REFUSALS)
                | (~Q(kind="refused") & Q(refused_minutes=0) & ~Q(reason__in=_REFUSALS)),
                name="resolution_refused_with_minutes",
            ),
            models.CheckConstraint(
                condition=~Q(reason__in=["other", "refused_other"]) | ~Q(note=""),
                name="resolution_other_with_note",
                violation_error_message=_("The reason “other” needs a note."),
            ),
        ]


class BulkAcceptance(TenantOwned):
    """Somebody's word to accept the months of all contracts that nothing speaks against; done in the background.

    `month` is the first day of it. It is over when no line waits any more; `moved_at` is when the background was told
    of it or last did a part of it.
    """

    month = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=150, blank=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="bulk_acceptance_first_day"),
            models.UniqueConstraint(
                fields=["month"], condition=Q(finished_at__isnull=True), name="bulk_acceptance_one_at_a_time"
            ),
        ]


class BulkAcceptanceLine(TenantOwned):
    """One contract of a bulk acceptance: waiting, accepted, or left as it is with the code of the refusal.

    `open_must` is how many deviations had to be explained when it was refused for them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk acceptance", "waiting")
        ACCEPTED = "accepted", pgettext_lazy("bulk acceptance", "accepted")
        REFUSED = "refused", pgettext_lazy("bulk acceptance", "not accepted")

    acceptance = models.ForeignKey(BulkAcceptance, on_delete=models.CASCADE, related_name="lines")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(max_length=40, blank=True)
    open_must = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "contract"], name="bulk_acceptance_line_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", refusal="", done_at__isnull=True)
                | Q(state="accepted", refusal="", done_at__isnull=False)
                | (Q(state="refused", done_at__isnull=False) & ~Q(refusal="")),
                name="bulk_acceptance_line_state",
            ),
        ]


class MonthReminder(TenantOwned):
    """A mail to a provider that a month is to be handed in soon, or came back; one of each kind.

    `month` is its first day; `sent_to` counts the people it went to, 0 where the month was handed in meanwhile.
    Where a month comes back again its mail waits to be sent anew.
    """

    class Kind(models.TextChoices):
        SOON = "soon", _("soon to be handed in")
        RETURNED = "returned", _("returned")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month", "kind"], name="month_reminder_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_reminder_first_day"),
            models.CheckConstraint(
                condition=Q(kind__in=["soon", "returned"]), name="month_reminder_kind_known"
            ),
        ]


class LateReminder(TenantOwned):
    """A mail with all months that are late: to the organisation of their contracts, or without one to the social unit.

    At most one a day to each side; `sent_to` counts the people it went to, 0 where nothing was late any more.
    """

    organisation = to_organisation(null=True)
    day = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "day"], nulls_distinct=False, name="late_reminder_once_a_day"
            ),
        ]
