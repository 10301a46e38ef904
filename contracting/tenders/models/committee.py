"""The committee of a call: who sits on it, who declares what, and the formal check of the offers."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models.calls import Call
from contracting.tenders.models.offers import Offer
from kernel.models import TenantManager, TenantOwned


class Committee(TenantOwned):
    """The committee that gives an opinion on a call's offers; the organ decides (art. 15(2a)).

    `quorum` counts members with a vote. `scoring_closed_at` is when the chair ended the scoring or all had finished.
    Points that lie further apart than `spread_percent` of the most points ask for a joint note.
    """

    class WithoutNgo(models.TextChoices):
        NONE_NAMED = "none_named", _("no organisation named anybody")
        NOT_ATTENDED = "not_attended", _("those named did not attend")
        ALL_EXCLUDED = "all_excluded", _("all those named are excluded")

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="committee")
    order_number = models.CharField(_("number of the order of appointment"), max_length=80)
    appointed_on = models.DateField(_("appointed on"))
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=3)
    # Why it works without persons named by organisations, where it does (art. 15(2da)).
    without_ngo_reason = models.CharField(
        _("reason to work without persons named by organisations"),
        max_length=12,
        choices=WithoutNgo.choices,
        blank=True,
    )
    spread_percent = models.PositiveSmallIntegerField(
        _("spread of points that asks for a joint note, %"), default=30
    )
    scoring_closed_at = models.DateTimeField(null=True, blank=True)
    scoring_closed_by = models.UUIDField(null=True, blank=True)
    scoring_closed_reason = models.CharField(max_length=300, blank=True)
    opinion_at = models.DateTimeField(null=True, blank=True)
    opinion_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum__gte=1),
                name="committee_quorum_positive",
                violation_error_message=_("The quorum is at least 1."),
            ),
            models.CheckConstraint(
                condition=Q(spread_percent__gte=1, spread_percent__lte=100),
                name="committee_spread_percent",
                violation_error_message=_("The spread is a percentage from 1 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(without_ngo_reason__in=["", "none_named", "not_attended", "all_excluded"]),
                name="committee_without_ngo_known",
            ),
            models.CheckConstraint(
                condition=Q(opinion_at__isnull=True) | Q(scoring_closed_at__isnull=False),
                name="committee_opinion_after_scoring",
                violation_error_message=_("The committee gives its opinion after the scoring is closed."),
            ),
        ]


class SeatQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        return self.filter(released_at__isnull=True)

    def working(self) -> Self:
        """Those who may act: neither released nor excluded by law."""
        return self.filter(released_at__isnull=True, excluded_at__isnull=True)

    def voting(self) -> Self:
        """Members whose scores count; experts have an advisory voice only (art. 15(2e))."""
        return self.exclude(role=Seat.Role.EXPERT)


class Seat(TenantOwned):
    """A person on a committee, named by the executive or by an organisation that does not bid (art. 15(2b), (2d)).

    `finished_at` is when the member declared their scores complete. `excluded_…` say that the law excludes the person
    because an organisation of theirs bids; it is known only once the offers are open.
    """

    class Role(models.TextChoices):
        CHAIR = "chair", _("chair")
        SECRETARY = "secretary", _("secretary")
        MEMBER = "member", _("member")
        EXPERT = "expert", _("expert with an advisory voice")

    class NominatedBy(models.TextChoices):
        EXECUTIVE = "executive", _("the executive")
        NGO = "ngo", _("organisations")

    class Exclusion(models.TextChoices):
        NAMED = "named", _("named by an organisation that bids")
        BELONGS = "belongs", _("belongs to an organisation that bids")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    user_id = models.UUIDField()
    role = models.CharField(_("function"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    nominated_by = models.CharField(
        _("nominated by"), max_length=10, choices=NominatedBy.choices, default=NominatedBy.EXECUTIVE
    )
    # The public id of the nominating organisation; it need not be a partner of the tenant.
    organisation_id = models.UUIDField(null=True, blank=True)
    appointed_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(_("reason of the release"), max_length=300, blank=True)
    excluded_at = models.DateTimeField(null=True, blank=True)
    exclusion = models.CharField(max_length=7, choices=Exclusion.choices, blank=True)
    # The public id of the organisation that bids.
    excluding_organisation_id = models.UUIDField(null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(SeatQuerySet)()

    class Meta:
        ordering = ["appointed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "user_id"],
                condition=Q(released_at__isnull=True),
                name="seat_person_once",
                violation_error_message=_("This person sits on the committee already."),
            ),
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(role="chair", released_at__isnull=True),
                name="seat_one_chair",
                violation_error_message=_("The committee has a chair already."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["chair", "secretary", "member", "expert"]), name="seat_role_known"
            ),
            models.CheckConstraint(
                condition=Q(nominated_by="ngo", organisation_id__isnull=False)
                | Q(nominated_by="executive", organisation_id__isnull=True),
                name="seat_nomination",
                violation_error_message=_("Say which organisation named the person."),
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | ~Q(release_reason=""),
                name="seat_released_with_reason",
                violation_error_message=_("A release needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(excluded_at__isnull=True, exclusion="", excluding_organisation_id__isnull=True)
                | Q(
                    excluded_at__isnull=False,
                    exclusion__in=["named", "belongs"],
                    excluding_organisation_id__isnull=False,
                ),
                name="seat_excluded_with_reason",
            ),
        ]


class Declaration(TenantOwned):
    """A member's declaration of impartiality towards one offer, after its bidder's name and before its content.

    Without it no content is shown; a member who is not impartial takes no part in that offer (art. 15(2f), KPA 24).
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="declarations")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="declarations")
    impartial = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "offer"], name="declaration_once"),
            models.CheckConstraint(
                condition=Q(impartial=True) | ~Q(reason=""),
                name="declaration_refused_with_reason",
                violation_error_message=_("Say in a few words why you take no part in this offer."),
            ),
        ]


