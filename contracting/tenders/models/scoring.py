"""Scores, the opinion of the committee, the organ's decision and what is published of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models.calls import Call, Criterion, Lot
from contracting.tenders.models.committee import Seat
from contracting.tenders.models.offers import Offer
from contracting.tenders.models.publications import ResultsChange
from documents.models import StoredFile
from kernel.models import TenantOwned
from tenants.models import Organisation


class Score(TenantOwned):
    """A member's points for an offer on a criterion, 0 to the criterion's `max_points`, with the reason.

    While a member is at work one of the two may be missing; only finished evaluations count, and they have both.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="scores")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=1, null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "offer", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(points__gte=0),
                name="score_not_negative",
                violation_error_message=_("Points cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=False) | ~Q(reason=""),
                name="score_says_something",
            ),
        ]


class Evaluation(TenantOwned):
    """A member's evaluation of one offer: `finished_at` stands while all criteria have points and reasons.

    An expert, who has an advisory voice only, writes the `note` alone.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="evaluations")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="evaluations")
    note = models.TextField(_("remarks"), blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat", "offer"], name="evaluation_once")]


class JointNote(TenantOwned):
    """What the committee says together where its members' points lie far apart."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="joint_notes")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="joint_notes")
    text = models.TextField(_("joint note"))
    written_by = models.UUIDField()
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "criterion"], name="joint_note_once")]


class Award(TenantOwned):
    """What the committee proposes for an offer and what the organ decides; amounts in PLN, points of 100.

    The organ may differ from the opinion with a reason (art. 15(2a)); more than one offer may win (art. 15(2g)). After
    the publication a bidder may step back: its award is then given up, `given_up_in` says when, and the amount stays
    what it was. An award with `granted_in` was on the reserve list before that change.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("granted")
        RESERVE = "reserve", _("reserve list")
        REFUSED = "refused", _("not granted")
        REJECTED = "rejected", _("rejected on form")
        GIVEN_UP = "given_up", _("given up by the bidder")

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="award")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="awards")
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    opinion = models.CharField(max_length=8, choices=Outcome.choices)
    opinion_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    opinion_reason = models.TextField(blank=True)
    decision = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    amount = models.DecimalField(_("amount granted"), max_digits=12, decimal_places=2, null=True, blank=True)
    reason = models.TextField(_("reason of the decision"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    given_up_in = models.ForeignKey(
        ResultsChange, on_delete=models.PROTECT, null=True, blank=True, related_name="given_up"
    )
    granted_in = models.ForeignKey(
        ResultsChange, on_delete=models.PROTECT, null=True, blank=True, related_name="granted"
    )

    class Meta:
        ordering = ["lot", "rank"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opinion__in=["granted", "reserve", "refused", "rejected"]),
                name="award_opinion_known",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "granted", "reserve", "refused", "rejected", "given_up"]),
                name="award_decision_known",
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted") | Q(amount__isnull=False, amount__gt=0),
                name="award_granted_with_amount",
                violation_error_message=_("A grant needs an amount of more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(decision="")
                | Q(decision=F("opinion"), amount=F("opinion_amount"))
                | Q(decision=F("opinion"), amount__isnull=True)
                | Q(decision="given_up")
                | Q(granted_in__isnull=False)
                | ~Q(reason=""),
                name="award_differs_with_reason",
                violation_error_message=_("A decision that differs from the opinion needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(decision="given_up", given_up_in__isnull=False)
                | (~Q(decision="given_up") & Q(given_up_in__isnull=True)),
                name="award_given_up_in_a_change",
            ),
        ]

    @property
    def bidders(self) -> list[Organisation]:
        """Whoever bids: the leader, then the partners of what was handed in (art. 15(2h) names them all).

        Fetch `offer__partners__organisation` with many awards.
        """
        partners = [one.organisation for one in self.offer.partners.all() if one.in_force]
        return [self.offer.organisation, *partners]


class Protocol(TenantOwned):
    """A version of the committee's protocol: the facts it was composed from and the tagged PDF made of them."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="protocols")
    version = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    composed_at = models.DateTimeField(auto_now_add=True)
    composed_by = models.UUIDField()

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["call", "version"], name="protocol_version_once")]


class ProtocolSignature(TenantOwned):
    """That a member signed a version of the protocol: when, how, or why not."""

    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="signatures")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="signatures")
    signed = models.BooleanField(default=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    registered_at = models.DateTimeField(auto_now_add=True)
    registered_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "seat"], name="protocol_signature_once"),
            models.CheckConstraint(
                condition=Q(signed=True) | ~Q(remark=""),
                name="protocol_refusal_with_remark",
                violation_error_message=_("Say why the member did not sign."),
            ),
        ]


class JustificationRequest(TenantOwned):
    """A demand to justify the choice; anyone may ask within the days of art. 15(2i). Who asked is not kept."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="justifications")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="justifications")
    received_on = models.DateField(_("received on"))
    reference = models.CharField(_("reference of the letter"), max_length=80)
    answer = models.TextField(_("justification"), blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["received_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("received_on")),
                name="justification_answered_after",
            )
        ]
