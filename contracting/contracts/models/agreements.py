"""What leads to a signed contract and changes it: drafts, commitments, tranches, amendments and signatures."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models.contracts import Contract
from contracting.contracts.models.scopes import OrganisationScoped
from contracting.tenders.models import Award
from documents.models import StoredFile
from kernel.models import TenantManager, TenantOwned


class ContractTemplate(TenantOwned):
    """A template of contracts (docx with fields in braces) that the office can edit and bring back."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ContractDraftQuerySet(OrganisationScoped):
    organisation_path = "award__offer__organisation_id"

    def open(self) -> Self:
        """Drafts that are neither signed nor given up."""
        return self.filter(state__in=[ContractDraft.State.DRAFT, ContractDraft.State.FOR_SIGNATURE])


class ContractDraft(TenantOwned):
    """A contract on its way from an award to the signatures; afterwards the record of where it came from.

    Money is PLN, `cap_minutes` minutes. `commitments`, `tranches` and `staff` are kept as rows and lists of their
    own; what is written here until the signatures becomes a Contract with the last of them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        FOR_SIGNATURE = "for_signature", _("to be signed")
        SIGNED = "signed", _("signed")
        ABANDONED = "abandoned", _("given up")

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="contract_draft")
    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, null=True, related_name="draft")
    state = models.CharField(max_length=13, choices=State.choices, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    price_per_hour = models.DecimalField(_("price of an hour"), max_digits=8, decimal_places=2)
    # What of the costs others cover (PLN): own contribution, payments of persons. The price of an hour includes it.
    outside_grant = models.DecimalField(
        _("costs outside the grant"), max_digits=12, decimal_places=2, default=Decimal(0)
    )
    cap_minutes = models.PositiveIntegerField(_("cap in minutes"), null=True, blank=True)
    subcontracting = models.BooleanField(_("subcontracting allowed"), default=False)
    # Names and functions of the staff that the offer named: [{"name", "function", "qualifications", "fte"}].
    staff = models.JSONField(default=list)
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    abandoned_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ContractDraftQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "for_signature", "signed", "abandoned"]),
                name="contract_draft_state_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="contract_draft_period",
                violation_error_message=_("The contract ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="contract_draft_amount_positive",
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(price_per_hour__gt=0),
                name="contract_draft_price_positive",
                violation_error_message=_("The price of an hour must be more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(outside_grant__gte=0),
                name="contract_draft_outside_grant_not_negative",
                violation_error_message=_("Costs outside the grant cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(state="signed", contract__isnull=False)
                | (~Q(state="signed") & Q(contract__isnull=True)),
                name="contract_draft_signed_with_contract",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "abandoned"]) | ~Q(number=""),
                name="contract_draft_for_signature_with_number",
                violation_error_message=_("A contract to be signed needs a number."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "abandoned"]) | Q(document__isnull=False),
                name="contract_draft_for_signature_with_document",
                violation_error_message=_("A contract to be signed needs its document."),
            ),
            models.CheckConstraint(
                condition=~Q(state="abandoned") | ~Q(abandoned_reason=""),
                name="contract_draft_abandoned_with_reason",
                violation_error_message=_("Say why no contract is concluded."),
            ),
        ]


class _OfDraftOrContract(TenantOwned):
    """Rows of a draft that stay with the contract when it is signed; contracts entered by hand have them too.

    An amendment gives the contract rows of its own: those of the draft stay with it as both sides signed them.
    """

    draft = models.ForeignKey(ContractDraft, on_delete=models.CASCADE, null=True, related_name="%(class)ss")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, null=True, related_name="%(class)ss")

    class Meta:
        abstract = True


class Commitment(_OfDraftOrContract):
    """What the service concept promised and the contract binds to (S-050): indicator, value, how it is measured.

    `measure` names what the platform can compute each month; "reported" is stated by the organisation.
    """

    class Measure(models.TextChoices):
        REPLACEMENT_HOURS = "replacement_hours", _("hours until a replacement comes")
        QUALIFIED_STAFF = "qualified_staff", _("share of visits by qualified staff, %")
        SAME_CARER = "same_carer", _("share of visits by the person's usual carer, %")
        MAIN_CARER_MINUTES = "main_carer_minutes", _("share of hours by the person's main carer, %")
        CARERS_PER_PERSON = "carers_per_person", _("different carers of a person in a month, on average")
        PLANNED_DAYS = "planned_days", _("share of planned days with a visit, %")
        VISITS_ON_PLAN = "visits_on_plan", _("share of planned visits that were made, %")
        PUNCTUAL_VISITS = "punctual_visits", _("share of planned visits that began on time, %")
        EVENING_HOURS = "evening_hours", _("hours in the evening and on free days in a month")
        DELIVERED_HOURS = "delivered_hours", _("share of granted hours delivered, %")
        ADVICE_WAIT_DAYS = "advice_wait_days", _("days from the request to the first advice (median)")
        ADVICE_IN_TERM = "advice_in_term", _("share of first advice given within the term, %")
        NO_SHOW = "no_show", _("share of appointments and sessions to which nobody came, %")
        SESSIONS = "sessions", _("advice and crisis sessions held in a month")
        DUTY_STAFFED = "duty_staffed", _("share of duty time with somebody on duty, %")
        DUTY_FULL = "duty_full", _("share of duty time with as many on duty as the standard asks for, %")
        REPORTED = "reported", _("stated by the organisation")

    class Direction(models.TextChoices):
        AT_LEAST = "at_least", _("at least")
        AT_MOST = "at_most", _("at most")

    position = models.PositiveSmallIntegerField(default=1)
    part = models.CharField(_("part of the service concept"), max_length=30, blank=True)
    indicator = models.CharField(_("indicator"), max_length=200)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.AT_LEAST)
    promised = models.DecimalField(_("promised value"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    measure = models.CharField(
        _("measured by"), max_length=20, choices=Measure.choices, default=Measure.REPORTED
    )
    method = models.CharField(_("how it is measured"), max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | Q(contract__isnull=False), name="commitment_has_owner"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["at_least", "at_most"]), name="commitment_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(promised__gte=0),
                name="commitment_not_negative",
                violation_error_message=_("A promised value cannot be negative."),
            ),
        ]


class Tranche(_OfDraftOrContract):
    """The money (PLN) and minutes of a contract in one budget year; a draft's tranches sum to its amount (S-053)."""

    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | Q(contract__isnull=False), name="tranche_has_owner"
            ),
            models.UniqueConstraint(
                fields=["draft", "year"],
                name="tranche_year_once_a_draft",
                violation_error_message=_("This year has a tranche already."),
            ),
            models.UniqueConstraint(
                fields=["contract", "year"],
                name="tranche_year_once_a_contract",
                violation_error_message=_("This year has a tranche already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="tranche_not_negative",
                violation_error_message=_("The amount of a year cannot be negative."),
            ),
        ]


