"""Persons and the decisions that grant them care: amount, scope, period, weekly plan, suspensions."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat, Greatest, Least
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Service
from contracting.contracts.models import Contract, OrganisationScoped
from kernel.access import Access
from kernel.anonymity import ANONYMISED
from kernel.crypto import blind_index, decrypt, encrypt
from kernel.models import TenantManager, TenantOwned
from kernel.polish import folded, words_of
from reporting.care.contacts import Contact
from reporting.care.rules import Span, State, Term, state_on


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """People of an NGO see the persons whom a decision entrusts to their organisation."""
        if access.organisation_ids is None:
            return self.all()
        entrusted = Decision.objects.filter(contract__organisation_id__in=access.organisation_ids)
        return self.filter(pk__in=entrusted.values("person_id"))

    def reached_by(self, access: Access, day: date) -> Self:
        """Persons whose contact somebody may read: of an NGO only while a decision entrusts the person to it."""
        if access.organisation_ids is None:
            return self.all()
        held = Decision.objects.filter(
            contract__organisation_id__in=access.organisation_ids, ends_before__gt=day
        ).filter(ends_before__gt=F("valid_from"))
        return self.filter(pk__in=held.values("person_id"))

    def known(self) -> Self:
        """Persons whose names were not taken off after the term of keeping."""
        return self.filter(anonymised_at__isnull=True)

    def named_like(self, term: str) -> Self:
        """Persons whose name or code has every word of the term, whatever its case and marks."""
        found = self.alias(
            told=folded(Concat("surname", Value(" "), "given_name", Value(" "), "code")),
        )
        for word in words_of(term):
            found = found.filter(told__contains=word)
        return found

    def with_pesel(self, digits: str) -> Self:
        """The person with exactly this PESEL, found by its blind index."""
        return self.filter(pesel_index=blind_index(digits))

    def called(self, word: str) -> Self:
        """The person with exactly this code, whatever its case, or this PESEL, whatever its spaces."""
        digits = "".join(word.split())
        return self.filter(Q(code__iexact=word.strip()) | Q(pesel_index=blind_index(digits)))


class Person(TenantOwned):
    """A recipient. PESEL and contact are encrypted; `pesel_index` finds the number exactly without telling it.

    `anonymised_at` is when names were taken off after the term of keeping; none comes back to that row.
    """

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        error_messages={"unique": _("Another person has this code. Choose a different one.")},
    )
    surname = models.CharField(_("surname"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    pesel_encrypted = models.BinaryField(null=True, editable=False)
    pesel_index = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    pesel_override_reason = models.CharField(_("reason for a wrong checksum"), max_length=200, blank=True)
    contact_encrypted = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    anonymised_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(PersonQuerySet)()

    class Meta:
        ordering = ["surname", "given_name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_year__isnull=True) | Q(birth_year__gte=1880, birth_year__lte=2100),
                name="person_birth_year",
                violation_error_message=_("The year of birth must lie between 1880 and 2100."),
            ),
            models.CheckConstraint(
                condition=Q(pesel_encrypted__isnull=True, pesel_index__isnull=True)
                | Q(pesel_encrypted__isnull=False, pesel_index__isnull=False),
                name="person_pesel_with_index",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True)
                | Q(
                    surname=ANONYMISED,
                    given_name="",
                    birth_year__isnull=True,
                    pesel_encrypted__isnull=True,
                    pesel_override_reason="",
                    contact_encrypted__isnull=True,
                ),
                name="person_anonymised_for_good",
            ),
        ]

    def __str__(self) -> str:
        if self.is_anonymised:
            return gettext("anonymised person")
        return f"{self.surname} {self.given_name}"

    @property
    def is_anonymised(self) -> bool:
        """Whether names were taken off; told by the surname, which is read wherever a person is shown."""
        return self.surname == ANONYMISED

    @property
    def contact(self) -> Contact:
        """How the person is reached; empty where nothing is stored."""
        stored = self.contact_encrypted
        return Contact() if stored is None else Contact.from_json(decrypt(bytes(stored)))

    def write_contact(self, contact: Contact) -> None:
        """Put the contact on the row, encrypted; nothing is stored of an empty one."""
        self.contact_encrypted = encrypt(contact.as_json()) if contact else None


class DecisionQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"

    def touching(self, first: date, last: date) -> Self:
        """Decisions in force on some day of first..last."""
        return self.filter(valid_from__lte=last, ends_before__gt=first).filter(
            ends_before__gt=F("valid_from")
        )

    def in_force_on(self, day: date) -> Self:
        """Decisions that hold on the day; whether they are suspended on it is another question."""
        return self.touching(day, day)

    def telling_rest_on(self, day: date) -> Self:
        """Each decision with `rests`: whether a suspension covers the day."""
        resting = Suspension.objects.filter(decision=OuterRef("pk"), first_day__lte=day, last_day__gte=day)
        return self.annotate(rests=Exists(resting))

    def in_state(self, state: str, day: date) -> Self:
        """Decisions that are in force, suspended, upcoming or over on the day; over includes those never in force."""
        if state == "upcoming":
            return self.filter(valid_from__gt=day, ends_before__gt=F("valid_from"))
        if state == "over":
            return self.filter(Q(ends_before__lte=day) | Q(ends_before=F("valid_from")))
        return self.in_force_on(day).telling_rest_on(day).filter(rests=state == "suspended")


class Decision(TenantOwned):
    """An administrative decision: grants a person an amount and scope of a service for a period (L-44).

    `valid_to` is the last day as printed; `revoked_from` and `superseded_from` are the first days on which the
    decision no longer holds; `ends_before`, kept by the database, is the first day after the decision, whatever
    ended it.
    """

    class AmountPer(models.TextChoices):
        MONTH = "month", _("per month")
        WEEK = "week", _("per week")
        PLAN = "plan", _("as the plan of visits")

    number = models.CharField(
        _("number"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("Another decision has this number. Check the number.")},
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("person")
    )
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("service")
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("contract")
    )
    issued_on = models.DateField(_("issued on"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    revoked_from = models.DateField(_("revoked from"), null=True, blank=True)
    superseded_from = models.DateField(null=True, blank=True, editable=False)
    amends = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amended_by",
        verbose_name=_("amends"),
    )
    amount_per = models.CharField(_("amount"), max_length=5, choices=AmountPer.choices)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    activities = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("scope"))
    two_workers = models.BooleanField(_("two workers at once"), default=False)
    ends_before = models.GeneratedField(
        expression=Greatest(
            F("valid_from"),
            Least(
                F("valid_to") + Value(1, output_field=models.IntegerField()),
                F("revoked_from"),
                F("superseded_from"),
            ),
        ),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = TenantManager.from_queryset(DecisionQuerySet)()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["contract", "valid_from"], name="decision_contract_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="decision_period",
                violation_error_message=_("The decision ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(amount_per="plan", minutes__isnull=True)
                | (~Q(amount_per="plan") & Q(minutes__gt=0)),
                name="decision_amount",
                violation_error_message=_(
                    "Give the minutes granted, or choose the plan of visits as the amount."
                ),
            ),
            models.CheckConstraint(
                condition=Q(amount_per__in=["month", "week", "plan"]), name="decision_amount_per_known"
            ),
            # Deferrable, so that one statement or an import can move several periods at once.
            ExclusionConstraint(
                name="decision_no_overlap",
                deferrable=models.Deferrable.IMMEDIATE,
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("service", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            Greatest(
                                F("valid_from"),
                                Least(
                                    F("valid_to") + Value(1, output_field=models.IntegerField()),
                                    F("revoked_from"),
                                    F("superseded_from"),
                                ),
                            ),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "The person has another decision for this service in this period: "
                    "end or amend that one first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def term(self) -> Term:
        """When the decision holds, as pure data."""
        return Term(self.valid_from, self.valid_to, self.revoked_from, self.superseded_from)

    def state_on(self, day: date) -> State:
        """What the decision is on a day. Asks the database for its suspensions unless `rests` tells it."""
        rests = getattr(self, "rests", None)
        if rests is None:
            spans = [Span(each.first_day, each.last_day) for each in self.suspensions.all()]
        else:
            spans = [Span(day, day)] if rests else []
        return state_on(self.term, spans, day)


class PlanSlot(TenantOwned):
    """A visit of the weekly plan: weekday 1 (Monday) … 7, local start, minutes; on holidays only where said.

    `place` tells visits apart that begin together, one for each of two workers: 1 or 2.
    """

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    start = models.TimeField(_("start"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    on_holidays = models.BooleanField(_("also on public holidays"), default=False)
    place = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["weekday", "start", "place"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7),
                name="slot_weekday",
                violation_error_message=_("A weekday is a number from 1 (Monday) to 7 (Sunday)."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=1440),
                name="slot_minutes",
                violation_error_message=_("A planned visit lasts from 1 minute to 24 hours."),
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=2),
                name="slot_place",
                violation_error_message=_("At most two visits of a plan begin together."),
            ),
            models.UniqueConstraint(
                fields=["decision", "weekday", "start", "place"],
                name="slot_once",
                violation_error_message=_("The plan has a visit on this weekday at this time already."),
            ),
        ]


class Suspension(TenantOwned):
    """Days, both inclusive, on which the decision rests: hospital, absence, at the person's request."""

    class Reason(models.TextChoices):
        HOSPITAL = "hospital", _("hospital stay")
        ABSENCE = "absence", _("absence")
        REQUEST = "request", _("at the person's request")
        OTHER = "other", _("other")

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="suspensions")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=40, choices=Reason.choices)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="suspension_period",
                violation_error_message=_("The suspension ends before it begins: correct one of the dates."),
            ),
            ExclusionConstraint(
                name="suspension_no_overlap",
                expressions=[
                    ("decision", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first_day"),
                            F("last_day"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The decision is suspended on some of these days already."),
            ),
        ]
