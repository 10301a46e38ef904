"""A store that is away, refuses or is set up wrongly: a sentence for people, the cause for the operator, no traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import translation

from documents.actions import open_file, store_file
from documents.models import StoredFile
from kernel.access import Actor
from kernel.doors import public_door
from kernel.errors import ServerAway
from tests.documents.s3_server import S3Server, free_port, s3_server

ACTOR = Actor.system("tests")


def keep() -> StoredFile:
    return store_file(b"x", name="x.csv", content_type="text/csv", folder="diaries", actor=ACTOR)


@pytest.fixture
def use(settings: Any) -> Callable[..., None]:
    """Set the variables of the store."""

    def change(values: dict[str, str]) -> None:
        for name, value in values.items():
            setattr(settings, name, value)

    return change


WRONG = {
    "missing bucket": ({"S3_BUCKET": "not-there"}, "NoSuchBucket"),
    "wrong secret": ({"S3_SECRET_ACCESS_KEY": "not-the-secret-0123456789"}, "403|SignatureDoesNotMatch"),
    "unknown key": ({"S3_ACCESS_KEY_ID": "nobody-knows-me"}, "403|InvalidAccessKeyId"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_store_set_up_wrongly_refuses_with_its_reason(
    s3: S3Server, use: Any, in_alfa: Any, fault: str
) -> None:
    values, reasons = WRONG[fault]
    use({**s3.settings, **values})
    with pytest.raises(ServerAway) as refusal:
        keep()
    assert (refusal.value.code, refusal.value.status) == ("file_store_refused", 503)
    assert refusal.value.problems[0].value in reasons.split("|")
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("fault", WRONG)
def test_reading_from_a_store_set_up_wrongly_is_no_lost_file(
    s3: S3Server, use: Any, in_alfa: Any, fault: str
) -> None:
    use(s3.settings)
    stored = keep()
    use(WRONG[fault][0])
    with pytest.raises(ServerAway) as refusal:
        open_file(stored)
    assert refusal.value.code == "file_store_refused"


def test_an_address_nobody_listens_at_is_away(s3: S3Server, use: Any, in_alfa: Any) -> None:
    use({**s3.settings, "S3_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(ServerAway) as refusal:
        keep()
    assert refusal.value.code == "file_store_away"
    assert StoredFile.objects.count() == 0


def test_a_server_that_stops_is_away_and_serves_again_when_it_is_back(
    use: Any, in_alfa: Any, tmp_path: Path
) -> None:
    with s3_server(tmp_path / "buckets") as server:
        use(server.settings)
        stored = keep()
    for verb in (lambda: open_file(stored), keep, lambda: default_storage.exists(stored.key)):
        with pytest.raises(ServerAway) as refusal:
            verb()
        assert refusal.value.code == "file_store_away"
    (tmp_path / "buckets").rename(tmp_path / "kept")
    with s3_server(tmp_path / "buckets") as server:
        (tmp_path / "buckets" / "siedem").rmdir()
        (tmp_path / "kept" / "siedem").rename(tmp_path / "buckets" / "siedem")
        use(server.settings)
        with open_file(stored) as file:
            assert file.read() == b"x"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_sentence_says_what_happened_and_what_to_do(
    s3: S3Server, use: Any, in_alfa: Any, language: str
) -> None:
    use({**s3.settings, "S3_BUCKET": "not-there"})
    with translation.override(language), pytest.raises(ServerAway) as refusal:
        keep()
    sentence = str(refusal.value)
    assert "NoSuchBucket" in sentence
    assert ("niczego nie zapisano" if language == "pl" else "nothing was saved") in sentence


def test_neither_secret_nor_address_is_told_or_logged(
    s3: S3Server, use: Any, in_alfa: Any, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    use({**s3.settings, "S3_SECRET_ACCESS_KEY": "not-the-secret-0123456789"})
    with pytest.raises(ServerAway) as refusal:
        keep()
    told = f"{refusal.value} {refusal.value.problems} {caplog.text} {capfd.readouterr()}"
    assert "file_store_refused" in told
    for secret in ("not-the-secret", s3.settings["S3_ENDPOINT_URL"], s3.settings["S3_ACCESS_KEY_ID"]):
        assert secret not in told


def test_a_disk_that_cannot_be_written_is_told(settings: Any, in_alfa: Any, tmp_path: Path) -> None:
    # A file where the folder of files should be stands in the way of root too.
    (tmp_path / "files").write_text("not a folder")
    settings.MEDIA_ROOT = tmp_path / "files"
    with pytest.raises(ServerAway) as refusal:
        keep()
    assert refusal.value.code == "file_store_refused"
    assert StoredFile.objects.count() == 0


@public_door
def open_anything(_request: HttpRequest) -> HttpResponse:
    raise ServerAway("file_store_away", "the sentence")


urlpatterns = [path("file/", open_anything)]
handler500 = "ui.views.server_error"


@pytest.mark.urls(__name__)
def test_a_view_that_catches_nothing_answers_503_in_plain_words(db: None) -> None:
    client = Client()
    page = client.get("/file/")
    assert page.status_code == 503
    assert "nie została zapisana" in page.content.decode()
    assert "Traceback" not in page.content.decode()
    answer = client.get("/file/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["errors"][0] == {
        "code": "file_store_away", "field": None, "value": None, "message": "the sentence",
    }  # fmt: skip
