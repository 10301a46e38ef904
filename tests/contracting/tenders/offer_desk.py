"""An organisation that writes an offer through the site."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from contracting.tenders.actions import drafting
from contracting.tenders.models import Offer
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.roles import Role
from tests.contracting.tenders.offers_world import bidder, published_call, written_offer
from tests.factories.people import signed_in_client


class Desk:
    """An organisation with a draft for a published call, its coordinator and its manager."""

    def __init__(self, alfa: Tenant, **terms: Any) -> None:
        self.tenant = alfa
        with tenant_scope(alfa):
            self.call = published_call(**terms)
            self.organisation = bidder("Fundacja Aronia")
            self.offer = written_offer(self.call, self.organisation)
        self.writer = signed_in_client(Role.NGO_COORDINATOR, alfa, self.organisation)
        self.manager = signed_in_client(Role.NGO_MANAGER, alfa, self.organisation)

    def url(self, name: str, *arguments: Any) -> str:
        return reverse(f"offers:{name}", args=["alfa", *arguments])

    def page(self, name: str, *arguments: Any) -> str:
        return self.url(name, self.offer.pk, *arguments)

    def content(self) -> dict[str, Any]:
        with tenant_scope(self.tenant):
            found = drafting.read_draft(Offer.objects.get(pk=self.offer.pk))
        assert found is not None
        return found

    def save(self, section: str, base: Any, value: Any, client: Client | None = None) -> Any:
        body = json.dumps({"base": base, "value": value})
        return (client or self.writer).post(
            self.page("section", section),
            body,
            content_type="application/json",
            headers={"accept": "application/json"},
        )

    def hand_in(self, client: Client | None = None) -> Any:
        form = self.manager.get(self.page("hand_in")).context
        return (client or self.manager).post(
            self.page("hand_in"), {"version": form["version"], "code": form["code"]}
        )
