"""Joint offers over HTTP: an organisation is asked, accepts or declines, leaves, and is kept when a draft is dropped."""

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from audit.models import Entry
from contracting.tenders import tasks
from contracting.tenders.actions import drafting, joining
from contracting.tenders.actions.joining import answer_invitation
from contracting.tenders.models import Offer, OfferPartner, SealedOffer
from contracting.tenders.rules.figures import section_of
from kernel.errors import DomainError
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Partnership, Tenant
from tenants.roles import Role
from tests.contracting.tenders.offer_desk import Desk
from tests.contracting.tenders.offers_world import MANAGER, after_deadline, bidder, complete_content, write
from tests.factories.people import signed_in_client

pytestmark = pytest.mark.django_db
_KRS = "0000999888"


class Table(Desk):
    """The desk of the leader, and beside it an organisation with its two people."""

    def __init__(self, alfa: Tenant, **terms: Any) -> None:
        super().__init__(alfa, **terms)
        with tenant_scope(alfa):
            self.ally = bidder("Fundacja Berberys")
        with public_scope():
            type(self.ally).objects.filter(pk=self.ally.pk).update(krs=_KRS)
        self.signer = signed_in_client(Role.NGO_MANAGER, alfa, self.ally)
        self.helper = signed_in_client(Role.NGO_COORDINATOR, alfa, self.ally)

    def ask(self) -> OfferPartner:
        assert self.writer.post(self.page("add_partner"), {"number": _KRS}).status_code == 302
        rows = section_of(self.content(), "partners")
        said = [{**row, "does": "wizyty", "represented_by": "Ola Druga"} for row in rows]
        assert self.save("partners", rows, said).status_code == 200
        return self.partner()

    def partner(self) -> OfferPartner:
        with tenant_scope(self.tenant):
            found: OfferPartner = OfferPartner.objects.get(offer=self.offer, organisation=self.ally)
            return found

    def answer(self, word: str, client: Client | None = None) -> Any:
        return (client or self.signer).post(self.page("partner", self.partner().pk), {"answer": word})

    def joined(self) -> None:
        self.ask()
        assert self.answer("accept").status_code == 302

    def waiting(self, client: Client) -> list[str]:
        answer = client.get(f"/{self.tenant.slug}/")
        assert answer.status_code == 200
        return answer.content.decode().split("task-title")

    def receipts(self) -> int:
        with tenant_scope(self.tenant):
            return SealedOffer.objects.filter(offer=self.offer).count()


@pytest.fixture
def table(alfa: Tenant) -> Table:
    return Table(alfa)


def test_nothing_is_handed_in_jointly_with_whoever_has_not_accepted(table: Table) -> None:
    partner = table.ask()
    page = table.page("partner", partner.pk)
    refused = table.hand_in()
    assert refused.status_code == 422 and "Fundacja Berberys" in refused.content.decode()
    assert "nie zgodziła się jeszcze" in refused.content.decode()
    assert table.receipts() == 0
    assert any(page in item for item in table.waiting(table.signer)), "the invitation waits for its manager"
    assert table.answer("accept", table.helper).status_code == 403, "coordinators do not answer"
    assert table.answer("accept", table.manager).status_code == 403, "nor does the leader"
    assert table.signer.get(page).context["may_answer"]
    assert table.answer("accept").status_code == 302
    assert "wyraziła zgodę" in table.manager.get(table.page("offer")).content.decode()
    assert not any(page in item for item in table.waiting(table.signer))
    assert table.hand_in().status_code == 302
    assert table.receipts() == 1
    assert table.signer.get(table.page("receipt", 1)).status_code == 200
    with tenant_scope(table.tenant):
        entry = Entry.objects.get(verb="accept_joint_offer")
        assert (entry.actor_id, entry.actor_label, entry.subject_id) == (None, "bidder", str(table.offer.pk))


def test_whoever_declines_sees_the_offer_no_more_and_stops_the_handing_in(table: Table) -> None:
    table.ask()
    assert table.answer("decline").status_code == 302
    for name in ("offer", "preview", "add_partner"):
        assert table.signer.get(table.page(name)).status_code == 404, name
    assert table.save("task", {}, {"place": "x"}, table.signer).status_code == 404
    refused = table.hand_in()
    assert refused.status_code == 422 and "odmówiła udziału" in refused.content.decode()
    assert "odmówiła" in table.manager.get(table.page("section", "partners")).content.decode()
    assert table.manager.post(table.page("remove_partner", table.partner().pk)).status_code == 302
    assert table.hand_in().status_code == 302


def test_an_answer_is_given_once_and_in_time(table: Table) -> None:
    partner = table.ask()
    with tenant_scope(table.tenant), after_deadline(table.call), pytest.raises(DomainError) as late:
        answer_invitation(partner, accepts=True, actor=MANAGER)
    assert late.value.code == "call_takes_no_offers"
    assert table.answer("accept").status_code == 302
    assert table.answer("decline").status_code >= 400
    assert table.partner().state == "accepted"


