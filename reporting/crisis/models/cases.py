"""Cases of crisis intervention, who works on them, and what problems and institutions they have to do with."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from contracting.contracts.models.scopes import to_organisation
from kernel.models import TenantManager, TenantOwned
from kernel.periods import WARSAW
from reporting.care.models import Person
from reporting.crisis.models.terms import DictionaryEntry


class CaseQuerySet(OrganisationScoped):
    def worked_on_by(self, user_id: Any) -> Self:
        """Cases on which the person works now, as an interventionist or a named deputy."""
        now = CaseWorker.objects.filter(case=OuterRef("pk"), user_id=user_id, until__isnull=True)
        return self.filter(Exists(now))


class CrisisCase(TenantOwned):
    """A case of the unit (no organisation) or of an organisation under its contract.

    `opened_at` is the first contact. Who is helped is a registered person, somebody under an alias (encrypted), or
    nobody known; only those who work on the case are told.
    """

    class Contact(models.TextChoices):
        PHONE = "phone", _("by phone")
        PLACE = "place", _("in the centre")
        FIELD = "field", _("in the field")

    class Identity(models.TextChoices):
        PERSON = "person", _("registered person")
        ALIAS = "alias", _("under an alias")
        ANONYMOUS = "anonymous", _("anonymous")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("crisis case", "open")
        CLOSED = "closed", pgettext_lazy("crisis case", "closed")

    class Outcome(models.TextChoices):
        BALANCE = "balance", _("balance restored")
        REFERRED = "referred", _("help goes on elsewhere")
        INTERRUPTED = "interrupted", _("broken off by the person")
        INFORMED = "informed", _("ended with information or advice")
        OTHER = "other", _("other outcome")

    class Asking(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("asking after help", "not talked about")
        AGREED = "agreed", pgettext_lazy("asking after help", "agreed to be asked")
        DECLINED = "declined", pgettext_lazy("asking after help", "does not want to be asked")
        UNSAFE = "unsafe", pgettext_lazy("asking after help", "must not be contacted: not safe")

    number = models.CharField(_("number"), max_length=30, unique=True)
    organisation = to_organisation(null=True)
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contract"),
    )
    opened_at = models.DateTimeField(_("first contact"))
    contact = models.CharField(_("how"), max_length=5, choices=Contact.choices)
    identity = models.CharField(_("who is helped"), max_length=9, choices=Identity.choices)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    alias_encrypted = models.BinaryField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome.choices, blank=True)
    # Only those who work on the case read it. Nobody is drawn for a survey of whom it does not say that they agreed.
    asking = models.CharField(
        _("may be asked about the help"), max_length=8, choices=Asking.choices, default=Asking.UNKNOWN
    )

    objects: ClassVar[Any] = TenantManager.from_queryset(CaseQuerySet)()

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["state", "opened_at"], name="crisis_case_state_opened")]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__in=["phone", "place", "field"]), name="crisis_case_contact_known"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__gte=datetime(2004, 5, 1, tzinfo=WARSAW)),
                name="crisis_case_after_the_act",
                violation_error_message=_("Crisis intervention exists since 1 May 2004. Correct the day."),
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, contract__isnull=True)
                | Q(organisation__isnull=False, contract__isnull=False),
                name="crisis_case_contract_of_organisation",
            ),
            models.CheckConstraint(
                condition=Q(identity="person", person__isnull=False, alias_encrypted__isnull=True)
                | Q(identity="alias", person__isnull=True, alias_encrypted__isnull=False)
                | Q(identity="anonymous", person__isnull=True, alias_encrypted__isnull=True),
                name="crisis_case_identity",
            ),
            models.CheckConstraint(
                condition=Q(asking__in=["unknown", "agreed", "declined", "unsafe"]),
                name="crisis_case_asking_known",
            ),
            models.CheckConstraint(
                condition=~Q(asking="agreed") | Q(identity="person"),
                name="crisis_case_asked_by_name",
                violation_error_message=_(
                    "Only a registered person can be asked: nobody else is ever drawn."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True, outcome="")
                | Q(
                    state="closed",
                    closed_on__isnull=False,
                    outcome__in=["balance", "referred", "interrupted", "informed", "other"],
                ),
                name="crisis_case_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Reopening(TenantOwned):
    """That a closed case was opened again: how it had been closed, by whom and why it goes on; never changed."""

    class Reason(models.TextChoices):
        MISTAKE = "mistake", _("closed by mistake")
        SAME_CRISIS = "same_crisis", _("the person came back in the same crisis")
        NOT_ENTERED = "not_entered", _("something was not entered before it was closed")
        OTHER = "other", pgettext_lazy("reopening", "other")

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="reopenings")
    closed_on = models.DateField(_("closed on"))
    outcome = models.CharField(_("outcome"), max_length=11, choices=CrisisCase.Outcome.choices)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason.choices)
    reopened_at = models.DateTimeField(_("opened again"))
    author_id = models.UUIDField(null=True, editable=False)
    author_name = models.CharField(_("by"), max_length=150)

    class Meta:
        ordering = ["reopened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["mistake", "same_crisis", "not_entered", "other"]),
                name="crisis_reopening_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["balance", "referred", "interrupted", "informed", "other"]),
                name="crisis_reopening_outcome_known",
            ),
        ]


class ContactCorrection(TenantOwned):
    """That the first contact of a case was put right: when it had been said to be, by whom and why; never changed."""

    class Reason(models.TextChoices):
        TYPING = "typing", _("typed wrongly")
        PAPERS = "papers", _("the papers show another day or time")
        EARLIER = "earlier", _("an earlier contact was found")
        OTHER = "other", pgettext_lazy("correction of a contact", "other")

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="corrections")
    before = models.DateTimeField(_("first contact before the correction"))
    reason = models.CharField(_("reason"), max_length=7, choices=Reason.choices)
    corrected_at = models.DateTimeField(_("corrected"))
    author_id = models.UUIDField(null=True, editable=False)
    author_name = models.CharField(_("by"), max_length=150)

    class Meta:
        ordering = ["corrected_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["typing", "papers", "earlier", "other"]),
                name="crisis_correction_reason_known",
            ),
        ]


class CaseEntry(TenantOwned):
    """A problem of a case, or an institution that helps in it, since a day."""

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="entries")
    entry = models.ForeignKey(DictionaryEntry, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("since"))

    class Meta:
        ordering = ["entry__kind", "entry__name"]
        constraints = [models.UniqueConstraint(fields=["case", "entry"], name="crisis_case_entry_once")]


class CaseWorker(TenantOwned):
    """Somebody who works on a case, and so reads its narrative: from a day, and to a day once they have left it.

    Whoever opened the case was named by nobody; everybody else by somebody other than themselves.
    """

    class Part(models.TextChoices):
        LEADS = "leads", _("interventionist")
        DEPUTY = "deputy", _("deputy")

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="team")
    user_id = models.UUIDField()
    name = models.CharField(_("name"), max_length=150)
    named_by_id = models.UUIDField(null=True, editable=False)
    named_by_name = models.CharField(_("named by"), max_length=150, blank=True, editable=False)
    part = models.CharField(_("part"), max_length=6, choices=Part.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["since", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user_id"], condition=Q(until__isnull=True), name="crisis_worker_once"
            ),
            models.CheckConstraint(condition=Q(part__in=["leads", "deputy"]), name="crisis_worker_part"),
            models.CheckConstraint(
                condition=Q(named_by_id__isnull=True) | ~Q(named_by_id=F("user_id")),
                name="crisis_worker_named_by_another",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="crisis_worker_period"
            ),
        ]
