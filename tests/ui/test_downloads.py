"""Files handed over: named whatever signs the name has, never shown and never kept on the way."""

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
