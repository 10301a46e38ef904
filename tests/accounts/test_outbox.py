"""The outbox of a local machine: mails in files, newest first, with links to click."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import reverse

from accounts.outbox import mails_in


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def send(folder: Path, *letters: tuple[str, str]) -> None:
    """Write mails as a local machine does, all through one connection and so into one file."""
    with get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=str(folder)
    ) as connection:
        for subject, body in letters:
            EmailMessage(
                subject, body, "Siedem <s@x.pl>", ["anna@przyklad.test"], connection=connection
            ).send()


@pytest.mark.django_db
def test_an_empty_outbox_says_what_would_fill_it(folder: Path) -> None:
    page = Client().get(reverse("outbox:messages"))
    assert page.status_code == 200
    assert "Nie ma jeszcze wiadomości" in page.content.decode()


@pytest.mark.django_db
def test_mails_are_read_whole_with_polish_letters_and_links(folder: Path) -> None:
    send(
        folder,
        ("Zażółć gęślą jaźń", "Otwórz:\nhttp://localhost:8000/invitation/abc/\n\nŁódź"),
        ("Drugi", "tekst"),
    )
    page = Client().get(reverse("outbox:messages"))
    rows = list(page.context["page"])
    assert {row.subject for row in rows} == {"Zażółć gęślą jaźń", "Drugi"}
    first = next(row for row in rows if row.subject != "Drugi")
    shown = Client().get(reverse("outbox:message", args=[first.key])).content.decode()
    assert 'href="http://localhost:8000/invitation/abc/"' in shown
    assert "Łódź" in shown


@pytest.mark.django_db
def test_what_a_mail_says_is_never_markup(folder: Path) -> None:
    send(folder, ("<b>Temat</b>", "<script>alert(1)</script>"))
    mail = mails_in(folder)[0]
    for address in (reverse("outbox:messages"), reverse("outbox:message", args=[mail.key])):
        page = Client().get(address).content.decode()
        assert "<script>alert" not in page
        assert "<b>Temat" not in page


@pytest.mark.django_db
def test_a_mail_that_is_not_there_is_404(folder: Path) -> None:
    for path in ("/outbox/..%2F..%2Fetc%2Fpasswd.0/", "/outbox/../../etc/passwd/"):
        assert Client().get(path).status_code == 404
    assert Client().get(reverse("outbox:message", args=["nothing.0"])).status_code == 404


def test_newest_first(folder: Path) -> None:
    for name, hour in (("a", 8), ("b", 10), ("c", 9)):
        (folder / f"{name}.log").write_text(
            f"Subject: {name}\nDate: Sun, 22 Nov 2026 {hour:02d}:00:00 +0100\n\nx\n"
        )
    mails = mails_in(folder)
    assert [mail.subject for mail in mails] == ["b", "c", "a"]
    assert mails[0].at - mails[2].at == timedelta(hours=2)
