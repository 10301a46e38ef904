"""Step 1 through HTTP: rows of groups, needs, resources, consultations and of the self-diagnosis; the gap."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.models import (
    Activity,
    Consultation,
    CycleResource,
    Need,
    ScopeItem,
    SelfAssessmentArea,
    TargetGroup,
)
from kernel.tenancy import tenant_scope
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import (
    count_resource,
    make_cycle,
    make_group,
    make_need,
    make_resource,
    put_at,
)

GROUP = {
    "addressees": "seniors",
    "description": "75+",
    "persons": "420",
    "source": "OZPS 2025",
    "year": "2025",
}


def rows(*lines: dict[str, str], seen: str = "", stored: int = 0) -> dict[str, str]:
    """What a browser sends of these rows."""
    data = {"rows-TOTAL_FORMS": str(len(lines)), "rows-INITIAL_FORMS": str(stored), "seen": seen}
    for number, line in enumerate(lines):
        data |= {f"rows-{number}-{name}": value for name, value in line.items()}
    return data


@pytest.fixture
def cycle(in_alfa: Any) -> Any:
    return make_cycle()


@pytest.fixture
def client(cycle: Any, in_alfa: Any, sign_in: Any) -> Any:
    return sign_in("coordinator", in_alfa)


def _address(cycle: Any, page: str) -> str:
    return f"/alfa/cycles/{cycle.pk}/needs/{page}"


def test_groups_are_added_changed_and_removed_in_one_go(cycle: Any, client: Any, in_alfa: Any) -> None:
    address = _address(cycle, "groups/")
    children = {**GROUP, "addressees": "children", "description": "", "persons": "80"}
    assert client.post(address, rows(GROUP, children, {})).status_code == 302
    with tenant_scope(in_alfa):
        seniors, kids = TargetGroup.objects.order_by("id")
    seen = client.get(address).context["form"].initial["seen"]
    changed = rows(
        {**GROUP, "id": str(seniors.pk), "persons": "430"},
        {**children, "id": str(kids.pk), "DELETE": "on"},
        seen=seen,
    )
    assert client.post(address, changed).status_code == 302
    with tenant_scope(in_alfa):
        assert [(g.pk, g.persons) for g in TargetGroup.objects.all()] == [(seniors.pk, 430)]
        payload = Entry.objects.filter(verb="edit_groups").last().payload
        assert payload["before"][str(seniors.pk)]["persons"] == 420
        assert payload["after"][str(seniors.pk)]["persons"] == 430
        assert str(kids.pk) in payload["before"] and str(kids.pk) not in payload["after"]


def test_saving_without_a_change_writes_no_audit_line(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        group = make_group(cycle, description="75+", persons=420, source="OZPS 2025")
    assert client.post(_address(cycle, "groups/"), rows({**GROUP, "id": str(group.pk)})).status_code == 302
    with tenant_scope(in_alfa):
        assert not Entry.objects.filter(verb="edit_groups").exists()


def test_the_later_of_two_editors_learns_of_the_earlier(cycle: Any, client: Any, in_alfa: Any) -> None:
    address = _address(cycle, "groups/")
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, rows(GROUP, seen=seen)).status_code == 302
    late = client.post(address, rows({**GROUP, "description": "inna"}, seen=seen))
    assert late.status_code == 409 and "inna" in late.content.decode()
    with tenant_scope(in_alfa):
        assert TargetGroup.objects.get().description == "75+"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"persons": "-1"}, "Wiersz 1"),
        ({"persons": "dużo"}, "Wiersz 1"),
        ({"year": "1800"}, "Wiersz 1"),
        ({"source": ""}, "Wiersz 1"),
        ({"addressees": "kosmici"}, "Wiersz 1"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_saved(
    cycle: Any, client: Any, in_alfa: Any, change: dict[str, str], words: str
) -> None:
    answer = client.post(_address(cycle, "groups/"), rows({**GROUP, **change}))
    assert answer.status_code == 422 and words in answer.content.decode()
    with tenant_scope(in_alfa):
        assert not TargetGroup.objects.exists()


def test_the_same_group_twice_is_refused_with_its_row(cycle: Any, client: Any, in_alfa: Any) -> None:
    answer = client.post(_address(cycle, "groups/"), rows(GROUP, GROUP))
    assert answer.status_code == 422 and "Wiersz 2" in answer.content.decode()
    with tenant_scope(in_alfa):
        assert not TargetGroup.objects.exists()


def test_a_refused_row_has_the_number_that_people_see(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        gone = make_group(cycle, description="stara")
    answer = client.post(
        _address(cycle, "groups/"), rows({"id": str(gone.pk), "DELETE": "on"}, {}, GROUP, GROUP)
    )
    assert answer.status_code == 422
    (told,) = answer.context["form"].non_field_errors()
    assert told.startswith("Wiersz 4:")


def test_needs_name_a_group_of_the_cycle_and_hours_as_people_say_them(
    cycle: Any, client: Any, in_alfa: Any
) -> None:
    with tenant_scope(in_alfa):
        group = make_group(cycle)
        foreign = make_group(make_cycle(title="Inny cykl"))
        activity = Activity.objects.get(service=cycle.service, code="shopping")
        other = ServiceFactory(code="advice", name="Poradnictwo")
        strange = Activity.objects.get(service=other, code="shopping")
    line = {
        "group": str(group.pk), "name": "Zakupy", "activity": str(activity.pk), "persons": "26",
        "minutes_month": "200 h", "specialism": "", "note": "",
    }  # fmt: skip
    address = _address(cycle, "needs/")
    for change in (
        {"group": str(foreign.pk)},
        {"activity": str(strange.pk)},
        {"minutes_month": "dużo"},
        {"group": ""},
        {"minutes_month": "0"},
    ):
        assert client.post(address, rows({**line, **change})).status_code == 422, change
    assert client.post(address, rows(line)).status_code == 302
    with tenant_scope(in_alfa):
        need = Need.objects.get()
        assert (need.group_id, need.activity_id, need.minutes_month) == (group.pk, activity.pk, 12_000)


def test_groups_and_needs_of_nobody_and_talks_of_tomorrow_are_refused(
    cycle: Any, client: Any, in_alfa: Any
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    talk = {"held_on": tomorrow.isoformat(), "form": "meeting", "participants": "3", "conclusions": "Więcej."}
    with tenant_scope(in_alfa):
        group = make_group(cycle)
    need = {"group": str(group.pk), "name": "Zakupy", "persons": "0", "minutes_month": "200 h"}
    for page, line, told in (
        ("groups/", {**GROUP, "persons": "0"}, "0 to za mało. Wpisz co najmniej 1"),
        ("needs/", need, "0 to za mało. Wpisz co najmniej 1"),
        ("consultations/", talk, f"{tomorrow:%d.%m.%Y} leży w przyszłości"),
    ):
        answer = client.post(_address(cycle, page), rows(line))
        assert answer.status_code == 422 and told in answer.content.decode(), page
    with tenant_scope(in_alfa):
        assert not Consultation.objects.exists() and not Need.objects.exists()
        assert TargetGroup.objects.count() == 1


def test_a_need_keeps_an_activity_that_is_no_longer_offered(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        shopping = Activity.objects.get(service=cycle.service, code="shopping")
        need = make_need(cycle, activity=shopping)
        Activity.objects.update(offered=False)
    line = {
        "id": str(need.pk), "group": str(need.group_id), "name": "Zakupy", "activity": str(shopping.pk),
        "persons": "12", "minutes_month": "100 h",
    }  # fmt: skip
    assert client.post(_address(cycle, "needs/"), rows(line)).status_code == 302
    with tenant_scope(in_alfa):
        assert Need.objects.get().persons == 12


def test_what_others_rest_on_is_not_removed(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        need = make_need(cycle)
        group = need.group
        ScopeItem.objects.create(
            cycle=cycle, activity=Activity.objects.get(service=cycle.service, code="shopping"), need=need,
            performer="carer", mode="together", times_week=2, minutes_each=60, persons=3,
        )  # fmt: skip
    for page, gone in (("groups/", group), ("needs/", need)):
        answer = client.post(_address(cycle, page), rows({"id": str(gone.pk), "DELETE": "on"}))
        assert answer.status_code == 422 and "nie można usunąć" in answer.content.decode()
    with tenant_scope(in_alfa):
        assert Need.objects.exists() and TargetGroup.objects.exists()


def test_a_row_that_was_removed_meanwhile_is_not_written_anew(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        gone = make_group(cycle)
        gone_id = str(gone.pk)
        gone.delete()
    answer = client.post(_address(cycle, "groups/"), rows({**GROUP, "id": gone_id}))
    assert answer.status_code == 422
    with tenant_scope(in_alfa):
        assert not TargetGroup.objects.exists()


def test_a_row_of_another_cycle_is_not_taken_over(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        other = make_group(make_cycle(title="Inny cykl"))
    assert client.post(_address(cycle, "groups/"), rows({**GROUP, "id": str(other.pk)})).status_code == 422
    with tenant_scope(in_alfa):
        other.refresh_from_db()
        assert other.cycle_id != cycle.pk and other.persons == 300


def test_resources_are_counted_once_for_a_need(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        need, place = make_need(cycle), make_resource()
        gone = make_resource(institution="Dawny klub", retired=True)
    address = _address(cycle, "resources/")
    line = {"resource": str(place.pk), "need": str(need.pk), "minutes_month": "40 h", "note": ""}
    assert client.post(address, rows(line, line)).status_code == 422
    assert client.post(address, rows({**line, "resource": str(gone.pk)})).status_code == 422
    assert client.post(address, rows(line, {**line, "need": ""})).status_code == 302
    with tenant_scope(in_alfa):
        counted = {(one.need_id, one.minutes_month) for one in CycleResource.objects.all()}
        assert counted == {(need.pk, 2400), (None, 2400)}
        # A place that closes after it was counted stays on the form.
        type(place).objects.update(retired=True)
    assert str(place.pk) in client.get(address).content.decode()


def test_the_gap_is_needs_less_resources(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        first, second = make_need(cycle, 600), make_need(cycle, 500, name="Posiłki")
        count_resource(cycle, 900, first)
        count_resource(cycle, 150, second, institution="Klub")
        count_resource(cycle, 100, None, institution="Most")
        third = make_need(cycle, 150, name="Spacery")
    page = client.get(_address(cycle, ""))
    table = page.context["table"]
    assert [(line.gap.open_minutes, line.unmet) for line in table.lines] == [(0, 0), (280, 280), (120, 120)]
    # What is given to all is shared out among what is missing (350 and 150), so that the lines sum to the total.
    assert [line.gap.given for line in table.lines] == [900, 220, 30] and table.lines[2].need == third
    assert (table.given_to_all, table.total.open_minutes) == (100, 400)
    with tenant_scope(in_alfa):
        put_at(cycle, steps.SCOPE)
    planning = client.get(f"/alfa/cycles/{cycle.pk}/scope/").context["needs"]
    assert [line.gap for line in planning.lines] == [line.gap for line in table.lines]
    text = page.content.decode()
    assert "6:40" in text and 'class="bar-cell"' in text and "bar-over" in text


def test_consultations_and_the_self_diagnosis(cycle: Any, client: Any, in_alfa: Any) -> None:
    talk = {"held_on": "2026-07-10", "form": "meeting", "participants": "34", "conclusions": "Zastępstwa"}
    assert (
        client.post(_address(cycle, "consultations/"), rows({**talk, "held_on": "31.06.2026"})).status_code
        == 422
    )
    assert client.post(_address(cycle, "consultations/"), rows(talk)).status_code == 302
    area = {
        "section": "monitoring", "area": "Porównanie dzienniczków", "level_now": "2", "level_wanted": "4",
        "measure": "Co miesiąc", "owner_id": str(client.user.pk), "due_on": "2027-01-31", "done_on": "",
    }  # fmt: skip
    backwards = {**area, "level_now": "4", "level_wanted": "2"}
    assert client.post(_address(cycle, "assessment/"), rows(backwards)).status_code == 422
    assert client.post(_address(cycle, "assessment/"), rows(area)).status_code == 302
    with tenant_scope(in_alfa):
        assert Consultation.objects.get().held_on == date(2026, 7, 10)
        assert "Zastępstwa" not in str(Entry.objects.get(verb="edit_consultations").payload)
        stored = SelfAssessmentArea.objects.get()
        assert (stored.owner_id, stored.due_on) == (client.user.pk, date(2027, 1, 31))
    page = client.get(_address(cycle, "")).content.decode()
    assert "▲ 2" in page and client.user.full_name in page


def test_the_plan_of_adjustment_is_followed_up_after_the_step_is_passed(
    cycle: Any, client: Any, in_alfa: Any
) -> None:
    with tenant_scope(in_alfa):
        put_at(cycle, "form")
        area = SelfAssessmentArea.objects.create(
            cycle=cycle, section="scope", area="Zakres", level_now=1, level_wanted=3
        )
    done = {
        "id": str(area.pk), "section": "scope", "area": "Zakres", "level_now": "3", "level_wanted": "3",
        "done_on": "2026-11-01",
    }  # fmt: skip
    assert client.post(_address(cycle, "assessment/"), rows(done)).status_code == 302
    assert client.post(_address(cycle, "groups/"), rows(GROUP)).status_code == 422


def test_needs_and_checks_of_resources_say_what_comes_first(cycle: Any, client: Any, in_alfa: Any) -> None:
    page = client.get(_address(cycle, "")).content.decode()
    assert "Najpierw grupy" in page and "Najpierw wybierz zasoby" in page
    assert "sprawdzono ponad rok temu" not in page and _address(cycle, "needs/") not in page
    asked = client.get(_address(cycle, "needs/"), follow=True)
    assert asked.redirect_chain == [(_address(cycle, "groups/"), 302)]
    assert "każda potrzeba jest potrzebą jakiejś grupy. Wpisz je tutaj" in asked.content.decode()
    with tenant_scope(in_alfa):
        make_group(cycle)
    assert client.get(_address(cycle, "needs/")).status_code == 200
    assert _address(cycle, "needs/") in client.get(_address(cycle, "")).content.decode()


def test_stale_resources_and_gaps_without_a_plan_only_remind(cycle: Any, client: Any, in_alfa: Any) -> None:
    with tenant_scope(in_alfa):
        make_need(cycle)
        count_resource(cycle, verified_on=timezone.localdate() - timedelta(days=366))
        SelfAssessmentArea.objects.create(
            cycle=cycle, section="scope", area="Zakres", level_now=1, level_wanted=3
        )
    page = client.get(_address(cycle, ""))
    assert [check.done for check in page.context["checks"]] == [True, True, True, False, False, False]
    assert page.context["unmet"] == () and page.context["may_pass"]
