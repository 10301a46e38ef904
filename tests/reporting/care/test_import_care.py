"""import_care as a command: whole or not at all, the same twice changes nothing, problems as JSON."""

import copy
import json
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from audit.models import Entry
from contracting.commissioning.models import Activity, Qualification, Service
from contracting.contracts.models import Contract, ContractAmendment, NamedStaff, Worker
from kernel.crypto import decrypt
from kernel.tenancy import tenant_scope
from reporting.care.contacts import Contact
from reporting.care.models import Decision, Person, PlanSlot, Suspension
from tenants.models import Organisation, Partnership
from tests.factories.care import visit
from tests.factories.people import OrganisationFactory, partner

PESEL = "44051401359"
DOCUMENT: dict[str, Any] = {
    "service": {
        "code": "care",
        "name": "Usługi opiekuńcze",
        "required_qualifications": ["carer_course"],
        "activities": [{"code": "shopping", "name": "Zakupy"}, {"code": "meals", "name": "Posiłki"}],
    },
    "organisations": [{"krs": "0000123456", "name": "Fundacja Dom"}],
    "contracts": [
        {
            "number": "U/1/2026",
            "organisation": "Fundacja Dom",
            "signed": "2026-01-02",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "price_per_hour": "41.50",
            "cap_minutes": 1200000,
            "named_staff": ["W01"],
        }
    ],
    "workers": [
        {
            "code": "W01",
            "surname": "Zięba",
            "given_name": "Anna",
            "organisation": "Fundacja Dom",
            "qualifications": [{"code": "carer_course", "valid_from": "2020-01-01", "valid_to": None}],
        }
    ],
    "persons": [
        {"code": "P001", "surname": "Ćwik", "given_name": "Jan", "pesel": PESEL, "birth_year": 1944},
        {"code": "P002", "surname": "Łącka", "given_name": "Halina", "pesel": None, "birth_year": 1941},
    ],
    "decisions": [
        {
            "number": "D/001/2026",
            "person": "P001",
            "contract": "U/1/2026",
            "issued": "2026-01-02",
            "valid_from": "2026-01-05",
            "valid_to": "2026-12-31",
            "revoked_from": None,
            "amends": None,
            "amount": {"per": "month", "minutes": 1200},
            "plan": [{"weekday": 1, "start": "08:00", "minutes": 120, "on_holidays": False}],
            "activities": ["shopping", "meals"],
            "two_workers": False,
            "suspensions": [{"from": "2026-03-01", "to": "2026-03-10", "reason": "hospital"}],
        },
        {
            "number": "D/001a/2026",
            "person": "P001",
            "contract": "U/1/2026",
            "issued": "2026-06-01",
            "valid_from": "2026-07-01",
            "valid_to": "2026-12-31",
            "revoked_from": None,
            "amends": "D/001/2026",
            "amount": {"per": "week", "minutes": 600},
            "plan": [],
            "activities": ["meals"],
            "two_workers": False,
            "suspensions": [],
        },
    ],
}


@pytest.fixture
def run(alfa: Any, tmp_path: Path) -> Any:
    """Run the command in alfa; gives the exit code and the JSON it prints."""

    def _run(document: Any, tenant: str = "alfa") -> tuple[int, dict[str, Any]]:
        path = tmp_path / "care.json"
        text = document if isinstance(document, bytes) else json.dumps(document).encode()
        path.write_bytes(text)
        out = StringIO()
        try:
            call_command("import_care", str(path), tenant=tenant, stdout=out)
        except SystemExit as end:
            return int(end.code or 0), json.loads(out.getvalue())
        return 0, json.loads(out.getvalue())

    return _run


def changed(**changes: Any) -> dict[str, Any]:
    """The document with a change: `decisions__0__minutes=…` names a place in it."""
    document = copy.deepcopy(DOCUMENT)
    for place, value in changes.items():
        *steps, last = [int(step) if step.isdigit() else step for step in place.split("__")]
        target: Any = document
        for step in steps:
            target = target[step]
        target[last] = value
    return document


def _all_rows() -> dict[str, list[Any]]:
    models = (
        Service,
        Activity,
        Qualification,
        Contract,
        NamedStaff,
        Worker,
        Person,
        Decision,
        PlanSlot,
        Suspension,
    )
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_everything_arrives(alfa: Any, run: Any) -> None:
    code, counts = run(DOCUMENT)
    assert code == 0
    assert {kind: count["created"] for kind, count in counts.items()} == {
        "services": 1,
        "organisations": 1,
        "contracts": 1,
        "workers": 1,
        "persons": 2,
        "decisions": 2,
    }
    with tenant_scope(alfa):
        person = Person.objects.get(code="P001")
        assert decrypt(bytes(person.pesel_encrypted)) == PESEL
        first, second = Decision.objects.order_by("valid_from")
        assert (second.amends_id, first.superseded_from) == (first.pk, second.valid_from)
        assert first.slots.count() == 1 and first.suspensions.get().reason == "hospital"
        assert Contract.objects.get().named_staff.get().worker.code == "W01"
        assert Worker.objects.get().qualifications.get().code == "carer_course"
        assert Qualification.objects.get().name != "carer_course"
        entry = Entry.objects.get(verb="import_care")
        assert entry.payload["counts"] == counts and "Ćwik" not in str(entry.payload)
    assert Partnership.objects.filter(tenant=alfa, organisation__krs="0000123456").exists()


