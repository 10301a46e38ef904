"""Programmes with their groups, trainings and results, each with what it belongs to in the chain."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Cycle, Service
from contracting.contracts.models import Contract
from kernel.models import TenantManager, TenantOwned

NONE = "none"


class BelongingQuerySet(models.QuerySet[Any]):
    def with_chain(self) -> Self:
        """With what each belongs to, in the same query."""
        return self.select_related("contract__organisation", "cycle", "service")

    def of_cycle(self, cycle: Cycle, contracts: Any) -> Self:
        """What belongs to the cycle, or within its period to one of these contracts or to its service."""
        starts, ends = self.model.DAYS
        within = Q(**{f"{starts}__lte": cycle.period_to, f"{ends}__gte": cycle.period_from})
        return self.filter(
            Q(cycle=cycle) | within & (Q(contract__in=contracts) | Q(service=cycle.service_id))
        )


class Belonging(TenantOwned):
    """Something that was done under a contract, else for a cycle or a service, or for none of them.

    At most one is named: a contract says of which organisation and service it is and a cycle of which service, so that
    no row can contradict itself. `DAYS` are the fields of its first and last day.
    """

    DAYS: ClassVar[tuple[str, str]]

    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contract"),
    )
    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cycle")
    )
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )

    class Meta:
        abstract = True

    @property
    def belongs(self) -> str:
        """What it belongs to in one word: `contract:`, `cycle:` or `service:` and its id, or `none`."""
        for of in ("contract", "cycle", "service"):
            if (pk := getattr(self, f"{of}_id")) is not None:
                return f"{of}:{pk}"
        return NONE

    @belongs.setter
    def belongs(self, word: str) -> None:
        chosen, _colon, pk = word.partition(":")
        for of in ("contract", "cycle", "service"):
            setattr(self, f"{of}_id", UUID(pk) if of == chosen else None)


# What the record of actions keeps of it.
_CHAIN = ("contract_id", "cycle_id", "service_id")


def _belongs_to_one(name: str) -> models.CheckConstraint:
    no_contract, no_cycle, no_service = Q(contract=None), Q(cycle=None), Q(service=None)
    return models.CheckConstraint(
        condition=(no_cycle & no_service) | (no_contract & no_service) | (no_contract & no_cycle),
        name=name,
        violation_error_message=_("Choose one: a contract, a cycle or a service."),
    )


class Programme(Belonging):
    """A programme with the flow of its persons: who started either finished, dropped out or goes on (S-085)."""

    title = models.CharField(_("title"), max_length=200)
    valid_from = models.DateField(pgettext_lazy("programme", "from"))
    valid_to = models.DateField(pgettext_lazy("programme", "to"))
    planned = models.PositiveIntegerField(_("persons planned"), null=True, blank=True)
    started = models.PositiveIntegerField(_("started"), default=0)
    finished = models.PositiveIntegerField(pgettext_lazy("persons", "finished"), default=0)
    dropped = models.PositiveIntegerField(_("dropped out"), default=0)
    continuing = models.PositiveIntegerField(_("go on"), default=0)
    women = models.PositiveIntegerField(_("women among those who finished"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men among those who finished"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(BelongingQuerySet)()
    DAYS = ("valid_from", "valid_to")
    # What the record of actions keeps of a row: neither notes nor names of people who led something.
    RECORDED = (
        "title",
        "valid_from",
        "valid_to",
        "planned",
        "started",
        "finished",
        "dropped",
        "continuing",
        "women",
        "men",
        *_CHAIN,
    )

    class Meta:
        ordering = ["-valid_from", "title"]
        constraints = [
            _belongs_to_one("programme_belongs_to_one"),
            models.UniqueConstraint(
                fields=["title", "valid_from"],
                name="programme_once",
                violation_error_message=_("There is a programme with this title and first day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="programme_period",
                violation_error_message=_("The programme ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(started=F("finished") + F("dropped") + F("continuing")),
                name="programme_flow_adds_up",
                violation_error_message=_(
                    "The persons do not add up: started must be finished, dropped out and going on together."
                ),
            ),
            models.CheckConstraint(
                condition=Q(women__isnull=True, men__isnull=True) | Q(finished=F("women") + F("men")),
                name="programme_sexes_add_up",
                violation_error_message=_("Women and men together must be those who finished."),
            ),
        ]


class GroupForm(TenantOwned):
    """A form of work with a group within a programme: its hours, and how many take part (S-090)."""

    class Kind(models.TextChoices):
        SUPPORT = "support", _("support group")
        SELF_HELP = "self_help", _("self-help group")
        WORKSHOP = "workshop", _("workshop")
        COURSE = "course", _("course")
        LOCAL = "local", _("local activity")
        OTHER = "other", pgettext_lazy("group form", "other")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="forms")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    meetings = models.PositiveSmallIntegerField(_("meetings"), default=0)
    minutes = models.PositiveIntegerField(_("hours in all"), default=0)
    participants = models.PositiveIntegerField(_("participants"))

    objects: ClassVar[Any] = TenantManager()
    RECORDED = ("programme_id", "name", "kind", "meetings", "minutes", "participants")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="group_form_once",
                violation_error_message=_("The programme has a form with this name already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["support", "self_help", "workshop", "course", "local", "other"]),
                name="group_form_kind_known",
            ),
        ]


class Training(Belonging):
    """A training of staff or residents (S-089, S-090): title, period, hours and how many took part."""

    title = models.CharField(_("title"), max_length=200)
    provider = models.CharField(_("led by"), max_length=200, blank=True)
    starts_on = models.DateField(pgettext_lazy("training", "from"))
    ends_on = models.DateField(pgettext_lazy("training", "to"))
    minutes = models.PositiveIntegerField(_("hours in all"))
    staff = models.PositiveIntegerField(_("workers"), default=0)
    residents = models.PositiveIntegerField(_("residents"), default=0)

    objects: ClassVar[Any] = TenantManager.from_queryset(BelongingQuerySet)()
    DAYS = ("starts_on", "ends_on")
    RECORDED = ("title", "starts_on", "ends_on", "minutes", "staff", "residents", *_CHAIN)

    class Meta:
        ordering = ["-starts_on", "title"]
        constraints = [
            _belongs_to_one("training_belongs_to_one"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="training_period",
                violation_error_message=_("The training ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(staff__gt=0) | Q(residents__gt=0),
                name="training_for_somebody",
                violation_error_message=_("Write how many workers or residents took part."),
            ),
        ]


class Result(Belonging):
    """An event, a publication, or what a partner gave in kind (S-089)."""

    class Kind(models.TextChoices):
        EVENT = "event", _("event")
        PUBLICATION = "publication", _("publication")
        IN_KIND = "in_kind", _("contribution in kind")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("what it was"), max_length=200)
    happened_on = models.DateField(_("day"))
    quantity = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    partner = models.CharField(_("partner"), max_length=200, blank=True)
    value = models.DecimalField(_("estimated value"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(BelongingQuerySet)()
    DAYS = ("happened_on", "happened_on")
    RECORDED = ("kind", "title", "happened_on", "quantity", "value", *_CHAIN)

    class Meta:
        ordering = ["-happened_on", "title"]
        constraints = [
            _belongs_to_one("result_belongs_to_one"),
            models.CheckConstraint(
                condition=Q(kind__in=["event", "publication", "in_kind"]), name="result_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="in_kind") | ~Q(partner=""),
                name="result_in_kind_with_partner",
                violation_error_message=_("Name the partner who gave it."),
            ),
        ]
