"""Files handed over: named whatever signs the name has, never shown and never kept on the way."""

from typing import Any

import pytest

from ui.downloads import download


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("protokol-1.pdf", 'attachment; filename="protokol-1.pdf"'),
        ("Ogłoszenie „1”.pdf", "attachment; filename*=utf-8''Og%C5%82oszenie%20%E2%80%9E1%E2%80%9D.pdf"),
        ('a"b.csv', 'attachment; filename="a\\"b.csv"'),
    ],
)
def test_a_file_is_named_and_nobody_keeps_it(name: str, said: str) -> None:
    answer = download(b"\x00\x01", name=name, content_type="application/pdf")
    assert answer.headers["Content-Disposition"] == said
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.content == b"\x00\x01"


def test_text_is_handed_over_as_utf_8() -> None:
    assert download("źdźbło", name="a.csv", content_type="text/csv").content.decode() == "źdźbło"


def test_what_is_handed_over_is_never_drawn_in_the_place_of_a_page(alfa: Any, sign_in: Any) -> None:
    """A file of the product, asked for by its address: of the kind it says, kept as a file, without a script."""
    file = sign_in("director", alfa).post("/alfa/audit/export/")
    assert file.status_code == 200 and file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"].startswith("attachment; filename=")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in file["Content-Security-Policy"]