def test_a_contact_arrives_stays_where_it_is_left_out_and_goes_with_null(alfa: Any, run: Any) -> None:
    told = {
        "address": "ul. Polna 4",
        "phone": "270 000 101",
        "close_person": {"name": "Ewa Ćwik", "relation": "córka", "phone": None},
        "entry_note": None,
    }
    stored = Contact("ul. Polna 4", "+48270000101", "Ewa Ćwik", "córka")
    for document, contact, updated in (
        (changed(persons__0__contact=told), stored, None),
        (changed(persons__0__contact=told), stored, 0),
        (changed(), stored, 0),
        (
            changed(persons__0__contact={**told, "phone": "270000102"}),
            replace(stored, phone="+48270000102"),
            1,
        ),
        (changed(persons__0__contact=None), Contact(), 1),
    ):
        code, answer = run(document)
        assert code == 0
        if updated is not None:
            assert answer["persons"]["updated"] == updated
        with tenant_scope(alfa):
            assert Person.objects.get(code="P001").contact == contact
            assert not any("Polna" in str(entry.payload) for entry in Entry.objects.all())


def test_two_workers_are_planned_at_once_and_stay(alfa: Any, run: Any) -> None:
    equal = [{"weekday": 1, "start": "08:00", "minutes": 120, "on_holidays": False}] * 2
    document = changed(decisions__0__plan=equal, decisions__0__two_workers=True)
    assert run(document)[0] == 0
    with tenant_scope(alfa):
        before = _all_rows()
        slots = PlanSlot.objects.filter(weekday=1, start="08:00").values_list("minutes", "place")
        assert list(slots) == [(120, 1), (120, 2)]
    code, counts = run(document)
    assert code == 0 and all(count["created"] == count["updated"] == 0 for count in counts.values())
    with tenant_scope(alfa):
        assert _all_rows() == before


def test_twice_changes_nothing(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    with tenant_scope(alfa):
        before = _all_rows()
    code, counts = run(DOCUMENT)
    assert code == 0
    assert all(count["created"] == count["updated"] == 0 for count in counts.values())
    assert sum(count["unchanged"] for count in counts.values()) == 8
    with tenant_scope(alfa):
        assert _all_rows() == before


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"service__name": "Usługi"}, "services"),
        (
            {
                "service__activities": [
                    {"code": "walks", "name": "Spacery"},
                    *DOCUMENT["service"]["activities"],
                ]
            },
            "services",
        ),
        ({"contracts__0__price_per_hour": "45.00"}, "contracts"),
        ({"contracts__0__named_staff": []}, "contracts"),
        ({"workers__0__surname": "Zięba-Nowak"}, "workers"),
        ({"workers__0__qualifications": []}, "workers"),
        ({"persons__0__pesel": None}, "persons"),
        ({"persons__1__surname": "Łąkowa"}, "persons"),
        ({"decisions__0__plan": []}, "decisions"),
        ({"decisions__0__suspensions": []}, "decisions"),
        ({"decisions__1__amount": {"per": "week", "minutes": 660}}, "decisions"),
        ({"decisions__1__revoked_from": "2026-10-01"}, "decisions"),
    ],
)
def test_a_change_updates_one_thing_and_stays(alfa: Any, run: Any, change: dict[str, Any], kind: str) -> None:
    run(DOCUMENT)
    document = changed(**change)
    code, counts = run(document)
    assert code == 0
    assert {name: count["updated"] for name, count in counts.items() if count["updated"]} == {kind: 1}
    assert not any(count["created"] for count in counts.values())
    _, again = run(document)
    assert not any(count["updated"] for count in again.values())


