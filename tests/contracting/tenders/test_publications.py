"""Publishing: everything checked, three places with proof, the term counted from the last of them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from contracting.commissioning.models import Cycle, LegalLimit
from contracting.tenders.actions.opening import confirm_opening
from contracting.tenders.actions.publications import record_publication
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.lawfulness import lawfulness_of, require_lawful
from contracting.tenders.models import Call, CallKey, Opening, Publication, RecoveryKey
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, in_days, prove, published_call, ready_draft
from tests.factories.commissioning import make_cycle
from tests.factories.people import UserFactory, partner
from tests.factories.tenders import make_committee, submit_offer

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def today() -> Any:
    return local_date(timezone.now())


def refusal_of(verb: Callable[[], Any]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        verb()
    return caught.value


def test_publishing_makes_the_key_and_opens_the_board(in_alfa: Tenant) -> None:
    call = publish_call(ready_draft(), actor=DIRECTOR)
    assert call.state == Call.State.PUBLISHED
    assert CallKey.objects.filter(call=call).exists()
    board = call.publications.get()
    assert (board.place, board.posted_on, board.planned) == ("www", today(), False)
    assert board.url.endswith(f"/alfa/board/{call.pk}/")


def test_a_call_that_is_not_ready_is_refused_with_every_reason_at_once(in_alfa: Tenant) -> None:
    draft = ready_draft(number=None, selection="", deadline=in_days(10))
    error = refusal_of(lambda: publish_call(draft, actor=DIRECTOR))
    assert [problem.code for problem in error.problems] == [
        "selection_missing",
        "number_missing",
        "term_short",
    ]
    draft.refresh_from_db()
    assert draft.state == Call.State.DRAFT
    assert not CallKey.objects.exists()


def test_no_call_without_a_recovery_key(in_alfa: Tenant) -> None:
    draft = ready_draft()
    RecoveryKey.objects.update(retired_at=timezone.now())
    assert refusal_of(lambda: publish_call(draft, actor=DIRECTOR)).code == "no_recovery_key"
    draft.refresh_from_db()
    assert draft.state == Call.State.DRAFT


def test_a_cycle_that_has_not_come_to_the_choice_lets_no_call_out(in_alfa: Tenant) -> None:
    draft = ready_draft()
    cycle: Cycle = make_cycle(draft.service)
    Call.objects.filter(pk=draft.pk).update(cycle_id=cycle.pk)
    assert refusal_of(lambda: publish_call(draft, actor=DIRECTOR)).code == "step_waiting"


def test_the_days_of_the_term_are_the_tenants_own_where_it_has_them(in_alfa: Tenant) -> None:
    LegalLimit.objects.create(
        code="call_days_min", value=35, unit="days", valid_from=today(), article="uchwała", source="BIP"
    )
    error = refusal_of(lambda: publish_call(ready_draft(), actor=DIRECTOR))
    assert [problem.code for problem in error.problems] == ["term_short"]


def test_a_planned_publication_counts_for_the_term(in_alfa: Tenant) -> None:
    draft = ready_draft(deadline=in_days(22))
    record_publication(
        draft,
        subject="announcement",
        place="bip",
        posted_on=today() + timedelta(days=1),
        actor=DIRECTOR,
    )
    error = refusal_of(lambda: publish_call(draft, actor=DIRECTOR))
    assert [problem.code for problem in error.problems] == ["term_short"]


def test_until_three_proofs_are_there_nothing_may_be_opened(in_alfa: Tenant) -> None:
    call = publish_call(ready_draft(), actor=DIRECTOR)
    missing = [one.place for one in lawfulness_of(call).missing]
    assert missing == ["bip", "board"]
    error = refusal_of(lambda: require_lawful(call))
    assert error.code == "not_lawful"
    assert len(error.problems) == 2
    prove(call)
    require_lawful(call)
    assert lawfulness_of(call).earliest == in_days(22)


def test_a_late_proof_makes_the_term_short_and_only_a_later_deadline_mends_it(in_alfa: Tenant) -> None:
    call = publish_call(ready_draft(deadline=in_days(22)), actor=DIRECTOR)
    prove(call)
    # As if the board at the seat had been hung up two days later, told afterwards.
    Publication.objects.filter(call=call).exclude(place="board").update(posted_on=today() - timedelta(days=2))
    assert lawfulness_of(call).is_lawful
    Publication.objects.filter(call=call, place="board").update(posted_on=today() + timedelta(days=2))
    assert lawfulness_of(call).is_short
    assert refusal_of(lambda: require_lawful(call)).code == "not_lawful"


def test_offers_of_a_call_without_its_proofs_are_not_opened(in_alfa: Tenant) -> None:
    call = publish_call(ready_draft(), actor=DIRECTOR)
    with public_scope():
        organisation, members = partner(in_alfa), [UserFactory(), UserFactory()]
    now = timezone.now()
    submit_offer(call, organisation, at=now - timedelta(hours=1))
    make_committee(call, *members)
    Call.objects.filter(pk=call.pk).update(published_at=now - timedelta(days=40), deadline=now)
    Publication.objects.filter(call=call).update(posted_on=local_date(now - timedelta(days=40)))
    verb = partial(confirm_opening, call, seat_user=members[0].pk, actor=DIRECTOR)
    assert refusal_of(verb).code == "not_lawful"
    assert not Opening.objects.exists()
    prove(call)
    # Both were in fact published in time; the proofs came late.
    Publication.objects.filter(call=call).update(posted_on=local_date(now - timedelta(days=40)))
    verb()
    assert Opening.objects.get(call=call).first_by == members[0].pk


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"place": "bip", "days": -1}, "proof_missing"),
        ({"place": "bip", "days": 1, "url": "https://bip.test/1"}, "proof_of_tomorrow"),
        ({"place": "www", "days": 0, "url": "https://x.test"}, "board_is_automatic"),
        ({"place": "bip", "days": 0, "url": "https://x.test", "subject": "results"}, "not_published"),
        ({"place": "bip", "days": 0, "url": "https://x.test", "subject": "annulment"}, "not_published"),
    ],
)
def test_publications_that_cannot_be_are_refused(in_alfa: Tenant, given: dict[str, Any], code: str) -> None:
    call = published_call()
    fields = {"subject": "announcement", **given}
    day = today() + timedelta(days=fields.pop("days"))
    error = refusal_of(lambda: record_publication(call, posted_on=day, actor=DIRECTOR, **fields))
    assert error.code == code


def test_a_plan_becomes_a_proof_with_a_file(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = publish_call(ready_draft(), actor=DIRECTOR)
    address = f"/alfa/calls/{call.pk}/publications/record/?subject=announcement&place=board"
    plan = {"place": "board", "posted_on": today().isoformat()}
    assert director.post(address, plan).status_code == 302
    page = director.get(f"/alfa/calls/{call.pk}/publications/").content.decode()
    assert "planowana" in page
    # What is missing is mended here: the notice sends nobody to the page that one is on.
    here = "Zapisz publikacje"
    assert "Jeszcze nieogłoszony zgodnie z ustawą" in page and here not in page
    assert here in director.get(f"/alfa/calls/{call.pk}/").content.decode()
    proof = SimpleUploadedFile("tablica.pdf", PDF, content_type="application/pdf")
    assert director.post(address, {**plan, "file": proof}).status_code == 302
    with tenant_scope(alfa):
        row = call.publications.get(place="board")
        assert (row.planned, row.proof.name) == (False, "tablica.pdf")
    file = director.get(f"/alfa/calls/{call.pk}/publications/{row.pk}/file/")
    assert b"".join(file.streaming_content) == PDF
    # A proof is never taken back.
    assert director.post(f"/alfa/calls/{call.pk}/publications/{row.pk}/withdraw/").status_code == 422


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("tablica.pdf", b"MZ not a pdf", "file_kind"),
        ("tablica.exe", b"MZ", "file_kind"),
        ("tablica.pdf", b"%PDF-1.7 cut", "file_cut_off"),
        ("tablica.pdf", b"", "empty"),
    ],
)
def test_a_proof_of_a_wrong_kind_is_refused(
    sign_in: SignIn, alfa: Tenant, name: str, content: bytes, code: str
) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = publish_call(ready_draft(), actor=DIRECTOR)
    answer = director.post(
        f"/alfa/calls/{call.pk}/publications/record/",
        {
            "place": "board",
            "posted_on": today().isoformat(),
            "file": SimpleUploadedFile(name, content, content_type="application/pdf"),
        },
    )
    assert answer.status_code == 422
    assert [one.code for one in answer.context["form"].errors.as_data()["file"]] == [code]
    with tenant_scope(alfa):
        assert not call.publications.filter(place="board").exists()


def test_what_is_missing_stands_on_the_page_of_the_call(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = publish_call(ready_draft(), actor=DIRECTOR)
    page = director.get(f"/alfa/calls/{call.pk}/").content.decode()
    assert "Jeszcze nieogłoszony zgodnie z ustawą" in page
    assert "Biuletyn Informacji Publicznej (BIP): brak dowodu publikacji" in page
    with tenant_scope(alfa):
        prove(call)
    assert "Jeszcze nieogłoszony" not in director.get(f"/alfa/calls/{call.pk}/").content.decode()
