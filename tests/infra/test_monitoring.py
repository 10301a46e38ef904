"""Alerts and dashboards ask for what the code counts, with labels that it has; nothing of it is reached from elsewhere."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from kernel import heartbeat, measures, metrics
from kernel.backup import noted
from kernel.health import redis_server
from kernel.metrics_server import Installation

FOLDER: Path = settings.ROOT / "infra" / "monitoring"
NAME = re.compile(r"\b((?:siedem|node)_[a-z_]+|up)\b")
LABELS = re.compile(r"\{([^}]*)\}|by \(([^)]*)\)")
# Of Prometheus itself and of its exporter for machines.
FOREIGN = {
    "up": {"job"},
    "node_filesystem_avail_bytes": {"fstype", "mountpoint"},
    "node_filesystem_size_bytes": {"fstype", "mountpoint"},
}


def counted() -> dict[str, set[str]]:
    """Every name that is told, with its labels."""
    heartbeat.renew()
    heartbeat.note_errand("kernel.renew_heartbeat")
    with redis_server() as server:
        noted.note(server, dict.fromkeys(noted.KINDS, datetime.now(UTC).isoformat()))
    measures.keep({measures.PLATFORM: dict.fromkeys(measures.ABOUT, 0)})
    known = dict(FOREIGN)
    for value in vars(metrics).values():
        if hasattr(value, "_labelnames") and hasattr(value, "describe"):
            [family] = value.describe()
            labels = set(value._labelnames)
            known |= {f"{family.name}_total": labels} if family.type == "counter" else {
                f"{family.name}_{part}": labels | {"le"} for part in ("bucket", "sum", "count")
            }  # fmt: skip
    families = list(Installation().collect())
    with redis_server() as server:
        server.delete(noted._KEY)
    for family in families:
        known[family.name] = {label for sample in family.samples for label in sample.labels}
    assert len([name for name in known if name.startswith("siedem_")]) > 15
    return known


def queries() -> Iterator[tuple[str, str]]:
    """Where it stands, and the question."""
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for path in sorted((FOLDER / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


def asked_labels(query: str) -> set[str]:
    asked: set[str] = set()
    for matchers, grouped in LABELS.findall(query):
        asked |= set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        asked |= {label.strip() for label in grouped.split(",") if label.strip()}
    return asked


@pytest.mark.parametrize(("place", "query"), list(queries()), ids=[place for place, _query in queries()])
def test_every_question_is_about_something_that_is_counted(place: str, query: str) -> None:
    known = counted()
    names = set(NAME.findall(re.sub(r"\{[^}]*\}", "", query)))
    assert names, place
    assert names - set(known) == set()
    assert asked_labels(query) <= set().union(*(known[name] for name in names))


def test_what_is_counted_is_shown_or_watched() -> None:
    asked = {name for _place, query in queries() for name in NAME.findall(query)}
    told = {re.sub(r"_(bucket|sum|count)$", "", name) for name in counted() if name.startswith("siedem_")}
    assert told - {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked} == set()


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_what_must_be_noticed_is_watched_and_says_what_to_do() -> None:
    rules = _rules()
    assert {rule["alert"] for rule in rules} >= {
        "DeadlineMissed", "QueueStuck", "HeartbeatStale", "ErrorShare", "DiskFull", "WebAway", "WorkerAway",
    }  # fmt: skip
    for rule in rules:
        assert rule["labels"]["severity"] in {"now", "today", "notice"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["remedy"].endswith(".")


def test_it_asks_the_services_of_the_compose_file_at_their_port_inside() -> None:
    services: dict[str, Any] = yaml.safe_load((settings.ROOT / "docker-compose.yml").read_text("utf-8"))[
        "services"
    ]
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    for job in jobs:
        targets = [target for config in job.get("static_configs", []) for target in config["targets"]]
        targets += [
            f"{name}:{config['port']}" for config in job.get("dns_sd_configs", []) for name in config["names"]
        ]
        for target in targets:
            host, _, port = target.partition(":")
            if host != "localhost":
                assert "inside" in services[host]["networks"]
                assert not any(port in str(published) for published in services[host].get("ports", []))
    for name in ("web", "worker"):
        given = services[name]["environment"]
        assert given["METRICS_BIND"].endswith(":9464")
        assert given["METRICS_FOLDER"].startswith("/tmp/"), "the only place where it may write"
    assert "METRICS_FOLDER" not in services["beat"]["environment"]
    assert "9464" not in (settings.ROOT / "infra" / "proxy" / "Caddyfile").read_text("utf-8")


def test_every_alert_reaches_a_mailbox_as_often_as_its_severity_asks_for() -> None:
    services = yaml.safe_load((settings.ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    told = yaml.safe_load((FOLDER / "alertmanager.yml").read_text("utf-8"))
    asked = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["alerting"]["alertmanagers"]
    assert asked == [{"static_configs": [{"targets": ["alertmanager:9093"]}]}]
    [mounted] = [one for one in services["alertmanager"]["volumes"] if "alertmanager.yml" in one]
    assert f"--config.file={mounted.split(':')[1]}" in services["alertmanager"]["command"]
    server, port = told["global"]["smtp_smarthost"].split(":")
    assert port == services["web"]["environment"]["EMAIL_PORT"].split(":-")[1].rstrip("}")
    assert set(services[server]["networks"]) & set(services["alertmanager"]["networks"])
    [receiver] = told["receivers"]
    assert receiver["name"] == told["route"]["receiver"] and receiver["email_configs"]
    severities = [
        severity
        for route in told["route"]["routes"]
        for matcher in route["matchers"]
        for severity in re.findall(r"now|today|notice", matcher)
    ]
    assert sorted(severities) == sorted({rule["labels"]["severity"] for rule in _rules()})
    names = {rule["alert"] for rule in _rules()}
    for rule in told["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            assert set(re.findall(r"[A-Z]\w+", matcher)) <= names


def test_amtool_reads_the_routes() -> None:
    if (amtool := shutil.which("amtool")) is None:
        pytest.skip("amtool is not installed; the routes are read by the test above")
    done = subprocess.run(
        [amtool, "check-config", str(FOLDER / "alertmanager.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_data_source_and_dashboards_are_files_that_are_mounted() -> None:
    provisioned = FOLDER / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioned / "datasources" / "prometheus.yml").read_text("utf-8"))[
        "datasources"
    ]
    [provider] = yaml.safe_load((provisioned / "dashboards" / "siedem.yml").read_text("utf-8"))["providers"]
    mounted = yaml.safe_load((settings.ROOT / "docker-compose.yml").read_text("utf-8"))["services"][
        "grafana"
    ]["volumes"]
    assert any(volume.split(":")[1] == provider["options"]["path"] for volume in mounted)
    for volume in mounted:
        assert (settings.ROOT / volume.split(":")[0]).exists()
    for path in (FOLDER / "grafana" / "dashboards").glob("*.json"):
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            assert {target["datasource"]["uid"] for target in panel["targets"]} == {source["uid"]}


def test_promtool_reads_the_rules() -> None:
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed; the rules are read by the tests above")
    done = subprocess.run(
        [promtool, "check", "rules", str(FOLDER / "alerts.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