class OfficeDeclaration(TenantOwned):
    """The same of somebody without a seat who works on the call by their role: checks the form, or decides."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="office_declarations")
    user_id = models.UUIDField()
    impartial = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "user_id"], name="office_declaration_once"),
            models.CheckConstraint(
                condition=Q(impartial=True) | ~Q(reason=""),
                name="office_declaration_refused_with_reason",
                violation_error_message=_("Say in a few words why you take no part in this offer."),
            ),
        ]


class FormalCheck(TenantOwned):
    """The check of form, apart from merit. `points` maps check → [passed, remark].

    A correction is time-boxed and open for a closed list of fields (`correction_fields`, paths of the content).
    """

    class Result(models.TextChoices):
        PENDING = "pending", _("being checked")
        CORRECTION = "correction", _("to be corrected")
        PASSED = "passed", _("meets the requirements")
        FAILED = "failed", _("does not meet the requirements")

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="formal_check")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.PENDING)
    points = models.JSONField(default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    correction_fields = models.JSONField(default=list, blank=True)
    correction_until = models.DateTimeField(null=True, blank=True)
    # The corrected values, path → [before, after], and when the bidder gave them.
    corrections = models.JSONField(default=dict, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_by = models.UUIDField(null=True, blank=True)
    # When the bidder was told by mail of the correction asked for last.
    notified_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["pending", "correction", "passed", "failed"]),
                name="formal_check_result_known",
            ),
            models.CheckConstraint(
                condition=~Q(result="failed") | ~Q(reason=""),
                name="formal_check_failed_with_reason",
                violation_error_message=_("An offer is refused on form with a reason only."),
            ),
            models.CheckConstraint(
                condition=~Q(result="correction") | Q(correction_until__isnull=False),
                name="formal_check_correction_until",
                violation_error_message=_("A correction needs its last moment."),
            ),
        ]
