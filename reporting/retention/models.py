"""Classes of retention as dated rows, holds, and clearances with a line for each person or other subject."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from kernel.models import TenantManager, TenantOwned
from reporting.care.keeping import MatterKind
from reporting.care.models import Person
from reporting.retention.rules import Term


class RecordKind(models.TextChoices):
    """What is kept besides matters of persons, each with a class of retention and lists of its own."""

    ACCOUNT = "account", _("accounts of people who left")
    CARER = "carer", _("carers and advisers whose work has ended")
    CALL = "call", _("offers handed in to calls")
    READING = "reading", _("log of readings of personal data")


# The lists of persons whose matters care, payments, advice and crisis intervention are.
PERSONS = "person"
LISTS = [(PERSONS, _("matters of persons")), *RecordKind.choices]
_LIST_KINDS = [PERSONS, "account", "call", "carer", "reading"]


def _one_subject(name: str) -> models.CheckConstraint:
    """A row is about a person, on the lists of persons, or about a subject, on the others."""
    return models.CheckConstraint(
        condition=Q(person__isnull=False, subject="") | (Q(person__isnull=True) & ~Q(subject="")), name=name
    )


class RetentionClass(TenantOwned):
    """What the unit's index of files (JRWA) says of one kind of matter, for matters closed from a day on.

    No row is shipped: every unit has its own index, agreed with its state archive (L-66).
    """

    class Category(models.TextChoices):
        A = "A", _("A: kept for ever")
        B = "B", _("B: kept for years")
        BE = "BE", _("BE: kept for years, then judged by the state archive")

    kind = models.CharField(
        _("what is kept"), max_length=8, choices=[*MatterKind.choices, *RecordKind.choices]
    )
    valid_from = models.DateField(_("for matters closed from"))
    symbol = models.CharField(_("symbol in the index of files"), max_length=20)
    category = models.CharField(_("category of archives"), max_length=2, choices=Category.choices)
    years = models.PositiveSmallIntegerField(_("years of keeping"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="retention_class_once",
                violation_error_message=_(
                    "There is a class for this kind from this day already. Remove it first, or choose another day."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["care", "payment", "advice", "crisis", *_LIST_KINDS[1:]]),
                name="retention_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(category="A", years__isnull=True)
                | Q(category__in=["B", "BE"], years__isnull=False, years__gte=1, years__lte=100),
                name="retention_years_of_category",
                violation_error_message=_(
                    "Categories B and BE need 1 to 100 years of keeping, category A none: it is kept for ever."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(symbol=""), name="retention_class_with_source"
            ),
        ]

    @property
    def label(self) -> str:
        """The category as archives write it: A, B5, BE10."""
        return self.term.label

    @property
    def term(self) -> Term:
        """The class as pure data."""
        return Term(self.valid_from, self.symbol, self.category, self.years)


class Hold(TenantOwned):
    """That data of a person, or of the `subject` of another list, are kept back whatever the term: from when, why,
    until it was lifted. Never removed."""

    class Reason(models.TextChoices):
        COURT = "court", _("court or enforcement case")
        COMPLAINT = "complaint", _("open complaint or appeal")
        CONTROL = "control", _("control or audit")
        REQUEST = "request", _("the person asked for the data to be kept")
        OTHER = "other", pgettext_lazy("hold", "other case, by its reference")

    kind = models.CharField(max_length=8, choices=LISTS, default=PERSONS)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    subject = models.CharField(max_length=60, blank=True)
    reason = models.CharField(_("why the data are kept back"), max_length=9, choices=Reason.choices)
    reference = models.CharField(_("reference of the case"), max_length=60, blank=True)
    placed_at = models.DateTimeField(default=timezone.now)
    placed_by_name = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "subject", "reason", "reference"],
                nulls_distinct=False,
                condition=Q(lifted_at__isnull=True),
                name="hold_once",
                violation_error_message=_("The data are kept back for this case already."),
            ),
            _one_subject("hold_of_one_subject"),
            models.CheckConstraint(
                condition=Q(kind=PERSONS, person__isnull=False)
                | Q(kind__in=_LIST_KINDS[1:], person__isnull=True),
                name="hold_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["court", "complaint", "control", "request", "other"]),
                name="hold_reason_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(reference=""),
                name="hold_other_with_reference",
                violation_error_message=_("Another case needs its reference: write it."),
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by_name="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by_name="")),
                name="hold_lifted_by",
            ),
        ]

    @property
    def key(self) -> str:
        """The subject as keepers name it."""
        return self.subject or str(self.person_id)


class ClearanceQuerySet(models.QuerySet[Any]):
    def proposed(self) -> Self:
        """Lists that wait for their protocol: at most one of a kind."""
        return self.filter(state=Clearance.State.PROPOSED)

    def unfinished(self) -> Self:
        """Lists that were confirmed, and no worker has come to their end."""
        return self.filter(state=Clearance.State.CONFIRMED, erased_at__isnull=True)


class Clearance(TenantOwned):
    """A list of one kind past its term: proposed, one of a kind at a time, then confirmed by an approved protocol.

    `erased_at` is when a worker was through with what web servers may not change.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("clearance", "proposed")
        CONFIRMED = "confirmed", pgettext_lazy("clearance", "carried out")

    kind = models.CharField(_("what is kept"), max_length=8, choices=LISTS, default=PERSONS)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    proposed_at = models.DateTimeField(default=timezone.now)
    protocol = models.CharField(_("number of the protocol"), max_length=60, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    expertise = models.CharField(_("decision of the state archive"), max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_name = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ClearanceQuerySet)()

    @property
    def told_state(self) -> str:
        """Its state in words: what no worker has come to the end of is being carried out still."""
        if self.state == self.State.CONFIRMED and self.erased_at is None:
            return pgettext("clearance", "being carried out")
        return str(self.get_state_display())

    @property
    def person_list(self) -> bool:
        """Whether persons are on it."""
        return self.kind == PERSONS

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="proposed"), name="clearance_one_proposed"
            ),
            models.CheckConstraint(condition=Q(kind__in=_LIST_KINDS), name="clearance_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    state="proposed",
                    protocol="",
                    approved_on__isnull=True,
                    expertise="",
                    confirmed_at__isnull=True,
                    confirmed_by_name="",
                    erased_at__isnull=True,
                )
                | (
                    Q(state="confirmed", approved_on__isnull=False, confirmed_at__isnull=False)
                    & ~Q(protocol="")
                    & ~Q(confirmed_by_name="")
                ),
                name="clearance_confirmed_by_protocol",
            ),
        ]