def test_a_partner_reads_and_writes_but_does_not_hand_in(table: Table) -> None:
    assert table.signer.get(table.page("offer")).status_code == 404
    assert table.writer.post(table.page("add_partner"), {"number": "0000111222"}).status_code == 422
    table.joined()
    seen = section_of(table.content(), "task")
    assert table.save("task", seen, {**seen, "place": "od partnera"}, table.helper).status_code == 200
    assert table.signer.get(table.page("hand_in")).status_code == 403
    assert table.signer.get(table.page("add_partner")).status_code == 403, "the leader asks partners"
    rows = section_of(table.content(), "partners")
    table.save("partners", rows, [{**rows[0], "name": "Inna"}])
    assert table.content()["partners"][0]["name"] == "Fundacja Berberys", "who it is cannot be retyped"


def test_a_partnership_that_is_over_begins_and_joins_nothing(table: Table) -> None:
    with public_scope():
        Partnership.objects.filter(organisation=table.ally).update(
            since=date(2025, 1, 1), until=date(2026, 1, 31)
        )
    assert table.writer.post(table.page("add_partner"), {"number": _KRS}).status_code == 422
    with tenant_scope(table.tenant):
        lot = table.call.lots.get(position=1)
        # Past the form, as when the partnership ends between looking and sending.
        for verb in (
            lambda: drafting.start_offer(lot, table.ally, actor=MANAGER),
            lambda: joining.add_partner(table.offer, table.ally, actor=MANAGER),
        ):
            with pytest.raises(DomainError) as refused:
                verb()
            assert refused.value.code == "not_a_partner"


def test_who_was_removed_is_asked_anew(table: Table) -> None:
    table.joined()
    # The partner leaves by itself; whoever asks it again has its old word no more.
    left = table.signer.post(table.page("remove_partner", table.partner().pk))
    assert left.status_code == 302 and table.content()["partners"] == []
    assert table.signer.get(table.page("offer")).status_code == 404
    assert table.ask().state == "asked"
    assert table.hand_in().status_code == 422


def test_the_partner_of_the_offer_in_force_stays_when_the_draft_without_it_is_dropped(table: Table) -> None:
    table.joined()
    assert table.hand_in().status_code == 302
    assert table.manager.post(table.page("begin_anew")).status_code == 302
    assert table.signer.get(table.page("preview")).status_code == 200
    assert table.manager.post(table.page("remove_partner", table.partner().pk)).status_code == 302
    # Its people see what is in force, and nothing of the draft that leaves them out.
    shown = table.signer.get(table.page("offer"))
    assert shown.status_code == 200 and shown.context["content"] is None and shown.context["current"]
    assert table.signer.get(table.page("preview")).status_code == 302
    assert table.signer.get(table.page("section", "task")).status_code == 403
    assert table.save("task", {}, {"place": "cudze"}, table.signer).status_code == 403
    (line,) = table.signer.get(table.url("list")).context["lines"]
    assert line.left is None and line.receipt is not None

    assert table.manager.post(table.page("discard_draft")).status_code == 302
    partner = table.partner()
    assert (partner.in_draft, partner.in_force, partner.state) == (True, True, "accepted")
    # A draft begun after that has it again.
    assert table.manager.post(table.page("begin_anew")).status_code == 302
    assert [row["name"] for row in table.content()["partners"]] == ["Fundacja Berberys"]


def test_who_is_asked_only_in_a_dropped_draft_is_gone(table: Table) -> None:
    assert table.hand_in().status_code == 302
    assert table.manager.post(table.page("begin_anew")).status_code == 302
    table.ask()
    assert table.manager.post(table.page("discard_draft")).status_code == 302
    with tenant_scope(table.tenant):
        assert not OfferPartner.objects.exists()
    assert table.signer.get(table.page("offer")).status_code == 404


def test_a_replacement_without_the_partner_ends_its_part(table: Table) -> None:
    table.joined()
    assert table.hand_in().status_code == 302
    table.manager.post(table.page("begin_anew"))
    table.manager.post(table.page("remove_partner", table.partner().pk))
    with tenant_scope(table.tenant):
        offer = Offer.objects.get(pk=table.offer.pk)
        write(offer, complete_content(table.call))
    assert table.hand_in().status_code == 302
    with tenant_scope(table.tenant):
        assert not OfferPartner.objects.exists()
    assert table.signer.get(table.page("offer")).status_code == 404


def test_the_invitation_is_mailed_by_id_and_names_nobody(
    table: Table, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        partner = table.ask()
    with tenant_scope(table.tenant):
        tasks.notify_joint_offer(str(partner.pk))
        tasks.notify_joint_offer(str(partner.pk))
    (sent,) = mail.outbox
    assert sent.to == [table.signer.user.email]  # type: ignore[attr-defined]
    assert table.page("partner", partner.pk) in sent.body
    assert "Aronia" not in sent.body + sent.subject
