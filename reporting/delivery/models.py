"""The diary: visits as they were delivered, and the files they came from."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped, Worker
from documents.models import StoredFile
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from reporting.care.models import Decision
from tenants.roles import Role


class WarsawDate(Func):
    """The local date of an instant (immutable for a constant zone, so that a generated column can hold it)."""

    template = "((%(expressions)s AT TIME ZONE 'Europe/Warsaw')::date)"
    output_field = models.DateField()


class WarsawTime(Func):
    """The local wall-clock time of an instant."""

    template = "((%(expressions)s AT TIME ZONE 'Europe/Warsaw')::time)"
    output_field = models.TimeField()


class ElapsedMinutes(Func):
    """Whole minutes between two instants, in elapsed time."""

    template = "((EXTRACT(EPOCH FROM (%(expressions)s)) / 60)::integer)"
    arg_joiner = " - "
    output_field = models.IntegerField()


def sees_own_visits_only(access: Access, organisation_id: UUID | None) -> bool:
    """Whether the person is a carer of the organisation and nothing more: then they see their own visits there."""
    roles = access.roles_in(organisation_id)
    return Role.WORKER in roles and not roles & {Role.NGO_MANAGER, Role.NGO_COORDINATOR}


def carer_only_in(access: Access) -> list[UUID]:
    """The organisations of the person in which they are a carer and nothing more."""
    return [one for one in access.organisation_ids or () if sees_own_visits_only(access, one)]


class VisitsOfOrganisation(OrganisationScoped):
    organisation_path = "decision__contract__organisation_id"


class VisitQuerySet(VisitsOfOrganisation):
    def visible_to(self, access: Access) -> Self:
        """What the person may see: of their organisations, and a carer only their own visits."""
        visible = super().visible_to(access)
        if own := carer_only_in(access):
            others = Q(**{f"{self.organisation_path}__in": (access.organisation_ids or frozenset()) - {*own}})
            return visible.filter(others | Q(worker__user_id=access.actor.user_id))
        return visible

    def beginning_in(self, first: date, last: date) -> Self:
        """Visits whose local start date lies in first..last, both inclusive."""
        return self.filter(date__gte=first, date__lte=last)


class Visit(TenantOwned):
    """One visit of a worker under a decision. Date, wall-clock start and minutes are kept by the database.

    `id` is made by whoever enters the visit (also by the browser), so that sending it twice writes it once; `version`
    grows with every change, so that the later of two people learns of the earlier.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("visit", "draft")
        DONE = "done", pgettext_lazy("visit", "done")
        NO_SHOW = "no_show", pgettext_lazy("visit", "person absent")
        CANCELLED = "cancelled", pgettext_lazy("visit", "cancelled")

    class Source(models.TextChoices):
        GRID = "grid", pgettext_lazy("source of a visit", "grid")
        FILE = "file", pgettext_lazy("source of a visit", "file")
        COMMAND = "command", pgettext_lazy("source of a visit", "command")
        PHONE = "phone", pgettext_lazy("source of a visit", "phone")
        API = "api", pgettext_lazy("source of a visit", "provider's system")

    # `visit_once` and `visit_worker_start` begin with these columns: indexes of their own would say nothing new.
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="visits", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="visits", db_index=False)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    date = models.GeneratedField(
        expression=WarsawDate(F("starts_at")), output_field=models.DateField(), db_persist=True
    )
    start = models.GeneratedField(
        expression=WarsawTime(F("starts_at")), output_field=models.TimeField(), db_persist=True
    )
    minutes = models.GeneratedField(
        expression=ElapsedMinutes(F("ends_at"), F("starts_at")),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DONE)
    activities = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("activities"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    # When somebody besides the carer said that she serves this person; until then a typed number tells no name.
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(VisitQuerySet)()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["date", "decision"], name="visit_date_decision"),
            models.Index(fields=["worker", "starts_at"], name="visit_worker_start"),
            # What providers' systems ask for: changes since the last time.
            models.Index(fields=["changed_at", "id"], name="visit_changed"),
            # Sums of a decision's or contract's minutes over months without touching the rows.
            models.Index(
                fields=["decision", "date"],
                include=["minutes"],
                condition=Q(state="done"),
                name="visit_decision_done",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "worker", "starts_at", "ends_at"],
                name="visit_once",
                violation_error_message=_("This visit is in the diary already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + Value(timedelta(hours=24))),
                name="visit_up_to_a_day",
                violation_error_message=_("A visit ends after it starts and lasts at most 24 hours."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "done", "no_show", "cancelled"]), name="visit_state_known"
            ),
        ]


class RemovedVisit(TenantOwned):
    """What is left of a visit that was removed: its id and decision.

    A browser may send the entry once more after a lost answer: without this it would come back, although somebody has
    removed it meanwhile. And a provider's system that keeps a copy is told of it.
    """

    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = TenantManager.from_queryset(VisitsOfOrganisation)()

    class Meta:
        indexes = [models.Index(fields=["removed_at", "id"], name="removed_visit_when")]


class FrozenMonthQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class FrozenMonth(TenantOwned):
    """A month of a contract that was handed in: its visits stand as they are until it is returned or reopened.

    `month` is its first day. Where the social unit returned some lines only, `open_decisions` names the decisions
    that may be corrected; the rest stays frozen. No row means that the whole month is open.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="frozen_months")
    month = models.DateField(_("month"))
    open_decisions = ArrayField(models.UUIDField(), default=list, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(FrozenMonthQuerySet)()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="frozen_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="frozen_month_first_day"),
        ]


class BroughtFile(TenantOwned):
    """A file of rows that somebody brought: checked first, saved only whole and only on their word.

    `queued_at` is empty while no worker of the background has been told of it; `progress_at` is the last sign of
    life of whoever checks or saves. `refusals` are records of `files.RowRefusal`. What is done with such a file is
    `importing.background` and `actions.brought`; the class that inherits says what the rows are, and brings
    `state_rules` among its constraints.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("file", "waiting for the check")
        CHECKING = "checking", pgettext_lazy("file", "being checked")
        REFUSED = "refused", pgettext_lazy("file", "refused")
        READY = "ready", pgettext_lazy("file", "ready to be saved")
        SAVING = "saving", pgettext_lazy("file", "being saved")
        SAVED = "saved", pgettext_lazy("file", "saved")
        FAILED = "failed", pgettext_lazy("file", "interrupted")

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_checked = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_present = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.UUIDField(null=True)
    created_by_name = models.CharField(max_length=200, blank=True)
    confirmed_by = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField(null=True)
    progress_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def state_rules(prefix: str) -> list[models.BaseConstraint]:
    """What every table of brought files keeps: a state that is known, and when it was saved."""
    return [
        models.CheckConstraint(
            condition=Q(state__in=["waiting", "checking", "refused", "ready", "saving", "saved", "failed"]),
            name=f"{prefix}_state_known",
        ),
        models.CheckConstraint(
            condition=~Q(state="saved") | Q(saved_at__isnull=False), name=f"{prefix}_saved_when"
        ),
    ]


class DiaryImportQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class DiaryImport(BroughtFile):
    """A diary file. `remarks` are records of `files.RowRefusal` on visits that are saved but ought to be checked."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="diary_imports", verbose_name=_("contract")
    )
    remarks = models.JSONField(default=list)

    objects: ClassVar[Any] = TenantManager.from_queryset(DiaryImportQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = state_rules("diary_import")