class FailedProposal(TenantOwned):
    """That the list of a kind could not be made when the clock asked for it; gone once one was made."""

    kind = models.CharField(max_length=8, choices=LISTS, unique=True)
    failed_at = models.DateTimeField(default=timezone.now)


class ClearanceLine(TenantOwned):
    """A person or another subject of a clearance: past the term from a day, by which classes; what became of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("line of a clearance", "to be anonymised")
        DONE = "done", pgettext_lazy("line of a clearance", "anonymised")
        KEPT = "kept", pgettext_lazy("line of a clearance", "kept back")

    clearance = models.ForeignKey(Clearance, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=60, blank=True)
    past_from = models.DateField(_("past the term since"))
    classes = models.CharField(_("classes"), max_length=300)
    expertise = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    why_kept = models.CharField(max_length=500, blank=True)
    # Something tells of the subject still: a brought file that tells of others too, an account that works elsewhere.
    rest_stays = models.BooleanField(default=False)

    class Meta:
        ordering = ["past_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clearance", "person", "subject"], nulls_distinct=False, name="clearance_subject_once"
            ),
            _one_subject("clearance_line_of_one_subject"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "done"], why_kept="")
                | (Q(state="kept") & ~Q(why_kept="")),
                name="clearance_kept_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(rest_stays=False) | Q(state="done"), name="clearance_rest_of_the_anonymised"
            ),
        ]

    @property
    def key(self) -> str:
        """The subject as keepers name it."""
        return self.subject or str(self.person_id)
