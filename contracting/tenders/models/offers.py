"""Offers: drafts that only their bidder reads, ciphertext until the opening, content after it."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.tenders.models.calls import Call, Lot
from documents.models import StoredFile
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from tenants.models import Organisation


class OfferQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """That an offer exists: to its bidders always, to the unit's people only after the opening."""
        if access.organisation_ids is None:
            return self.filter(opened__isnull=False)
        theirs = OfferPartner.objects.joining().filter(organisation_id__in=access.organisation_ids)
        return self.filter(
            Q(organisation_id__in=access.organisation_ids) | Q(pk__in=theirs.values("offer_id"))
        )


class Offer(TenantOwned):
    """What an organisation (the leader of a joint offer) proposes for one lot.

    `draft` is the content encrypted with the tenant's data key, with `draft_version` counting its savings; handing
    in empties it. `number` is the number within the call, given with the first receipt.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("handed in")
        WITHDRAWN = "withdrawn", _("withdrawn")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="offers")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="offers")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    number = models.PositiveIntegerField(null=True)
    draft = models.BinaryField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True)
    draft_saved_by = models.UUIDField(null=True)
    # The newest amendment that the bidder has confirmed (or that was out when the offer was handed in).
    amendment_seen = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.UUIDField()

    objects: ClassVar[Any] = TenantManager.from_queryset(OfferQuerySet)()

    class Meta:
        ordering = ["number", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation"],
                name="offer_once_a_lot",
                violation_error_message=_("Your organisation has an offer for this part already."),
            ),
            models.UniqueConstraint(fields=["call", "number"], name="offer_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "withdrawn"]), name="offer_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(number__isnull=False), name="offer_submitted_with_number"
            ),
        ]


class OfferPartnerQuerySet(models.QuerySet[Any]):
    def of_draft(self) -> Self:
        """Who offers jointly in what is being written, whether they accepted yet or not."""
        return self.filter(in_draft=True).exclude(state=OfferPartner.State.DECLINED)

    def joining(self) -> Self:
        """Who sees that the offer exists: partners of the draft, and of what was handed in last."""
        return self.filter(
            Q(in_force=True)
            | Q(in_draft=True, state__in=[OfferPartner.State.ASKED, OfferPartner.State.ACCEPTED])
        )


class OfferPartner(TenantOwned):
    """An organisation that offers jointly with the leader; its people read and write the draft (art. 14(2)).

    `in_draft` says that the draft names it, `in_force` that what was handed in last does: a replacement may leave a
    partner out, and its draft may be thrown away. `state` is its own word about the draft.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("joint offer", "asked")
        ACCEPTED = "accepted", pgettext_lazy("joint offer", "accepted")
        DECLINED = "declined", pgettext_lazy("joint offer", "declined")

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    in_draft = models.BooleanField(default=True)
    in_force = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    # When its people were written to; none while the mail waits.
    notified_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(OfferPartnerQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "organisation"], name="offer_partner_once"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "accepted", "declined"]), name="offer_partner_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | Q(state__in=["accepted", "declined"], answered_at__isnull=False),
                name="offer_partner_answered_with_moment",
            ),
        ]


class SealedOffer(TenantOwned):
    """One handing in: ciphertext, its keys wrapped, and the facts of its receipt. Rows are never changed but for
    `state`.

    `sha256` is of the canonical content; `mac` binds number, time and hash with a key that is not in the database.
    `for_bidder` is the content key under the bidder's own code, which only the bidder has.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("current")
        REPLACED = "replaced", _("replaced")
        WITHDRAWN = "withdrawn", _("withdrawn")

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="sealed")
    sequence = models.PositiveIntegerField()
    receipt = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CURRENT)
    submitted_at = models.DateTimeField()
    submitted_by = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    ciphertext = models.BinaryField()
    wrapped_key = models.BinaryField()
    for_bidder = models.BinaryField()
    amendment = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "sequence"], name="sealed_sequence_once"),
            models.UniqueConstraint(
                fields=["offer"], condition=Q(state="current"), name="sealed_current_once"
            ),
            models.CheckConstraint(
                condition=Q(state="current", ended_at__isnull=True)
                | Q(state__in=["replaced", "withdrawn"], ended_at__isnull=False),
                name="sealed_ended_with_moment",
            ),
        ]


class OfferFile(TenantOwned):
    """A file of an offer, stored encrypted: with the tenant's key in a draft, with the content key once sealed.

    Its name, size and hash are part of the content, so nothing here tells what it is.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="files")
    sealed = models.ForeignKey(SealedOffer, on_delete=models.PROTECT, null=True, related_name="files")
    key = models.CharField(max_length=40)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "sealed", "key"], nulls_distinct=False, name="offer_file_once"
            ),
        ]


