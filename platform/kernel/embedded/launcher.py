"""`make run`: servers, preparation, web, worker and clock of one machine, from the first line to Ctrl-C."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import redis

from kernel.embedded.envfile import ensure_secrets, write_env
from kernel.embedded.faults import EmbeddedFault, explain, require_space
from kernel.embedded.locks import FolderLock, HeldLockError
from kernel.embedded.places import choose_folder, ensure_folder, folder_mark, server_account
from kernel.embedded.ports import parse_port, require_free_port
from kernel.embedded.postgres import OPEN_ROLE, REGION_ROLE, WEB_ROLE, EmbeddedPostgres
from kernel.embedded.processes import Child, fault_of, record, stop_recorded, wait_until
from kernel.embedded.redis import EmbeddedRedis
from kernel.embedded.supervisor import Signals, StopRequested, Watched, say

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 90
ELSEWHERE = "siedem-"
# The only worker need not look for others, which takes a second.
ALONE = ("--without-mingle", "--without-gossip")


class Launcher:
    """One start of the product in the folder `root`, with its data in `root/.local`."""

    def __init__(self, root: Path, variables: Mapping[str, str]) -> None:
        self.root = root
        self.local = root / ".local"
        self.logs = self.local / "logs"
        self.given = {name: value for name, value in variables.items() if value}
        self.began = time.monotonic()
        self.signals = Signals()
        self.lock = FolderLock(self.local / "launcher.lock")
        self.noted = self.local / "processes.json"
        self.runtime = self.local / "runtime.env"
        self.environment: dict[str, str] = {}
        self.servers: list[EmbeddedPostgres | EmbeddedRedis] = []
        self.programs: list[Child] = []
        self.watched: list[Watched] = []

    def run(self) -> int:
        """Start everything, wait for the wish to stop, stop everything; 0, or 1 after one sentence of why."""
        self.signals.install()
        try:
            port = parse_port(self.given.get("PORT", "8000"))
            self._enter()
            try:
                self._start(port)
                self._watch()
            except StopRequested:
                say("\nStopping …")
            finally:
                self._stop()
        except EmbeddedFault as fault:
            say(str(fault))
            return 1
        except OSError as error:
            say(str(explain(error, self.local)))
            return 1
        say("Everything is stopped.")
        return 0

    def _enter(self) -> None:
        """Take the folder for this start alone and clear away what a start that was killed left behind."""
        ensure_folder(self.local, 0o711 if os.geteuid() == 0 else 0o700)
        ensure_folder(self.logs, 0o700)
        try:
            left = self.lock.acquire(str(os.getpid()))
        except HeldLockError as held:
            number, _, address = held.note.partition(" ")
            raise EmbeddedFault(
                f"Siedem already runs from this folder{' at ' + address if address else ''} "
                f"(process {number or 'unknown'}): stop it there with Ctrl-C, or with kill {number}."
            ) from None
        if left:
            stopped = [*stop_recorded(self.noted), *self._stop_servers_left()]
            also = f", stopping {', '.join(stopped)}" if stopped else ""
            say(f"The last start (process {left.split(' ')[0]}) was killed; cleared up after it{also}.")

    def _folder_elsewhere(self) -> Path | None:
        """The folder outside `.local` that an earlier start chose for the database, if it did."""
        link = self.local / "postgres"
        target = link.readlink().parent if link.is_symlink() else None
        return target if target is not None and target.name.startswith(ELSEWHERE) else None

    def _stop_servers_left(self) -> list[str]:
        """Stop servers of this folder that nobody watches any more; their names."""
        state = self._folder_elsewhere() or self.local
        found = (EmbeddedRedis(self.local, self.logs), EmbeddedPostgres(state, self.logs))
        return [server.name for server in found if server.stop_left_over()]

    def _start(self, port: int) -> None:
        require_free_port(port)
        require_space(self.local)
        address = self.given.get("SITE_URL", f"http://localhost:{port}")
        own_keys = {"SECRET_KEY", "MASTER_KEYS"} <= self.given.keys()
        if not own_keys:
            embedded = None if "DATABASE_URL" in self.given else self.local / "postgres"
            ensure_secrets(self.local / "secrets.env", embedded)
        told = {
            "DATABASE_URL": self._database(),
            "REDIS_URL": self._redis(),
            "SITE_URL": address,
            "PORT": str(port),
        }
        if "DATABASE_URL" not in self.given:
            told |= {"REGION_DATABASE_ROLE": REGION_ROLE, "OPEN_DATABASE_ROLE": OPEN_ROLE}
            told |= {"WEB_DATABASE_ROLE": WEB_ROLE}
        write_env(self.runtime, told, "Where this start runs; written by make run and removed when it stops.")
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            **self.given,
            **told,
            "BIND": f"127.0.0.1:{port}",
            "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'platform'}",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
        }
        if self._manage("prepare") != 0:
            raise EmbeddedFault("Preparing the data failed: the lines above say why.")
        self.lock.rewrite(f"{os.getpid()} {address}")
        self._start_programs(port)
        say(f"\nSiedem runs at {address} (ready after {time.monotonic() - self.began:.1f} s).\n")
        if self.given.get("DEMO", "1") != "0":
            self._manage("demo_logins")
        say(f"Logs are in {self.logs.relative_to(self.root)}. Ctrl-C stops everything.")

    def _database(self) -> str:
        """The address of the database: the one given, or that of an embedded server."""
        if url := self.given.get("DATABASE_URL"):
            try:
                psycopg.connect(url, connect_timeout=5).close()
            except psycopg.Error as error:
                reason = str(error).strip().splitlines()[0]
                raise EmbeddedFault(f"The database of DATABASE_URL cannot be reached: {reason}") from None
            return url
        state = self._database_folder()
        require_space(state)
        postgres = EmbeddedPostgres(state, self.logs / "postgres.log")
        self.servers.append(postgres)
        if not (postgres.data / "PG_VERSION").exists():
            say(
                "Making a new database. The first start takes some minutes: tables, texts and the demo follow …"
            )
        url = postgres.start(self.signals.pause)
        self._keep(Watched("PostgreSQL", lambda: postgres.child, lambda: postgres.start(self.signals.pause)))
        return url

    def _database_folder(self) -> Path:
        """`.local`, or a folder elsewhere, with a link, when PostgreSQL's account cannot enter that."""
        link = self.local / "postgres"
        account = server_account(link)
        if elsewhere := self._folder_elsewhere():
            candidates = [elsewhere]
        elif link.exists():
            candidates = [self.local]
        else:
            name = ELSEWHERE + folder_mark(self.root)
            candidates = [self.local, Path("/var/lib") / name, Path("/var/tmp") / name]  # noqa: S108
        state = choose_folder(account, candidates)
        if state != self.local:
            if not link.is_symlink():
                link.symlink_to(state / "postgres")
            owner = account.name if account else "PostgreSQL"
            say(f"The database lies in {state}, because the user {owner} cannot enter {self.root}.")
        return state

    def _redis(self) -> str:
        """The address of Redis: the one given, or that of an embedded server."""
        if url := self.given.get("REDIS_URL"):
            try:
                with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
                    client.ping()
            except (redis.RedisError, ValueError) as error:
                raise EmbeddedFault(f"The Redis of REDIS_URL cannot be reached: {error}") from None
            return url
        server = EmbeddedRedis(self.local, self.logs / "redis.log")
        self.servers.append(server)
        url = server.start(self.signals.pause)
        self._keep(Watched("Redis", lambda: server.child, lambda: server.start(self.signals.pause)))
        return url

    def _start_programs(self, port: int) -> None:
        """The web server until its first page is ready, then worker and clock, which nobody waits for."""
        celery = ("celery", "-A", "config")
        web = self._program(
            "Web server", "web", "gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py"
        )
        last = "no answer"

        def is_ready() -> bool:
            nonlocal last
            last = ask_ready(port)
            return last == "200" or not web.runs()

        ready = wait_until(is_ready, READY_SECONDS, self.signals.pause)
        if not web.runs():
            raise fault_of(web, "stopped while starting", self.root)
        if not ready:
            raise fault_of(web, f"is not ready after {READY_SECONDS} s ({last})", self.root)
        self._program(
            "Worker", "worker", *celery, "worker", "--concurrency", "2", "--loglevel", "info", *ALONE
        )
        schedule = str(self.local / "celerybeat-schedule")
        self._program("Clock", "beat", *celery, "beat", "-s", schedule, "--pidfile=", "--loglevel", "info")

    def _program(self, name: str, log: str, *arguments: str) -> Child:
        """Start one Python program of the product and keep it running from now on."""
        child = Child(
            name=name,
            command=[sys.executable, "-m", *arguments],
            log=self.logs / f"{log}.log",
            folder=self.root,
            environment=self.environment,
            stop_signals=((signal.SIGTERM, 25.0),),
        )
        child.start()
        self.programs.append(child)
        self._keep(Watched(name, lambda: child, child.start))
        return child

    def _keep(self, watched: Watched) -> None:
        self.watched.append(watched)
        record(self.noted, self.programs)

    def _manage(self, *command: str) -> int:
        """Run a management command with its lines on this terminal; its exit code."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            umask=0o077,
        )
        try:
            while process.poll() is None:
                self.signals.pause(0.05)
        except StopRequested:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            raise
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        return process.returncode

    def _watch(self) -> None:
        """Keep everything running until stopping is wished for; databases come before those who need them."""
        while True:
            self.signals.pause(0.3)
            for watched in self.watched:
                if watched.keep_running(self.root):
                    record(self.noted, self.programs)

    def _stop(self) -> None:
        """Stop what this start began: programs first, all at once, then Redis, then PostgreSQL."""
        # Whoever presses Ctrl-C again does not wait for requests and tasks; databases still end cleanly.
        self.signals.on_repeat = self._hurry
        with ThreadPoolExecutor() as pool:
            gentle = list(pool.map(Child.stop, self.programs))
        for child, was_gentle in zip(self.programs, gentle, strict=True):
            if not was_gentle:
                say(f"{child.name} did not stop in time and was ended.")
        for server in reversed(self.servers):
            if not server.stop():
                say(f"{server.name} did not stop in time and was ended; it recovers at the next start.")
        with contextlib.suppress(OSError):
            self.runtime.unlink(missing_ok=True)
            self.noted.unlink(missing_ok=True)
        self.lock.release()

    def _hurry(self) -> None:
        for child in self.programs:
            if child.process is not None and child.process.returncode is None:
                child.process.kill()


def ask_ready(port: int) -> str:
    """The status of the readiness page, such as 200; or a word for why there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/ready/", headers={"Host": f"localhost:{port}"})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def clean(root: Path) -> int:
    """Remove all data of this machine after asking; 0 when done, 1 when not."""
    launcher = Launcher(root, {})
    if not launcher.local.exists():
        say("There are no data here.")
        return 0
    try:
        launcher._enter()
        elsewhere = launcher._folder_elsewhere()
        places = [launcher.local, *([elsewhere] if elsewhere is not None and elsewhere.exists() else [])]
        say(
            f"This removes the database, the files and the keys in {' and '.join(map(str, places))} for good."
        )
        if input("Type yes to go on: ").strip() != "yes":
            say("Nothing was removed.")
            launcher.lock.release()
            return 1
        launcher._stop_servers_left()
        for place in reversed(places):
            shutil.rmtree(place)
    except (EmbeddedFault, EOFError, KeyboardInterrupt) as reason:
        say(str(reason) or "Nothing was removed.")
        return 1
    except OSError as error:
        say(str(explain(error, launcher.local)))
        return 1
    say("Removed.")
    return 0
