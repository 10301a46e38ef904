"""What decisions, persons and imports refuse where somebody else was quicker, or where no page leads."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from audit.actions import record_reading
from audit.models import Entry, Reading
from contracting.commissioning.models import Service
from kernel.access import Actor
from kernel.errors import Conflict, DomainError
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from reporting.care import actions
from reporting.care.actions import decisions, importing, persons, suspensions
from reporting.care.actions.entries import DecisionEntry
from reporting.care.models import Decision, Person, Suspension
from reporting.care.views import readings
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory
from tests.factories.people import partner
from tests.meanwhile import meanwhile
from tests.reporting.care.documents import document, read

ACTOR = Actor.system("tests")


@pytest.fixture
def decision(care: Any) -> Decision:
    with tenant_scope(care.tenant):
        made: Decision = DecisionFactory(contract=care.contract, person=care.person)
    return made


def test_a_decision_that_is_not_revoked_is_not_restored(care: Any, decision: Decision, sign_in: Any) -> None:
    director = sign_in("director", care.tenant)
    answer = director.post(f"/alfa/care/decisions/{decision.pk}/restore/")
    assert answer.status_code == 422
    assert "Ta decyzja nie jest uchylona, więc nie ma czego cofać." in answer.content.decode()
    with tenant_scope(care.tenant):
        assert not Entry.objects.filter(verb="restore_decision").exists()


def test_a_decision_stays_with_its_service(care: Any, decision: Decision) -> None:
    """The forms offer contracts of the service only."""
    with tenant_scope(care.tenant):
        other = ContractFactory(service=Service.objects.create(code="other", name="Inna"))
        entry = DecisionEntry(
            "D/9/2026", other, date(2026, 1, 2), date(2026, 3, 1), decision.valid_to, "month", 600, ()
        )
        for verb in (
            partial(actions.amend_decision, decision, entry, actor=ACTOR),
            partial(actions.correct_decision, decision, entry, reason="pomyłka", actor=ACTOR),
        ):
            with pytest.raises(DomainError) as refusal:
                verb()
            assert (refusal.value.code, refusal.value.field) == ("other_service", "contract")
        assert Decision.objects.get().contract_id == care.contract.pk


def test_a_number_that_another_decision_got_at_this_moment(care: Any) -> None:
    with tenant_scope(care.tenant):
        entry = DecisionEntry(
            "D/9/2026", care.contract, date(2026, 1, 2), date(2026, 3, 1), date(2026, 6, 30), "month", 600,
            ("shopping",),
        )  # fmt: skip
        rival = partial(DecisionFactory, number="D/9/2026", contract=care.contract)
        with meanwhile(decisions, "require_valid", rival, after=True), pytest.raises(DomainError) as refusal:
            actions.create_decision(care.person, entry, actor=ACTOR)
        assert refusal.value.code == "decision_exists"
        assert not Decision.objects.exists()


def test_days_of_a_suspension(care: Any, decision: Decision) -> None:
    first, last = date(2026, 2, 10), date(2026, 2, 20)
    rest = partial(actions.suspend_decision, decision, reason="hospital", actor=ACTOR)
    with tenant_scope(care.tenant):
        with pytest.raises(DomainError) as refusal:
            rest(first_day=last, last_day=first)
        assert refusal.value.code == "ends_before_it_begins"
        other = lambda: Suspension.objects.create(  # noqa: E731
            decision=decision, first_day=first, last_day=last, reason="absence"
        )
        with (
            meanwhile(suspensions, "require_valid", other, after=True),
            pytest.raises(DomainError) as refusal,
        ):
            rest(first_day=first, last_day=last)
        assert "W niektóre z tych dni decyzja jest już zawieszona." in str(refusal.value)
        assert not Suspension.objects.exists()


def test_a_person_whom_somebody_else_has_just_entered(care: Any, sign_in: Any) -> None:
    worker = sign_in("social_worker", care.tenant)
    typed = {"code": "P099", "surname": "Śliwa", "given_name": "Maria", "birth_year": "1940"}
    with meanwhile(persons, "require_valid", partial(PersonFactory, code="P099"), after=True):
        answer = worker.post("/alfa/care/persons/new/", typed)
    assert answer.status_code == 422
    assert "Osobę z tym kodem lub numerem PESEL dodano przed chwilą." in answer.content.decode()
    with tenant_scope(care.tenant):
        assert not Person.objects.filter(surname="Śliwa").exists()


def test_no_pesel_is_shown_where_none_is_kept(care: Any, sign_in: Any) -> None:
    answer = sign_in("social_worker", care.tenant).post(f"/alfa/care/persons/{care.person.pk}/pesel/")
    assert answer.status_code == 409
    assert "Dla tej osoby nie zapisano numeru PESEL." in answer.content.decode()
    with tenant_scope(care.tenant):
        assert not Reading.objects.filter(page="person.pesel").exists()


def test_a_document_of_readings_has_an_end(care: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "ROWS_MAX", 1)
    with tenant_scope(care.tenant):
        for name in ("Ola Obca", "Iga Inna"):
            actor = Actor(new_id(), name)
            record_reading("care.person", actor=actor, subject_type="person", subject_ids=[care.person.pk])
    director = sign_in("director", care.tenant)
    answer = director.post(f"/alfa/care/persons/{care.person.pk}/readings/document/")
    assert answer.status_code == 422
    assert "Dokument miałby więcej niż 1 wierszy." in answer.content.decode()
    with tenant_scope(care.tenant):
        assert not Entry.objects.filter(verb="tell_readings").exists()


def _moves() -> None:
    decision = Decision.objects.get(number="D/001/2026")
    given = {"organisation": decision.contract.organisation, "service": decision.service}
    Decision.objects.filter(pk=decision.pk).update(contract=ContractFactory(number="U/9/2026", **given))


@pytest.mark.parametrize(
    ("verb", "act", "says"),
    [
        (
            "check_against_stored",
            partial(PersonFactory, code="P777"),
            "W czasie importu ktoś zapisał dane, które kolidują z tym dokumentem.",
        ),
        ("hold_moves", _moves, "W czasie importu tego dokumentu ktoś zmienił jedną z decyzji."),
    ],
    ids=["stored", "moved"],
)
def test_what_was_saved_while_a_document_was_imported(
    alfa: Any, verb: str, act: Callable[[], Any], says: str
) -> None:
    with tenant_scope(alfa):
        with public_scope():
            partner(alfa, name="Fundacja Przykład", krs="0000123456")
        given = document()
        actions.import_care(read(given), actor=ACTOR)
        given["persons"].append({**given["persons"][0], "code": "P777", "pesel": None})
        before = Entry.objects.count()
        with meanwhile(importing, verb, act, after=True), pytest.raises(Conflict) as refusal:
            actions.import_care(read(given), actor=ACTOR)
        assert says in str(refusal.value)
        assert Entry.objects.count() == before and not Person.objects.filter(code="P777").exists()
