"""The confidential note: found nowhere but on the page of its author and deputies, and each reading recorded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Entry, Reading
from kernel.access import Access, Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from reporting.advice.actions.notes import name_deputy, read_note, write_note
from reporting.advice.actions.terms import settle_terms
from reporting.advice.models import Note, NoteDeputy
from reporting.advice.permissions import readable_notes
from tenants.models import Membership, Partnership
from tenants.roles import Role
from tests.factories.care import WorkerFactory
from tests.factories.people import partner, signed_in_client
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld

pytestmark = pytest.mark.django_db
MARKER = "Żywokost-tajemnica-4711"


def _write(world: AdviceWorld, appointment: Any, text: str = MARKER, **fields: str) -> Any:
    path = world.url(f"{appointment.pk}/note/")
    return world.client(Role.WORKER).post(path, {"text": text, **fields})


def _everything_stored(schema: str) -> str:
    """Every value of every table of the schema and of public, as text."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN (%s, 'public') AND table_type = 'BASE TABLE'",
            [schema],
        )
        for home, table in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(row_to_json(t)::text, chr(10)) FROM "{home}"."{table}" t')
            told.append(cursor.fetchone()[0] or "")
    return "\n".join(told)


def test_the_marker_is_nowhere_but_with_its_author(
    advice: AdviceWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    appointment = advice.past()
    assert _write(advice, appointment).status_code == 302
    stored = _everything_stored(advice.tenant.schema_name)
    assert str(appointment.pk) in stored
    spellings = (MARKER, MARKER.encode().hex(), "ywokost-tajemnica", "4711")
    assert not [spelling for spelling in spellings[:3] if spelling in stored]
    assert MARKER not in caplog.text
    author = advice.client(Role.WORKER)
    assert MARKER in author.get(advice.url(f"{appointment.pk}/note/")).content.decode()
    operator = signed_in_client("platform_operator")
    others = {
        "director": advice.client(Role.DIRECTOR),
        "coordinator": advice.client(Role.COORDINATOR),
        "organisation": advice.client(Role.NGO_COORDINATOR),
        "operator": operator,
    }
    paths = [
        advice.url(path)
        for path in (
            "",
            "export.csv",
            "figures/",
            "figures/figures.csv",
            "notes/",
            f"{appointment.pk}/",
            "files/",
        )
    ]
    paths += [
        f"/{advice.tenant.slug}/",
        f"/{advice.tenant.slug}/audit/",
        f"/{advice.tenant.slug}/care/search/?q=x",
    ]
    for who, client in others.items():
        for path in [*paths, advice.url(f"{appointment.pk}/note/")]:
            told = client.get(path).content.decode(errors="replace")
            assert MARKER not in told, f"{who} {path}"
        found = client.post(f"/{advice.tenant.slug}/care/search/", {"q": "ywokost"}, follow=True)
        assert "Żywokost-t" not in found.content.decode()
    for path in paths:
        assert MARKER not in author.get(path).content.decode(errors="replace")
    closed = others["director"].get(advice.url(f"{appointment.pk}/note/")).content.decode()
    assert "dla Ciebie zamknięta" in closed
    assert others["director"].post(advice.url(f"{appointment.pk}/note/"), {"text": "x"}).status_code == 403
    with tenant_scope(advice.tenant):
        assert MARKER not in str(list(Entry.objects.values_list("payload", flat=True)))
        readers = Reading.objects.filter(page="advice:note").values_list("actor_id", flat=True)
        assert set(readers) == {author.user.pk}  # type: ignore[attr-defined]


def test_whoever_comes_past_the_page_is_refused_too(advice: AdviceWorld) -> None:
    """The page shows others no note and no form; the verbs know it themselves."""
    appointment = advice.past()
    assert _write(advice, appointment).status_code == 302
    director: Any = advice.client(Role.DIRECTOR)
    actor, today = Actor(director.user.pk, "Dorota Dyrektor"), timezone.localdate()
    with tenant_scope(advice.tenant):
        verbs: list[tuple[str, Callable[[], Any]]] = [
            ("not_author", lambda: write_note(appointment, "x", access=Access(actor, None), actor=actor)),
            ("note_closed", lambda: read_note(appointment, actor=actor)),
            ("no_deputy", lambda: name_deputy(new_id(), today, today, actor=actor)),
        ]
        for code, verb in verbs:
            with pytest.raises(DomainError) as refused:
                verb()
            assert refused.value.code == code
        # Another adviser has taken the appointment over: the note stays its author's.
        other = WorkerFactory(organisation=advice.adviser.organisation, user_id=actor.user_id)
        type(appointment).objects.filter(pk=appointment.pk).update(adviser=other)
        appointment.refresh_from_db()
        with pytest.raises(DomainError) as kept:
            write_note(appointment, "x", access=Access(actor, None), actor=actor)
        assert kept.value.code == "not_author"
        assert Note.objects.get().author_id != actor.user_id


def test_an_adviser_moves_no_card_of_another(advice: AdviceWorld) -> None:
    appointment = advice.book()
    with tenant_scope(advice.tenant):
        other = WorkerFactory(organisation=advice.adviser.organisation)
        type(appointment).objects.filter(pk=appointment.pk).update(adviser=other)
    answer = advice.client(Role.WORKER).post(advice.url(f"{appointment.pk}/move/"), {"verb": "confirm"})
    assert answer.status_code == 404


def test_a_deputy_reads_from_day_to_day_and_each_reading_is_recorded(advice: AdviceWorld) -> None:
    appointment = advice.past()
    _write(advice, appointment)
    author, deputy = advice.client(Role.WORKER), advice.client(Role.NGO_COORDINATOR)
    path, notes = advice.url(f"{appointment.pk}/note/"), advice.url("notes/")
    today = timezone.localdate()
    days = {"valid_from": f"{today:%d.%m.%Y}", "valid_to": f"{today + timedelta(days=7):%d.%m.%Y}"}
    director = advice.client(Role.DIRECTOR).user.pk  # type: ignore[attr-defined]
    # Nobody of the unit, and not the author.
    for wrong in (director, author.user.pk, "x", ""):  # type: ignore[attr-defined]
        assert author.post(notes, {**days, "deputy": wrong}).status_code == 422
    named = {**days, "deputy": deputy.user.pk}  # type: ignore[attr-defined]
    assert author.post(notes, {**named, "valid_to": "01.01.2026"}).status_code == 422
    over = {**named, "valid_from": "01.01.2020", "valid_to": "02.01.2020"}
    assert "już minął: zastępca" in author.post(notes, over).content.decode()
    assert author.post(notes, named).status_code == 302
    assert MARKER in deputy.get(path).content.decode()
    assert str(appointment.pk) in deputy.get(notes).content.decode()
    assert deputy.post(path, {"text": "inne"}).status_code == 403
    with tenant_scope(advice.tenant):
        assert Reading.objects.filter(page="advice:note", actor_id=deputy.user.pk).count() == 1  # type: ignore[attr-defined]
        given = NoteDeputy.objects.get()
    assert deputy.post(advice.url(f"notes/deputies/{given.pk}/end/")).status_code == 404
    assert author.post(advice.url(f"notes/deputies/{given.pk}/end/")).status_code == 302
    assert MARKER not in deputy.get(path).content.decode()
    with tenant_scope(advice.tenant):
        for first, last in ((-9, -1), (1, 9)):
            NoteDeputy.objects.create(
                author_id=author.user.pk,  # type: ignore[attr-defined]
                deputy_id=deputy.user.pk,  # type: ignore[attr-defined]
                valid_from=today + timedelta(days=first),
                valid_to=today + timedelta(days=last),
            )
    assert MARKER not in deputy.get(path).content.decode()


def _named(world: AdviceWorld, deputy: Any) -> tuple[str, str]:
    """A note whose author has named the deputy from yesterday on; the paths of the note and of the card."""
    appointment = world.past()
    _write(world, appointment)
    today = timezone.localdate()
    with tenant_scope(world.tenant):
        NoteDeputy.objects.create(
            author_id=world.client(Role.WORKER).user.pk,  # type: ignore[attr-defined]
            deputy_id=deputy.user.pk,
            valid_from=today - timedelta(days=1),
            valid_to=today + timedelta(days=30),
        )
    return world.url(f"{appointment.pk}/note/"), world.url(f"{appointment.pk}/")


def _leaves(world: AdviceWorld, member: Membership) -> None:
    member.ended_at = timezone.now()
    member.save()


def _moves_to_another_organisation(world: AdviceWorld, member: Membership) -> None:
    member.organisation = partner(world.tenant, name="Fundacja Inna")
    member.save()


def _moves_to_the_unit(world: AdviceWorld, member: Membership) -> None:
    member.organisation, member.role = None, Role.SOCIAL_WORKER
    member.save()


def _ends_with_the_partnership(world: AdviceWorld, member: Membership) -> None:
    ended = timezone.localdate() - timedelta(days=1)
    Partnership.objects.filter(organisation=world.organisation).update(since=ended, until=ended)


@pytest.mark.parametrize(
    "what_happens", [_leaves, _moves_to_another_organisation, _moves_to_the_unit, _ends_with_the_partnership]
)
def test_a_deputy_who_could_not_be_named_any_more_reads_nothing(
    advice: AdviceWorld, what_happens: Callable[[AdviceWorld, Membership], None]
) -> None:
    deputy: Any = advice.client(Role.NGO_COORDINATOR)
    note, _card = _named(advice, deputy)
    assert MARKER in deputy.get(note).content.decode()
    with public_scope():
        what_happens(advice, Membership.objects.get(user=deputy.user))
    # Directly, too: a page that is closed for other reasons would hide a right that still holds.
    with tenant_scope(advice.tenant):
        assert not readable_notes(deputy.user.pk, timezone.localdate()).exists()
    for path in (note, advice.url("notes/")):
        assert MARKER not in deputy.get(path).content.decode()
    with tenant_scope(advice.tenant):
        assert Reading.objects.filter(page="advice:note", actor_id=deputy.user.pk).count() == 1


def test_a_deputy_whose_author_has_moved_or_whose_account_is_closed_reads_nothing(
    advice: AdviceWorld,
) -> None:
    deputy: Any = advice.client(Role.NGO_COORDINATOR)
    note, card = _named(advice, deputy)
    author: Any = advice.client(Role.WORKER)
    page = deputy.get(card).content.decode()
    assert note in page
    with public_scope():
        member = Membership.objects.get(user=author.user)
        _moves_to_the_unit(advice, member)
    assert MARKER not in deputy.get(note).content.decode()
    assert note not in deputy.get(card).content.decode()
    with public_scope():
        member.organisation, member.role = advice.organisation, Role.WORKER
        member.save()
        assert MARKER in deputy.get(note).content.decode()
        type(deputy.user).objects.filter(pk=deputy.user.pk).update(is_active=False)
    with tenant_scope(advice.tenant):
        assert not readable_notes(deputy.user.pk, timezone.localdate()).exists()


def test_nobody_is_named_for_longer_than_the_unit_allows(advice: AdviceWorld) -> None:
    deputy: Any = advice.client(Role.NGO_COORDINATOR)
    author, today = advice.client(Role.WORKER), timezone.localdate()
    with tenant_scope(advice.tenant):
        settle_terms(
            long_session_minutes=120,
            most_minutes=480,
            hold_hours=48,
            days_back=1096,
            days_ahead=366,
            weeks_ahead=6,
            deputy_days=10,
            watch_presence=True,
            actor=ACTOR,
        )

    def name(last: int) -> Any:
        days = {"valid_from": f"{today:%d.%m.%Y}", "valid_to": f"{today + timedelta(days=last):%d.%m.%Y}"}
        return author.post(advice.url("notes/"), {**days, "deputy": deputy.user.pk})

    refused = name(10)
    assert refused.status_code == 422
    assert "To 11 dni" in refused.content.decode() and "najwyżej na 10 dni" in refused.content.decode()
    assert name(9).status_code == 302
    with tenant_scope(advice.tenant):
        given = NoteDeputy.objects.get()
        given.valid_to = given.valid_from + timedelta(days=367)
        with pytest.raises(IntegrityError), transaction.atomic():
            given.save()


def test_only_the_adviser_writes_and_the_later_of_two_learns_of_the_earlier(advice: AdviceWorld) -> None:
    appointment = advice.past()
    for role in (Role.COORDINATOR, Role.NGO_COORDINATOR):
        assert (
            advice.client(role).post(advice.url(f"{appointment.pk}/note/"), {"text": "x"}).status_code == 403
        )
    assert _write(advice, appointment, "").status_code == 422
    assert _write(advice, appointment, "pierwsza").status_code == 302
    assert _write(advice, appointment, "druga", seen="stary").status_code == 409
    assert _write(advice, appointment, "druga").status_code == 302
    with tenant_scope(advice.tenant):
        assert Note.objects.count() == 1
        assert Entry.objects.filter(verb="write_advice_note").count() == 2
        # Another adviser takes the appointment over: the note stays with its author.
        type(advice.adviser).objects.filter(pk=advice.adviser.pk).update(
            user_id=advice.client(Role.SOCIAL_WORKER).user.pk  # type: ignore[attr-defined]
        )
    assert (
        advice.client(Role.SOCIAL_WORKER)
        .post(advice.url(f"{appointment.pk}/note/"), {"text": "cudza"})
        .status_code
        == 403
    )
