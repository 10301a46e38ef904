"""Who signs in to the demo: invented people, one password, every role."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from contracting.contracts.models import Worker
from tenants.models import Membership, Organisation, RegionMembership, Tenant
from tenants.roles import NGO_ROLES, Role

DOMAIN = "siedem.test"
PASSWORD = "siedem-demo-2026"  # noqa: S105 - printed to whoever starts the demo
OPERATOR = "operator"
# Local part of the address and an invented name for each role, in the order of the table of logins.
_ROLES: dict[str, tuple[str, str]] = {
    Role.DIRECTOR: ("dyrektor", "Alicja Nowak"),
    Role.COORDINATOR: ("koordynator", "Marek Wiśnia"),
    Role.SOCIAL_WORKER: ("pracownik", "Ewa Jodła"),
    Role.BENEFITS_WORKER: ("swiadczenia", "Piotr Klon"),
    Role.INSPECTOR: ("kontrola", "Dorota Wierzba"),
    Role.ACCOUNTANT: ("ksiegowosc", "Renata Olcha"),
    Role.PRIVACY_OFFICER: ("iod", "Wanda Grusza"),
    Role.COMMITTEE_MEMBER: ("komisja", "Tomasz Buk"),
    Role.NGO_MANAGER: ("kierownik.ngo", "Iwona Kalina"),
    Role.NGO_COORDINATOR: ("koordynator.ngo", "Agata Malina"),
    Role.WORKER: ("opiekunka", "Zofia Lipa"),
}
_SOME = (Role.DIRECTOR, Role.NGO_COORDINATOR)
# One person who works for two tenants, to try the switch between them.
_SHARED = ("koordynator.pck", "Beata Sosna")
SHARED_TENANTS = ("dzialdowo", "wieliczka")
_ANALYSTS = {
    "32": ("rops.zachodniopomorskie", "Jakub Dąb"),
    "28": ("rops.warminsko-mazurskie", "Lidia Brzost"),
    "12": ("rops.malopolskie", "Adam Grab"),
}


@dataclass(frozen=True)
class Login:
    """One row of the table of logins."""

    role: str
    email: str
    place: str


def _user(local: str, full_name: str) -> User:
    email = f"{local}@{DOMAIN}"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, PASSWORD, full_name=full_name)


def add_operator() -> None:
    """The operator of the platform, who sees no content of tenants."""
    user = _user(OPERATOR, "Olga Cis")
    User.objects.filter(pk=user.pk).update(is_operator=True)


def add_analysts() -> None:
    """An analyst for each voivodeship in which a tenant has care."""
    for code, (local, name) in _ANALYSTS.items():
        RegionMembership.objects.get_or_create(user=_user(local, name), voivodeship_id=code)


def add_members(tenant: Tenant, organisation: Organisation | None, *, every_role: bool) -> dict[str, User]:
    """People of a tenant by role: all roles, or a director and, where there is an organisation, its coordinator."""
    members: dict[str, User] = {}
    for role in _ROLES if every_role else _SOME:
        if role in NGO_ROLES and organisation is None:
            continue
        local, name = _ROLES[role]
        shared = role == Role.NGO_COORDINATOR and tenant.slug in SHARED_TENANTS
        user = _user(*_SHARED) if shared else _user(f"{local}.{tenant.slug}", name)
        Membership.objects.get_or_create(
            user=user,
            tenant=tenant,
            role=role,
            organisation=organisation if role in NGO_ROLES else None,
            ended_at=None,
        )
        members[role] = user
    return members


def name_carer(members: dict[str, User]) -> None:
    """Let the first carer of the tenant at hand sign in and see the diary of her own visits."""
    worker = Worker.objects.order_by("code").first()
    carer = members.get(Role.WORKER)
    if worker is None or carer is None:
        return
    Worker.objects.filter(pk=worker.pk).update(user_id=carer.pk)
    User.objects.filter(pk=carer.pk).update(full_name=f"{worker.given_name} {worker.surname}")


def logins(tenants: Sequence[str]) -> list[Login]:
    """Logins of these tenants (slugs, in this order) by role, then analysts and the operator."""
    rows: list[Login] = []
    for slug in tenants:
        members = Membership.objects.current().filter(user__email__endswith=f"@{DOMAIN}", tenant__slug=slug)
        order = {str(role): place for place, role in enumerate(Role)}
        found = members.select_related("user", "tenant").order_by("user__email")
        rows += [
            Login(str(Role(one.role).label), one.user.email, one.tenant.name)
            for one in sorted(found, key=lambda one: order[one.role])
        ]
    for analyst in RegionMembership.objects.filter(user__email__endswith=f"@{DOMAIN}").select_related(
        "user", "voivodeship"
    ):
        rows.append(Login(_("regional analyst"), analyst.user.email, analyst.voivodeship.name.lower()))
    operators = User.objects.filter(is_operator=True, email__endswith=f"@{DOMAIN}")
    rows += [Login(_("operator of the platform"), user.email, "–") for user in operators]
    return rows
