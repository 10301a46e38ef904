"""Shared tables of who works in a tenant: organisations, partnerships, memberships and invitations."""

from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.models import Shared
from kernel.tenancy import public_scope, tenant_scope
from tenants.models.tenancy import Tenant, Territory
from tenants.roles import ANALYST, ANALYST_LABEL, NGO_ROLES, Role


class Organisation(Shared):
    """A provider: an NGO or another entity; one organisation can be the partner of several tenants."""

    class LegalForm(models.TextChoices):
        ASSOCIATION = "association", _("association")
        FOUNDATION = "foundation", _("foundation")
        CHURCH = "church", _("church entity")
        COOPERATIVE = "cooperative", _("social cooperative")
        COMPANY = "company", _("company")
        PUBLIC = "public", _("public unit")
        OTHER = "other", pgettext_lazy("legal form", "other")

    name = models.CharField(_("name"), max_length=250)
    legal_form = models.CharField(
        _("legal form"), max_length=12, choices=LegalForm.choices, default=LegalForm.ASSOCIATION
    )
    nip = models.CharField("NIP", max_length=10, null=True, blank=True, unique=True)
    regon = models.CharField("REGON", max_length=14, null=True, blank=True, unique=True)
    krs = models.CharField("KRS", max_length=10, null=True, blank=True, unique=True)
    address = models.CharField(_("seat"), max_length=250, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nip__isnull=True) | Q(nip__regex=r"^\d{10}$"), name="organisation_nip_digits"
            ),
            models.CheckConstraint(
                condition=Q(regon__isnull=True) | Q(regon__regex=r"^(\d{9}|\d{14})$"),
                name="organisation_regon_digits",
            ),
            models.CheckConstraint(
                condition=Q(krs__isnull=True) | Q(krs__regex=r"^\d{10}$"), name="organisation_krs_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def current(self) -> "PartnershipQuerySet":
        """Partnerships that have begun and not ended."""
        today = timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)

    def over(self) -> "PartnershipQuerySet":
        """Partnerships whose last day has passed."""
        return self.filter(until__lt=timezone.localdate())

    def visible_to(self, access: Access) -> "PartnershipQuerySet":
        """All for the social unit's people, those of own organisations for people of an organisation."""
        if access.organisation_ids is None:
            return self
        return self.filter(organisation_id__in=access.organisation_ids)


class Partnership(Shared):
    """An organisation works with a tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="partnerships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organisation"], name="partnership_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="partnership_period"
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """Whether the organisation is a partner on that day."""
        return self.since <= day and (self.until is None or self.until >= day)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Memberships that nobody has ended."""
        return self.filter(ended_at__isnull=True)

    def in_force(self) -> "MembershipQuerySet":
        """Memberships that give access now: current, and not through a partnership that is over.

        The clock ends those an hour after midnight at the latest; access must not wait for a worker.
        """
        over = Partnership.objects.over().filter(
            tenant=models.OuterRef("tenant"), organisation=models.OuterRef("organisation")
        )
        return self.current().exclude(models.Exists(over))

    def visible_to(self, access: Access) -> "MembershipQuerySet":
        """Everybody for the social unit's people, own people for those of an organisation."""
        if access.organisation_ids is None:
            return self
        return self.filter(organisation_id__in=access.organisation_ids)


class Membership(Shared):
    """A person has a role in a tenant; people of an organisation have it for that organisation.

    `cleared_at` is when the term of keeping the account was over for the tenant, by a protocol of its own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("organisation"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "tenant", "role", "organisation"],
                nulls_distinct=False,
                condition=Q(ended_at__isnull=True),
                name="membership_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(ended_at__isnull=False),
                name="membership_cleared_after_its_end",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(NGO_ROLES), organisation__isnull=False)
                | (~Q(role__in=sorted(NGO_ROLES)) & Q(organisation__isnull=True)),
                name="membership_organisation_for_ngo_roles",
                violation_error_message=_(
                    "A role in an organisation needs the organisation; a role in the social unit has none."
                ),
            ),
        ]


class RegionMembership(Shared):
    """A person is an analyst of a voivodeship: sees statistics across tenants, never a person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="region_memberships"
    )
    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "voivodeship"], name="region_membership_once")]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; they may have run out."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def visible_to(self, access: Access) -> "InvitationQuerySet":
        """All for the social unit's people, those to own organisations for people of an organisation."""
        if access.organisation_ids is None:
            return self
        return self.filter(organisation_id__in=access.organisation_ids)


class Invitation(Shared):
    """A link sent to an e-mail address that makes its reader a member of a tenant or an analyst of a voivodeship.

    Only the hash of its token is stored.
    """

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=150)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    voivodeship = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(_("role"), max_length=20, choices=[*Role.choices, (ANALYST, ANALYST_LABEL)])
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("organisation")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "voivodeship", "email", "role", "organisation"],
                nulls_distinct=False,
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_once",
                violation_error_message=_(
                    "This address already has an invitation to this role. Send that one again instead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values, tenant__isnull=False, voivodeship__isnull=True)
                | Q(role=ANALYST, tenant__isnull=True, voivodeship__isnull=False),
                name="invitation_role_known",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(NGO_ROLES), organisation__isnull=False)
                | (~Q(role__in=sorted(NGO_ROLES)) & Q(organisation__isnull=True)),
                name="invitation_organisation_for_ngo_roles",
                violation_error_message=_(
                    "A role in an organisation needs the organisation; a role in the social unit has none."
                ),
            ),
        ]

    @property
    def place_name(self) -> str:
        """Where the reader is invited to: the name of the tenant or of the voivodeship."""
        if self.tenant is not None:
            return self.tenant.name
        name = self.voivodeship.display_name if self.voivodeship else ""
        return gettext("Voivodeship: %(name)s") % {"name": name}

    def scope(self) -> AbstractContextManager[None]:
        """The schema whose record the invitation belongs to: its tenant's, or public for one to a voivodeship."""
        return public_scope() if self.tenant is None else tenant_scope(self.tenant)

    def is_open(self, now: Any = None) -> bool:
        moment = now or timezone.now()
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > moment
