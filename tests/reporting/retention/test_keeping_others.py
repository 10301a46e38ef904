"""What one person's anonymising leaves alone: files that tell of others, settled months, and what keeps a person."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from audit.models import Entry
from documents.actions import store_file
from documents.models import StoredFile
from documents.tasks import remove_contents
from kernel.access import Access
from kernel.errors import Conflict
from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.advice.actions.cards import CardEntry, edit_card, refer
from reporting.advice.models import AdviceFile, Appointment
from reporting.care.models import Person
from reporting.continuity.actions import note_reached
from reporting.crisis.actions import correct_contact, reopen_case
from reporting.crisis.models import CrisisCase
from reporting.delivery.actions import Operation, VisitContent, save_cells
from reporting.delivery.models import DiaryImport, Visit
from reporting.field.actions import answer_observation
from reporting.field.models import Observation
from reporting.retention import actions
from reporting.retention.models import Clearance, ClearanceLine, Hold
from reporting.settlement.actions import LateVisit, add_late_visit, take_back_settlement
from reporting.settlement.actions.adjusting import Correction, add_adjustment
from reporting.settlement.models import ConfirmedPayment, Settlement
from reporting.supervision.actions import FindingEntry, check_item, recommend_on_decision, save_finding
from reporting.supervision.models import SampledItem
from tests.factories.care import DecisionFactory, PersonFactory
from tests.queueing import done_at_once
from tests.reporting.retention.old_world import ACTOR, AT, MARK, MONTH, Old, where_told

pytestmark = pytest.mark.usefixtures("served_as")

HOME = "/alfa/retention/"


def carry_out() -> Clearance:
    """The list of today, made and carried out; runs in the tenant."""
    actions.propose_clearance(actor=ACTOR)
    proposed = Clearance.objects.get(state="proposed")
    return actions.confirm_clearance(proposed, protocol="BR/1", approved_on=timezone.localdate(), actor=ACTOR)


def _advice_file(contract: Any) -> str:
    stored = store_file(b"x;y", name="porady.csv", content_type="text/csv", folder="advice", actor=ACTOR)
    AdviceFile.objects.create(contract=contract, file=stored, state="refused", created_at=AT)
    return stored.key


def test_a_file_stays_while_it_may_tell_of_somebody_else(
    alfa: Any, old: Old, sign_in: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with tenant_scope(alfa):
        other = PersonFactory(surname="Wstrzymana")
        Person.objects.filter(pk=other.pk).update(created_at="2015-01-01T12:00:00Z")
        DecisionFactory(
            number="D/2/2019",
            person=other,
            contract=old.contract,
            issued_on=MONTH,
            valid_from=MONTH,
            valid_to=old.decision.valid_to,
        )
        old.month.refresh_from_db()
        own = Appointment.objects.get()
        Appointment.objects.create(
            person=other, adviser=own.adviser, kind="legal", place="office", state="no_show", entered_at=AT,
            starts_at=AT.replace(hour=14), ends_at=AT.replace(hour=15), contract=old.contract,
        )  # fmt: skip
        Appointment.objects.filter(pk=own.pk).update(contract=old.contract)
        keys = [old.file_key, _advice_file(old.contract), _advice_file(None)]
        hold = actions.place_hold(other, reason="court", reference="I C 7/25", actor=ACTOR)
        with django_capture_on_commit_callbacks(execute=True):
            done = carry_out()
        line = ClearanceLine.objects.get()
        assert (line.state, line.person_id, line.rest_stays) == ("done", old.person.pk, True)
        assert Entry.objects.get(verb="confirm_clearance").payload["rest_stays"] == [str(old.person.pk)]
        assert all(default_storage.exists(key) for key in keys)
    told = sign_in("director", alfa).get(f"{HOME}lists/{done.pk}/").content.decode()
    assert "pozostają, bo mogą dotyczyć także innych osób" in " ".join(told.split())
    with tenant_scope(alfa):
        actions.lift_hold(Hold.objects.get(pk=hold.pk), actor=ACTOR)
        with done_at_once(remove_contents), django_capture_on_commit_callbacks(execute=True):
            carry_out()
        assert not ClearanceLine.objects.get(person=other).rest_stays
        assert not DiaryImport.objects.exists() and not AdviceFile.objects.exists()
        assert not any(default_storage.exists(key) for key in keys) and not StoredFile.objects.exists()


def test_a_settled_month_of_an_anonymised_person_is_not_taken_back(alfa: Any, old: Old) -> None:
    with tenant_scope(alfa):
        carry_out()
        with pytest.raises(Conflict, match="nie da się policzyć na nowo"):
            take_back_settlement(old.contract, Month.of(MONTH), reason="pomyłka", actor=ACTOR)
        # Also where the decision of the month was never paid for, or what was paid is of another month.
        ConfirmedPayment.objects.all().delete()
        with pytest.raises(Conflict, match="nie da się policzyć na nowo"):
            take_back_settlement(old.contract, Month.of(MONTH), reason="pomyłka", actor=ACTOR)
        assert Settlement.objects.get().state == "settled"


def test_no_verb_writes_about_somebody_anonymised(alfa: Any, old: Old, sign_in: Any) -> None:
    """Each verb by itself, in the state in which the anonymised rows are."""
    everywhere = Access(ACTOR, permissions=frozenset({"diary.enter"}), organisation_ids=None)
    with tenant_scope(alfa):
        carry_out()
        person, decision, month = Person.objects.get(pk=old.person.pk), old.decision, Month.of(MONTH)
        case, held, item = CrisisCase.objects.get(), Appointment.objects.get(), SampledItem.objects.first()
        card = CardEntry(minutes=60, depth="talk")
        late = LateVisit(decision, old.worker, MONTH, time(8), 60, MARK, Month.of(MONTH).next())
        correction = Correction(Visit.objects.get().pk, -5, "other", MARK, Month.of(MONTH).next())
        verbs: list[Callable[[], Any]] = [
            lambda: reopen_case(case, reason=MARK, actor=ACTOR),
            lambda: correct_contact(case, opened_at=AT, reason=MARK, actor=ACTOR),
            lambda: answer_observation(Observation.objects.get(), MARK, actor=ACTOR),
            lambda: edit_card(held, card, actor=ACTOR),
            lambda: refer(held, MARK, MONTH, actor=ACTOR),
            lambda: note_reached(person, old.contract, outcome="reached", remark=MARK, actor=ACTOR),
            lambda: add_late_visit(old.contract, month, late, actor=ACTOR),
            lambda: add_adjustment(old.contract, month, correction, actor=ACTOR),
            lambda: check_item(item, {}, note=MARK, actor=ACTOR),
            lambda: save_finding(item.inspection, FindingEntry("minor", MARK, item), actor=ACTOR),
            lambda: recommend_on_decision(
                old.contract, month, decision, verdict="keep", reason=MARK, actor=ACTOR
            ),
        ]
        for verb in verbs:
            with pytest.raises(Conflict) as refused, transaction.atomic():
                verb()
            assert refused.value.problems[0].code == "person_anonymised"
        content = VisitContent(MONTH, time(8), time(9), old.worker.pk, Visit.State.DONE, (), MARK)
        typed = Operation(new_id(), "record", new_id(), decision.pk, content=content)
        [saved] = save_cells(old.contract, [typed], access=everywhere, actor=ACTOR)
        assert saved.error is not None and saved.error.problems[0].code == "person_anonymised"
        assert where_told([MARK]) == set()
