"""A session at a desk ends when nobody does anything in it; the carer's phone goes on, and opens nothing else again."""

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.idle import ACTIVE, PHONE, SEEN
from audit.models import Entry
from tenants.roles import Role
from tests.factories.people import partner

HOUR = 3600
PASSWORD = "Truskawka-na-ganku-7"


def _quiet(client: Any, seconds: int, *, at_desk: bool = True) -> None:
    """As if the last contact was so long ago."""
    session = client.session
    session[SEEN] = int(time.time()) - seconds
    if at_desk:
        session[ACTIVE] = session[SEEN]
    session.save()


def _active(client: Any) -> float:
    """How many seconds ago the last contact at the desk was."""
    return time.time() - client.session[ACTIVE]


@pytest.fixture
def director(alfa: Any, sign_in: Any) -> Any:
    return sign_in(Role.DIRECTOR, alfa)


def test_after_an_hour_and_the_sparing_notes_one_signs_in_again(director: Any) -> None:
    _quiet(director, HOUR + 200)
    assert director.get("/alfa/").status_code == 200
    _quiet(director, HOUR + 400)
    answer = director.get("/alfa/care/persons/", follow=True)
    assert answer.redirect_chain[0][0].endswith("?next=/alfa/care/persons/")
    assert "przez 60 minut nic się tu nie działo" in answer.content.decode()
    assert Entry.objects.get(verb="sign_out", actor_id=director.user.pk).payload == {"idle": True}
    assert "_auth_user_id" not in director.session


def test_a_contact_begins_the_time_anew(director: Any) -> None:
    _quiet(director, HOUR - 60)
    assert director.get(reverse("accounts:stay")).json()["who"] == str(director.user.pk)
    assert time.time() - director.session[ACTIVE] < HOUR / 2


def test_a_script_is_told_and_nothing_waits_for_the_next_page(director: Any) -> None:
    _quiet(director, 2 * HOUR)
    answer = director.get(reverse("accounts:stay"), headers={"Accept": "application/json"})
    assert answer.status_code == 401 and answer.json()["errors"][0]["code"] == "signed_out"


def test_a_setting_of_nothing_leaves_the_twelve_hours(director: Any, settings: Any) -> None:
    settings.IDLE_MINUTES = settings.SESSION_HOURS = 0
    _quiet(director, 11 * HOUR)
    assert director.get("/alfa/").status_code == 200
    assert 'id="idle"' not in director.get("/alfa/").content.decode()


def _begun(client: Any, hours: float) -> None:
    """As if one had signed in so long ago and done something all the time."""
    session = client.session
    now = int(time.time())
    session["begun"] = now - int(hours * HOUR)
    session[SEEN] = session[ACTIVE] = now
    session.save()


def test_twelve_hours_after_signing_in_one_signs_in_again_whatever_was_done_since(director: Any) -> None:
    _begun(director, 12 + 0.05)
    assert director.get("/alfa/").status_code == 200, "the page's own clock comes first"
    _begun(director, 12.1)
    answer = director.get("/alfa/care/persons/", follow=True)
    assert answer.redirect_chain[0][0].endswith("?next=/alfa/care/persons/")
    assert "od zalogowania minęło ponad 12 godzin" in answer.content.decode()
    assert Entry.objects.get(verb="sign_out", actor_id=director.user.pk).payload == {"age": True}
    assert "_auth_user_id" not in director.session


def test_neither_contact_nor_proving_who_one_is_begins_the_hours_anew(director: Any) -> None:
    director.user.set_password(PASSWORD)
    director.user.save(update_fields=["password"])
    director.force_login(director.user)
    _begun(director, 11.9)
    left = director.get(reverse("accounts:stay")).json()["left"]
    assert 0 < left <= 0.1 * HOUR
    assert director.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    assert director.get(reverse("accounts:stay")).json()["left"] <= left


