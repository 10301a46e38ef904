"""The monthly dossier: report, recommendations, conclusions, and the tasks to change decisions."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Entry
from kernel.tenancy import connection
from reporting.care.models import Decision
from reporting.delivery.models import Visit
from reporting.supervision.models import DecisionAdvice, Dossier
from reporting.supervision.queries.dossiers import dossier_counts
from tests.reporting.care.care_forms import plan_row
from tests.reporting.supervision.dossiers import at, conclude, recommend, task
from tests.reporting.supervision.supervised import MONTH, Supervised, build_supervised

pytestmark = pytest.mark.django_db
MONDAYS = {"plan-TOTAL_FORMS": 1, **plan_row(0, [1], "08:00", "2 h")}


def amend(world: Supervised, earlier: Decision | None = None, **changed: Any) -> Any:
    data = {
        "number": "D/900/2026",
        "contract": world.contract.pk,
        "issued_on": "20.11.2026",
        "valid_from": "01.12.2026",
        "valid_to": "31.12.2026",
        "amount_per": "month",
        "minutes": "4 h",
        "activities": [str(pk) for pk in activities(world)],
        "plan-TOTAL_FORMS": 0,
        "plan-INITIAL_FORMS": 0,
        **changed,
    }
    address = reverse("care:amend_decision", args=[world.tenant.slug, (earlier or world.short).pk])
    return world.clients["social_worker"].post(address, data)


def activities(world: Supervised) -> list[Any]:
    with world.in_tenant():
        return list(world.contract.service.activities.values_list("pk", flat=True))


def test_the_page_joins_comparison_report_recommendations_and_conclusions(world: Supervised) -> None:
    report = {"problems": "Dwie opiekunki chorowały.", "measures": "Zastępstwa w ciągu doby."}
    assert world.post("ngo", "report_problems", report, **at(world)).status_code == 302
    assert recommend(world).status_code == 302
    assert conclude(world).status_code == 302
    for who in ("director", "ngo", "social_worker"):
        page = world.get(who, "dossier", **at(world)).content.decode()
        for told in (
            "Dwie opiekunki",
            "Zastępstwa",
            "jedną czwartą",
            "Usługa działa",
            "16:00",
            "10:00",
            "62,5",
        ):
            assert told in page, (who, told)
        assert world.get(who, "dossier_pdf", **at(world)).content.startswith(b"%PDF")
    assert world.get("other_ngo", "dossier", **at(world)).status_code == 404


def test_what_is_concluded_stays(world: Supervised) -> None:
    conclude(world)
    assert recommend(world).status_code == 422
    assert world.post("ngo", "report_problems", {"problems": "x"}, **at(world)).status_code == 422
    assert conclude(world).status_code == 422
    with world.in_tenant():
        row = Dossier.objects.get()
        assert (row.problems, row.advice.count()) == ("", 0)
        assert Entry.objects.filter(verb="conclude_dossier").count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"proposed_minutes": "8 h"},
        {"proposed_minutes": "9 h"},
        {"proposed_minutes": ""},
        {"verdict": "raise", "proposed_minutes": "7 h"},
        {"reason": " "},
        {"verdict": "zzz"},
    ],
)
def test_a_recommendation_that_makes_no_sense_is_refused(world: Supervised, changed: dict[str, str]) -> None:
    assert recommend(world, **changed).status_code == 422
    with world.in_tenant():
        assert not DecisionAdvice.objects.exists()


def test_keeping_opens_no_task(world: Supervised) -> None:
    assert recommend(world, verdict="keep", proposed_minutes="4 h").status_code == 302
    row = task(world)
    assert (row.task, row.proposed_minutes, row.due_on) == ("none", None, None)


def test_a_decision_that_is_not_in_the_month_is_refused(world: Supervised) -> None:
    with world.in_tenant():
        Visit.objects.filter(decision=world.short).delete()
        Decision.objects.filter(pk=world.short.pk).update(valid_from=date(2026, 11, 1))
    assert recommend(world).status_code == 422


def test_a_month_to_come_has_no_dossier(world: Supervised) -> None:
    where = {"contract_pk": world.contract.pk, "month": f"{timezone.localdate() + timedelta(days=32):%Y-%m}"}
    assert world.post("ngo", "report_problems", {"problems": "x"}, **where).status_code == 422
    assert world.get("director", "dossier", contract_pk=world.contract.pk, month="2026-13").status_code == 404


def test_the_task_leads_to_the_amendment_with_the_amount_and_the_amendment_completes_it(
    world: Supervised,
) -> None:
    recommend(world)
    page = world.get("social_worker", "tasks").content.decode()
    link = reverse("care:amend_decision", args=[world.tenant.slug, world.short.pk]) + "?minutes=240"
    assert link in page
    form = world.clients["social_worker"].get(link).context["form"]
    assert form["minutes"].value() == "4 h"
    assert amend(world).status_code == 302
    row = task(world)
    assert (row.task, row.amended_by.number) == ("done", "D/900/2026")
    assert "D/900/2026" in world.get("director", "tasks", "?state=settled").content.decode()
    with world.in_tenant():
        assert Entry.objects.filter(verb="complete_decision_task").count() == 1
        told = dossier_counts([world.contract.pk], date(2026, 10, 1), date(2026, 10, 31))
    assert (told.open, told.done, told.dropped, told.concluded) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("verdict", "proposed", "changed", "state"),
    [
        ("lower", "4 h", {"minutes": "6 h"}, "done"),
        ("lower", "4 h", {"minutes": "8 h"}, "open"),
        ("raise", "10 h", {"minutes": "9 h"}, "done"),
        ("raise", "10 h", {"minutes": "4 h"}, "open"),
        ("raise", "10 h", {"minutes": "", "amount_per": "plan", **MONDAYS}, "done"),
    ],
)
def test_only_an_amendment_that_goes_the_way_recommended_completes_the_task(
    world: Supervised, verdict: str, proposed: str, changed: dict[str, Any], state: str
) -> None:
    recommend(world, verdict=verdict, proposed_minutes=proposed)
    assert amend(world, **changed).status_code == 302
    assert task(world).task == state


def test_a_task_waits_for_the_amendment_of_the_amendment_and_says_so(world: Supervised) -> None:
    recommend(world)
    assert amend(world, minutes="10 h").status_code == 302
    with world.in_tenant():
        later = Decision.objects.get(number="D/900/2026")
    page = world.get("social_worker", "tasks").content.decode()
    assert "nie zmniejsza wymiaru" in page
    assert reverse("care:amend_decision", args=[world.tenant.slug, later.pk]) + "?minutes=240" in page
    refused = world.post("social_worker", "complete_task", pk=task(world).pk)
    assert refused.status_code == 422 and "nie zmniejsza wymiaru" in refused.content.decode()
    assert amend(world, later, number="D/901/2026", valid_from="15.12.2026").status_code == 302
    row = task(world)
    assert (row.task, row.amended_by.number) == ("done", "D/901/2026")


def test_the_tasks_ask_as_often_for_many_as_for_two(alfa: Any, beta: Any) -> None:
    counts = []
    for tenant, decisions in ((alfa, 2), (beta, 9)):
        world = build_supervised(tenant, decisions=decisions)
        with world.in_tenant():
            dossier = Dossier.objects.create(contract=world.contract, month=date(2026, 10, 1))
            for one in Decision.objects.all():
                DecisionAdvice.objects.create(
                    dossier=dossier,
                    decision=one,
                    verdict="lower",
                    proposed_minutes=60,
                    task="open",
                    due_on=date(2026, 12, 1),
                    reason="x",
                )
        amend(world, minutes="10 h")
        world.get("director", "tasks")
        with CaptureQueriesContext(connection) as asked:
            assert world.get("director", "tasks").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("minutes", ["abc", "-5", "0", "999999999", "%00"])
def test_a_strange_amount_in_the_link_is_ignored(world: Supervised, minutes: str) -> None:
    address = reverse("care:amend_decision", args=[world.tenant.slug, world.short.pk])
    form = world.clients["director"].get(f"{address}?minutes={minutes}").context["form"]
    assert form["minutes"].value() == "8 h"


def test_a_task_is_done_by_hand_only_where_an_amendment_stands(world: Supervised) -> None:
    recommend(world)
    row = task(world)
    assert world.post("social_worker", "complete_task", pk=row.pk).status_code == 422
    amend(world)
    with world.in_tenant():
        DecisionAdvice.objects.update(task="open", amended_by=None, settled_at=None)
    assert world.post("social_worker", "complete_task", pk=row.pk).status_code == 302
    assert task(world).task == "done"


def test_a_task_is_dropped_with_a_reason_and_stays_dropped(world: Supervised) -> None:
    recommend(world)
    row = task(world)
    assert world.post("director", "drop_task", {"reason": ""}, pk=row.pk).status_code == 422
    assert world.post("director", "drop_task", {"reason": "Osoba wróciła."}, pk=row.pk).status_code == 302
    assert world.post("director", "drop_task", {"reason": "Znowu."}, pk=row.pk).status_code == 422
    assert recommend(world).status_code == 422
    row = task(world)
    assert (row.task, row.drop_reason, row.verdict) == ("dropped", "Osoba wróciła.", "lower")


def test_who_may(world: Supervised) -> None:
    for who in ("ngo", "social_worker", "inspector"):
        assert recommend(world, who).status_code == 403
    assert world.get("ngo", "tasks").status_code == 403
    assert world.post("director", "report_problems", {"problems": "x"}, **at(world)).status_code == 403


def test_two_who_write_one_report_learn_of_each_other(world: Supervised) -> None:
    seen = world.get("ngo", "report_problems", **at(world)).context["form"]["seen"].value()
    world.post("ngo", "report_problems", {"problems": "Pierwszy."}, **at(world))
    data = {"problems": "Drugi.", "seen": seen}
    assert world.post("ngo", "report_problems", data, **at(world)).status_code == 409


def test_nothing_is_slept_through(world: Supervised) -> None:
    recommend(world)
    for who in ("director", "social_worker"):
        assert world.short.number in world.today_page(who)
    with world.in_tenant():
        DecisionAdvice.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    page = world.today_page("social_worker")
    assert "task-must" in page
    assert "/supervision/tasks/" in page
    assert "/dossiers/" in world.today_page("ngo")


def test_the_list_names_contracts_with_persons_in_care(world: Supervised) -> None:
    assert world.contract.number in world.get("ngo", "dossiers", f"?month={MONTH}").content.decode()
    assert world.contract.number not in world.get("other_ngo", "dossiers", f"?month={MONTH}").content.decode()
    assert world.get("director", "dossiers", "?month=zzz").status_code == 200


def test_the_database_keeps_the_rules(world: Supervised) -> None:
    recommend(world)
    wrong: list[dict[str, Any]] = [
        {"verdict": "keep"},
        {"task": "done"},
        {"task": "dropped", "settled_at": timezone.now()},
        {"proposed_minutes": None},
        {"reason": ""},
    ]
    with world.in_tenant():
        for fields in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                DecisionAdvice.objects.update(**fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            Dossier.objects.update(state="concluded")


def test_the_page_asks_as_often_for_many_decisions_as_for_two_and_shows_them_by_the_page(
    alfa: Any, beta: Any
) -> None:
    counts = []
    for tenant, decisions, pages in ((alfa, 2, [2]), (beta, 53, [50, 3])):
        world = build_supervised(tenant, decisions=decisions)
        world.get("director", "dossier", **at(world))
        shown = []
        for number, rows in enumerate(pages, start=1):
            with CaptureQueriesContext(connection) as asked:
                page = world.get("director", "dossier", f"?page={number}", **at(world))
            assert (page.status_code, len(page.context["rows"])) == (200, rows)
            shown += [line.number for line, _name in page.context["rows"]]
            counts.append(len(asked))
        with world.in_tenant():
            assert sorted(shown) == sorted(Decision.objects.values_list("number", flat=True))
    assert len(set(counts)) == 1, counts
    # The figures above the list and the file tell of all.
    assert page.context["told"].granted == 53 * 480
    read = PdfReader(BytesIO(world.get("director", "dossier_pdf", **at(world)).content)).pages
    told = "".join("".join(sheet.extract_text() for sheet in read).split())
    assert all("".join(number.split()) in told for number in shown)
