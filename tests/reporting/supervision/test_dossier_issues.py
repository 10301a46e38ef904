"""A concluded dossier is frozen: its PDF and page show what was concluded, and a new issue what came after."""

import json
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from audit.models import Entry
from kernel.access import Actor
from kernel.periods import Month
from reporting.compliance.actions import (
    justify_deviations,
    refuse_deviations,
    submit_month,
    withdraw_resolution,
)
from reporting.compliance.answers import answered_month
from reporting.compliance.models import Resolution
from reporting.compliance.queries import compare_month
from reporting.delivery.models import Visit
from reporting.supervision.models import DossierIssue
from tests.reporting.supervision.dossiers import at, conclude, recommend, task
from tests.reporting.supervision.supervised import Supervised

pytestmark = pytest.mark.django_db


def shown(world: Supervised, query: str = "") -> str:
    """The PDF of the dossier as text, without line breaks."""
    paper = world.get("director", "dossier_pdf", query, **at(world))
    assert paper.status_code == 200
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).split())


def test_a_concluded_dossier_shows_what_was_concluded_whatever_changes_afterwards(world: Supervised) -> None:
    assert "projekt, teczka niezamknięta" in shown(world)
    recommend(world)
    conclude(world)
    with world.in_tenant():
        issue = DossierIssue.objects.get()
    assert (
        issue.sha256
        == sha256(
            json.dumps(issue.content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()
    )
    before = shown(world)
    assert issue.sha256 in before.replace(" ", "") and "10:00" in before and "bez odpowiedzi" in before
    assert "Łącka" not in json.dumps(issue.content, ensure_ascii=False)
    with world.in_tenant():
        Visit.objects.filter(decision=world.short).delete()
    page = world.get("director", "dossier", **at(world)).content.decode()
    assert shown(world) == before
    assert "62,5" in page and "Od zamknięcia teczki zmieniły się dane" in page
    assert "porównanie z decyzjami" in page and "rekomendacje," not in page


def test_an_answer_changed_afterwards_does_not_change_what_was_concluded(world: Supervised) -> None:
    october, actor = Month(2026, 10), Actor.system("Dorota")
    with world.in_tenant():
        submit_month(world.contract, october, actor=actor)
        points = [
            (one.code, one.subject)
            for one in answered_month(compare_month(october, contracts=[world.contract.pk]))
            if one.is_must
        ]
        justify_deviations(world.contract, october, points=points, reason="urgent", actor=actor)
    conclude(world)
    before = shown(world)
    assert "uzasadnione" in before.replace("- ", "")
    with world.in_tenant():
        for answer in Resolution.objects.all():
            withdraw_resolution(answer, actor=actor)
        refuse_deviations(world.contract, october, points=points, reason="beyond", actor=actor)
    page = world.get("director", "dossier", **at(world)).content.decode()
    assert shown(world) == before and "Zmieniło się: porównanie z decyzjami" in page
    world.post("director", "reopen_dossier", {"reason": "Zmieniono odpowiedź."}, **at(world))
    conclude(world)
    assert shown(world) != before == shown(world, "?issue=1")


def test_a_dossier_opened_again_is_concluded_as_the_next_issue(world: Supervised) -> None:
    conclude(world)
    first = shown(world)
    with world.in_tenant():
        Visit.objects.filter(decision=world.short).delete()
    for who in ("ngo", "social_worker"):
        assert world.post(who, "reopen_dossier", {"reason": "x"}, **at(world)).status_code == 403
    assert world.post("director", "reopen_dossier", {"reason": " "}, **at(world)).status_code == 422
    reason = {"reason": "Poprawiono dzienniczek."}
    assert world.post("director", "reopen_dossier", reason, **at(world)).status_code == 302
    assert world.post("director", "reopen_dossier", reason, **at(world)).status_code == 422
    assert "Poprawiono dzienniczek." in world.get("director", "dossier", **at(world)).content.decode()
    assert recommend(world).status_code == 302
    conclude(world)
    second = shown(world)
    assert "Poprawiono dzienniczek." in second and "zmniejszyć" in second
    assert shown(world, "?issue=1") == first != second == shown(world, "?issue=2")
    page = world.get("ngo", "dossier", **at(world)).content.decode()
    assert "?issue=1" in page and "?issue=2" in page and "Od zamknięcia teczki" not in page
    for strange in ("3", "0", "x", "99999999999999", "%00"):
        assert world.get("director", "dossier_pdf", f"?issue={strange}", **at(world)).status_code == 404
    with world.in_tenant():
        assert Entry.objects.filter(verb="conclude_dossier").count() == 2
        assert Entry.objects.filter(verb="reopen_dossier").count() == 1


def test_what_becomes_of_a_task_is_seen_on_the_page_and_not_in_the_issue(world: Supervised) -> None:
    recommend(world)
    conclude(world)
    before = shown(world)
    world.post("director", "drop_task", {"reason": "Osoba wróciła."}, pk=task(world).pk)
    page = world.get("director", "dossier", **at(world)).content.decode()
    assert "zaniechane" in page and "Od zamknięcia teczki" not in page
    assert shown(world) == before


def test_the_database_keeps_issues_whole(world: Supervised) -> None:
    conclude(world)
    with world.in_tenant():
        for fields in ({"sha256": ""}, {"number": 2}, {"reason": "x"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                DossierIssue.objects.update(**fields)
