"""Whose token a call carries, and whether it still opens anything at this moment."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.access import Access, Actor
from kernel.errors import DomainError, NotAllowed
from kernel.tenancy import require_tenant
from reporting.exchange.models import Scope, Token
from reporting.exchange.rules import MARK, digest_of_token
from tenants.models import Partnership, Tenant

_ASK = _("Ask the manager of your organisation for a new one.")


class NotRecognised(DomainError):
    """The call carries no token that opens anything."""

    status = 401


@dataclass(frozen=True)
class Caller:
    """A program that shows a token: it acts for one organisation of the tenant at hand."""

    token: Token
    is_authenticated: bool = True
    pk: None = None

    @property
    def organisation_id(self) -> UUID:
        return self.token.organisation_id

    @property
    def actor(self) -> Actor:
        """As the record names it: no person, but the token by name and prefix."""
        return Actor(None, f"{self.token.name} ({MARK}_{self.token.prefix})")

    @property
    def access(self) -> Access:
        """What the program sees: rows of its organisation, whatever else a person there might do."""
        return Access(actor=self.actor, organisation_ids=frozenset({self.organisation_id}))


def recognise(shown: str) -> Caller:
    """The caller who shows this token. Raises NotRecognised, or NotAllowed where the door is shut to the organisation.

    Only the tenant at hand is asked, so another tenant's token is as unknown as an invented one.
    """
    token = Token.objects.filter(digest=digest_of_token(shown)).first()
    if token is None:
        raise NotRecognised(
            "token_unknown",
            format_lazy(
                "{told} {ask}",
                told=_(
                    "This token is not known here. Check that the whole token and the right address were copied."
                ),
                ask=_ASK,
            ),
        )
    _require_usable(token)
    _require_open(token)
    return Caller(token)


def require_live(token: Token) -> None:
    """Look once more before a transaction commits, holding the row: a token revoked meanwhile saves nothing.

    Raises as `recognise`. Call it last, after the audit line: whoever revokes writes theirs first too.
    """
    _require_usable(Token.objects.select_for_update(no_key=True).get(pk=token.pk))
    _require_open(token)


def require_scope(token: Token, scope: str) -> None:
    """Raises NotAllowed `scope_missing` where the token does not open this."""
    if scope not in token.scopes:
        raise NotAllowed(
            "scope_missing",
            format_lazy(
                _("The token does not have the scope {scope} ({meaning}). Make one that has it."),
                scope=scope,
                meaning=Scope(scope).label,
            ),
        )


def _require_usable(token: Token) -> None:
    if token.revoked_at is not None:
        sentence = format_lazy(
            _("This token was revoked on {when}."),
            when=f"{timezone.localtime(token.revoked_at):%d.%m.%Y, %H:%M}",
        )
        raise NotRecognised("token_revoked", format_lazy("{told} {ask}", told=sentence, ask=_ASK))
    if token.expires_at <= timezone.now():
        sentence = format_lazy(
            _("This token expired on {when}."), when=f"{timezone.localtime(token.expires_at):%d.%m.%Y, %H:%M}"
        )
        raise NotRecognised("token_expired", format_lazy("{told} {ask}", told=sentence, ask=_ASK))


def _require_open(token: Token) -> None:
    """The tenant may come from a cache up to a minute old, so its state is asked anew, with the partnership's days."""
    tenant = require_tenant()
    partnership = (
        Partnership.objects.select_related("tenant")
        .filter(tenant_id=tenant.pk, organisation_id=token.organisation_id)
        .first()
    )
    current: Tenant | None = None if partnership is None else partnership.tenant
    if current is not None and not current.is_active:
        raise NotAllowed(
            "tenant_suspended",
            format_lazy(
                _("The social unit's access is suspended: {reason}"), reason=current.suspension_reason
            ),
        )
    if partnership is None or not partnership.holds_on(timezone.localdate()):
        raise NotAllowed(
            "partnership_over",
            _("Your organisation does not work with this social unit now, so its token opens nothing here."),
        )