def test_the_hours_are_a_setting_and_nothing_sets_no_end(director: Any, settings: Any) -> None:
    settings.SESSION_HOURS = 1
    _begun(director, 1.2)
    answer = director.get("/alfa/", follow=True)
    assert "od zalogowania minęła ponad 1 godzina" in answer.content.decode()
    settings.SESSION_HOURS = 0
    director.force_login(director.user)
    _begun(director, 100)
    assert director.get("/alfa/").status_code == 200
    assert director.get(reverse("accounts:stay")).json()["left"] is None


def test_a_session_that_began_before_its_beginning_was_noted_is_as_old_as_its_first_contact(
    director: Any,
) -> None:
    _quiet(director, 600)
    session = director.session
    del session["begun"]
    session.save()
    assert director.get("/alfa/").status_code == 200
    assert time.time() - director.session["begun"] < HOUR


@pytest.mark.parametrize(
    "address", ["/alfa/board/", "/there-is-no-such-page/", "/nowhere/care/persons/", "/alfa/"]
)
def test_whatever_is_asked_for_after_an_hour_shows_nobody_and_opens_nothing_again(
    director: Any, address: str
) -> None:
    _quiet(director, 2 * HOUR)
    answer = director.get(address, follow=True)
    assert director.user.full_name not in answer.content.decode()
    assert "_auth_user_id" not in director.session
    assert director.get("/alfa/").status_code == 302


def test_an_address_that_leads_nowhere_is_no_contact_and_a_page_for_everybody_is(director: Any) -> None:
    _quiet(director, HOUR - 60)
    for address in ("/there-is-no-such-page/", "/nowhere/care/persons/"):
        assert director.get(address).status_code == 404
    assert _active(director) > HOUR - 100
    assert director.user.full_name in director.get("/alfa/board/").content.decode()
    assert _active(director) < HOUR / 2


def test_looking_at_the_clock_makes_an_answer_for_everybody_nobodys_own(director: Any) -> None:
    _quiet(director, HOUR - 60)
    answer = director.get("/alfa/board/feed.json")
    assert answer.status_code == 200 and "public" in answer["Cache-Control"]
    assert "Cookie" not in answer.get("Vary", "") and not answer.cookies
    assert _active(director) > HOUR - 100


def test_what_a_page_asks_for_by_itself_is_no_contact(director: Any) -> None:
    _quiet(director, HOUR - 60)
    assert director.get("/alfa/", headers={"X-By-Itself": "1"}).status_code == 200
    assert _active(director) > HOUR - 100
    _quiet(director, 2 * HOUR)
    assert director.get("/alfa/", headers={"X-By-Itself": "1"}).status_code == 302


def _end(client: Any, since: str, **more: str) -> int:
    answer = client.post(reverse("accounts:end_idle"), {"since": since, **more})
    return int(answer.status_code)


def _since(client: Any) -> str:
    return str(client.get(reverse("accounts:stay")).json()["since"])


def test_a_page_ends_the_session_it_was_made_in_and_no_other(director: Any) -> None:
    assert director.get(reverse("accounts:end_idle")).status_code == 405
    before = _since(director)
    assert f'data-since="{before}"' in director.get("/alfa/").content.decode()
    director.force_login(director.user)
    assert before != _since(director)
    assert _end(director, before) == _end(director, "") == 409
    assert director.get("/alfa/").status_code == 200
    assert _end(director, _since(director)) == 204
    assert director.get("/alfa/").status_code == 302


@pytest.fixture
def carer(alfa: Any, sign_in: Any) -> Any:
    """Somebody who opens a page of the desk and then the phone's, in the same browser."""
    client = sign_in(Role.WORKER, alfa, partner(alfa))
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert client.get("/alfa/field/").status_code == 200 and PHONE in client.session
    return client


