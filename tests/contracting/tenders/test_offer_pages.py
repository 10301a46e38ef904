"""The editor over HTTP: saving, merging two authors, limits of the call, files, partners, the receipt, the opening."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfReader

from contracting.tenders.actions import drafting
from contracting.tenders.models import Amendment, Call, LateAttempt, Offer, OfferFile
from contracting.tenders.rules.figures import section_of
from documents.models import StoredFile
from kernel.clamd import HARMLESS_TEST
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.contracting.tenders.offers_world import (
    MANAGER,
    after_deadline,
    complete_content,
    published_call,
    write,
)
from tests.documents.failing_scanner import POISON, failing_scanner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("served_as")]


@pytest.fixture
def desk(alfa: Tenant) -> Desk:
    return Desk(alfa)


def test_a_section_saves_itself_and_answers_with_what_is_stored(desk: Desk) -> None:
    seen = section_of(desk.content(), "task")
    answer = desk.save("task", seen, {**seen, "title": "  Nowy tytuł\x00 ", "unknown": "x"})
    assert answer.status_code == 200
    told = answer.json()
    assert told["value"]["title"] == "Nowy tytuł" and "unknown" not in told["value"]
    assert desk.content()["task"]["title"] == "Nowy tytuł"
    before = told["version"]
    assert desk.save("task", told["value"], told["value"]).json()["version"] == before, "nothing changed"


def test_two_authors_in_different_fields_both_win(desk: Desk) -> None:
    seen = section_of(desk.content(), "task")
    assert desk.save("task", seen, {**seen, "title": "Tytuł jednej"}).status_code == 200
    answer = desk.save("task", seen, {**seen, "place": "Miejsce drugiej"}, desk.manager)
    assert answer.status_code == 200
    task = desk.content()["task"]
    assert (task["title"], task["place"]) == ("Tytuł jednej", "Miejsce drugiej")


def test_two_authors_in_one_field_see_both_values(desk: Desk) -> None:
    seen = section_of(desk.content(), "task")
    desk.save("task", seen, {**seen, "title": "Jej tytuł"})
    answer = desk.save("task", seen, {**seen, "title": "Mój tytuł", "place": "Moje miejsce"}, desk.manager)
    assert answer.status_code == 409
    (clash,) = answer.json()["clashes"]
    assert (clash["key"], clash["theirs"], clash["mine"]) == ("title", "Jej tytuł", "Mój tytuł")
    task = desk.content()["task"]
    assert (task["title"], task["place"]) == ("Jej tytuł", "Moje miejsce"), "what did not clash is saved"
    again = answer.json()["value"]
    assert desk.save("task", again, {**again, "title": "Mój tytuł"}, desk.manager).status_code == 200
    assert desk.content()["task"]["title"] == "Mój tytuł"


def test_rows_that_two_changed_are_shown_whole(desk: Desk) -> None:
    seen = section_of(desk.content(), "staff")
    desk.save("staff", seen, [*seen, {"name": "Ola Pierwsza", "function": "opiekunka", "fte": "1"}])
    answer = desk.save(
        "staff", seen, [*seen, {"name": "Iga Druga", "function": "opiekunka", "fte": "1"}], desk.manager
    )
    assert answer.status_code == 409
    (clash,) = answer.json()["clashes"]
    assert clash["key"] == "" and "Ola Pierwsza" in clash["theirs_text"] and "Iga Druga" in clash["mine_text"]


def test_without_scripts_a_form_saves_and_a_clash_shows_both(desk: Desk) -> None:
    page = desk.writer.get(desk.page("section", "task"))
    base = page.context["section"].base
    fields = {f"task.{key}": value for key, value in section_of(desk.content(), "task").items()}
    answer = desk.writer.post(
        desk.page("section", "task"), {**fields, "task.title": "Z formularza", "base": base, "next": "1"}
    )
    assert answer.status_code == 302 and answer.url == desk.page("section", "schedule")
    assert desk.content()["task"]["title"] == "Z formularza"
    clash = desk.manager.post(
        desk.page("section", "task"), {**fields, "task.title": "Druga wersja", "base": base}
    )
    assert clash.status_code == 409
    text = clash.content.decode()
    assert "Z formularza" in text and "Druga wersja" in text


def test_the_budget_is_added_on_the_server_to_the_grosz(desk: Desk) -> None:
    seen = section_of(desk.content(), "budget")
    rows = [
        {
            "kind": "action",
            "name": "a",
            "unit": "h",
            "unit_cost": "0,33",
            "quantity": "1,5",
            "year": "2027",
            "amount": "99",
        },
        {
            "kind": "action",
            "name": "b",
            "unit": "h",
            "unit_cost": "1 234,56",
            "quantity": "3",
            "year": "2027",
        },
    ]
    value = {
        **seen,
        "costs": rows,
        "own_financial": "3,70",
        "own_in_kind": "",
        "payments": "",
        "minutes": "10:30",
    }
    told = desk.save("budget", seen, value).json()
    budget = desk.content()["budget"]
    # 0.33 × 1.5 = 0.495, half up; what the page claimed as the amount counts for nothing.
    assert [row["amount"] for row in budget["costs"]] == ["0.50", "3703.68"]
    assert (budget["total"], budget["grant"], budget["minutes"]) == ("3704.18", "3700.48", 630)
    assert told["sums"]["grant"] == "3\u00a0700,48\u00a0zł"
    assert told["sums"]["own_share"].startswith("0,1")


@pytest.mark.parametrize(
    ("terms", "change", "field"),
    [
        ({"grant_max": "50000.00"}, {}, None),
        ({"grant_min": "500000.00"}, {}, None),
        ({"own_share_min": "10.00"}, {}, "budget.own_financial"),
        ({"lots": ("50000.00",)}, {}, None),
        ({}, {"own_financial": "999999"}, None),
        ({}, {"minutes": "wiele"}, "budget.minutes"),
        ({}, {"payments": "sto"}, "budget.payments"),
    ],
)
def test_the_terms_of_the_call_are_told_while_one_writes(
    alfa: Tenant, terms: Any, change: Any, field: str | None
) -> None:
    desk = Desk(alfa, **terms)
    seen = section_of(desk.content(), "budget")
    told = desk.save("budget", seen, {**seen, **change, "own_in_kind": "501.00"}).json()
    assert field in told["problems"] if field else told["section_problems"]
    refused = desk.hand_in()
    assert refused.status_code == 422 and not _sealed(desk)


def _sealed(desk: Desk) -> int:
    with tenant_scope(desk.tenant):
        return Offer.objects.get(pk=desk.offer.pk).sealed.count()


def test_dates_outside_the_task_are_told(desk: Desk) -> None:
    seen = section_of(desk.content(), "task")
    told = desk.save("task", seen, {**seen, "to": "2040-01-01", "from": "31.2.2027"}).json()
    assert set(told["problems"]) == {"task.to", "task.from"}
    assert desk.content()["task"]["from"] == "31.2.2027", "nothing typed is lost"


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "{}", '{"base": 1}', "null"])
def test_what_cannot_be_read_breaks_nothing(body: str, desk: Desk) -> None:
    answer = desk.writer.post(desk.page("section", "task"), body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["errors"][0]["code"] == "unreadable"


def test_strange_values_are_stored_as_nothing(desk: Desk) -> None:
    seen = section_of(desk.content(), "staff")
    strange = [{"name": {"a": 1}, "qualifications": "x" * 500, "fte": [1]}, 7, None, {"function": 1.5}]
    assert desk.save("staff", seen, strange).status_code == 200
    assert desk.save("task", section_of(desk.content(), "task"), [1]).status_code == 200
    assert desk.writer.get(desk.page("preview")).status_code == 200


def _upload(desk: Desk, name: str, content: bytes, purpose: str = "") -> Any:
    return desk.writer.post(
        desk.page("files"), {"file": SimpleUploadedFile(name, content), "purpose": purpose}
    )


def test_files_are_checked_and_kept_encrypted(alfa: Tenant) -> None:
    desk = Desk(alfa, required_files=["Statut"])
    good = b"%PDF-1.7 tresc statutu %%EOF"
    for name, content in (
        ("statut.pdf", b"%PDF-1.7 przerwane"),
        ("statut.pdf", b"MZ program"),
        ("statut.docm", b"PK\x03\x04"),
        ("statut.exe", b"MZ"),
        ("statut.pdf", b""),
    ):
        assert _upload(desk, name, content).status_code == 422, name
    with tenant_scope(alfa):
        assert not OfferFile.objects.exists()
    assert desk.hand_in().status_code == 422, "a file that the call asks for is missing"
    assert _upload(desk, "statut.pdf", good, "Statut").status_code == 302
    (line,) = desk.content()["files"]
    assert line["for"] == "Statut"
    page = desk.writer.get(desk.page("draft_file", line["key"]))
    assert page.content == good and page.headers["Content-Disposition"].startswith("attachment")
    assert desk.writer.post(desk.page("remove_file", line["key"])).status_code == 302
    assert desk.content()["files"] == []


def test_the_bidder_is_shown_which_file_of_the_draft_is_kept_back(alfa: Tenant) -> None:
    desk = Desk(alfa)
    for name, content in (("statut.pdf", b"%PDF-1.7 a %%EOF"), ("krs.pdf", b"%PDF-1.7 b %%EOF")):
        assert _upload(desk, name, content).status_code == 302
    statut, krs = (line["key"] for line in desk.content()["files"])
    kept = {"infected": "wykryto wirusa", "failed": "nie udało się sprawdzić"}
    for scan, told in kept.items():
        with tenant_scope(alfa):
            file = OfferFile.objects.get(key=statut).stored
            StoredFile.objects.filter(pk=file.pk).update(scan=scan, scanned_at=timezone.now())
        page = desk.writer.get(desk.page("files")).content.decode()
        assert told in page
        assert "Usuń plik „statut.pdf” i przed upływem terminu dodaj" in page
        assert "Usuń plik „krs.pdf”" not in page
        refused = desk.writer.get(desk.page("draft_file", statut))
        assert refused.status_code == 409
        assert "statut.pdf" in refused.content.decode()
    assert desk.writer.get(desk.page("draft_file", krs)).status_code == 200


def _scanned(desk: Desk, key: str, scan: str) -> None:
    """The file of the draft as the scanner left it."""
    at = None if scan == "waiting" else timezone.now()
    with tenant_scope(desk.tenant):
        stored = OfferFile.objects.get(key=key, sealed__isnull=True).stored_id
        StoredFile.objects.filter(pk=stored).update(scan=scan, scanned_at=at)


def test_who_hands_in_sees_first_which_files_are_kept_back_and_what_to_do(desk: Desk) -> None:
    pdfs = {
        "statut.pdf": b"%PDF-1.7 a %%EOF",
        "krs.pdf": b"%PDF-1.7 b %%EOF",
        "plan.pdf": b"%PDF-1.7 c %%EOF",
    }
    for name, content in pdfs.items():
        assert _upload(desk, name, content).status_code == 302
    keys = {line["name"]: line["key"] for line in desk.content()["files"]}
    assert "kontrola antywirusowa" not in desk.manager.get(desk.page("hand_in")).content.decode()
    _scanned(desk, keys["statut.pdf"], "waiting")
    _scanned(desk, keys["krs.pdf"], "failed")
    page = desk.manager.get(desk.page("hand_in")).content.decode()
    assert page.index("krs.pdf") < page.index("statut.pdf") and "plan.pdf" not in page
    assert "Komisja jednak nie otrzyma tego pliku" in page and "Usuń plik „krs.pdf”" in page
    assert (
        "sprawdzamy plik pod kątem wirusów" in page
        and "Przy składaniu oferty plik sprawdzimy jeszcze raz" in page
    )
    assert "Złóż ofertę" in page
    _scanned(desk, keys["plan.pdf"], "infected")
    page = desk.manager.get(desk.page("hand_in")).content.decode()
    assert page.index("plan.pdf") < page.index("krs.pdf")
    assert "Z tym plikiem nie można złożyć oferty" in page and "Usuń plik „plan.pdf”" in page
    assert 'id="bidder-code"' not in page and "Tego brakuje, zanim" not in page
    desk.manager.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = desk.manager.get(desk.page("hand_in")).content.decode()
    assert "With this file the offer cannot be handed in. Remove “plan.pdf”" in english
    assert "a virus was found, so the file was removed" in english


def test_a_bidder_hands_in_no_file_with_a_virus_and_is_told_which(alfa: Tenant, settings: Any) -> None:
    with failing_scanner() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        desk = Desk(alfa)
        # Nobody has scanned them yet: the queue has not come to them.
        for name, content in (("statut.pdf", POISON), ("krs.pdf", b"%PDF-1.7 " + HARMLESS_TEST + b" %%EOF")):
            assert _upload(desk, name, content).status_code == 302
        page = desk.writer.get(desk.page("files")).content.decode()
        assert page.count("sprawdzamy plik pod kątem wirusów") == 2
        refused = desk.hand_in()
        assert refused.status_code == 422
        assert "W pliku „krs.pdf” wykryto wirusa" in refused.content.decode()
        key = next(line["key"] for line in desk.content()["files"] if line["name"] == "krs.pdf")
        assert desk.writer.post(desk.page("remove_file", key)).status_code == 302
        # What the scanner cannot look at holds up nobody before the deadline.
        assert desk.hand_in().status_code == 302


def test_only_a_manager_hands_in(desk: Desk) -> None:
    assert desk.writer.get(desk.page("hand_in")).status_code == 403
    assert desk.hand_in(desk.writer).status_code == 403
    assert not _sealed(desk)


def test_the_receipt_is_shown_with_its_code_once(desk: Desk) -> None:
    form = desk.manager.get(desk.page("hand_in"))
    code = form.context["code"]
    assert code in form.content.decode() and "no-store" in form.headers["Cache-Control"]
    answer = desk.manager.post(desk.page("hand_in"), {"version": form.context["version"], "code": code})
    assert answer.status_code == 302 and code not in str(answer.headers) + str(desk.manager.cookies)
    cookie = answer.cookies["receipt-code"]
    assert cookie["path"] == answer.headers["Location"] == desk.page("receipt", 1)
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["max-age"] == 120
    answer = desk.manager.get(answer.headers["Location"])
    text = answer.content.decode()
    assert answer.status_code == 200 and code in text and "no-store" in answer.headers["Cache-Control"]
    row = answer.context["row"]
    assert row.sha256 in text and row.receipt in text
    assert code not in desk.manager.get(desk.page("receipt", 1)).content.decode()
    told = desk.manager.get(desk.page("receipt_json", 1)).json()
    assert (told["receipt"], told["sha256"], told["mac"]) == (row.receipt, row.sha256, row.mac)
    for given, shown in (({"code": code}, True), ({}, False), ({"code": "nie-kod"}, False)):
        pdf = desk.manager.post(desk.page("receipt_pdf", 1), given)
        reader = PdfReader(BytesIO(pdf.content))
        words = "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")
        assert row.sha256 in words and (code in words) is shown
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert desk.manager.post(desk.page("reopen"), {"code": code}).status_code == 302
    assert desk.content()["task"]["title"] == "Usługi Aronia"


def test_a_second_browser_is_told_that_the_first_handed_in(desk: Desk) -> None:
    form = desk.manager.get(desk.page("hand_in")).context
    assert desk.hand_in().status_code == 302
    again = desk.manager.post(desk.page("hand_in"), {"version": form["version"], "code": form["code"]})
    assert again.status_code == 409 and "K/1/2026/1/1" in again.content.decode()


def test_after_the_deadline_the_page_says_so_and_keeps_the_draft(desk: Desk) -> None:
    form = desk.manager.get(desk.page("hand_in")).context
    with after_deadline(desk.call):
        answer = desk.manager.post(desk.page("hand_in"), {"version": form["version"], "code": form["code"]})
    assert answer.status_code == 409
    with tenant_scope(desk.tenant):
        assert LateAttempt.objects.count() == 1 and Call.objects.get().closed_at is not None
    assert desk.content()["task"]["title"] == "Usługi Aronia"


def test_what_is_missing_is_listed_with_links(desk: Desk) -> None:
    with tenant_scope(desk.tenant):
        content = complete_content(desk.call)
        content["concept"].pop("organisation")
        write(desk.offer, content)
    page = desk.manager.get(desk.page("hand_in"))
    text = page.content.decode()
    assert f"{desk.page('section', 'concept')}#f-concept-organisation" in text
    assert 'name="version"' not in text, "there is nothing to press yet"


def test_the_start_page_counts_what_it_lists_as_waiting_and_the_rest_stands_apart(desk: Desk) -> None:
    with tenant_scope(desk.tenant):
        published_call(number="K/2/2026")
    page = desk.writer.get(f"/{desk.tenant.slug}/")
    assert [len(page.context[part]) for part in ("own", "known")] == [1, 1]
    text = page.content.decode()
    waits, rest = text.split("Do wiadomości")
    assert "1 sprawa czeka na Ciebie" in waits and waits.count('class="task task-') == 1
    assert "K/2/2026" in rest and "K/2/2026" not in waits


def test_days_are_typed_as_everywhere_and_long_texts_are_not_cut(desk: Desk) -> None:
    seen = section_of(desk.content(), "task")
    sent = {**seen, "from": "1.2.2027", "to": "31.12.2027", "summary": "ą" * 9000}
    told = desk.save("task", seen, sent).json()
    assert told["value"]["from"] == "2027-02-01" and told["value"]["summary"] == "ą" * 9000
    assert told["problems"]["task.summary"] == ["Liczba znaków: 9000, najwyżej 8000. Skróć tekst o 1000."]
    page = desk.writer.get(desk.page("section", "task")).content.decode()
    assert 'value="01.02.2027"' in page and 'type="date"' not in page and "data-open-day" in page
    assert "maxlength" not in page.split('name="task.summary"')[1].split(">")[0]
    form = desk.manager.get(desk.page("hand_in"))
    assert ("task", "summary") in [(line.section, line.path) for line in form.context["lines"] if line.must]
    assert desk.hand_in().status_code == 422


def test_a_draft_is_told_what_changed_since_it_was_begun(desk: Desk) -> None:
    home, told = f"/{desk.tenant.slug}/", "sprawdź, czy szkic oferty nadal pasuje"
    assert "Ogłoszenie zmieniono" not in desk.writer.get(desk.page("offer")).content.decode()
    with tenant_scope(desk.tenant):
        Amendment.objects.create(
            call=desk.call,
            number=1,
            reason="Więcej godzin",
            published_at=timezone.now(),
            published_by=new_id(),
        )
    page = desk.writer.get(desk.page("offer")).content.decode()
    assert "Ogłoszenie zmieniono, odkąd zaczęto tę ofertę" in page and "Więcej godzin" in page
    assert f"/calls/{desk.call.pk}/#amendment-1" in page
    assert told in desk.writer.get(home).content.decode()
    # Whoever went on writing has seen it on the way: the start page asks for the rest again, the draft still tells.
    seen = section_of(desk.content(), "task")
    assert desk.save("task", seen, {**seen, "title": "Po zmianie"}).status_code == 200
    assert told not in desk.writer.get(home).content.decode()
    assert "Więcej godzin" in desk.writer.get(desk.page("offer")).content.decode()


def test_an_amendment_asks_for_a_word(desk: Desk) -> None:
    assert desk.hand_in().status_code == 302
    with tenant_scope(desk.tenant):
        Amendment.objects.create(
            call=desk.call,
            number=1,
            reason="Więcej godzin",
            published_at=timezone.now(),
            published_by=new_id(),
        )
    assert "Więcej godzin" in desk.manager.get(desk.page("offer")).content.decode()
    assert "Więcej godzin" in desk.writer.get(desk.page("offer")).content.decode()
    assert desk.manager.post(desk.page("confirm_amendments"), {"seen": "0"}).status_code == 409
    assert desk.manager.post(desk.page("confirm_amendments"), {"seen": "1"}).status_code == 302
    assert "Więcej godzin" not in desk.manager.get(desk.page("offer")).content.decode()


@pytest.mark.parametrize("offers", [2, 12])
def test_the_list_asks_for_a_constant_number_of_rows(
    offers: int, alfa: Tenant, django_assert_max_num_queries: Any
) -> None:
    desk = Desk(alfa, lots=("600000.00",) * 12)
    with tenant_scope(alfa):
        for lot in list(desk.call.lots.order_by("position"))[1:offers]:
            drafting.start_offer(lot, desk.organisation, actor=MANAGER)
    with django_assert_max_num_queries(20):
        page = desk.writer.get(desk.url("list"))
    assert page.content.decode().count('class="task task-') == offers
