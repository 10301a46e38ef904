"""What can be known of terraform/ without an account: that what runs there may do what it has to, and no more."""

import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings

ROOT: Path = settings.ROOT
TERRAFORM = ROOT / "terraform"


def _text(module: str, name: str) -> str:
    return (TERRAFORM / "modules" / module / name).read_text("utf-8")


def _block(text: str, head: str) -> str:
    """What stands between the braces of the block that begins with this line."""
    found = re.search(rf"^{re.escape(head)} \{{\n(.*?)^\}}", text, re.MULTILINE | re.DOTALL)
    assert found, head
    return found[1]


def _programs(name: str) -> set[str]:
    found = re.search(rf"{name}\s+= toset\(\[(.*?)\]\)", _text("service", "secrets.tf"))
    assert found
    return set(re.findall(r'"(\w+)"', found[1]))


def _rights() -> Iterator[tuple[set[str], set[str], str]]:
    """Of each statement: the programs that it holds for, the actions, and on what."""
    policy = _block(_text("service", "secrets.tf"), 'data "aws_iam_policy_document" "running"')
    for body in re.split(r'\n  (?:dynamic "statement"|statement) \{', policy)[1:]:
        whose = re.search(r"contains\(local\.(\w+), each\.key\)", body)
        actions = re.search(r"actions\s+= \[(.*?)\]", body)
        place = re.search(r"resources\s+= \[(.*?)\]", body)
        assert actions and place
        yield (
            _programs(whose[1] if whose else "programs_with_files"),
            set(re.findall(r'"([^"]+)"', actions[1])),
            place[1],
        )


@pytest.mark.parametrize(
    ("action", "place", "programs"),
    [
        # Erasing a tenant, and the doctor.
        ("s3:ListBucketVersions", "var.files_bucket_arn", {"worker", "prepare"}),
        ("s3:DeleteObjectVersion", '"${var.files_bucket_arn}/*"', {"worker", "prepare"}),
        ("s3:GetBucketVersioning", "var.files_bucket_arn", {"web", "worker", "prepare"}),
        ("s3:PutObject", '"${var.files_bucket_arn}/*"', {"web", "worker", "prepare"}),
        ("kms:Decrypt", "var.seal_key_arn", {"web", "prepare"}),
        ("s3:DeleteObject", '"${var.checkpoints_bucket_arn}/*"', set()),
    ],
)
def test_each_program_may_what_it_has_to_and_nobody_removes_checkpoints(
    action: str, place: str, programs: set[str]
) -> None:
    may = [whose for whose, actions, where in _rights() if action in actions and where == place]
    assert set().union(*may) == programs
    assert "aws_iam_role.running[each.key]" in _text("service", "main.tf")


def test_a_folder_that_the_user_of_the_image_writes_is_declared_where_it_is_a_volume() -> None:
    mounted = set(re.findall(r'containerPath = "([^"]+)"', _text("service", "main.tf")))
    dockerfile = (ROOT / "infra" / "Dockerfile").read_text("utf-8")
    declared = re.findall(r'^VOLUME \["(.*)"\]$', dockerfile, re.MULTILINE)
    made = re.findall(r"^RUN install -d -m 1777 (.*)$", dockerfile, re.MULTILINE)
    assert mounted and mounted <= set(declared)
    assert mounted <= set(" ".join(made).split())


def test_somebody_is_told_when_no_container_serves_and_when_none_is_there() -> None:
    alarm = _block(_text("watching", "main.tf"), 'resource "aws_cloudwatch_metric_alarm" "nobody_serves"')
    told = dict(re.findall(r'^\s+(\w+)\s+= "?([^"\n]+)"?$', alarm, re.MULTILINE))
    asked = {
        name: told[name] for name in ("metric_name", "comparison_operator", "threshold", "treat_missing_data")
    }
    assert asked == {
        "metric_name": "HealthyHostCount",
        "comparison_operator": "LessThanThreshold",
        "threshold": "1",
        "treat_missing_data": "breaching",
    }
    assert "UnHealthyHostCount" not in _text("watching", "main.tf")


def test_pages_that_terraform_names_are_there() -> None:
    told = {
        (file, name)
        for file in TERRAFORM.rglob("*.tf")
        for name in re.findall(r"[\w/.-]+\.(?:md|py|sql)\b", file.read_text("utf-8"))
    }
    places = (ROOT, ROOT / "platform")
    assert len(told) > 3
    assert [
        (file.name, name) for file, name in told if not any((place / name).exists() for place in places)
    ] == []


class _Site(BaseHTTPRequestHandler):
    """A web server that lives, whatever is away."""

    away: bool = False

    def do_GET(self) -> None:
        self.send_response(503 if self.away and self.path == "/health/ready/" else 200)
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        pass


def test_a_container_has_to_be_ready_once_and_then_only_to_live(tmp_path: Path) -> None:
    site = HTTPServer(("127.0.0.1", 0), _Site)
    Thread(target=site.serve_forever, daemon=True).start()
    environ = {"BIND": f"127.0.0.1:{site.server_address[1]}", "TMPDIR": str(tmp_path)}

    def asked() -> int:
        command = [sys.executable, "infra/healthcheck.py"]
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False).returncode

    try:
        _Site.away = True
        assert asked() == 1, "a version that never could serve does not take over"
        _Site.away = False
        assert asked() == 0
        _Site.away = True
        assert asked() == 0, "the database being away is no reason to replace every container"
    finally:
        _Site.away = False
        site.shutdown()
        site.server_close()
    assert asked() == 1, "who does not answer at all is replaced"
