"""What Prometheus is told: real web servers and workers of several processes, asked as Prometheus asks."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from kernel import heartbeat, measures
from kernel.metrics_server import Installation
from kernel.tenancy import tenant_scope
from tenants.tasks import measure
from tests.config import planted
from tests.copies import address_of_database
from tests.documents.s3_server import free_port
from tests.workers import Worker

pytestmark = pytest.mark.django_db
Samples = dict[tuple[str, ...], float]
_SECONDS = 60.0


def scraped(port: int) -> tuple[str, Samples]:
    """What is told at the port, as text and as figures by name and values of labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    samples = {
        (sample.name, *(str(value) for _label, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return text, samples


def until(holds: Callable[[], bool], told: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, told.read_text()
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        scraped(port)
    except OSError:
        return False
    return True


class Web:
    """gunicorn with two processes and its own server of metrics."""

    def __init__(self, folder: Path) -> None:
        self.port, self.metrics = free_port(), free_port()
        self.counts, self.log = folder / "counts", folder / "web.log"
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": address_of_database(),
            "PYTHONPATH": f"{settings.ROOT}{os.pathsep}{settings.ROOT / 'platform'}",
            "BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": "2", "WEB_THREADS": "2",
            "METRICS_FOLDER": str(self.counts), "METRICS_BIND": f"127.0.0.1:{self.metrics}",
        }  # fmt: skip
        command = ["-m", "gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=settings.ROOT, env=environ, stdout=log, stderr=log
            )

    def ask(self, path: str, method: str = "GET") -> int:
        site = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            site.request(method, path)
            return site.getresponse().status
        finally:
            site.close()

    def is_live(self) -> bool:
        try:
            return self.ask("/health/live/") == 200
        except OSError:
            return False

    def workers(self) -> list[int]:
        """Processes that serve, without the one that answers Prometheus."""
        serving = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if "kernel.metrics_server" not in " ".join(child.cmdline()):
                    serving.append(child.pid)
        return serving

    def files(self) -> set[str]:
        return {path.name for path in self.counts.glob("*.db")}


@pytest.fixture(scope="module")
def web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    started = Web(tmp_path_factory.mktemp("web"))
    try:
        until(lambda: started.is_live() and answers(started.metrics), started.log)
        yield started
    finally:
        started.process.terminate()
        started.process.wait(30)


def count(web: Web, *labels: str) -> float:
    return scraped(web.metrics)[1].get(("siedem_requests_total", *labels), 0.0)


def test_requests_of_all_processes_are_added_up_by_route(web: Web) -> None:
    # Labels stand in the order of their names: method, route, status.
    live, login, none = ("GET", "kernel:live", "200"), ("GET", "account_login", "200"), ("GET", "none", "404")
    before = [count(web, *labels) for labels in (live, login, none)]
    for _time in range(12):
        assert web.ask("/health/live/") == 200
    assert web.ask(f"/account/login/?next=/{planted.PESEL}") == 200
    assert web.ask(f"/no/such/{planted.PESEL}/") == 404
    assert web.ask("/alfa/care/", "BREW") in {302, 404, 405}
    after = [count(web, *labels) for labels in (live, login, none)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [12, 1, 1]
    text, samples = scraped(web.metrics)
    assert samples[("siedem_request_seconds_count", "GET", "kernel:live")] == after[0]
    assert planted.found_in(text) == []
    assert "BREW" not in text
    assert "alfa" not in {
        label for (name, *labels) in samples if name.startswith("siedem_req") for label in labels
    }


def test_a_process_that_is_killed_leaves_its_counts_and_its_place(web: Web) -> None:
    for _time in range(10):
        web.ask("/health/live/")
    until(lambda: len(web.workers()) == 2, web.log)
    before = count(web, "GET", "kernel:live", "200")
    for pid in (old := web.workers()):
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(now := web.workers()) == 2 and not set(now) & set(old) and web.is_live(), web.log)
    grown = count(web, "GET", "kernel:live", "200")
    for _time in range(8):
        web.ask("/health/live/")
    assert grown >= before
    assert count(web, "GET", "kernel:live", "200") == grown + 8
    # A place has a file of each kind once it has counted something of it: no more than that come, whoever dies.
    places = {name.partition("_")[2] for name in web.files()}
    assert len(places) <= 2, "processes that come and go do not leave files without end"


def test_the_installation_is_told_by_the_web_server(web: Web, alfa: Any) -> None:
    heartbeat.renew()
    heartbeat.note_errand("kernel.renew_heartbeat")
    measures.keep({"alfa": {"siedem_months_late": 3}, measures.PLATFORM: {"siedem_mails_waiting": 2}})
    _text, samples = scraped(web.metrics)
    assert samples[("siedem_queue_up",)] == 1
    assert samples[("siedem_months_late", "alfa")] == 3
    assert samples[("siedem_mails_waiting", "")] == 2
    assert samples[("siedem_heartbeat_age_seconds",)] < 30
    assert samples[("siedem_errand_age_seconds", "kernel.renew_heartbeat")] < 30


def test_every_tenant_is_measured_by_the_clock_and_not_by_who_looks(
    alfa: Any, beta: Any, django_assert_num_queries: Any
) -> None:
    assert measure() == 2
    with django_assert_num_queries(0):
        told = {family.name: family for family in Installation().collect()}
    for name in measures.ABOUT:
        assert name in told, "something measures it"
    late = {sample.labels["tenant"] for sample in told["siedem_months_late"].samples}
    assert late == {"alfa", "beta"}


def test_tasks_of_a_pool_are_counted_by_name_and_outcome_and_logged_with_their_ids(
    alfa: Any, tmp_path: Path
) -> None:
    port = free_port()
    worker = Worker(
        tmp_path, pool="prefork", level="info",
        METRICS_FOLDER=str(tmp_path / "counts"), METRICS_BIND=f"127.0.0.1:{port}",
    )  # fmt: skip
    log = tmp_path / "worker.log"
    done, failed = (
        ("siedem_tasks_total", "done", "tests.tell_scope"),
        ("siedem_tasks_total", "failed", "tests.fail_in_scope"),
    )
    try:
        with tenant_scope(alfa):
            for _time in range(5):
                worker.send("tests.tell_scope")
            for _time in range(2):
                worker.send("tests.fail_in_scope")
        answered = tmp_path / "answers.txt"
        until(lambda: answered.exists() and len(answered.read_text().splitlines()) == 7, log)
        until(lambda: answers(port), log)
        until(lambda: (told := scraped(port)[1]).get(done) == 5 and told.get(failed) == 2, log)
        samples = scraped(port)[1]
        assert samples[("siedem_task_seconds_count", "tests.tell_scope")] == 5
        assert samples[("siedem_task_wait_seconds_count", "tests.tell_scope")] == 5
        assert ("siedem_queue_up",) not in samples, "one server tells of the installation"
    finally:
        worker.stop()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    ended = [line for line in lines if line["event"] == "task_succeeded"]
    assert [(line["task"], line["tenant"]) for line in ended] == [("tests.tell_scope", alfa.schema_name)] * 5
    assert len({line["task_id"] for line in ended}) == 5
    [error, _again] = [line for line in lines if line["event"] == "task_failed"]
    assert error["error"] == ["builtins.ZeroDivisionError"]
    until(lambda: not answers(port), log)