class ContractAmendment(TenantOwned):
    """A change of a signed contract: what, why and from which day. `changes` maps field → [before, after].

    A change of `amount` carries the yearly money with it: `tranches`, rows of year, PLN, minutes; `commitments` are
    rows too. Where the amount becomes more than was granted, `over_award_reason` says on what ground.

    It acts on the contract from `effective_on`, once both sides have signed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        FOR_SIGNATURE = "for_signature", _("to be signed")
        SIGNED = "signed", _("signed")
        ABANDONED = "abandoned", _("given up")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(max_length=13, choices=State.choices, default=State.DRAFT)
    reason = models.TextField(_("reason"))
    effective_on = models.DateField(_("effective from"))
    changes = models.JSONField(default=dict)
    over_award_reason = models.CharField(
        _("why more than was granted"), max_length=500, blank=True, default=""
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_amendment_number_once"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(state__in=["draft", "for_signature"]),
                name="contract_amendment_one_open",
                violation_error_message=_("Finish the open amendment of this contract first."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "for_signature", "signed", "abandoned"]),
                name="contract_amendment_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contract_amendment_with_reason",
                violation_error_message=_("An amendment needs a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(changes__has_key="amount") | Q(changes__has_key="tranches"),
                name="contract_amendment_amount_by_years",
                violation_error_message=_("An amendment of the amount says what each year gets."),
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(state="signed"),
                name="contract_amendment_applied_when_signed",
            ),
        ]


class Signature(TenantOwned):
    """That a side signed a contract or an amendment: in what function, on which day, in what form."""

    class Side(models.TextChoices):
        UNIT = "unit", _("the social unit")
        ORGANISATION = "organisation", _("the organisation")

    class Form(models.TextChoices):
        PAPER = "paper", _("on paper")
        QUALIFIED = "qualified", _("qualified electronic signature")
        TRUSTED = "trusted", _("trusted profile")

    draft = models.ForeignKey(ContractDraft, on_delete=models.CASCADE, null=True, related_name="signatures")
    amendment = models.ForeignKey(
        ContractAmendment, on_delete=models.CASCADE, null=True, related_name="signatures"
    )
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    function = models.CharField(_("function of the signer"), max_length=120)
    signed_on = models.DateField(_("signed on"))
    form = models.CharField(_("form"), max_length=9, choices=Form.choices, default=Form.PAPER)
    registered_at = models.DateTimeField(auto_now_add=True)
    registered_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["signed_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False, amendment__isnull=True)
                | Q(draft__isnull=True, amendment__isnull=False),
                name="signature_of_one_document",
            ),
            models.CheckConstraint(
                condition=Q(side__in=["unit", "organisation"]), name="signature_side_known"
            ),
            models.CheckConstraint(
                condition=Q(form__in=["paper", "qualified", "trusted"]), name="signature_form_known"
            ),
            models.UniqueConstraint(
                fields=["draft", "amendment", "side"],
                nulls_distinct=False,
                name="signature_side_once",
                violation_error_message=_("This side has signed already."),
            ),
        ]