def test_qualifications_left_out_of_a_document_stay_as_they_are(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    service = {key: value for key, value in DOCUMENT["service"].items() if key != "required_qualifications"}
    code, counts = run({**DOCUMENT, "service": service})
    assert code == 0
    assert counts["services"]["updated"] == 0
    with tenant_scope(alfa):
        assert Service.objects.get(code="care").required_qualifications == ["carer_course"]


def test_two_neighbouring_decisions_may_move_together(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    for day in ("2026-05-01", "2026-09-01"):
        code, counts = run(changed(decisions__1__valid_from=day))
        assert (code, counts["decisions"]["updated"]) == (0, 2)
        with tenant_scope(alfa):
            first = Decision.objects.get(number="D/001/2026")
            assert first.superseded_from.isoformat() == day


def test_what_amended_before_releases_what_it_ended(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    document = changed(decisions__1__amends=None, decisions__1__person="P002")
    code, _answer = run(document)
    assert code == 2, "a stored decision keeps its person"
    only_second = changed(decisions__1__amends=None, decisions__1__revoked_from="2026-07-01")
    only_second["decisions"].pop(0)
    code, counts = run(only_second)
    assert code == 0 and counts["decisions"]["updated"] == 1
    with tenant_scope(alfa):
        assert Decision.objects.get(number="D/001/2026").superseded_from is None


def _refused(run: Any, document: Any) -> list[dict[str, str]]:
    code, answer = run(document)
    assert code == 2
    problems: list[dict[str, str]] = answer["problems"]
    assert all(
        set(problem) == {"path", "value", "code", "reason"} and problem["reason"] for problem in problems
    )
    return problems


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"decisions__0__valid_to": "2025-12-31"}, "$.decisions[0].valid_to", "ends_before_it_begins"),
        ({"decisions__0__valid_from": "2026-02-29"}, "$.decisions[0].valid_from", "date_form"),
        ({"persons": []}, "$.decisions[0].person", "unknown_person"),
        ({"decisions__0__contract": "U/9"}, "$.decisions[0].contract", "unknown_contract"),
        ({"decisions__0__activities": ["dancing"]}, "$.decisions[0].activities[0]", "unknown_activity"),
        ({"decisions__1__amends": None}, "$.decisions[1].valid_from", "decisions_overlap"),
        ({"contracts__0__named_staff": ["W99"]}, "$.contracts[0].named_staff[0]", "unknown_worker"),
        ({"contracts__0__organisation": "Nieznana"}, "$.contracts[0].organisation", "unknown_organisation"),
        ({"persons__0__pesel": "44051401358"}, "$.persons[0].pesel", "pesel_checksum"),
    ],
)
def test_a_fault_saves_nothing(alfa: Any, run: Any, change: dict[str, Any], path: str, code: str) -> None:
    problems = _refused(run, changed(**change))
    assert (path, code) in [(problem["path"], problem["code"]) for problem in problems]
    with tenant_scope(alfa):
        assert not any(_all_rows().values())
        assert not Entry.objects.exists()
    assert not Organisation.objects.filter(name="Fundacja Dom").exists()


