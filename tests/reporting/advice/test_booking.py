"""Booking: through the page, nobody twice, first visits at home in pairs, freed times to who waits."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from kernel.crypto import decrypt
from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking, cards, offers, queue
from reporting.advice.actions.slots import make_all_slots
from reporting.advice.models import Appointment, Request, Slot
from tenants.roles import Role
from tests.factories.care import ContractFactory, PersonFactory, WorkerFactory
from tests.factories.people import partner
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead, typed

pytestmark = pytest.mark.django_db


def _post(world: AdviceWorld, role: str = Role.COORDINATOR, query: str = "", **fields: Any) -> Any:
    return world.client(role).post(world.url("book/") + query, typed(ahead(2), world, **fields))


def test_a_free_slot_is_booked_through_the_page_and_no_longer_offered(advice: AdviceWorld) -> None:
    slot = advice.slot(ahead(2))
    client = advice.client(Role.SOCIAL_WORKER)
    page = client.get(advice.url(f"book/?slot={slot.pk}")).content.decode()
    assert f"slot={slot.pk}" in page
    answer = client.post(
        advice.url("book/"),
        typed(ahead(2), advice, alias=" K  7 ", mail="k7@przyklad.test", phone="600 100-200"),
    )
    assert answer.status_code == 302
    with tenant_scope(advice.tenant):
        booked = Appointment.objects.get()
        assert (booked.state, booked.alias, booked.booked_on is not None) == ("planned", "K 7", True)
        assert decrypt(bytes(booked.mail_encrypted)) == "k7@przyklad.test"
        assert decrypt(bytes(booked.phone_encrypted)) == "600100200"
        entry = Entry.objects.get(verb="book_advice")
        assert "K 7" not in str(entry.payload) and "przyklad" not in str(entry.payload)
        assert not Slot.objects.free().exists()
    page = client.get(advice.url("book/")).content.decode()
    assert f"slot={slot.pk}" not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"day": ""}, "Wpisz dzień"),
        ({"minutes": "0"}, "od 1 do 720"),
        ({"minutes": "godzina"}, "od 1 do 720"),
        ({"adviser": ""}, "Wybierz doradcę"),
        ({"person": "P999"}, "Nie ma tu osoby o kodzie"),
        ({"alias": "44051401359"}, "nie może być numerem PESEL"),
        ({"mail": "adres"}, "To nie jest adres e-mail"),
        ({"phone": "12"}, "To nie jest numer telefonu"),
        ({"place": "home"}, "pierwsza wizyta w domu"),
    ],
)
def test_wrong_input_is_said_at_its_field_and_nothing_is_booked(
    advice: AdviceWorld, fields: dict[str, Any], said: str
) -> None:
    answer = _post(advice, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()


def test_a_registered_person_or_an_alias_not_both(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        person = PersonFactory(code="P77")
    assert "nie jedno i drugie" in _post(advice, person="P77", alias="K-7").content.decode()
    assert _post(advice, person="P77").status_code == 302
    with tenant_scope(advice.tenant):
        assert Appointment.objects.get().person == person


def test_an_adviser_is_not_booked_twice_nor_after_their_last_day_nor_under_a_foreign_contract(
    advice: AdviceWorld,
) -> None:
    advice.book()
    answer = _post(advice, alias="K-8")
    assert (answer.status_code, "inną poradę" in answer.content.decode()) == (422, True)
    with tenant_scope(advice.tenant):
        contract = ContractFactory()
        gone = WorkerFactory(organisation=advice.organisation, active=True)
        type(gone).objects.filter(pk=gone.pk).update(active=False, ended_on=date(2026, 1, 31))
        gone.refresh_from_db()
        for change, code in (
            ({"contract": contract}, "not_of_contract"),
            ({"adviser": gone}, "adviser_gone"),
        ):
            asked = {"adviser": advice.adviser, "starts_at": ahead(3), **change}
            with pytest.raises(booking.DomainError) as refused:
                booking.book(booking.Booking(kind="legal", minutes=60, place="office", **asked), actor=ACTOR)
            assert refused.value.code == code


def test_the_first_visit_at_home_is_made_by_two_and_never_alone_stays(advice: AdviceWorld) -> None:
    first = advice.book(
        ahead(-3),
        place="home",
        companion="Ewa Jodła",
        client=booking.Client(alias="K-1"),
        two_people_needed=False,
    )
    assert first.first_home_visit
    with tenant_scope(advice.tenant):
        cards.hold(first, cards.CardEntry(60, "general"), actor=ACTOR)
    second = advice.book(ahead(2), place="home", client=booking.Client(alias="K-1"))
    assert not second.first_home_visit
    advice.book(ahead(3), client=booking.Client(alias="K-1"), two_people_needed=True)
    with pytest.raises(booking.DomainError) as refused:
        advice.book(ahead(4), place="home", client=booking.Client(alias="K-1"))
    assert (refused.value.code, refused.value.field) == ("companion_needed", "companion")
    assert advice.book(
        ahead(4), place="home", companion="Jan", client=booking.Client(alias="K-1")
    ).two_people_needed
    # Nobody recognises somebody anonymous: each such visit counts as the first.
    with pytest.raises(booking.DomainError):
        advice.book(ahead(5), place="home")


def test_an_alias_names_somebody_within_one_organisation_and_a_person_everywhere(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        person = PersonFactory(code="P88")
        elsewhere = WorkerFactory(organisation=partner(advice.tenant, name="Fundacja Inna"))
        for client in (booking.Client(alias="K-1"), booking.Client(person=person)):
            asked = booking.Booking(
                adviser=elsewhere, kind="legal", starts_at=ahead(-3, 9 if client.alias else 12), minutes=60,
                place="home", companion="Jan Sosna", client=client, two_people_needed=bool(client.alias),
            )  # fmt: skip
            cards.hold(booking.book(asked, actor=ACTOR), cards.CardEntry(60, "general"), actor=ACTOR)
    # Their K-1 was visited, ours never was: our first visit is made by two, and nothing of theirs is carried over.
    with pytest.raises(booking.DomainError) as refused:
        advice.book(ahead(2), place="home", client=booking.Client(alias="K-1"))
    assert refused.value.code == "companion_needed" and "pierwsza" in str(refused.value)
    ours = advice.book(ahead(2), place="home", companion="Ewa", client=booking.Client(alias="K-1"))
    assert (ours.first_home_visit, ours.two_people_needed) == (True, False)
    # A registered person is the same for every organisation, and not the same as an alias that looks like the code.
    again = advice.book(ahead(3), place="home", client=booking.Client(person=person))
    assert not again.first_home_visit
    with pytest.raises(booking.DomainError):
        advice.book(ahead(4), place="home", client=booking.Client(alias="P88"))


def test_a_cancelled_appointment_frees_its_time_for_who_waits_longest_and_can_use_it(
    advice: AdviceWorld,
) -> None:
    slot = advice.slot(ahead(4))
    appointment = advice.book(ahead(4))
    other_kind = advice.waiting(40, kind="family")
    afternoon = advice.waiting(30, afternoon=True)
    longest, next_one = advice.waiting(20), advice.waiting(5)
    client = advice.client(Role.COORDINATOR)
    client.post(advice.url(f"{appointment.pk}/move/"), {"verb": "cancel", "cancelled_by": "person"})
    gone = advice.now(appointment)
    assert (gone.state, gone.cancelled_by) == ("cancelled", "person")
    assert advice.now(longest).offered_slot_id == slot.pk
    assert [advice.now(r).offered_slot_id for r in (other_kind, afternoon, next_one)] == [None] * 3
    today = client.get(f"/{advice.tenant.slug}/").content.decode()
    assert "Zwolniony termin zaproponowano 1" in today.replace("\xa0", " ")
    page = client.get(advice.url("requests/")).content.decode()
    assert "zwolniony termin" in page and f"slot={slot.pk}" in page
    # Does not suit: it goes to the next, who books it.
    client.post(advice.url(f"requests/{longest.pk}/decline/"))
    assert advice.now(longest).offered_slot_id is None
    assert advice.now(next_one).offered_slot_id == slot.pk
    answer = client.post(advice.url(f"book/?request={next_one.pk}&slot={slot.pk}"), typed(ahead(4), advice))
    assert answer.status_code == 302
    done = advice.now(next_one)
    assert (done.state, done.offered_slot_id) == (Request.State.BOOKED, None)
    with tenant_scope(advice.tenant):
        assert Appointment.objects.get(request=next_one).alias == "Z-5"
        with pytest.raises(booking.DomainError) as refused:
            queue.withdraw_request(next_one, actor=ACTOR)
        assert refused.value.code == "not_waiting"


def test_a_freed_time_goes_to_who_needs_a_signing_adviser_only_where_the_adviser_signs(
    advice: AdviceWorld,
) -> None:
    signer = advice.waiting(40, sign_language="adviser")
    brings_one, later = advice.waiting(20, sign_language="interpreter"), advice.waiting(5)
    spoken, signed = advice.slot(ahead(4)), advice.slot(ahead(5), signs=True)
    client = advice.client(Role.COORDINATOR)
    with tenant_scope(advice.tenant):
        assert offers.offer_slot(spoken, actor=ACTOR) == brings_one
        assert offers.offer_slot(signed, actor=ACTOR) == signer
    assert advice.now(later).offered_slot_id is None
    page = client.get(advice.url("slots/")).content.decode()
    assert page.count("· język migowy") == 1


def test_a_request_is_noted_withdrawn_and_its_offer_passed_on(advice: AdviceWorld) -> None:
    client = advice.client(Role.SOCIAL_WORKER)
    wrong = client.post(advice.url("requests/new/"), {"kind": "legal", "requested_on": "31.02.2026"})
    assert wrong.status_code == 422
    data = {
        "kind": "legal",
        "requested_on": "02.11.2026",
        "alias": "K-5",
        "place": "",
        "sign_language": "none",
    }
    assert client.post(advice.url("requests/new/"), data).status_code == 302
    with tenant_scope(advice.tenant):
        request = Request.objects.get()
        slot = advice.slot(ahead(6))
        assert offers.offer_slot(slot, actor=ACTOR) == request
        assert offers.offer_slot(slot, actor=ACTOR) is None
    second = advice.waiting(1)
    # Asked once: looking at the question withdraws nothing.
    asked = client.get(advice.url(f"requests/{request.pk}/withdraw/")).content.decode()
    assert "To miejsce w kolejce przepadnie" in asked and "K-5" in asked
    assert advice.now(request).state == "waiting"
    assert (
        f'action="{advice.url(f"requests/{request.pk}/withdraw/")}"'
        not in client.get(advice.url("requests/")).content.decode()
    )
    before = advice.waiting(1, kind="psychological")
    declined = client.post(advice.url(f"requests/{before.pk}/decline/"), follow=True).content.decode()
    assert "Tej osobie nie proponuje się teraz żadnego terminu" in declined
    assert advice.now(before).declined == []
    client.post(advice.url(f"requests/{request.pk}/withdraw/"))
    assert advice.now(request).state == "withdrawn"
    assert client.get(advice.url(f"requests/{request.pk}/withdraw/")).status_code == 302
    assert advice.now(second).offered_slot_id == slot.pk
    assert (
        "już nie czeka"
        in client.post(advice.url(f"requests/{request.pk}/decline/"), follow=True).content.decode()
    )


def test_an_offer_that_has_passed_ends_and_the_person_is_offered_the_next_time(advice: AdviceWorld) -> None:
    passed, request, client = advice.slot(ahead(-1)), advice.waiting(9), advice.client(Role.COORDINATOR)
    with tenant_scope(advice.tenant):
        assert offers.offer_slot(passed, actor=ACTOR) is None
        Request.objects.filter(pk=request.pk).update(offered_slot_id=passed.pk, offered_at=timezone.now())
    other = advice.waiting(5)
    # A page opened before passes nothing on that is over, and one opened now shows no such time.
    page = client.get(advice.url("requests/")).content.decode()
    assert "zwolniony termin" not in page
    assert "Zwolniony termin" not in client.get(f"/{advice.tenant.slug}/").content.decode()
    with tenant_scope(advice.tenant):
        assert offers.offer_slot(advice.slot(ahead(3)), actor=ACTOR) == request
        Request.objects.filter(pk=request.pk).update(offered_slot_id=passed.pk)
    client.post(advice.url(f"requests/{request.pk}/decline/"))
    assert advice.now(other).offered_slot_id is None
    with tenant_scope(advice.tenant):
        coming = advice.slot(ahead(4))
        Request.objects.filter(pk=request.pk).update(offered_slot_id=passed.pk, offered_at=timezone.now())
        Request.objects.filter(pk=other.pk).update(offered_slot_id=coming.pk, offered_at=timezone.now())
        make_all_slots(timezone.localdate())
    assert advice.now(request).offered_slot_id is None
    assert advice.now(other).offered_slot_id == coming.pk


def test_an_organisation_books_its_own_advisers_and_does_not_see_the_queue(advice: AdviceWorld) -> None:
    client = advice.client(Role.NGO_COORDINATOR)
    with tenant_scope(advice.tenant):
        stranger = WorkerFactory()
    assert client.get(advice.url("requests/")).status_code == 403
    assert _post(advice, Role.NGO_COORDINATOR, adviser=stranger.pk).status_code == 422
    request = advice.waiting(9)
    for query in (f"?request={request.pk}", "?request=y"):
        assert client.get(advice.url("book/") + query).status_code == 404
        assert _post(advice, Role.NGO_COORDINATOR, query).status_code == 404
    assert advice.now(request).state == "waiting"
    assert _post(advice, Role.NGO_COORDINATOR).status_code == 302
    assert client.get(advice.url("book/?slot=x")).status_code == 200


@pytest.mark.parametrize("meanwhile", ["booked", "withdrawn"])
def test_a_request_that_somebody_dealt_with_meanwhile_is_not_booked_again_as_somebody_anonymous(
    advice: AdviceWorld, meanwhile: str
) -> None:
    request = advice.waiting(9)
    client, path = advice.client(Role.COORDINATOR), advice.url(f"book/?request={request.pk}")
    assert "Z-9" in client.get(path).content.decode()
    with tenant_scope(advice.tenant):
        Request.objects.filter(pk=request.pk).update(state=meanwhile)
    answer = client.post(path, typed(ahead(2), advice, where="pokój 7"))
    page = answer.content.decode()
    assert answer.status_code == 422
    # What was typed stands there still, and nobody is asked to name a person: sending it again is refused again.
    assert "już nie czeka" in page and 'value="pokój 7"' in page and 'name="alias"' not in page
    assert client.post(path, typed(ahead(2), advice)).status_code == 422
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()
    opened = client.get(path, follow=True)
    assert (
        opened.redirect_chain[0][0] == advice.url("requests/") and "już nie czeka" in opened.content.decode()
    )


@pytest.mark.parametrize(
    ("start", "minutes", "asked"), [("3:00", "60", True), ("21:30", "60", True), ("21:00", "60", False)]
)
def test_advice_at_night_is_asked_about_before_it_is_booked_or_moved(
    advice: AdviceWorld, start: str, minutes: str, asked: bool
) -> None:
    coordinator = advice.client(Role.COORDINATOR)
    moved = advice.book(ahead(6))
    for at, path in ((3, "book/"), (5, f"{moved.pk}/time/")):
        form = typed(ahead(at), advice, start=start, minutes=minutes)
        answer = coordinator.post(advice.url(path), form)
        assert answer.status_code == (422 if asked else 302)
        if asked:
            page = answer.content.decode()
            assert 'name="at_night"' in page and "wypadłaby w nocy" in page
            assert coordinator.post(advice.url(path), {**form, "at_night": "on"}).status_code == 302


def test_who_advises_is_offered_before_who_does_other_work(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        carer = WorkerFactory(organisation=advice.organisation, surname="Adamczyk")
    advice.book(ahead(4))
    page = advice.client(Role.COORDINATOR).get(advice.url("book/")).content.decode()
    others = page.index('<optgroup label="Inni pracownicy">')
    assert page.index('<optgroup label="Udzielają porad">') < page.index(str(advice.adviser.pk)) < others
    assert others < page.index(str(carer.pk))


def test_who_needs_a_signing_adviser_is_not_booked_unawares_with_one_who_does_not_sign(
    advice: AdviceWorld,
) -> None:
    with tenant_scope(advice.tenant):
        signer = WorkerFactory(organisation=advice.organisation, surname="Migowska", given_name="Iga")
        hours = advice.slot(ahead(3)).availability
        hours.pk, hours.adviser, hours.signs = None, signer, True
        hours.save(force_insert=True)
        signing = advice.slot(ahead(4), adviser=signer, availability=hours, signs=True, where="pokój 3")
        advice.slot(ahead(5), adviser=signer, availability=hours, signs=True, kind="family")
    client, path = advice.client(Role.COORDINATOR), advice.url("book/")
    form = typed(ahead(2), advice, sign_language="adviser", alias="K 7", phone="600 100 200")
    answer = client.post(path, form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Lis Ewa nie zna języka migowego" in page
    assert 'name="unsigned"' in page and 'value="K 7"' in page
    # Her next free time of this type is offered, and taking it over loses nothing that was written and books nothing.
    assert (
        'href="#signing"' in page
        and page.count('name="take"') == 1
        and f'name="take" value="{signing.pk}"' in page
    )
    taken = client.post(path, {**form, "take": str(signing.pk)}).content.decode()
    assert 'value="K 7"' in taken and 'value="pokój 3"' in taken and "600 100 200" in taken
    assert f'<option value="{signer.pk}" selected>' in taken and 'name="unsigned"' not in taken
    local = f"{ahead(4):%d.%m.%Y}"
    assert f'value="{local}"' in taken
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()
        Slot.objects.filter(pk=signing.pk).update(closed=True)
    gone = client.post(path, {**form, "unsigned": "on", "take": str(signing.pk)})
    assert gone.status_code == 422 and "Ten termin jest już zajęty" in gone.content.decode()
    # A warning, no refusal: an interpreter may come along.
    booked = client.post(path, {**form, "unsigned": "on"}, follow=True).content.decode()
    assert "doradca miga" in booked
    assert "Lis Ewa nie zna języka migowego" in booked
    assert "język migowy: doradca miga" in advice.client(Role.WORKER).get(advice.url()).content.decode()


@pytest.mark.parametrize("wish", ["none", "interpreter", "video"])
def test_nobody_is_asked_about_signing_where_the_adviser_need_not_sign(
    advice: AdviceWorld, wish: str
) -> None:
    assert _post(advice, sign_language=wish).status_code == 302


def test_an_appointment_for_somebody_who_needs_signing_is_moved_to_another_adviser_only_knowingly(
    advice: AdviceWorld,
) -> None:
    with tenant_scope(advice.tenant):
        other = WorkerFactory(organisation=advice.organisation, surname="Bez", given_name="Migania")
        slot = advice.slot(ahead(3), signs=True)
        slot.availability.signs = True
        slot.availability.save()
    client = advice.client(Role.COORDINATOR)
    moved = advice.book(ahead(6), sign_language="adviser")
    form = typed(ahead(4), advice, adviser=other.pk)
    path = advice.url(f"{moved.pk}/time/")
    page = client.post(path, form).content.decode()
    assert "Bez Migania nie zna języka migowego" in page and f'name="take" value="{slot.pk}"' in page
    taken = client.post(path, {**form, "take": str(slot.pk)}).content.decode()
    assert f'<option value="{advice.adviser.pk}" selected>' in taken and "nie zna języka" not in taken
    gone = client.post(path, {**form, "take": str(moved.pk)})
    assert gone.status_code == 422
    assert client.post(path, {**form, "unsigned": "on"}).status_code == 302
    assert advice.now(moved).adviser_id == other.pk
