"""A call after its opening with a committee of people who sign in, for tests of the committee's pages and verbs."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from contracting.tenders.actions.declaring import Declared, declare_in_office
from contracting.tenders.models import Call, Committee, Offer, Seat
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Organisation, Tenant
from tests.factories.people import UserFactory, partner
from tests.factories.tenders import make_call, make_committee, opened_offer


@dataclass
class JudgingWorld:
    """The call with its offers; `people` are the members in the order of their seats, the first one chair."""

    tenant: Tenant
    call: Call
    committee: Committee
    offers: list[Offer]
    organisations: list[Organisation]
    people: list[Any]
    director: Any
    clients: dict[Any, Client] = field(default_factory=dict)

    def client(self, user: Any) -> Client:
        """A client of this person, signed in."""
        if user.pk not in self.clients:
            client = Client()
            with public_scope():
                client.force_login(user)
            self.clients[user.pk] = client
        return self.clients[user.pk]

    def actor(self, place: int = 0) -> Actor:
        return Actor(self.people[place].pk, self.people[place].full_name)

    @property
    def director_actor(self) -> Actor:
        return Actor(self.director.pk, self.director.full_name)

    def seat(self, place: int) -> Seat:
        with tenant_scope(self.tenant):
            found: Seat = Seat.objects.get(committee=self.committee, user_id=self.people[place].pk)
        return found

    def url(self, name: str, *parts: Any) -> str:
        """`url("compare")` of the call, or `url("offers", offer, "score")`."""
        if not parts:
            return f"/{self.tenant.slug}/committee/{self.call.pk}/{name}/".replace("//", "/")
        words = [getattr(part, "pk", part) for part in parts]
        return f"/{self.tenant.slug}/committee/{name}/" + "".join(f"{word}/" for word in words)


def member(tenant: Tenant, role: str, name: str, organisation: Organisation | None = None) -> Any:
    """A person with a role in the tenant."""
    with public_scope():
        user = UserFactory(full_name=name)
        Membership.objects.create(user=user, tenant=tenant, role=role, organisation=organisation)
    return user


def let_director_declare(world: JudgingWorld) -> None:
    """The director, who holds no seat, is impartial towards every opened offer."""
    with tenant_scope(world.tenant):
        answers = {offer.pk: Declared(True) for offer in world.offers}
        declare_in_office(world.call, answers, actor=world.director_actor)


def build_judging(
    tenant: Tenant,
    *,
    offers: int = 2,
    members: int = 3,
    quorum: int = 2,
    mark: str = "Jodła",
    **call: Any,
) -> JudgingWorld:
    """Opened offers of as many organisations, their texts holding `mark`, and a committee that has done nothing yet."""
    with public_scope():
        organisations = [partner(tenant, name=f"Fundacja {mark} {place}") for place in range(1, offers + 1)]
    people = [member(tenant, "committee_member", f"Członek {place}") for place in range(1, members + 1)]
    director = member(tenant, "director", "Dyrektor Próbny")
    with tenant_scope(tenant):
        made = make_call(**call)
        opened = [
            opened_offer(made, organisation, price=f"{40 + 2 * place}.00")
            for place, organisation in enumerate(organisations)
        ]
        committee = make_committee(made, *people, quorum=quorum)
    return JudgingWorld(tenant, made, committee, opened, organisations, people, director)