def test_the_phone_goes_on_and_the_desk_finds_nobody_until_somebody_signs_in(carer: Any) -> None:
    _quiet(carer, 6 * HOUR)
    shown = carer.get("/alfa/field/")
    assert shown.status_code == 200 and 'id="idle"' not in shown.content.decode()
    assert time.time() - carer.session[SEEN] < HOUR and _active(carer) > HOUR
    asked = carer.get(reverse("accounts:profile"), follow=True)
    assert asked.redirect_chain[0][0].endswith("?next=/me/profile/")
    assert carer.user.full_name not in asked.content.decode()
    assert "Strona w telefonie działa nadal, bez ponownego logowania" in asked.content.decode()
    assert carer.user.full_name not in carer.get("/there-is-no-such-page/").content.decode()
    assert not Entry.objects.filter(verb="sign_out").exists()
    assert carer.get("/alfa/field/").status_code == 200
    # Who signs in has both in one session.
    carer.force_login(carer.user)
    assert carer.get(reverse("accounts:profile")).status_code == 200


def test_a_desk_left_open_does_not_end_the_phone_and_who_wants_to_leave_leaves(carer: Any) -> None:
    assert _end(carer, _since(carer)) == 204
    assert carer.get(reverse("accounts:profile")).status_code == 302
    assert carer.get("/alfa/field/").status_code == 200
    carer.force_login(carer.user)
    assert _end(carer, _since(carer), asked="1") == 204
    assert carer.get("/alfa/field/").status_code == 302
    assert Entry.objects.get(verb="sign_out").payload == {}


def test_the_desk_ends_after_its_hours_and_the_phone_after_its_own(carer: Any) -> None:
    _begun(carer, 20)
    asked = carer.get(reverse("accounts:profile"), follow=True)
    assert asked.redirect_chain[0][0].endswith("?next=/me/profile/")
    assert "Strona w telefonie działa nadal, bez ponownego logowania" in asked.content.decode()
    assert carer.get("/alfa/field/").status_code == 200
    assert not Entry.objects.filter(verb="sign_out").exists()
    _begun(carer, 24.1)
    asked = carer.get("/alfa/field/", follow=True)
    assert asked.redirect_chain[0][0].endswith("?next=/alfa/field/")
    assert "od zalogowania minęły ponad 24 godziny" in asked.content.decode()
    assert Entry.objects.get(verb="sign_out").payload == {"age": True}


def test_what_a_phone_sends_after_its_hours_is_told_to_wait_and_taken_after_signing_in(carer: Any) -> None:
    """The phone keeps what the server did not take (decision 0016); 401 says: sign in, then send."""
    _begun(carer, 24.1)
    address = reverse("field:shift", kwargs={"tenant_slug": "alfa"})
    answer = carer.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 401 and answer.json()["errors"][0]["code"] == "signed_out"
    carer.force_login(carer.user)
    assert carer.get(address, headers={"Accept": "application/json"}).status_code == 200


def test_a_phone_signs_out_also_long_after_the_desk(carer: Any) -> None:
    _quiet(carer, 6 * HOUR)
    carer.get(reverse("account_logout"))
    assert "_auth_user_id" not in carer.session


def test_signing_in_at_a_desk_beside_the_phone_is_a_sign_in_like_any_other(carer: Any) -> None:
    user = carer.user
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    carer.logout()
    _sign_in(carer)
    assert carer.get("/alfa/field/").status_code == 200
    _quiet(carer, 2 * HOUR)
    before = carer.session.session_key
    assert 'name="password"' in carer.get(reverse("account_login")).content.decode()
    _sign_in(carer)
    assert carer.session.session_key != before and PHONE in carer.session
    assert [entry.payload for entry in Entry.objects.filter(verb="sign_in")] == [{"by": ["password"]}] * 2
    for address in ("/alfa/field/", reverse("accounts:profile")):
        assert carer.get(address).status_code == 200


def _sign_in(client: Any) -> None:
    answer = client.post(reverse("account_login"), {"login": client.user.email, "password": PASSWORD})
    assert answer.status_code == 302 and "login" not in answer["Location"]
