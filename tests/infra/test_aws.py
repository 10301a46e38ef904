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


def test_logs_are_kept_two_years_and_uses_of_keys_in_a_locked_bucket() -> None:
    kept = {
        (file.parent.name, told)
        for file in TERRAFORM.rglob("*.tf")
        for told in re.findall(r"retention_in_days += (.+)", file.read_text("utf-8"))
    }
    assert kept == {(module, "var.log_days") for module in ("service", "network", "database")}
    [days] = re.findall(r"log_days += (\d+)", _text("siedem", "main.tf"))
    assert int(days) >= 2 * 365 + 1
    exported = re.findall(r"enabled_cloudwatch_logs_exports += \[(.*?)\]", _text("database", "main.tf"))
    made = re.findall(
        r'aws_cloudwatch_log_group" "this" \{\n  for_each += toset\(\[(.*?)\]\)', _text("database", "main.tf")
    )
    assert exported == made != []
    trail, storage = _text("storage", "trail.tf"), _text("storage", "main.tf")
    assert 'aws_s3_bucket.this["trail"].id' in _block(trail, 'resource "aws_cloudtrail" "this"')
    assert re.search(r'locked += toset\(\["checkpoints", "trail"\]\)', storage)
    assert "var.log_days" in _block(trail, 'resource "aws_s3_bucket_object_lock_configuration" "trail"')
    # Uses of keys are kept, and not left out as so often, to save.
    assert re.search(r"exclude_management_event_sources += \[\]", trail)


def _declared(folder: Path) -> dict[str, bool]:
    """The variables of a module, each with whether it has to be given."""
    text = (folder / "variables.tf").read_text("utf-8")
    blocks = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL)
    return {name: not re.search(r"^  default +=", body, re.MULTILINE) for name, body in blocks}


MODULES = sorted(TERRAFORM.glob("*/*"))


@pytest.mark.parametrize("folder", MODULES, ids=[folder.name for folder in MODULES])
def test_what_a_module_reads_is_declared_and_given(folder: Path) -> None:
    text = "\n".join(re.sub(r"(?m)^\s*#.*$", "", file.read_text("utf-8")) for file in folder.glob("*.tf"))
    assert set(re.findall(r"\bvar\.(\w+)", text)) == set(_declared(folder))
    made = {f"{kind}.{name}" for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)}
    made |= {f"data.{kind}.{name}" for kind, name in re.findall(r'^data "(\w+)" "(\w+)"', text, re.MULTILINE)}
    used = set(re.findall(r"\b((?:data\.)?(?:aws|random)_\w+\.[a-z]\w*)\b", text))
    assert used - made == set()
    known = set(
        re.findall(r"^  (\w+) += ", "\n".join(re.findall(r"(?ms)^locals \{\n(.*?)^\}", text)), re.MULTILINE)
    )
    assert set(re.findall(r"\blocal\.(\w+)", text)) <= known
    for source, body in re.findall(
        r'^module "\w+" \{\n  source += "([^"]+)"\n(.*?)^\}', text, re.MULTILINE | re.DOTALL
    ):
        wanted, given = _declared(folder / source), set(re.findall(r"^  (\w+) +=", body, re.MULTILINE))
        assert {name for name, needed in wanted.items() if needed} <= given <= set(wanted), source


def test_the_table_of_costs_tells_what_production_is() -> None:
    text = (TERRAFORM / "README.md").read_text("utf-8")
    production = (TERRAFORM / "environments" / "production" / "main.tf").read_text("utf-8")
    told = {}
    for line in text[text.index("## What it costs") :].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5:
            told[cells[0].split(",")[0]] = cells[2]
    given = dict(re.findall(r'^  (\w+)\s+= "?([\w.]+)"?$', production, re.MULTILINE))
    assert told["a month"] == "200"
    assert told["RDS PostgreSQL"].startswith(f"{given['database_class']},")
    assert told["its disk gp3"] == f"{given['database_gb']} GB"
    assert told["ElastiCache"] == given["queue_node"]
    assert told["web on Fargate"].startswith(f"{given['web_count']}: ")
    assert told["worker on Fargate"].startswith(f"{given['worker_count']}: ")


def test_files_that_people_bring_are_scanned_by_the_version_that_one_host_runs() -> None:
    scanner, plain = _text("service", "scanner.tf"), _text("service", "main.tf")
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    [image] = re.findall(r'default += "(clamav/clamav:[\d.]+)"', _text("service", "variables.tf"))
    assert f"image: {image}\n" in compose
    assert re.search(r"CLAMAV_ADDRESS += .*aws_service_discovery_service\.scanner\.name.*:3310", plain)
    rule = _block(scanner, 'resource "aws_vpc_security_group_ingress_rule" "scanner"')
    assert "aws_security_group.containers.id" in rule and re.search(r"from_port += 3310", rule)
    assert '"scanner"' in _block(
        _text("watching", "main.tf"), 'resource "aws_cloudwatch_metric_alarm" "programs"'
    )


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


def test_public_halves_of_retired_keys_reach_every_program_from_the_environment() -> None:
    name = "checkpoint_public_keys"
    environments = [TERRAFORM / "environments" / one for one in ("production", "staging")]
    modules = [TERRAFORM / "modules" / one for one in ("siedem", "service")]
    for folder in environments + modules:
        assert f'variable "{name}"' in (folder / "variables.tf").read_text("utf-8"), folder
    for folder in [*environments, modules[0]]:
        assert re.search(
            rf"^ +{name} += var\.{name}$", (folder / "main.tf").read_text("utf-8"), re.MULTILINE
        ), folder
    assert f'CHECKPOINT_PUBLIC_KEYS = join(",", var.{name})' in _text("service", "main.tf")
