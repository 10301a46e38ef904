"""What comes encoded is decoded once, and shown as the text it then is."""

from typing import Any

import pytest
from django.utils.html import escape


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("%253Cb%253E", "%3Cb%3E"),
        ("%2526lt%253B", "%26lt%3B"),
        ("%3Cb%3E", "<b>"),
        ("%26lt%3B", "&lt;"),
        ("%25C5%25BA", "%C5%BA"),
        ("%C5%BA", "ź"),
    ],
)
def test_a_value_is_decoded_once_and_shown_as_the_text_it_is(
    alfa: Any, sign_in: Any, sent: str, meant: str
) -> None:
    answer = sign_in("director", alfa).post(
        "/alfa/care/search/", f"q={sent}", content_type="application/x-www-form-urlencoded", follow=True
    )
    assert f'value="{escape(meant)}"' in answer.content.decode()
