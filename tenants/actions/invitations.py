"""Inviting people to a tenant, or as analysts of a voivodeship, and accepting."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import create_user
from accounts.models import User
from audit.actions import hold_chain, record
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError
from kernel.tenancy import PUBLIC, public_scope, tenant_scope
from kernel.validation import require_valid
from tenants import tasks
from tenants.actions import analysts
from tenants.actions.separation import require_one_side
from tenants.models import Invitation, Membership, Organisation, RegionMembership, Tenant, Territory
from tenants.roles import ANALYST
from tenants.rules.invitations import VALID_DAYS, hash_of


def _unknowable_hash() -> str:
    """The hash of a token that nobody has: a link works only after its mail was made."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()


def _send_after_commit(invitation: Invitation) -> None:
    tenant = invitation.tenant
    # If the queue is away, the clock sends what waits (tenants.send_waiting_invitations).
    task = tasks.send_invitation if tenant else tasks.send_analyst_invitation
    send_after_commit(task, invitation.pk, schema=tenant.schema_name if tenant else PUBLIC)


def _require_partner(tenant: Tenant, organisation: Organisation | None) -> None:
    if organisation and not tenant.partnerships.current().filter(organisation=organisation).exists():
        raise DomainError(
            "not_partner",
            _("%(name)s is not a partner of this tenant now. Add the partnership first.")
            % {"name": organisation.name},
            field="organisation",
            value=organisation.name,
        )


def _payload(invitation: Invitation) -> dict[str, object]:
    if invitation.tenant_id is None:
        return {"role": invitation.role, "voivodeship": invitation.voivodeship_id}
    return {"role": invitation.role, "organisation": invitation.organisation_id}


def _issue(invitation: Invitation, full_name: str, actor: Actor) -> Invitation:
    """Save the invitation and send its link after the commit; one of the same kind that ran out is renewed instead."""
    lapsed = Invitation.objects.waiting().filter(
        tenant=invitation.tenant,
        voivodeship=invitation.voivodeship,
        email=invitation.email,
        role=invitation.role,
        organisation=invitation.organisation,
        expires_at__lte=timezone.now(),
    )
    issued = lapsed.select_for_update().first() or invitation
    issued.full_name = full_name.strip()
    issued.invited_by_id = actor.user_id
    issued.token_hash = _unknowable_hash()
    issued.sent_at = None
    issued.expires_at = timezone.now() + timedelta(days=VALID_DAYS)
    require_valid(issued)
    issued.save()
    record(
        "invite_person",
        actor=actor,
        subject_type="invitation",
        subject_id=issued.pk,
        payload=_payload(issued),
    )
    _send_after_commit(issued)
    return issued


def invite_person(
    tenant: Tenant,
    *,
    email: str,
    full_name: str,
    role: str,
    organisation: Organisation | None = None,
    actor: Actor,
) -> Invitation:
    """Send a link to an e-mail address that makes its reader a member. An invitation that ran out is renewed.

    Raises DomainError `already_member`, `not_partner`, or `invalid` where one is open already.
    """
    address = email.strip().lower()
    with tenant_scope(tenant), transaction.atomic():
        _require_partner(tenant, organisation)
        require_one_side(tenant, address, role)
        same = Membership.objects.current().filter(
            tenant=tenant, role=role, organisation=organisation, user__email__iexact=address
        )
        if same.exists():
            raise DomainError(
                "already_member",
                _("%(email)s has this role already. Choose another role or another address.")
                % {"email": address},
                field="email",
                value=address,
            )
        invitation = Invitation(tenant=tenant, email=address, role=role, organisation=organisation)
        return _issue(invitation, full_name, actor)


def invite_analyst(voivodeship: Territory, *, email: str, full_name: str, actor: Actor) -> Invitation:
    """Send a link to an e-mail address that makes its reader an analyst of the voivodeship.

    Raises DomainError `already_analyst`, or `invalid` where an invitation is open already.
    """
    address = email.strip().lower()
    with public_scope(), transaction.atomic():
        if analysts.find_analyst(email=address, voivodeship=voivodeship.pk) is not None:
            raise DomainError(
                "already_analyst",
                _("%(email)s is an analyst of this voivodeship already. Give another address or voivodeship.")
                % {"email": address},
                field="email",
                value=address,
            )
        invitation = Invitation(voivodeship=voivodeship, email=address, role=ANALYST)
        return _issue(invitation, full_name, actor)


