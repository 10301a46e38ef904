"""What a quarter tells of each register of a unit; a register never used tells nothing, which is no zero."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.commissioning.models import SelfAssessmentArea
from contracting.contracts.models import ContractDraft
from contracting.tenders.models import Award, Call
from documents.models import StoredFile
from kernel.ids import new_id
from kernel.periods import WARSAW
from reporting.advice.models import Appointment, Request
from reporting.advice.models import Referral as AdviceReferral
from reporting.casework.models import Caseload, GroupForm, Programme, Result, Training
from reporting.crisis.models import CrisisCase, Session
from reporting.crisis.models import Referral as CrisisReferral
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.document import read
from reporting.statistics.batches.periods import Quarter
from tenants.models import Tenant
from tests.factories.care import ContractFactory, PersonFactory, ServiceFactory, WorkerFactory
from tests.factories.commissioning import make_cycle
from tests.factories.people import OrganisationFactory, signed_in_client
from tests.factories.tenders import make_call, submit_offer
from tests.reporting.crisis.centre import entry
from tests.reporting.statistics.sending_world import ACTOR, THIRD_QUARTER

pytestmark = pytest.mark.django_db
QUARTER = Quarter.of(THIRD_QUARTER)


def _told() -> dict[tuple[str, str], tuple[Decimal, Decimal | None, int | None]]:
    """What left with the quarter, as its signed batch says it."""
    batch = push_quarter(QUARTER, actor=ACTOR)
    assert batch is not None
    return {
        (one.indicator, one.category): (one.numerator, one.denominator, one.persons)
        for one in read(batch.document).content.figures
    }


def test_registers_that_were_never_used_tell_nothing(in_alfa: Any) -> None:
    assert set(_told()) == {("service_kinds", "")}


def test_loads_are_averages_of_months_and_stand_on_the_environments_of_one(in_alfa: Any) -> None:
    for month in (7, 8):
        for environments, limit in ((22, 20), (14, 20)):
            Caseload.objects.create(
                worker_id=new_id(), worker_name="Anna", month=date(2026, month, 1), environments=environments,
                limit=limit, reason="brak etatu",
            )  # fmt: skip
    told = _told()
    assert told["caseload", ""] == (72, 4, 36)
    assert told["caseload_over_limit", ""] == (2, 4, 36)


def test_programmes_groups_and_trainings(in_alfa: Any) -> None:
    ended = Programme.objects.create(
        title="Aktywni", valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 31), started=313, finished=240,
        dropped=58, continuing=15,
    )  # fmt: skip
    Programme.objects.create(title="Później", valid_from=date(2026, 10, 1), valid_to=date(2026, 12, 31))
    GroupForm.objects.create(programme=ended, name="Razem", kind="self_help", participants=16)
    for ends_on in (date(2026, 9, 30), date(2026, 10, 1)):
        Training.objects.create(
            title="Kurs", starts_on=date(2026, 9, 1), ends_on=ends_on, minutes=600, staff=144, residents=143
        )
    told = _told()
    assert told["projects", ""][0] == told["localities", ""][0] == 1
    assert told["programme_persons", ""] == (313, None, 313)
    # Of those who began, 73 did not finish: the figure tells them from the others.
    assert told["programme_finished", ""] == (240, 313, 73)
    assert told["groups", "self_help"][0] == told["groups", ""][0] == 1
    assert told["group_participations", ""] == (16, None, 16)
    assert told["trained_specialists", ""] == (144, None, None)
    assert told["trained_residents", ""] == (143, None, 143)


def test_who_may_be_the_same_persons_is_counted_once_behind_a_figure(in_alfa: Any) -> None:
    """Two persons in three groups, programmes and trainings are six participations, and may be no more than two."""
    for number, kind in enumerate(("self_help", "self_help", "support")):
        programme = Programme.objects.create(
            title=f"Program {number}", valid_from=date(2026, 1, 1), valid_to=date(2026, 8, 31), started=2,
            finished=2 if number else 1, dropped=0 if number else 1,
        )  # fmt: skip
        GroupForm.objects.create(programme=programme, name="Razem", kind=kind, participants=2)
        Training.objects.create(
            title="Kurs",
            starts_on=date(2026, 9, 1),
            ends_on=date(2026, 9, 2),
            minutes=60,
            staff=1,
            residents=2,
        )
    told = _told()
    assert told["programme_persons", ""] == (6, None, 2)
    # One of them did not finish.
    assert told["programme_finished", ""] == (5, 6, 1)
    assert told["group_participations", ""] == (6, None, 2)
    assert told["group_participations", "self_help"] == (4, None, 2)
    assert told["group_participations", "support"] == (2, None, 2)
    assert told["trained_residents", ""] == (6, None, 2)


def test_cases_of_nobody_known_stand_on_one_person(in_alfa: Any) -> None:
    cases = [
        CrisisCase.objects.create(
            number=f"IK/{number}", opened_at=datetime(2026, 7, 1, 0, 0, tzinfo=WARSAW), contact="phone",
            identity="anonymous",
        )
        for number in (1, 2)
    ]  # fmt: skip
    for case, day, state in ((0, 2, "done"), (0, 9, "done"), (1, 2, "no_show"), (1, 3, "cancelled")):
        Session.objects.create(
            case=cases[case], starts_at=datetime(2026, 7, day, 10, tzinfo=WARSAW), minutes=60, state=state,
            place="office", worker_id=new_id(), worker_name="Anna",
        )  # fmt: skip
    told = _told()
    # Both may be of one who rang twice.
    assert told["crisis_cases", ""] == (2, None, 1)
    assert told["crisis_sessions", ""] == (2, None, 1)
    assert told["crisis_no_show", ""] == (1, 3, 1)
    assert told["service_kinds", ""][0] == 1


def _at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=WARSAW)


def _appointment(adviser: Any, day: datetime, **fields: Any) -> Any:
    given: dict[str, Any] = {
        "kind": "legal",
        "place": "office",
        "alias": "Pani K.",
        "state": "done",
        **fields,
    }
    return Appointment.objects.create(
        adviser=adviser, starts_at=day, ends_at=day + timedelta(hours=1), **given
    )


def test_waiting_is_counted_to_the_first_appointment_that_came_up(in_alfa: Any) -> None:
    adviser = WorkerFactory()
    asked = Request.objects.create(requested_on=date(2026, 7, 1), kind="legal", alias="Pani K.")
    _appointment(adviser, _at(7, 5), request=asked, state="cancelled", cancelled_by="person")
    _appointment(adviser, _at(7, 11), request=asked, state="no_show")
    _appointment(adviser, _at(7, 20), request=asked)
    # Its first appointment lies in the quarter before, whatever came after.
    earlier = Request.objects.create(requested_on=date(2026, 6, 1), kind="legal", alias="Pan M.")
    _appointment(adviser, _at(6, 20), request=earlier, alias="Pan M.")
    _appointment(adviser, _at(7, 2), request=earlier, alias="Pan M.")
    told = _told()
    assert told["advice_waiting", ""] == (10, 1, 1)
    # A second request of hers, and two of nobody known: still one person.
    for day, alias in ((2, "Pani K."), (3, ""), (4, "")):
        more = Request.objects.create(requested_on=date(2026, 7, day), kind="legal", alias=alias)
        _appointment(adviser, _at(7, day), request=more, alias=alias, state="no_show")
    assert _told()["advice_waiting", ""] == (10, 4, 1)
    # Advice held: 20 July and 2 July, by two persons; one of three who should have come did not.
    assert told["advice", ""][0] == 2 and told["advice_persons", ""][0] == 2
    assert told["advice_no_show", ""] == (1, 3, 1)


def test_refused_referrals_are_those_whose_outcome_became_known_in_the_quarter(in_alfa: Any) -> None:
    adviser = WorkerFactory()
    held = [_appointment(adviser, _at(5, day), alias=f"Osoba {day}") for day in (4, 5, 6)]
    for one, outcome, known in (
        (held[0], "refused", date(2026, 7, 1)),
        (held[1], "taken_up", date(2026, 9, 30)),
        (held[2], "refused", date(2026, 10, 1)),
    ):
        AdviceReferral.objects.create(
            appointment=one,
            referred_to="Poradnia",
            referred_on=date(2026, 6, 1),
            outcome=outcome,
            outcome_on=known,
        )
    case = CrisisCase.objects.create(
        number="IK/9", opened_at=datetime(2026, 5, 1, tzinfo=WARSAW), contact="phone", identity="anonymous"
    )
    to = entry("institution", "Szpital")
    for outcome, day in (
        ("refused", date(2026, 8, 1)),
        ("not_taken_up", date(2026, 8, 2)),
        ("waiting", None),
    ):
        CrisisReferral.objects.create(
            case=case, to=to, made_on=date(2026, 6, 1), outcome=outcome, outcome_on=day
        )
    # Two refused of four known. Whoever is known by an alias in advice may be whom the case helps: one person.
    assert _told()["referrals_refused", ""] == (2, 4, 1)


def _referred(outcome: str, *, advised: Any = None, helped: Any = None, alias: str = "") -> None:
    known = {"outcome": outcome, "outcome_on": date(2026, 8, 1)}
    if advised or alias:
        held = _appointment(WorkerFactory(), _at(5, 4), person=advised, alias=alias)
        AdviceReferral.objects.create(
            appointment=held, referred_to="Poradnia", referred_on=date(2026, 6, 1), **known
        )
    else:
        case = CrisisCase.objects.create(
            number=f"IK/{new_id()}"[:30], opened_at=_at(5, 1), contact="phone",
            identity="person" if helped else "anonymous", person=helped,
        )  # fmt: skip
        to = entry("institution", "Szpital")
        CrisisReferral.objects.create(case=case, to=to, made_on=date(2026, 6, 1), **known)


def test_who_was_referred_in_advice_and_in_a_crisis_is_one_person(in_alfa: Any) -> None:
    persons = [PersonFactory() for _number in range(6)]
    for person in persons[:5]:
        _referred("refused", advised=person)
        _referred("refused", helped=person)
    for person in persons:
        _referred("taken_up", advised=person)
    # Ten refusals, of five persons: with ten they would pass for a group large enough to be shown.
    assert _told()["referrals_refused", ""] == (10, 16, 5)
    # Another one is surely somebody else, and two who are not known might both be among the six.
    _referred("refused", helped=persons[5])
    _referred("refused", helped=None)
    _referred("refused", alias="Pani K.")
    assert _told()["referrals_refused", ""] == (13, 19, 6)
    for number in range(3):
        _referred("taken_up", alias=f"Osoba {number}")
        _referred("refused", alias=f"Osoba {number}")
    assert _told()["referrals_refused", ""] == (16, 25, 9)


def test_a_person_with_two_cases_is_one_person(in_alfa: Any) -> None:
    person = PersonFactory()
    for number in range(2):
        case = CrisisCase.objects.create(
            number=f"IK/{number}", opened_at=_at(7, 1), contact="phone", identity="person", person=person
        )
        for state, day in (("done", 3), ("no_show", 4)):
            Session.objects.create(
                case=case, starts_at=_at(7, day), minutes=60, state=state,
                place="office", worker_id=new_id(), worker_name="Anna",
            )  # fmt: skip
    told = _told()
    assert told["crisis_cases", ""] == (2, None, 1)
    assert told["crisis_sessions", ""] == (2, None, 1)
    assert told["crisis_no_show", ""] == (2, 4, 1)


def _call(number: int, opened: datetime, **fields: Any) -> Any:
    ended = opened - timedelta(hours=1)
    times = {
        "published_at": ended - timedelta(days=30),
        "deadline": ended,
        "closed_at": ended,
        "opened_at": opened,
    }
    return make_call(number=f"K/{number}/2026", state="opened", proven=False, **times, **fields)


def test_calls_count_offers_handed_in_single_offers_and_annulments(in_alfa: Any) -> None:
    for number, offers in ((1, 1), (2, 3), (3, 0)):
        call = _call(number, _at(7, 1 + number))
        for _each in range(offers):
            submit_offer(call, OrganisationFactory())
    annulled = _call(4, _at(6, 29))
    Call.objects.filter(pk=annulled.pk).update(
        state="annulled", annulled_at=_at(8, 3), annulment_reason="Brak środków w budżecie"
    )
    told = _told()
    assert told["offers_per_call", ""] == (4, 3, None)
    assert told["single_offer_calls", ""] == (1, 3, None)
    assert told["annulled_calls", ""] == (1, 1, None)
    assert told["days_to_contract", ""] == (0, 0, None)


def test_advice_is_told_by_type_and_by_depth_and_counts_persons_once(in_alfa: Any) -> None:
    adviser = WorkerFactory()
    for day, kind, depth, alias in (
        (1, "legal", "general", "Pani K."),
        (2, "legal", "in_depth", "Pani K."),
        (3, "psychological", "in_depth", "Pan M."),
        (6, "family", "general", ""),
    ):
        fields = {"alias": alias} if alias else {"alias": "", "person": None}
        _appointment(adviser, _at(7, day), kind=kind, depth=depth, **fields)
    told = _told()
    # The anonymous session may be of one of those who are known.
    assert told["advice", ""] == told["advice_depth", ""] == (4, None, 2)
    assert told["advice", "legal"] == (2, None, 1) and told["advice", "psychological"] == (1, None, 1)
    assert told["advice", "family"] == (1, None, 1) and told["advice", "other"] == (0, None, 0)
    assert told["advice_depth", "general"] == (2, None, 1)
    assert told["advice_depth", "in_depth"] == (2, None, 2)
    assert told["advice_persons", ""] == (2, None, 2)
    # Three kinds of advice are kinds of services.
    assert told["service_kinds", ""][0] == 3


def test_social_workers_are_told_against_those_that_the_act_requires(in_alfa: Any) -> None:
    assert ("social_workers_required", "") not in _told()
    for _each in range(3):
        signed_in_client("social_worker", in_alfa)
    signed_in_client("coordinator", in_alfa)
    Tenant.objects.filter(pk=in_alfa.pk).update(population=8_001)
    in_alfa.refresh_from_db()
    # One for 2,000 inhabitants, every part counted whole.
    assert _told()["social_workers_required", ""] == (3, 5, None)


def test_results_improvements_and_kinds_of_services_of_the_quarter(in_alfa: Any) -> None:
    for day, kind in ((1, "event"), (2, "event"), (3, "publication")):
        Result.objects.create(kind=kind, title="Wynik", happened_on=date(2026, 9, day))
    Result.objects.create(kind="event", title="Później", happened_on=date(2026, 10, 1))
    cycle = make_cycle()
    for number, done in enumerate((date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1), None)):
        SelfAssessmentArea.objects.create(
            cycle=cycle, section="scope", area=f"Zakres {number}", level_now=1, level_wanted=3, done_on=done
        )
    for code, last in (
        ("care", date(2026, 7, 1)),
        ("care", date(2026, 12, 31)),
        ("meals", date(2026, 6, 30)),
    ):
        service = ServiceFactory(code=code)
        ContractFactory(service=service, valid_from=date(2026, 1, 1), valid_to=last)
    told = _told()
    assert told["results", ""] == (3, None, None)
    assert [told["results", kind][0] for kind in ("event", "publication", "in_kind")] == [2, 1, 0]
    assert told["improvements", ""] == (2, None, None)
    assert told["service_kinds", ""] == (1, None, None)


def test_days_to_a_contract_are_counted_from_the_announcement_to_the_signature(in_alfa: Any) -> None:
    for number, signed_on in ((1, date(2026, 7, 30)), (2, date(2026, 9, 8)), (3, date(2026, 10, 1))):
        # Published on 31 May, 1 June and 2 June: thirty days before the call ended.
        call = _call(number, _at(7, number))
        offer = submit_offer(call, OrganisationFactory())
        award = Award.objects.create(
            offer=offer, lot=offer.lot, opinion="granted", opinion_amount=1000, decision="granted", amount=1000,
            decided_at=_at(7, 10),
        )  # fmt: skip
        file = StoredFile.objects.create(
            key=f"umowa-{number}", name="umowa.pdf", content_type="application/pdf", size=1, sha256="0" * 64
        )
        ContractDraft.objects.create(
            award=award, contract=ContractFactory(signed_on=signed_on), state="signed", number=f"U/{number}",
            valid_from=date(2026, 8, 1), valid_to=date(2026, 12, 31), amount=1000, price_per_hour=40, document=file,
        )  # fmt: skip
    # A contract that no call led to is not among them.
    ContractFactory(signed_on=date(2026, 8, 1))
    # From 1 June to 30 July 59 days, from 2 June to 8 September 98.
    assert _told()["days_to_contract", ""] == (59 + 98, 2, None)
