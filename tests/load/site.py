"""The site as production runs it: PostgreSQL, Redis and an S3 server of its own, gunicorn, a worker and the clock."""

import base64
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import urllib3

from kernel.embedded.places import server_account, temporary_folder
from kernel.embedded.postgres import EmbeddedPostgres
from kernel.embedded.redis import EmbeddedRedis
from tests.documents.s3_server import free_port, s3_server

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 120.0


@dataclass
class Site:
    """What runs, and how a process of the product is started beside it."""

    folder: Path
    variables: dict[str, str]
    port: int
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str) -> None:
        """A program of the product, until it ends; raises CalledProcessError."""
        subprocess.run([sys.executable, *command], cwd=ROOT, env=self.variables, check=True)

    def told(self, *command: str) -> str:
        """The same, and what it printed."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.variables,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=self.variables, stdout=log, stderr=log
            )

    def start_all(self, web_workers: int) -> None:
        self.variables["WEB_WORKERS"] = str(web_workers)
        self.start_web()
        self.start_worker()
        timetable = str(self.folder / "timetable")
        self.start("beat", "celery", "-A", "config", "beat", "--schedule", timetable, "--pidfile=")
        self.wait_ready()

    def start_web(self) -> None:
        self.start("web", "gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py")

    def start_worker(self) -> None:
        self.start("worker", "celery", "-A", "config", "worker", "--concurrency", "1")

    def wait_ready(self) -> None:
        """Until web says that it and its servers are there; raises RuntimeError with the end of its log."""
        deadline = time.monotonic() + _SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self.running["web"].poll() is not None:
                raise RuntimeError((self.folder / "web.log").read_text()[-4000:])
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            answer = urllib3.request(
                "GET", f"{self.address}/health/ready/", headers={"X-Forwarded-Proto": "https"}, retries=False
            )
        except urllib3.exceptions.HTTPError:
            return False
        return bool(answer.status == 200)

    def stop(self) -> None:
        for process in reversed(self.running.values()):
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def web_processes(self) -> list[psutil.Process]:
        return psutil.Process(self.running["web"].pid).children()

    def server_processes(self) -> list[psutil.Process]:
        """PostgreSQL's processes that serve a connection of the product."""
        child = self.postgres.child
        assert child and child.process
        found = []
        for process in psutil.Process(child.process.pid).children():
            title = " ".join(process.cmdline())
            if title.startswith("postgres:") and " siedem " in title:
                found.append(process)
        return found


@contextmanager
def site(folder: Path | None = None) -> Iterator[Site]:
    """An empty site with its schema and territories; nothing of it is left afterwards."""
    account = server_account(Path("/none"))
    state = temporary_folder(account, [Path("/tmp"), Path("/var/tmp")], "siedem-load-")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, state, ignore_errors=True)
        work = folder or state / "work"
        work.mkdir(exist_ok=True, parents=True)
        postgres = EmbeddedPostgres(state, work / "postgres.log")
        redis = EmbeddedRedis(state, work / "redis.log")
        place = postgres.start()
        stack.callback(postgres.stop)
        queue = redis.start()
        stack.callback(redis.stop)
        store = stack.enter_context(s3_server(state / "buckets"))
        port = free_port()
        seal = state / "seal.key"
        seal.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        seal.chmod(0o600)
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ
        }
        variables = {
            **kept,
            **store.settings,
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "platform"))),
            "PYTHONUTF8": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "MASTER_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SEAL_KEY_FILE": str(seal),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": f"https://127.0.0.1:{port}",
            "DATABASE_URL": place,
            "REDIS_URL": queue,
            "REGION_DATABASE_ROLE": "siedem_region",
            "OPEN_DATABASE_ROLE": "siedem_open",
            "WEB_DATABASE_ROLE": "siedem_web",
            "CHECKPOINTS_FOLDER": str(work / "checkpoints"),
            "TRUSTED_PROXIES": "127.0.0.1",
            "BIND": f"127.0.0.1:{port}",
            "LOG_LEVEL": "WARNING",
        }
        made = Site(work, variables, port, postgres, redis)
        stack.callback(made.stop)
        made.run("manage.py", "prepare", "--verbosity", "0")
        yield made