def _lock_waiting(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted_at:
        raise DomainError(
            "invitation_accepted", _("This invitation was accepted already; the person is a member.")
        )
    if locked.withdrawn_at:
        raise DomainError("invitation_withdrawn", _("This invitation was withdrawn. Ask for a new one."))
    return locked


def resend_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Send a new link, good for seven days from now; links sent before stop working."""
    with invitation.scope(), transaction.atomic():
        locked = _lock_waiting(invitation)
        locked.token_hash = _unknowable_hash()
        locked.sent_at = None
        locked.expires_at = timezone.now() + timedelta(days=VALID_DAYS)
        locked.save(update_fields=["token_hash", "sent_at", "expires_at"])
        record("resend_invitation", actor=actor, subject_type="invitation", subject_id=locked.pk)
        _send_after_commit(locked)
    return locked


def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Make the link useless."""
    with invitation.scope(), transaction.atomic():
        locked = _lock_waiting(invitation)
        locked.withdrawn_at = timezone.now()
        locked.save(update_fields=["withdrawn_at"])
        record("withdraw_invitation", actor=actor, subject_type="invitation", subject_id=locked.pk)
    return locked


def find_invitation(token: str) -> Invitation | None:
    """The invitation of a link, in whatever state, or None."""
    return (
        Invitation.objects.select_related("tenant", "voivodeship", "organisation", "invited_by")
        .filter(token_hash=hash_of(token))
        .first()
    )


def accept_invitation(invitation: Invitation, *, user: User, actor: Actor) -> None:
    """Make the signed-in person a member, or an analyst, as the invitation says.

    Raises DomainError where it ran out, was withdrawn or accepted, is for another address, the partnership ended, or
    the account was closed meanwhile.
    """
    with invitation.scope(), transaction.atomic():
        locked = _lock_waiting(invitation)
        if not locked.is_open():
            raise DomainError("invitation_expired", _("This invitation has run out. Ask for a new one."))
        if locked.email != user.email.lower():
            raise DomainError(
                "invitation_of_another",
                _("The invitation is for %(email)s. Sign in with that address to accept it.")
                % {"email": locked.email},
            )
        locked.accepted_at = timezone.now()
        locked.save(update_fields=["accepted_at"])
        subject_type, subject_id = _admit(locked, user)
        record(
            "accept_invitation",
            actor=actor,
            subject_type=subject_type,
            subject_id=subject_id,
            payload={"invitation": locked.pk, **_payload(locked)},
        )


def _admit(invitation: Invitation, user: User) -> tuple[str, UUID]:
    """Give the person what the invitation offers; returns what the record names as its subject."""
    tenant = invitation.tenant
    if tenant is None:
        # Signing in records first and then writes to the account.
        hold_chain()
        _require_account(user)
        RegionMembership.objects.get_or_create(user=user, voivodeship=invitation.voivodeship)
        return "user", user.pk
    # Every change of roles in the tenant waits here, so that two invitations cannot put one person on both sides.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    _require_account(user)
    _require_partner(tenant, invitation.organisation)
    require_one_side(tenant, user.email, invitation.role)
    membership, _created = Membership.objects.get_or_create(
        user=user,
        tenant=tenant,
        role=invitation.role,
        organisation=invitation.organisation,
        ended_at=None,
    )
    return "membership", membership.pk


def _require_account(user: User) -> None:
    """Hold the account against being forgotten meanwhile; raises DomainError `account_closed` where it was."""
    locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True)
    if locked.first() is None:
        raise DomainError(
            "account_closed",
            _(
                "This account was closed a moment ago. Open the link of the invitation again to open a new one."
            ),
        )


def accept_as_new_person(invitation: Invitation, *, full_name: str, password: str, language: str) -> User:
    """Open an account for the address of the invitation and accept it, together or not at all.

    Raises DomainError `weak_password`, `account_exists`, or as accept_invitation does.
    """
    try:
        with transaction.atomic():
            user = create_user(
                email=invitation.email, full_name=full_name, password=password, language=language
            )
            actor = Actor(user.pk, user.full_name)
            accept_invitation(invitation, user=user, actor=actor)
    except IntegrityError as error:
        raise DomainError(
            "account_exists",
            _("An account with this address was opened meanwhile. Sign in to accept the invitation."),
        ) from error
    return user
