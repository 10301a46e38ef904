"""A session at a desk ends when nobody does anything in it; the carer's phone goes on, and opens nothing else again."""

import time
from typing import Any

import pytest
from django.urls import reverse

from accounts.middleware import ACTIVE, SEEN
from audit.models import Entry
from tenants.roles import Role
from tests.factories.people import partner

HOUR = 3600


def _quiet(client: Any, seconds: int, *, at_desk: bool = True) -> None:
    """As if the last contact was so long ago."""
    session = client.session
    session[SEEN] = int(time.time()) - seconds
    if at_desk:
        session[ACTIVE] = session[SEEN]
    session.save()


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
    settings.IDLE_MINUTES = 0
    _quiet(director, 11 * HOUR)
    assert director.get("/alfa/").status_code == 200
    assert 'id="idle"' not in director.get("/alfa/").content.decode()


def test_a_page_ends_its_session_by_itself(director: Any) -> None:
    assert director.get(reverse("accounts:end_idle")).status_code == 405
    assert director.post(reverse("accounts:end_idle")).status_code == 204
    assert director.get("/alfa/").status_code == 302


def test_the_phone_goes_on_and_does_not_open_a_desk_again(alfa: Any, sign_in: Any) -> None:
    carer = sign_in(Role.WORKER, alfa, partner(alfa))
    _quiet(carer, 6 * HOUR)
    shown = carer.get("/alfa/field/")
    assert shown.status_code == 200 and 'id="idle"' not in shown.content.decode()
    assert time.time() - carer.session[SEEN] < HOUR and time.time() - carer.session[ACTIVE] > HOUR
    assert carer.get(reverse("accounts:profile")).status_code == 302