class LateAttempt(TenantOwned):
    """Somebody tried to hand in after the deadline; recorded, and nothing of the content is kept."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="late_attempts")
    organisation_id = models.UUIDField()
    attempted_by = models.UUIDField()
    attempted_at = models.DateTimeField()

    class Meta:
        ordering = ["attempted_at"]


class Opening(TenantOwned):
    """The opening of a call's offers by two different members of its committee, after the deadline.

    The first member's confirmation makes the row, the second's opens everything in one transaction.
    """

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="opening")
    deadline = models.DateTimeField()
    first_by = models.UUIDField()
    first_at = models.DateTimeField()
    second_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField(null=True)
    # When members and bidders were written to; none while the mails wait.
    notified_at = models.DateTimeField(null=True)
    # Lines of the log: [moment, sentence code, facts], no content.
    log = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")),
                name="opening_by_two_people",
                violation_error_message=_("Offers are opened by two different members of the committee."),
            ),
            models.CheckConstraint(
                condition=Q(first_at__gte=F("deadline")),
                name="opening_after_deadline",
                violation_error_message=_("Offers are opened after the deadline, never before."),
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True, opened_at__isnull=True)
                | Q(second_by__isnull=False, opened_at__isnull=False, opened_at__gte=F("first_at")),
                name="opening_complete",
            ),
        ]


class OpenedOffer(TenantOwned):
    """The content of an offer after the opening, with the figures that lists need (PLN, minutes)."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="opened")
    sealed = models.OneToOneField(SealedOffer, on_delete=models.PROTECT, related_name="opened")
    opened_at = models.DateTimeField()
    content = models.JSONField()
    # The content key under the tenant's data key: the files stay as they were sealed and are read with it.
    content_key = models.BinaryField()
    # The newest amendment that asked for a confirmation and got none; None where nothing was owed.
    unconfirmed_amendment = models.PositiveSmallIntegerField(null=True)
    title = models.CharField(max_length=250, blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    grant = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    own_contribution = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price_per_hour = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    minutes = models.PositiveIntegerField(null=True)


class UnreadableOffer(TenantOwned):
    """An offer that was handed in and could not be opened; what the organ found about it, once it has."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="unreadable")
    sealed = models.OneToOneField(SealedOffer, on_delete=models.PROTECT, related_name="unreadable")
    found_at = models.DateTimeField()
    finding = models.TextField(_("finding of the organ"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["offer__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finding="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(finding="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="unreadable_offer_finding",
            ),
        ]


class RecoveryKey(TenantOwned):
    """The public half of the tenant's recovery key; its private half exists as shares on paper (SLIP-39 words).

    Any `threshold` of the `holders` (functions, not names) together open calls whose keeper has lost its key.
    """

    public_key = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)
    threshold = models.PositiveSmallIntegerField(default=2)
    holders = ArrayField(models.CharField(max_length=120), default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.UUIDField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One is current; the moments of retirement of the others differ.
            models.UniqueConstraint(
                fields=["retired_at"], nulls_distinct=False, name="recovery_key_current_once"
            ),
            models.CheckConstraint(condition=Q(threshold__gte=2), name="recovery_by_two_people"),
        ]
