"""Past the term → proposed → confirmed by a protocol → names gone everywhere, figures as they were; and who is kept."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.chain import walk_chain
from audit.models import Entry
from documents.tasks import remove_contents
from kernel.anonymity import ANONYMISED, tellings
from kernel.errors import Conflict, DomainError
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.advice.models import Appointment, Note, Request
from reporting.care.models import Decision, Person
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.snapshots import digest_of
from reporting.crisis.casefile import chain_of
from reporting.crisis.models import CrisisCase
from reporting.delivery.models import DiaryImport, Visit
from reporting.field.models import Observation, PhoneEntry
from reporting.retention import actions
from reporting.retention.knowing import Persons
from reporting.retention.models import Clearance, ClearanceLine, Hold, RetentionClass
from reporting.retention.queries import past_their_term
from reporting.retention.schedule import finish_clearances, propose_clearances
from reporting.retention.tasks import erase_told
from reporting.settlement.models import AcceptedLine, Adjustment, ConfirmedPayment, PaymentBasis
from reporting.supervision.models import DecisionAdvice, DossierIssue, Inspection, SampledItem
from tests.documents.s3_server import BUCKET, s3_server
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, visit
from tests.factories.people import partner
from tests.queueing import done_at_once
from tests.reporting.retention.old_world import (
    ACTOR,
    MARK,
    MONTH,
    PESEL,
    Old,
    classes,
    old_person,
    where_told,
)

pytestmark = pytest.mark.usefixtures("served_as")

HOME = "/alfa/retention/"


def _today(**fields: str) -> dict[str, str]:
    """What a form says that was opened with the list as it stands."""
    with tenant_scope(client_tenant()):
        standing = Clearance.objects.filter(state="proposed").first()
        seen = actions.clearance_stamp(standing) if standing else ""
    return {
        "protocol": "BR/1/2026",
        "approved_on": f"{timezone.localdate():%d.%m.%Y}",
        "seen": seen,
        **fields,
    }


def _proposed(client: Any) -> str:
    """The address on which the list that was just made is confirmed."""
    client.post(f"{HOME}propose/")
    with tenant_scope(client_tenant()):
        return f"{HOME}lists/{Clearance.objects.get(state='proposed').pk}/confirm/"


def client_tenant() -> Any:
    from tenants.models import Tenant

    return Tenant.objects.get(slug="alfa")


def test_names_are_gone_from_everywhere_and_figures_stay(
    alfa: Any, old: Old, sign_in: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        assert len(where_told([MARK, PESEL])) > 20
        assert default_storage.exists(old.file_key)
    confirm = _proposed(director)
    page = director.get(HOME).content.decode()
    assert MARK in page and "Do anonimizacji" in page
    with done_at_once(remove_contents), django_capture_on_commit_callbacks(execute=True):
        answer = director.post(confirm, _today(), follow=True)
    assert "Wykaz przekazano do wykonania" in answer.content.decode()
    with tenant_scope(alfa):
        assert where_told([MARK, PESEL, "2345.67", "151.2"]) == set()
        assert not default_storage.exists(old.file_key)
        person = Person.objects.get(pk=old.person.pk)
        assert (person.surname, person.given_name, person.pesel_index) == (ANONYMISED, "", None)
        assert not Note.objects.exists() and not DiaryImport.objects.exists()
        assert Observation.objects.get().text == ANONYMISED
        # What was granted, delivered and paid stands as it stood.
        assert Visit.objects.get(decision=old.decision).minutes == 60
        row = ContractMonth.objects.get(pk=old.month.pk)
        assert row.accepted_minutes == 60 and row.snapshot["decisions"] == old.month.snapshot["decisions"]
        assert row.snapshot_sha256 == digest_of(row.snapshot) != old.month.snapshot_sha256
        issue = DossierIssue.objects.get()
        assert issue.sha256 == digest_of(issue.content)
        paid = ConfirmedPayment.objects.get()
        assert (paid.fee, paid.way["parts"][0]["fee"]) == (old.payment.fee, "8.30")
        assert PaymentBasis.objects.get().income == 0
        assert Decision.objects.get(pk=old.decision.pk).number == "D/1/2019"
        # The record still proves itself, and says who did it by which protocol.
        assert walk_chain().holds
        entry = Entry.objects.get(verb="confirm_clearance")
        assert entry.payload["protocol"] == "BR/1/2026"
        assert entry.payload["anonymised"] == [str(old.person.pk)]
        # Web servers may not change the record; a worker erases what it said of the person, or the next run does.
        about = Entry.objects.filter(subject_type="person", subject_id=str(old.person.pk))
        assert [one.payload for one in about] != [None]
        erase_told(str(Clearance.objects.get().pk))
        assert [one.payload for one in about.all()] == [None]
        about.update(payload={"code": "O1"})
        Clearance.objects.update(erased_at=None)
    assert (propose_clearances(), finish_clearances()) == (0, 1)
    with tenant_scope(alfa):
        assert [one.payload for one in about.all()] == [None] and walk_chain().holds
        chain = chain_of(CrisisCase.objects.get())
        assert [reading.fields for reading in chain.readings] == [{}]


def test_pages_search_and_exports_show_nobody_any_more(alfa: Any, old: Old, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    person = f"/alfa/care/persons/{old.person.pk}/"
    assert MARK in director.get(person).content.decode()
    director.post(_proposed(director), _today())
    for path in (person, f"/alfa/care/decisions/{old.decision.pk}/", HOME, "/alfa/care/persons/"):
        answer = director.get(path)
        assert answer.status_code == 200 and MARK not in answer.content.decode()
    assert "osoba zanonimizowana" in director.get(person).content.decode()
    for term in (MARK, PESEL):
        found = director.post("/alfa/care/persons/", {"q": term}, follow=True).content.decode()
        assert str(old.person.pk) not in found
    done = director.get(f"{HOME}lists/{_done(alfa).pk}/").content.decode()
    assert "trwa anonimizacja" in done and "w trakcie wykonywania" in done and MARK not in done
    assert "w trakcie wykonywania" in director.get(HOME).content.decode()
    finish_clearances()
    done = director.get(f"{HOME}lists/{_done(alfa).pk}/").content.decode()
    assert "trwa anonimizacja" not in done and "zanonimizowano" in done and "wykonany" in done
    assert "w trakcie wykonywania" not in director.get(HOME).content.decode()


def _done(tenant: Any) -> Clearance:
    with tenant_scope(tenant):
        row: Clearance = Clearance.objects.get(state="confirmed")
        return row


def test_nothing_is_written_about_somebody_anonymised(alfa: Any, old: Old, sign_in: Any) -> None:
    director, coordinator = sign_in("director", alfa), sign_in("coordinator", alfa)
    director.post(_proposed(director), _today())
    with tenant_scope(alfa):
        person = Person.objects.get(pk=old.person.pk)
    typed = {"code": "P900", "surname": MARK, "given_name": "Łucja"}
    answer = coordinator.post(f"/alfa/care/persons/{person.pk}/edit/", typed)
    assert "zanonimizowano po okresie przechowywania" in answer.content.decode()
    with tenant_scope(alfa), pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(given_name="Łucja")


def test_without_classes_nobody_is_past_a_term(alfa: Any, old: Old, sign_in: Any) -> None:
    with tenant_scope(alfa):
        RetentionClass.objects.all().delete()
    director = sign_in("director", alfa)
    answer = director.post(f"{HOME}propose/", follow=True).content.decode()
    assert "Nie wprowadzono kategorii archiwalnych dla spraw osób" in answer
    with tenant_scope(alfa):
        assert not Clearance.objects.exists()


def test_the_clock_makes_the_list_and_the_start_page_tells_the_director(
    alfa: Any, old: Old, sign_in: Any
) -> None:
    assert propose_clearances() == 1
    told = sign_in("director", alfa).get("/alfa/").content.decode()
    assert "Dane 1 osoby są po okresie przechowywania" in told
    # Nothing is made while one stands: its protocol may be on its way.
    with tenant_scope(alfa):
        made = Clearance.objects.get()
        Clearance.objects.update(proposed_at=made.proposed_at - timedelta(days=40))
        _entered_long_ago("Nowy")
    assert propose_clearances() == 1
    director = sign_in("director", alfa)
    approved = timezone.localdate() - timedelta(days=20)
    director.post(f"{HOME}lists/{made.pk}/confirm/", _today(approved_on=f"{approved:%d.%m.%Y}"))
    assert _done(alfa).pk == made.pk
    # Who was past the term meanwhile comes onto the next.
    assert propose_clearances() == 1
    with tenant_scope(alfa):
        assert ClearanceLine.objects.get(state="proposed").person.surname == "Nowy"


def _entered_long_ago(surname: str) -> None:
    person = PersonFactory(surname=surname)
    Person.objects.filter(pk=person.pk).update(created_at="2015-01-01T12:00:00Z")


def test_a_list_that_stands_is_replaced_on_somebodys_word_only(alfa: Any, old: Old, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    _proposed(director)
    with tenant_scope(alfa):
        first = Clearance.objects.get()
        _entered_long_ago("Nowy")
    asked = director.post(f"{HOME}propose/")
    assert "Protokół, który zatwierdza obecny wykaz, nowego nie obejmie" in asked.content.decode()
    with tenant_scope(alfa):
        assert Clearance.objects.get().pk == first.pk and first.lines.count() == 1
    seen = {"replaces": asked.context["seen"]}
    director.post(f"{HOME}propose/", seen)
    with tenant_scope(alfa):
        second = Clearance.objects.get()
        assert second.pk != first.pk and second.lines.count() == 2
        entry = Entry.objects.filter(verb="propose_clearance").latest("pk")
        assert entry.payload == {"kind": "person", "subjects": 2, "replaces": str(first.pk)}
    # The same word does not replace what was made since.
    director.post(f"{HOME}propose/", seen)
    with tenant_scope(alfa):
        assert Clearance.objects.get().pk == second.pk
        RetentionClass.objects.all().delete()
    stamp = director.get(f"{HOME}propose/").context["seen"]
    assert (
        "Dla żadnej pozycji nie upłynął okres"
        in director.post(f"{HOME}propose/", {"replaces": stamp}, follow=True).content.decode()
    )
    with tenant_scope(alfa):
        assert not Clearance.objects.exists()
    assert (
        "wykonano albo sporządzono na nowo"
        in director.post(f"{HOME}propose/", {"replaces": stamp}, follow=True).content.decode()
    )
    assert director.get(f"{HOME}propose/").status_code == 302


def _later_decision(old: Old) -> None:
    DecisionFactory(person=old.person, contract=ContractFactory(organisation=old.contract.organisation))


def _unsettled(old: Old) -> None:
    ContractMonth.objects.filter(pk=old.month.pk).update(state="accepted")


def _later_month(old: Old) -> None:
    ContractMonth.objects.create(
        contract=old.contract, month=date(2019, 5, 1), state="accepted", accepted_minutes=0, snapshot={},
        snapshot_sha256="0" * 64,
    )  # fmt: skip


def _answered_elsewhere(old: Old) -> None:
    """The answer to a deviation of a month that the decision does not touch."""
    _later_month(old)
    Resolution.objects.update(month=date(2019, 5, 1))


def _visited_elsewhere(old: Old) -> None:
    _later_month(old)
    visit(old.decision, old.worker, date(2019, 5, 6), "10:00", 60)


def _held(old: Old) -> None:
    actions.place_hold(old.person, reason="court", reference="I C 7/25", actor=ACTOR)


def _no_class(old: Old) -> None:
    RetentionClass.objects.filter(kind="payment").delete()


def _for_ever(old: Old) -> None:
    RetentionClass.objects.filter(kind="crisis").update(category="A", years=None)


def _longer(old: Old) -> None:
    RetentionClass.objects.filter(kind="advice").update(years=50)


def _open_case(old: Old) -> None:
    CrisisCase.objects.update(state="open", closed_on=None, outcome="")


def _never_handed_in(old: Old) -> None:
    ContractMonth.objects.filter(pk=old.month.pk).delete()


def _inspected(old: Old) -> None:
    Inspection.objects.update(state="held", sent_at=None, answer_due_on=None, closed_at=None, closing_note="")


def _task(old: Old) -> None:
    DecisionAdvice.objects.update(verdict="raise", task="open", due_on=MONTH, proposed_minutes=90)


def _asks(old: Old) -> None:
    Request.objects.update(state="waiting")


def _booked(old: Old) -> None:
    Appointment.objects.update(state="planned")


def _correction(old: Old) -> None:
    line = AcceptedLine.objects.create(
        visit_id=new_id(),
        contract=old.contract,
        decision=old.decision,
        month=MONTH,
        date=MONTH,
        start="10:00",
        worker="K1",
        minutes=60,
    )
    values = {
        "minutes": -5,
        "reason": "other",
        "words": "x",
        "carried_in": date(2019, 4, 1),
        "made_by_name": "E",
    }
    Adjustment.objects.create(line=line, **values)


def _waiting_entry(old: Old) -> None:
    PhoneEntry.objects.update(state="refused", settled_at=None)


def _unread(old: Old) -> None:
    Observation.objects.update(read_at=None, answered_at=None, answer_encrypted=None)


def _inspected_case(old: Old) -> None:
    _inspected(old)
    SampledItem.objects.exclude(place=1).delete()
    SampledItem.objects.update(decision=None, case=CrisisCase.objects.get())


KEEPING = [
    (_correction, "korekta czeka na rozliczenie"),
    (_waiting_entry, "wpis z telefonu nie jest rozstrzygnięty"),
    (_unread, "spostrzeżenie opiekuna nie zostało przeczytane"),
    (_inspected_case, "kontrola obejmująca tę osobę jest w toku"),
    (_never_handed_in, "miesiąc 03.2019 umowy"),
    (_inspected, "kontrola obejmująca tę osobę jest w toku"),
    (_task, "zadanie zmiany decyzji tej osoby jest otwarte"),
    (_asks, "zgłoszenie po poradę czeka"),
    (_booked, "nie odnotowano jej wyniku"),
    (_later_decision, "decyzja obowiązuje do"),
    (_unsettled, "miesiąc 03.2019 umowy"),
    (_answered_elsewhere, "miesiąc 05.2019 umowy"),
    (_visited_elsewhere, "miesiąc 05.2019 umowy"),
    (_held, "sprawa sądowa lub egzekucyjna (I C 7/25)"),
    (_no_class, "brak kategorii archiwalnej dla: odpłatność osób"),
    (_for_ever, "przechowywanie wieczyste (kategoria A): inna sprawa"),
    (_longer, "okres przechowywania kończy się przed 01.01.2070"),
    (_open_case, "inna sprawa tej osoby jest w toku"),
]


@pytest.mark.parametrize(("keep", "words"), KEEPING, ids=lambda one: getattr(one, "__name__", ""))
def test_what_came_after_the_proposal_keeps_a_person_with_its_reason(
    alfa: Any, old: Old, sign_in: Any, keep: Callable[[Old], None], words: str
) -> None:
    director = sign_in("director", alfa)
    confirm = _proposed(director)
    with tenant_scope(alfa):
        keep(old)
    director.post(confirm, _today())
    told = " ".join(director.get(f"{HOME}lists/{_done(alfa).pk}/").content.decode().split())
    assert words in told and "wstrzymano" in told and MARK in told
    with tenant_scope(alfa):
        assert Person.objects.get(pk=old.person.pk).surname.startswith(MARK)
        assert Entry.objects.get(verb="confirm_clearance").payload["kept"] == [str(old.person.pk)]
        # Nor does the next list hold them.
        assert past_their_term(Persons(), timezone.localdate()) == []


def test_a_lifted_hold_lets_the_next_list_have_them(alfa: Any, old: Old, sign_in: Any) -> None:
    officer = sign_in("privacy_officer", alfa)
    typed = {"code": old.person.code, "reason": "complaint", "reference": "SK/4"}
    assert "wstrzymano" in officer.post(f"{HOME}holds/", typed, follow=True).content.decode()
    assert "już wstrzymano" in officer.post(f"{HOME}holds/", typed).content.decode()
    with tenant_scope(alfa):
        assert past_their_term(Persons(), timezone.localdate()) == []
        hold = Hold.objects.get()
    for _twice in range(2):
        officer.post(f"{HOME}holds/{hold.pk}/lift/")
    with tenant_scope(alfa):
        assert Entry.objects.filter(verb="lift_hold").count() == 1
        assert [pk for pk, _found in past_their_term(Persons(), timezone.localdate())] == [str(old.person.pk)]


REFUSED = [
    ({"protocol": ""}, "Uzupełnij to pole"),
    ({"approved_on": "01.01.2019"}, "Protokół zatwierdza ten wykaz: wybierz dzień od"),
    ({"approved_on": "01.01.2199"}, "Protokół zatwierdza ten wykaz: wybierz dzień od"),
    ({"seen": "other"}, "Ktoś inny zmienił"),
    ({"seen": ""}, "Ktoś inny zmienił"),
]


@pytest.mark.parametrize(("typed", "words"), REFUSED, ids=["protocol", "before", "after", "stale", "unseen"])
def test_refusals_name_the_field_and_lose_nothing(
    alfa: Any, old: Old, sign_in: Any, typed: dict[str, str], words: str
) -> None:
    director = sign_in("director", alfa)
    confirm = _proposed(director)
    answer = director.post(confirm, _today(expertise="Arch/7", **typed))
    html = answer.content.decode()
    assert answer.status_code in {409, 422} and "Arch/7" in html
    assert words in html
    with tenant_scope(alfa):
        assert where_told([MARK])


def test_no_verb_goes_without_a_protocol(alfa: Any, old: Old) -> None:
    day = timezone.localdate()
    with tenant_scope(alfa):
        assert actions.propose_clearance(actor=ACTOR) == 1
        clearance = Clearance.objects.get()
        with pytest.raises(DomainError, match="bez niego niczego się nie anonimizuje"):
            actions.confirm_clearance(clearance, protocol=" ", approved_on=day, actor=ACTOR)


def test_a_list_with_category_be_needs_the_decision_of_the_archive(alfa: Any, old: Old, sign_in: Any) -> None:
    with tenant_scope(alfa):
        RetentionClass.objects.filter(kind="care").update(category="BE")
    director = sign_in("director", alfa)
    confirm = _proposed(director)
    refused = director.post(confirm, _today()).content.decode()
    assert "wpisz znak rozstrzygnięcia archiwum państwowego" in refused
    director.post(confirm, _today(expertise="AP-12/2026"))
    assert _done(alfa).expertise == "AP-12/2026"


def test_a_list_is_carried_out_once(alfa: Any, old: Old, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    confirm = _proposed(director)
    with tenant_scope(alfa):
        proposed = Clearance.objects.get()
    director.post(confirm, _today())
    assert director.post(confirm, _today()).status_code == 404
    with tenant_scope(alfa), pytest.raises(Conflict, match="wykonano albo sporządzono na nowo"):
        actions.confirm_clearance(proposed, protocol="X", approved_on=timezone.localdate(), actor=ACTOR)


@pytest.mark.parametrize(
    "role", ["coordinator", "social_worker", "accountant", "inspector", "ngo_manager", "worker"]
)
def test_nobody_else_comes_near(alfa: Any, old: Old, sign_in: Any, role: str) -> None:
    organisation = partner(alfa) if role in {"ngo_manager", "worker"} else None
    client = sign_in(role, alfa, organisation)
    for path in ("", "classes/", "holds/"):
        assert client.get(HOME + path).status_code == 403


def test_the_officer_sees_the_list_and_does_not_carry_it_out(alfa: Any, old: Old, sign_in: Any) -> None:
    officer = sign_in("privacy_officer", alfa)
    confirm = _proposed(officer)
    assert MARK in officer.get(HOME).content.decode()
    assert officer.get(confirm).status_code == 403
    assert officer.post(confirm, _today()).status_code == 403


def test_classes_are_entered_with_their_source_and_removed(alfa: Any, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    typed = {
        "kind": "care", "symbol": "8123", "category": "B", "years": "10",
        "valid_from": "01.01.2011", "source": "Zarządzenie nr 3/2011",
    }  # fmt: skip
    told = director.post(f"{HOME}classes/", typed, follow=True).content.decode()
    assert "B10" in told and "Zarządzenie nr 3/2011" in told
    assert "Od tego dnia jest już kategoria" in director.post(f"{HOME}classes/", typed).content.decode()
    for wrong in ({"years": ""}, {"category": "A"}):
        answer = director.post(f"{HOME}classes/", {**typed, "valid_from": "02.01.2011", **wrong})
        assert "Kategorie B i BE wymagają okresu od 1 do 100 lat" in answer.content.decode()
    with tenant_scope(alfa):
        row = RetentionClass.objects.get()
    for words in ("Kategorię usunięto", ""):
        answer = director.post(f"{HOME}classes/{row.pk}/remove/", follow=True)
        assert words in answer.content.decode()
    with tenant_scope(alfa), pytest.raises(Conflict, match="usunięto przed chwilą"):
        actions.remove_class(row, actor=ACTOR)


def test_queries_do_not_grow_with_persons(alfa: Any, old: Old, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    counts = []
    for more in (0, 6):
        with tenant_scope(alfa):
            Person.objects.exists()
            Clearance.objects.all().delete()
            for number in range(more):
                _entered_long_ago(f"Nowy-{number}")
            with CaptureQueriesContext(connection) as asked:
                assert len(past_their_term(Persons(), timezone.localdate())) == 1 + more
            found = len(asked)
        director.post(f"{HOME}propose/")
        with CaptureQueriesContext(connection) as page:
            director.get(HOME)
        counts.append((found, sum("search_path" not in one["sql"] for one in page)))
    assert counts[0] == counts[1]
    with tenant_scope(alfa):
        clearance = Clearance.objects.get()
        day = timezone.localdate()
        with CaptureQueriesContext(connection) as confirmed:
            actions.confirm_clearance(clearance, protocol="B", approved_on=day, actor=ACTOR)
        assert ClearanceLine.objects.filter(state="done").count() == 7
        # As many as for one person: a statement for each table.
        assert len(confirmed) < 100


def test_every_column_about_a_person_is_spoken_for() -> None:
    """A new text, document or ciphertext of a row about a person has to say what becomes of it."""
    person = apps.get_model("care", "Person")
    about = {person}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in about
            and model._meta.app_label != "retention"
            and any(
                field.is_relation and field.related_model in about for field in model._meta.concrete_fields
            )
        }
        if not more:
            break
        about |= more
    spoken = {telling.model: telling.columns() for telling in tellings()}
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    silent = {
        f"{model._meta.label}.{field.name}"
        for model in about
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and field.name not in spoken.get(model, set())
    }
    assert silent == set()


def test_a_file_leaves_the_s3_server_too(
    alfa: Any,
    settings: Any,
    tmp_path: Path,
    sign_in: Any,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with s3_server(tmp_path / "buckets") as server:
        for name, value in server.settings.items():
            setattr(settings, name, value)
        organisation = partner(alfa, name="Fundacja Dawna")
        with tenant_scope(alfa):
            classes()
            old_person(organisation)
        kept = server.folder / BUCKET / alfa.schema_name / "diary"
        assert len(list(kept.iterdir())) == 1
        director = sign_in("director", alfa)
        confirm = _proposed(director)
        with done_at_once(remove_contents), django_capture_on_commit_callbacks(execute=True):
            director.post(confirm, _today())
        assert not kept.exists() or not list(kept.iterdir())


def test_terms_count_from_the_year_after_closing(alfa: Any, old: Old) -> None:
    with tenant_scope(alfa):
        assert past_their_term(Persons(), date(2024, 12, 31)) == []
        assert [pk for pk, _found in past_their_term(Persons(), date(2025, 1, 1))] == [str(old.person.pk)]
