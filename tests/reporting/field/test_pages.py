"""Pages of the field: the phone's shell, entries for the coordinator, observations, cards."""

import json
from smtplib import SMTPRecipientsRefused
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.db import connection

from audit.models import Entry
from kernel.tenancy import public_scope, tenant_scope
from reporting.delivery.models import Visit
from reporting.field import schedule, tasks
from reporting.field.exports.cards import code_svg
from reporting.field.models import Observation
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.care import visit
from tests.factories.people import UserFactory, signed_in_client
from tests.reporting.delivery.diary_world import build_diary
from tests.reporting.field.field_world import WEDNESDAY, FieldWorld

pytestmark = pytest.mark.usefixtures("served_as")


@pytest.fixture
def handed_over(world: FieldWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the clock hands over is done at once."""

    def at_once(task: Any, pk: object) -> bool:
        with tenant_scope(world.diary.tenant):
            task(str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", at_once)


def test_the_page_installs_and_answers_for_its_own_addresses_only(world: FieldWorld) -> None:
    page = world.carer.get(world.url())
    assert page.status_code == 200
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
    told = world.carer.get(world.url("manifest.webmanifest"))
    assert told.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(told.content)
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == (
        world.url(),
        world.url(),
        "standalone",
    )
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    script = world.carer.get(world.url("worker.js"))
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert script.content.decode().startswith(f'const FIELD = {{"shell": "{world.url()}"')
    assert str(world.decision.person) not in page.content.decode()


def test_the_copy_changes_with_who_it_was_made_for_and_with_the_language(world: FieldWorld) -> None:
    version = world.shift()["version"]
    assert f'data-version="{version}"' in world.carer.get(world.url()).content.decode()
    other = world.diary.carer(world.diary.beata)
    assert other.get(world.url("shift/")).json()["version"] != version
    world.carer.cookies["django_language"] = "en"
    assert world.shift()["version"] != version


def test_who_is_no_carer_is_led_to_the_observations(world: FieldWorld) -> None:
    answer = world.diary.client().get(world.url())
    assert answer.headers["Location"] == world.url("observations/")


def test_today_leads_a_carer_to_the_phone_page(world: FieldWorld) -> None:
    assert f'href="{world.url()}"' in world.carer.get("/alfa/").content.decode()


def test_an_observation_is_kept_once_and_encrypted(world: FieldWorld) -> None:
    sent = world.observation()
    assert (
        world.outcomes(sent, sent) == [{"id": sent["id"], "outcome": "taken", "kept": True, "said": ""}] * 2
    )
    with tenant_scope(world.diary.tenant):
        kept = Observation.objects.get()
        assert kept.text == sent["text"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT text_encrypted FROM field_observation")
            assert b"obiad" not in bytes(cursor.fetchone()[0])
        assert "obiad" not in str(Entry.objects.get(verb="write_observation").payload)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"text": "   "}, "text_missing"),
        ({"text": "x" * 2001}, "text_long"),
        ({"priority": "loud"}, "unreadable"),
    ],
)
def test_an_observation_that_says_nothing_is_refused(
    world: FieldWorld, changed: dict[str, Any], code: str
) -> None:
    [result] = world.outcomes(world.observation(**changed))
    assert (result["kept"], result["code"]) == (False, code)


def test_an_observation_of_a_person_of_others_or_under_anothers_id_is_refused(world: FieldWorld) -> None:
    other = build_diary(world.diary.tenant, persons=1)
    [result] = world.outcomes(world.observation(decision=str(other.decision.pk)))
    assert (result["kept"], result["code"]) == (False, "unknown_decision")
    sent = world.observation()
    world.outcomes(sent)
    beata = world.diary.carer(world.diary.beata)
    [stolen] = world.outcomes(sent, client=beata)
    assert (stolen["kept"], stolen["code"]) == (False, "not_yours")


def test_an_urgent_observation_is_mailed_once_and_says_nothing_of_the_person(
    world: FieldWorld, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.mail_urgent, "apply_async", lambda args, headers: sent.append(args[0]))
    addresses = _coordinators(world)
    with django_capture_on_commit_callbacks(execute=True):
        world.outcomes(world.observation(), world.observation(priority="urgent"))
    assert len(sent) == 1
    with tenant_scope(world.diary.tenant):
        tasks.mail_urgent(sent[0])
        tasks.mail_urgent(sent[0])
    assert sorted(message.to[0] for message in mail.outbox) == sorted(addresses)
    text = mail.outbox[0].subject + mail.outbox[0].body
    assert world.url(f"observations/{sent[0]}/") in text
    assert world.decision.person.surname not in text and "obiad" not in text


def _coordinators(world: FieldWorld) -> list[str]:
    with public_scope():
        other = build_diary(world.diary.tenant, persons=0).organisation
        people = {role: UserFactory() for role in (Role.COORDINATOR, Role.NGO_COORDINATOR, Role.DIRECTOR)}
        for role, user in people.items():
            ours = world.diary.organisation if role == Role.NGO_COORDINATOR else None
            Membership.objects.create(user=user, tenant=world.diary.tenant, role=role, organisation=ours)
        Membership.objects.create(
            user=UserFactory(), tenant=world.diary.tenant, role=Role.NGO_COORDINATOR, organisation=other
        )
    return [people[Role.COORDINATOR].email, people[Role.NGO_COORDINATOR].email]


def test_an_urgent_observation_is_mailed_once_to_each_while_one_address_fails(
    world: FieldWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task is tried again until the address takes the mail; the others have theirs once."""
    first, second = sorted(_coordinators(world))
    failing, arrived = {second}, []

    def deliver(_self: Any, messages: Any) -> int:
        for message in messages:
            if message.to[0] in failing:
                raise SMTPRecipientsRefused({message.to[0]: (451, b"later")})
            arrived.append(message.to[0])
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", deliver)
    sent = world.observation(priority="urgent")
    world.outcomes(sent)
    with tenant_scope(world.diary.tenant):
        for _try in range(2):
            with pytest.raises(SMTPRecipientsRefused):
                _try_once(sent["id"])
            assert arrived == [first]
        failing.clear()
        _try_once(sent["id"])
        _try_once(sent["id"])
    assert arrived == [first, second]


def _try_once(pk: str) -> None:
    """One try of the task, without its own retries."""
    tasks.mail_urgent.__wrapped__(pk)


def test_an_urgent_observation_left_waiting_is_mailed_by_the_clock_unless_it_was_read(
    world: FieldWorld, handed_over: None
) -> None:
    _coordinators(world)
    world.outcomes(world.observation(priority="urgent"), world.observation(priority="urgent"))
    assert schedule.mail_waiting() == 0
    with tenant_scope(world.diary.tenant):
        Observation.objects.update(received_at="2024-10-09T09:00Z")
        read = Observation.objects.first()
        Observation.objects.filter(pk=read.pk).update(read_at="2024-10-09T09:30Z")
    assert schedule.mail_waiting() == 1
    assert len(mail.outbox) == 2
    assert schedule.mail_waiting() == 0


def test_an_observation_is_read_and_answered_once_and_the_carer_learns_it(world: FieldWorld) -> None:
    sent = world.observation(priority="urgent")
    world.outcomes(sent)
    client = signed_in_client(Role.SOCIAL_WORKER, world.diary.tenant)
    assert "pilna obserwacja" in client.get("/alfa/").content.decode()
    listed = client.get(world.url("observations/?state=unread")).content.decode()
    assert str(world.decision.person) in listed and "obiad" not in listed
    address = world.url(f"observations/{sent['id']}/")
    assert "nie je obiad" in client.get(address).content.decode()
    assert client.post(address, {"read": "1"}).status_code == 302
    assert client.post(address, {"answer": " "}).status_code == 422
    assert client.post(address, {"answer": "x" * 2001}).status_code == 422
    assert client.post(address, {"answer": "Jadę do niej dziś."}).status_code == 302
    again = world.diary.client().post(address, {"answer": "I ja."})
    assert "meantime" not in again.content.decode() and again.status_code in {409, 422}
    [told] = world.shift()["observations"]
    assert (told["read"], told["answer"]) == (True, "Jadę do niej dziś.")
    assert "pilna obserwacja" not in client.get("/alfa/").content.decode()
    page = client.get(world.url("observations/?state=unanswered")).content.decode()
    assert str(world.decision.person) not in page


def test_observations_stay_within_the_organisation_and_a_director_does_not_answer(world: FieldWorld) -> None:
    sent = world.observation()
    world.outcomes(sent)
    address = world.url(f"observations/{sent['id']}/")
    other = build_diary(world.diary.tenant, persons=0)
    assert other.client().get(address).status_code == 404
    director = signed_in_client(Role.DIRECTOR, world.diary.tenant)
    assert director.post(address, {"answer": "Dobrze."}).status_code == 200
    with tenant_scope(world.diary.tenant):
        assert Observation.objects.get().answered_at is None


def test_the_coordinator_settles_what_waits(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        other = visit(world.decision, world.diary.anna, WEDNESDAY, "09:00", 60, source="file")
    entry = world.entry()
    world.outcomes(entry)
    client = world.diary.client()
    assert "1 wizyta z telefon" in client.get("/alfa/").content.decode()
    assert str(world.decision.person) in client.get(world.url("entries/")).content.decode()
    address = world.url(f"entries/{entry['id']}/")
    page = client.get(address).content.decode()
    assert "09:00–10:00" in page and "08:00–10:00" in page
    assert client.post(address, {"choice": "both"}).status_code == 422
    assert client.post(address, {"choice": "melt"}).status_code == 422
    assert client.post(address, {"choice": "times", "day": "32.10.2024"}).status_code == 422
    typed = {
        "choice": "times",
        "number": world.decision.number,
        "day": "09.10.2024",
        "start": "9:30",
        "end": "11",
    }
    assert client.post(address, typed).headers["Location"] == address
    assert world.kept(entry["id"]).state == "conflict"
    replace = {"choice": "replace", "visit": str(other.pk), "version": "1"}
    assert client.post(address, replace).headers["Location"] == world.url("entries/")
    assert world.stored() == [("09:30", "90", "done", "file")]
    assert client.post(address, {"choice": "keep"}).status_code in {409, 422}
    with tenant_scope(world.diary.tenant):
        assert Visit.objects.get(pk=other.pk).version == 2
    stranger = build_diary(world.diary.tenant, persons=0).client()
    assert stranger.get(address).status_code == 404


def test_the_coordinator_enters_it_beside_or_leaves_the_diary(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        visit(world.decision, world.diary.anna, WEDNESDAY, "06:00", 60)
        visit(world.decision, world.diary.beata, WEDNESDAY, "08:00", 60)
    beside, dropped = world.entry(), world.entry(start="10:30", end="11:00")
    world.outcomes(beside, dropped)
    client = world.diary.client()
    client.post(world.url(f"entries/{beside['id']}/"), {"choice": "both"})
    client.post(world.url(f"entries/{dropped['id']}/"), {"choice": "keep"})
    assert sorted(start for start, *_ in world.stored()) == ["06:00", "08:00", "08:00"]
    assert "nie wpisano" in client.get(world.url(f"entries/{dropped['id']}/")).content.decode().lower()


def test_a_card_is_printed_for_a_decision_and_for_a_carer(world: FieldWorld) -> None:
    client = world.diary.client()
    chooser = world.url("cards/")
    refused = {
        "Wybierz opiekunkę": {},
        "nie ma tego numeru": {"number": "D/999"},
        "nie odwiedzała ostatnio nikogo": {"worker": str(world.diary.beata.pk)},
    }
    assert client.get(chooser).status_code == 200
    for sentence, query in refused.items():
        assert sentence in client.get(chooser, {"month": "2024-10", **query}).content.decode()
    own = client.get(chooser, {"month": "2024-10", "worker": str(world.diary.anna.pk)})
    cards = client.get(own.headers["Location"])
    one = client.get(
        client.get(chooser, {"month": "2024-10", "number": world.decision.number}).headers["Location"]
    )
    for answer in (cards, one):
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert cards.content.count(b"/Type /Page\n") > one.content.count(b"/Type /Page\n") or len(
        cards.content
    ) > len(one.content)
    assert client.get(world.url(f"cards/worker/{world.diary.beata.pk}/2024-10/")).status_code == 404
    assert client.get(world.url(f"cards/decision/{world.decision.pk}/2024-13/")).status_code == 404


def test_the_code_of_a_card_leads_to_the_grid_and_holds_ids_only(world: FieldWorld) -> None:
    client = world.diary.client()
    answer = client.get(world.url(f"cards/open/{world.decision.pk}/2024-10/"))
    grid = client.get(answer.headers["Location"])
    assert str(world.decision.person) in grid.content.decode()
    assert client.get(world.url(f"cards/open/{world.decision.pk}/x/")).status_code == 404
    other = build_diary(Tenant.objects.get(slug="beta"), persons=1)
    assert client.get(world.url(f"cards/open/{other.decision.pk}/2024-10/")).status_code == 404
    drawing = ElementTree.fromstring(code_svg("https://siedem.test/alfa/"))  # noqa: S314 - our own
    assert drawing.attrib["viewBox"].startswith("0 0 ")