def test_faults_that_only_stored_data_show(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    with tenant_scope(alfa):
        before = _all_rows()
    other = changed(persons__0__code="P100", decisions=[])
    assert [p["code"] for p in _refused(run, other)] == ["pesel_of_another_person"]
    third = copy.deepcopy(DOCUMENT["decisions"][1]) | {"number": "D/900", "amends": None}
    assert [p["code"] for p in _refused(run, changed(decisions=[third]))] == ["decisions_overlap"]
    moved = changed(
        decisions__0__person="P002", decisions__1__amends=None, decisions__1__revoked_from="2026-07-01"
    )
    assert "decision_of_another_person" in [p["code"] for p in _refused(run, moved)]
    elsewhere = changed(organisations=[{"krs": "0000999999", "name": "Inna"}])
    elsewhere["contracts"][0]["organisation"] = elsewhere["workers"][0]["organisation"] = "Inna"
    codes = {p["code"] for p in _refused(run, elsewhere)}
    assert codes >= {"contract_of_another_organisation", "worker_of_another_organisation"}
    service = changed(service__code="other")
    assert "contract_of_another_service" in {p["code"] for p in _refused(run, service)}
    with tenant_scope(alfa):
        assert _all_rows() == before
    assert not Organisation.objects.filter(name="Inna").exists()


def test_what_both_sides_sign_here_is_not_rewritten_by_an_import(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    with tenant_scope(alfa):
        contract = Contract.objects.get(number=DOCUMENT["contracts"][0]["number"])
        ContractAmendment.objects.create(
            contract=contract,
            number=1,
            reason="Waloryzacja",
            effective_on=contract.valid_from,
            state="signed",
        )
    dearer = changed(contracts__0__price_per_hour="99.00")
    assert [p["code"] for p in _refused(run, dearer)] == ["contract_signed_here"]
    run(DOCUMENT)


def test_faults_of_form_meaning_and_of_what_is_stored_are_told_in_one_go(alfa: Any, run: Any) -> None:
    run(DOCUMENT)
    document = changed(
        contracts=[], persons__0__code="P100", persons__1__birth_year="1941", workers__0__organisation="Nowa"
    )
    first, second = document["decisions"]
    document["decisions"] = [
        {
            **first,
            "number": "D/1",
            "contract": "U/9/2026",
            "valid_to": "2026-01-01",
            "amount": {"per": "year"},
        },
        {**second, "number": "D/2", "amends": None, "valid_to": "2026-06-30", "person": "P404"},
        {**second, "number": "D/3", "amends": None},
    ]
    assert [(p["path"], p["code"]) for p in _refused(run, document)] == [
        ("$.decisions[0].amount.per", "not_allowed"),
        ("$.decisions[1].person", "unknown_person"),
        ("$.decisions[1].valid_to", "ends_before_it_begins"),
        ("$.decisions[2].valid_from", "decisions_overlap"),
        ("$.persons[0].pesel", "pesel_of_another_person"),
        ("$.persons[1].birth_year", "wrong_type"),
        ("$.workers[0].organisation", "unknown_organisation"),
    ]


def test_a_decision_of_wrong_form_makes_no_other_fault(alfa: Any, run: Any) -> None:
    """When it holds is not known, so neither is whether the ones around it overlap."""
    run(DOCUMENT)
    chain = copy.deepcopy(DOCUMENT["decisions"])
    chain[0]["valid_to"] = "2026-08-31"
    chain[1] |= {"valid_from": "someday", "contract": "U/1/2026"}
    chain.append(copy.deepcopy(DOCUMENT["decisions"][1]) | {"number": "D/001b/2026", "amends": "D/001a/2026"})
    document = changed(decisions=chain, contracts__0__signed="yesterday", persons__0__birth_year=0)
    assert [(p["path"], p["code"]) for p in _refused(run, document)] == [
        ("$.contracts[0].signed", "date_form"),
        ("$.decisions[1].valid_from", "date_form"),
        ("$.persons[0].birth_year", "too_small"),
    ]


def test_a_decision_with_visits_stays_with_its_contract(alfa: Any, run: Any) -> None:
    second = copy.deepcopy(DOCUMENT["contracts"][0]) | {"number": "U/2/2026", "named_staff": []}
    moved = changed(contracts=[DOCUMENT["contracts"][0], second], decisions__0__contract="U/2/2026")
    assert run(DOCUMENT)[0] == 0 and run(moved)[0] == 0 and run(DOCUMENT)[0] == 0
    with tenant_scope(alfa):
        decision = Decision.objects.get(number="D/001/2026")
        visit(decision, Worker.objects.get(), date(2026, 3, 2), "08:00", 60)
        before = _all_rows()
    [problem] = _refused(run, moved)
    assert (problem["path"], problem["code"]) == ("$.decisions[0].contract", "contract_has_visits")
    assert "U/1/2026" in problem["reason"] and "U/2/2026" in problem["reason"]
    with tenant_scope(alfa):
        assert _all_rows() == before


def test_organisations_are_found_by_krs_then_by_name(alfa: Any, run: Any) -> None:
    by_krs = OrganisationFactory(name="Fundacja Dom im. Anny", krs="0000123456")
    by_name = partner(alfa, name="Stowarzyszenie Łąka")
    organisations = [*DOCUMENT["organisations"], {"krs": None, "name": "stowarzyszenie łąka"}]
    code, counts = run(changed(organisations=organisations))
    assert code == 0 and counts["organisations"] == {"created": 0, "updated": 1, "unchanged": 1}
    assert Organisation.objects.count() == 2
    by_krs.refresh_from_db()
    assert by_krs.name == "Fundacja Dom im. Anny"
    assert set(Partnership.objects.filter(tenant=alfa).values_list("organisation", flat=True)) == {
        by_krs.pk,
        by_name.pk,
    }


def test_two_organisations_of_one_name_need_a_krs(alfa: Any, run: Any) -> None:
    for krs in ("0000000001", "0000000002"):
        OrganisationFactory(name="Fundacja Dom", krs=krs)
    problems = _refused(run, changed(organisations=[{"krs": None, "name": "Fundacja Dom"}]))
    assert [problem["code"] for problem in problems] == ["ambiguous_organisation"]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b"{}", b""])
def test_no_document_at_all(run: Any, content: bytes) -> None:
    _refused(run, content)


def test_unknown_tenant_and_file(run: Any, tmp_path: Path) -> None:
    assert run(DOCUMENT, tenant="nowhere")[0] == 2
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("import_care", str(tmp_path / "none.json"), tenant="alfa", stdout=out)
    assert end.value.code == 2 and json.loads(out.getvalue())["problems"][0]["code"] == "unreadable_file"


def test_the_other_tenant_gets_nothing(beta: Any, run: Any) -> None:
    run(DOCUMENT)
    with tenant_scope(beta):
        assert not any(_all_rows().values())
