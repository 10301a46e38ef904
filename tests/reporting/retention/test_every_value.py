"""Every kind of matter, category and hold, and every state of a list and its lines, through the pages of retention."""

from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from reporting.care.keeping import MatterKind
from reporting.retention.models import Clearance, ClearanceLine, Hold, RecordKind, RetentionClass
from reporting.retention.schedule import finish_clearances
from tests.factories.care import PersonFactory
from tests.reporting.retention.kinds import term
from tests.reporting.retention.old_world import Old
from tests.reporting.retention.test_clearances import HOME, _proposed, _today
from tests.values_on_pages import assert_offered, assert_shown, times_said

CLASS = {
    "kind": "care",
    "symbol": "8123",
    "category": "B",
    "years": "10",
    "valid_from": "01.01.2011",
    "source": "Nr 3",
}


@pytest.mark.parametrize("kind", [*MatterKind, *RecordKind], ids=str)
def test_every_kind_of_matter(alfa: Any, sign_in: Any, kind: MatterKind | RecordKind) -> None:
    director, page = sign_in("director", alfa), f"{HOME}classes/"
    assert_offered(director, page, kind)
    with tenant_scope(alfa):
        # Nothing is proposed for a kind that has a class.
        term(kind)
    before = times_said(director, page, kind)
    assert director.post(page, {**CLASS, "kind": kind.value}).status_code == 302
    with tenant_scope(alfa):
        assert RetentionClass.objects.filter(kind=kind).count() == 2
    assert_shown(director, page, kind, before=before)


# How archives write the category in short; a new one fails until it stands here.
CATEGORIES = {"A": ("", "<span>A</span>"), "B": ("7", "<span>B7</span>"), "BE": ("25", "<span>BE25</span>")}


@pytest.mark.parametrize("category", list(RetentionClass.Category), ids=str)
def test_every_category_of_archives(alfa: Any, sign_in: Any, category: RetentionClass.Category) -> None:
    director, page = sign_in("director", alfa), f"{HOME}classes/"
    assert_offered(director, page, category)
    years, said = CATEGORIES[category]
    assert said not in director.get(page).content.decode()
    assert director.post(page, {**CLASS, "category": category.value, "years": years}).status_code == 302
    with tenant_scope(alfa):
        assert RetentionClass.objects.get().category == category
    assert said in director.get(page).content.decode()


@pytest.mark.parametrize("reason", list(Hold.Reason), ids=str)
def test_every_reason_to_keep_a_person_back(alfa: Any, sign_in: Any, reason: Hold.Reason) -> None:
    with tenant_scope(alfa):
        person = PersonFactory()
    officer, page = sign_in("privacy_officer", alfa), f"{HOME}holds/"
    assert_offered(officer, page, reason)
    before = times_said(officer, page, reason)
    typed = {"code": person.code, "reason": reason.value, "reference": "SK/4"}
    assert officer.post(page, typed).status_code == 302
    with tenant_scope(alfa):
        assert Hold.objects.get().reason == reason
    assert_shown(officer, page, reason, before=before)


@pytest.mark.parametrize("state", list(Clearance.State), ids=str)
def test_every_state_of_a_list(alfa: Any, old: Old, sign_in: Any, state: Clearance.State) -> None:
    director = sign_in("director", alfa)
    confirm = _proposed(director)
    if state == Clearance.State.CONFIRMED:
        assert director.post(confirm, _today()).status_code == 302
        assert finish_clearances() == 1
    with tenant_scope(alfa):
        kept = Clearance.objects.get()
    assert kept.state == state
    assert_shown(director, f"{HOME}lists/{kept.pk}/", state)


@pytest.mark.parametrize("state", list(ClearanceLine.State), ids=str)
def test_every_state_of_a_person_on_a_list(
    alfa: Any, old: Old, sign_in: Any, state: ClearanceLine.State
) -> None:
    director = sign_in("director", alfa)
    confirm = _proposed(director)
    if state == ClearanceLine.State.KEPT:
        typed = {"code": old.person.code, "reason": "court", "reference": "I C 7/25"}
        assert sign_in("privacy_officer", alfa).post(f"{HOME}holds/", typed).status_code == 302
    if state != ClearanceLine.State.PROPOSED:
        assert director.post(confirm, _today()).status_code == 302
        assert finish_clearances() == 1
    with tenant_scope(alfa):
        line = ClearanceLine.objects.get()
    assert line.state == state
    assert_shown(director, f"{HOME}lists/{line.clearance_id}/", state)
