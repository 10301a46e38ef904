"""An inspection from its plan to its end, from both sides, through the pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry, Reading
from kernel.tenancy import connection
from reporting.supervision.models import Finding, Inspection, Recommendation
from reporting.supervision.queries.findings import finding_counts, findings_told
from tests.reporting.supervision.supervised import MONTH, Supervised, build_supervised, in_days, rows
from ui.formatting import format_date_text

pytestmark = pytest.mark.django_db


def plan(
    world: Supervised, *, on: str | None = None, announced: bool = True, kind: str = "both"
) -> Inspection:
    data = {
        "contract": world.contract.pk,
        "kind": kind,
        "subject": "Karty pierwszego kontaktu",
        "planned_on": on or in_days(0),
        "inspector": str(world.clients["inspector"].user.pk),
    }
    answer = world.post("inspector", "plan_inspection", data | ({"announced": "on"} if announced else {}))
    assert answer.status_code == 302, answer.context["form"].errors
    with world.in_tenant():
        return Inspection.objects.select_related("contract").latest("pk")


def fresh(world: Supervised, inspection: Inspection) -> Inspection:
    with world.in_tenant():
        return Inspection.objects.get(pk=inspection.pk)


def draw(world: Supervised, inspection: Inspection, **changed: Any) -> Any:
    data = {"of": "decisions", "method": "variance", "month": MONTH, "size": 2, "seed": "seed-1", **changed}
    return world.post("inspector", "draw_sample", data, pk=inspection.pk)


def hold(world: Supervised, inspection: Inspection) -> None:
    data = {"held_on": in_days(0), "present": "A. Nowak", "protocol": "Obejrzano dokumenty."}
    assert world.post("inspector", "write_protocol", data, pk=inspection.pk).status_code == 302


def check(world: Supervised, inspection: Inspection, place: int) -> None:
    with world.in_tenant():
        item = inspection.items.get(place=place)
    answers = {f"check_{at}": "yes" for at in range(len(item.checks))}
    address = {"pk": inspection.pk, "item_pk": item.pk}
    assert world.post("inspector", "check_item", answers, **address).status_code == 302


def find(world: Supervised, inspection: Inspection, **changed: Any) -> Any:
    row = {"text": "Uzupełnić podpisy", "owner": "koordynator", "due_on": in_days(10)}
    data = {"severity": "major", "text": "Brak podpisów", **changed, **rows(row)}
    return world.post("inspector", "add_finding", data, pk=inspection.pk)


def sent(world: Supervised) -> Inspection:
    inspection = plan(world)
    hold(world, inspection)
    find(world, inspection)
    assert world.post("inspector", "send_protocol", pk=inspection.pk).status_code == 302
    return fresh(world, inspection)


def recommendation(world: Supervised, inspection: Inspection) -> Recommendation:
    with world.in_tenant():
        return Recommendation.objects.get(finding__inspection=inspection)


def verbs(world: Supervised) -> list[str]:
    with world.in_tenant():
        return list(Entry.objects.order_by("sequence").values_list("verb", flat=True))


def test_from_the_plan_to_the_end(world: Supervised) -> None:
    before = len(verbs(world))
    inspection = plan(world)
    assert draw(world, inspection).status_code == 302
    hold(world, inspection)
    check(world, inspection, 1)
    check(world, inspection, 2)
    assert find(world, inspection).status_code == 302
    assert world.post("inspector", "send_protocol", pk=inspection.pk).status_code == 302
    assert (
        world.post("ngo", "answer_protocol", {"answer": "Uzupełnimy."}, pk=inspection.pk).status_code == 302
    )
    one = recommendation(world, inspection)
    assert world.post("ngo", "report_recommendation", {"report": "Podpisy są."}, pk=one.pk).status_code == 302
    followed = {"result": "done", "note": "Obejrzano karty."}
    assert world.post("inspector", "follow_up_recommendation", followed, pk=one.pk).status_code == 302
    assert (
        world.post("inspector", "close_inspection", {"note": "Wykonano."}, pk=inspection.pk).status_code
        == 302
    )
    done = fresh(world, inspection)
    assert (done.state, done.closing_note, str(done)) == ("closed", "Wykonano.", f"K/1/{done.year}")
    assert recommendation(world, inspection).state == "done"
    assert verbs(world)[before:] == [
        "plan_inspection",
        "draw_sample",
        "write_protocol",
        "check_item",
        "check_item",
        "save_finding",
        "send_protocol",
        "answer_protocol",
        "report_recommendation",
        "follow_up_recommendation",
        "close_inspection",
    ]
    page = world.get("ngo", "inspection", pk=inspection.pk).content.decode()
    for told in ("Brak podpisów", "Uzupełnić podpisy", "Obejrzano karty.", "Wykonano.", "Łącka-1"):
        assert told in page


def test_a_sample_can_be_drawn_again_from_its_seed(world: Supervised) -> None:
    drawn = []
    for _n in range(2):
        inspection = plan(world)
        draw(world, inspection, method="random", size=1)
        row = fresh(world, inspection)
        assert (row.seed, row.population, row.method) == ("seed-1", 2, "random")
        with world.in_tenant():
            drawn.append((row.population_sha256, [item.decision_id for item in row.items.all()]))
    assert drawn[0] == drawn[1]


def test_what_is_checked_is_written_in_the_language_of_the_papers_whoever_draws(world: Supervised) -> None:
    inspection = plan(world)
    world.clients["inspector"].cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    draw(world, inspection, method="random", size=1)
    with world.in_tenant():
        checks = fresh(world, inspection).items.get().checks
    assert "Plan wizyt aktualny" in {one["label"] for one in checks}


def test_variance_draws_the_decision_farthest_from_its_plan(world: Supervised) -> None:
    inspection = plan(world)
    draw(world, inspection, size=1)
    with world.in_tenant():
        item = fresh(world, inspection).items.get()
    assert (item.decision_id, item.value_minutes, item.variance_permille) == (world.short.pk, 480, 750)


def test_visits_are_drawn_too_and_a_seed_is_made_where_none_is_given(world: Supervised) -> None:
    inspection = plan(world)
    draw(world, inspection, of="visits", method="value", size=3, seed="")
    row = fresh(world, inspection)
    with world.in_tenant():
        items = list(row.items.all())
    assert row.population == 5
    assert len(row.seed) == 12
    assert all(item.visit_on.month == 10 and item.visit_worker for item in items)


def test_a_month_without_anything_is_refused(world: Supervised) -> None:
    inspection = plan(world)
    answer = draw(world, inspection, of="visits", month="2026-02")
    assert answer.status_code == 422
    assert fresh(world, inspection).method == ""


def test_completeness_is_scored_and_a_checked_sample_stays(world: Supervised) -> None:
    inspection = plan(world)
    draw(world, inspection, size=1)
    with world.in_tenant():
        item = fresh(world, inspection).items.get()
    asked = len(item.checks)
    assert world.post("inspector", "check_item", {}, pk=inspection.pk, item_pk=item.pk).status_code == 422
    answers = {f"check_{place}": "yes" for place in range(asked)} | {"check_0": "no", "check_1": "na"}
    assert (
        world.post("inspector", "check_item", answers, pk=inspection.pk, item_pk=item.pk).status_code == 302
    )
    with world.in_tenant():
        item.refresh_from_db()
        assert (item.present, item.asked) == (asked - 2, asked - 1)
        read = Reading.objects.filter(page="supervision.check_item").count()
    assert read == 2
    assert item.checks[0]["label"] in world.get("inspector", "inspection", pk=inspection.pk).content.decode()
    assert draw(world, inspection).status_code == 422


def test_a_protocol_is_not_sent_while_something_drawn_was_not_checked(world: Supervised) -> None:
    inspection = plan(world)
    draw(world, inspection)
    hold(world, inspection)
    check(world, inspection, 1)
    with world.in_tenant():
        unchecked = fresh(world, inspection).items.get(place=2).decision.number
    refused = world.post("inspector", "send_protocol", pk=inspection.pk)
    assert refused.status_code == 422
    told = refused.content.decode()
    assert f"Pozycja 2 próby ({unchecked}) nie jest sprawdzona." in told
    assert "Pozycja 1 próby" not in told
    assert fresh(world, inspection).state == "held"
    check(world, inspection, 2)
    assert world.post("inspector", "send_protocol", pk=inspection.pk).status_code == 302
    assert fresh(world, inspection).state == "sent"


def test_an_organisation_sees_what_is_announced_and_findings_once_sent(world: Supervised) -> None:
    hidden, told = plan(world, announced=False), plan(world)
    assert world.get("ngo", "inspection", pk=hidden.pk).status_code == 404
    hold(world, told)
    find(world, told)
    page = world.get("ngo", "inspection", pk=told.pk).content.decode()
    assert "Brak podpisów" not in page
    assert "Obejrzano dokumenty" not in page
    assert world.get("ngo", "protocol_pdf", pk=told.pk).status_code == 302
    listed = world.get("ngo", "inspections").content.decode()
    assert str(told) in listed
    assert str(hidden) not in listed
    one = recommendation(world, told)
    assert world.get("ngo", "report_recommendation", pk=one.pk).status_code == 404
    world.post("inspector", "send_protocol", pk=told.pk)
    assert "Brak podpisów" in world.get("ngo", "inspection", pk=told.pk).content.decode()
    assert world.get("other_ngo", "inspection", pk=told.pk).status_code == 404
    assert world.get("other_ngo", "report_recommendation", pk=one.pk).status_code == 404


def test_the_protocol_is_a_pdf_on_both_sides(world: Supervised) -> None:
    inspection = sent(world)
    for who in ("inspector", "ngo"):
        answer = world.get(who, "protocol_pdf", pk=inspection.pk)
        assert answer.content.startswith(b"%PDF")
        assert answer["Content-Disposition"].startswith("attachment")


def test_a_verb_refuses_a_state_that_changed_meanwhile(world: Supervised) -> None:
    from kernel.access import Actor
    from kernel.errors import DomainError
    from reporting.supervision import actions

    inspection = sent(world)
    with world.in_tenant():
        for verb in (
            lambda: actions.write_protocol(
                inspection, held_on=timezone.localdate(), present="", protocol="x", actor=Actor.system("t")
            ),
            lambda: actions.send_protocol(inspection, actor=Actor.system("t")),
            lambda: actions.call_off_inspection(inspection, reason="x", actor=Actor.system("t")),
        ):
            with pytest.raises(DomainError) as refused:
                verb()
            assert refused.value.code == "wrong_state"


def test_a_protocol_is_answered_once(world: Supervised) -> None:
    inspection = sent(world)
    assert world.post("ngo", "answer_protocol", {"answer": " "}, pk=inspection.pk).status_code == 422
    assert world.post("ngo", "answer_protocol", {"answer": "Tak."}, pk=inspection.pk).status_code == 302
    assert world.post("ngo", "answer_protocol", {"answer": "Nie."}, pk=inspection.pk).status_code == 422
    assert fresh(world, inspection).answer == "Tak."


def test_closing_waits_for_the_answer_and_for_every_recommendation(world: Supervised) -> None:
    inspection = sent(world)
    refused = world.post("inspector", "close_inspection", {"note": "Koniec."}, pk=inspection.pk)
    assert refused.status_code == 422
    with world.in_tenant():
        Inspection.objects.filter(pk=inspection.pk).update(
            answer_due_on=timezone.localdate() - timedelta(days=1)
        )
    refused = world.post("inspector", "close_inspection", {"note": "Koniec."}, pk=inspection.pk)
    assert refused.status_code == 422
    one = recommendation(world, inspection)
    missed = {"result": "not_done", "note": "Nic nie zrobiono."}
    assert world.post("inspector", "follow_up_recommendation", missed, pk=one.pk).status_code == 302
    assert (
        world.post("inspector", "close_inspection", {"note": "Koniec."}, pk=inspection.pk).status_code == 302
    )
    assert fresh(world, inspection).state == "closed"


def test_days_that_cannot_be_are_refused(world: Supervised) -> None:
    inspection = plan(world)
    late = {"held_on": in_days(1), "protocol": "x"}
    assert world.post("inspector", "write_protocol", late, pk=inspection.pk).status_code == 422
    hold(world, inspection)
    early = rows({"text": "x", "owner": "y", "due_on": in_days(-3)})
    data = {"severity": "minor", "text": "z", **early}
    assert world.post("inspector", "add_finding", data, pk=inspection.pk).status_code == 422
    before_contract = {
        "contract": world.contract.pk,
        "kind": "homes",
        "subject": "s",
        "planned_on": "01.12.2025",
    }
    before_contract["inspector"] = str(world.clients["inspector"].user.pk)
    assert world.post("inspector", "plan_inspection", before_contract).status_code == 422
    with world.in_tenant():
        assert Finding.objects.count() == 0
        assert Inspection.objects.count() == 1


def test_two_who_write_one_protocol_learn_of_each_other(world: Supervised) -> None:
    inspection = plan(world)
    seen = world.get("director", "write_protocol", pk=inspection.pk).context["form"]["seen"].value()
    hold(world, inspection)
    data = {"held_on": in_days(0), "protocol": "Inny przebieg.", "seen": seen}
    assert world.post("director", "write_protocol", data, pk=inspection.pk).status_code == 409
    assert fresh(world, inspection).protocol == "Obejrzano dokumenty."


def test_findings_are_changed_and_removed_while_the_protocol_is_written(world: Supervised) -> None:
    inspection = plan(world)
    hold(world, inspection)
    find(world, inspection)
    find(world, inspection, text="Brak planu")
    with world.in_tenant():
        first, second = inspection.findings.order_by("number")
    data = {"severity": "critical", "text": "Brak wszystkich podpisów", **rows()}
    changed = world.post("inspector", "change_finding", data, pk=inspection.pk, finding_pk=first.pk)
    assert changed.status_code == 302
    with world.in_tenant():
        first.refresh_from_db()
        assert (first.severity, first.recommendations.count()) == ("critical", 0)
    assert world.post("inspector", "remove_finding", pk=inspection.pk, finding_pk=first.pk).status_code == 302
    with world.in_tenant():
        second.refresh_from_db()
        assert second.number == 1


def test_today_tells_terms_on_both_sides(world: Supervised) -> None:
    plan(world, on=in_days(3))
    inspection = sent(world)
    for who in ("inspector", "ngo"):
        assert in_words(3) in world.today_page(who)
    assert str(inspection) in world.today_page("ngo")
    with world.in_tenant():
        past = timezone.localdate() - timedelta(days=2)
        Inspection.objects.filter(pk=inspection.pk).update(answer_due_on=past)
        Recommendation.objects.update(due_on=past)
    for who in ("inspector", "ngo"):
        assert in_words(-2) in world.today_page(who)
    assert str(inspection) not in world.today_page("other_ngo")


def in_words(days: int) -> str:
    return format_date_text(timezone.localdate() + timedelta(days=days))


def test_findings_are_told_to_the_apps_above(world: Supervised) -> None:
    inspection = sent(world)
    today = timezone.localdate()
    with world.in_tenant():
        (told,) = findings_told([world.contract.pk], today, today)
        assert (told.is_open, told.severity, told.recommendations, told.late) == (True, "major", 1, 0)
        assert findings_told([world.contract.pk], date(2025, 1, 1), date(2025, 12, 31)) == []
        counts = finding_counts(None, today, today)
        assert (counts.inspections, counts.open, counts.closed, counts.critical) == (1, 1, 0, 0)
        Recommendation.objects.update(state="done", follow_up="x", followed_up_at=timezone.now())
        assert findings_told(None, today, today)[0].is_open is False
    assert inspection.state == "sent"


def test_the_database_keeps_the_states(world: Supervised) -> None:
    inspection = plan(world)
    wrong: list[dict[str, Any]] = [
        {"state": "held"},
        {"state": "sent"},
        {"state": "unknown"},
        {"state": "closed", "held_on": timezone.localdate()},
        {"method": "random"},
        {"answer": "x"},
    ]
    with world.in_tenant():
        for fields in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                Inspection.objects.filter(pk=inspection.pk).update(**fields)


def test_the_page_asks_as_often_for_a_large_sample_as_for_a_small(alfa: Any) -> None:
    world = build_supervised(alfa, decisions=9)
    counts = []
    for size in (1, 9):
        inspection = plan(world)
        draw(world, inspection, size=size)
        hold(world, inspection)
        for _n in range(size):
            find(world, inspection)
        world.get("inspector", "inspection", pk=inspection.pk)
        with CaptureQueriesContext(connection) as asked:
            assert world.get("inspector", "inspection", pk=inspection.pk).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_terms_are_set_by_the_director(world: Supervised) -> None:
    assert world.get("inspector", "settings").status_code == 403
    data = {
        "answer_days": 21,
        "breach_answer_days": 10,
        "task_days": 30,
        "dossier_days": 20,
        "survey_least": 6,
        "criteria_scope": "Karta\n Plan  wizyt \n\nKarta",
        "criteria_": "Zgoda",
    }
    assert world.post("director", "settings", {**data, "answer_days": 0}).status_code == 422
    assert world.post("director", "settings", data).status_code == 302
    inspection = sent(world)
    assert inspection.answer_due_on == timezone.localdate() + timedelta(days=21)
    again = plan(world)
    draw(world, again, size=1)
    with world.in_tenant():
        asked = [(one["section"], one["label"]) for one in fresh(world, again).items.get().checks]
    assert asked == [("scope", "Karta"), ("scope", "Plan wizyt"), ("", "Zgoda")]
    long = world.post("director", "settings", {**data, "criteria_places": "x" * 161})
    assert long.status_code == 422
