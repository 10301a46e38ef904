"""`make run` as a whole, with a small product in place of the real one: from the first line to Ctrl-C."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from kernel.embedded.envfile import read_env
from kernel.embedded.launcher import Launcher
from kernel.embedded.places import server_account, temporary_folder
from kernel.embedded.ports import find_free_port
from kernel.embedded.processes import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
# Whoever runs the tests with nohup leaves SIGHUP ignored to all they start: each start says how it found the signal.
START = (
    "import os, pathlib, signal, sys; from kernel.embedded.launcher import Launcher; "
    "signal.signal(signal.SIGHUP, signal.Handlers[sys.argv[2]]); "
    "sys.exit(Launcher(pathlib.Path(sys.argv[1]), os.environ).run())"
)
PRODUCT = {
    "manage.py": """
        import os, sys, psycopg
        print("manage.py", *sys.argv[1:], flush=True)
        if sys.argv[1] == "prepare":
            if os.environ.get("DEMO") == "broken":
                sys.exit("a reason")
            with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
                connection.execute("INSERT INTO starts DEFAULT VALUES")
    """,
    "platform/config/__init__.py": "",
    "platform/config/wsgi.py": """
        import os, psycopg
        def application(environ, start_response):
            with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
                count, = connection.execute("SELECT count(*) FROM starts").fetchone()
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(count).encode()]
    """,
    "infra/gunicorn.conf.py": """
        import os
        bind = os.environ["BIND"]
        workers = 2
        control_socket_disable = True
    """,
    "platform/config/settings/__init__.py": "",
    "platform/config/settings/local.py": "SECRET_KEY = 'x'",
    "platform/config/celery.py": """
        import os
        from celery import Celery
        app = Celery("small", broker=os.environ["REDIS_URL"])
    """,
}

# Variables of this test run that a start of its own must not see.
OURS = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PORT", "DEMO", "SITE_URL"}

pytestmark = pytest.mark.slow


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Path]:
    """A folder with a small product that starts fast and counts its starts."""
    root = temporary_folder(
        server_account(tmp_path / "none"), [Path("/tmp"), Path("/var/tmp")], "siedem-check-"
    )
    for name, text in PRODUCT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text))
    yield root
    shutil.rmtree(root)


@pytest.fixture
def start(product: Path) -> Iterator[Callable[..., tuple["subprocess.Popen[str]", str]]]:
    """`start(**variables)` runs the launcher until it serves or ends; the process and what it wrote so far.

    `hangup` is what SIGHUP does to it before it begins: its terminal's window ends it, or nothing does (nohup).
    """
    begun: list[subprocess.Popen[str]] = []

    def begin(hangup: str = "SIG_DFL", **variables: str) -> tuple["subprocess.Popen[str]", str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(product), hangup],
            env={**inherited, "PYTHONPATH": str(REPOSITORY / "platform"), **variables},
            stdout=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        told = ""
        assert process.stdout is not None
        for line in process.stdout:
            told += line
            if "Ctrl-C stops everything" in line:
                break
        return process, told

    yield begin
    for process in begun:
        process.terminate()
        process.communicate(timeout=60)


def processes_of(product: Path) -> list[str]:
    """What still runs out of, or in, the folder."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if any(str(product) in part for part in (process.cwd(), *process.cmdline())):
                found.append(process.info["name"])
        except psutil.Error:
            continue
    return found


def page(port: str) -> str:
    """The product's page."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    connection.request("GET", "/")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_everything_starts_is_told_and_stops(product: Path, start) -> None:
    port = str(find_free_port())
    process, told = start(PORT=port)
    assert told.splitlines()[0].startswith("Making a new database. The first start takes some minutes")
    assert f"Siedem runs at http://localhost:{port} (ready after " in told
    assert (
        told.index("manage.py prepare") < told.index("Siedem runs at") < told.index("manage.py demo_logins")
    )
    assert page(port) == "1"
    local = product / ".local"
    runtime = read_env(local / "runtime.env")
    assert (runtime["PORT"], runtime["SITE_URL"]) == (port, f"http://localhost:{port}")
    with psycopg.connect(runtime["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM starts").fetchone() == (1,)
    assert {path.name for path in (local / "logs").iterdir()} >= {
        f"{name}.log" for name in ("postgres", "redis", "web", "worker", "beat")
    }
    assert wait_until(lambda: "ready." in (local / "logs" / "worker.log").read_text(), 30)
    assert wait_until(lambda: "beat: Starting" in (local / "logs" / "beat.log").read_text(), 30)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert rest.split() == ["Stopping", "…", "Everything", "is", "stopped."]
    assert process.returncode == 0
    assert processes_of(product) == []
    assert not (local / "runtime.env").exists()
    assert not (local / "processes.json").exists()
    assert (local / "secrets.env").exists()


def test_a_second_start_is_refused_and_a_killed_one_is_cleared_up_after(product: Path, start) -> None:
    port = str(find_free_port())
    first, _ = start(PORT=port)
    second, told = start(PORT=str(find_free_port()))
    assert second.wait(30) == 1
    assert told == (
        f"Siedem already runs from this folder at http://localhost:{port} (process {first.pid}): "
        f"stop it there with Ctrl-C, or with kill {first.pid}.\n"
    )
    first.kill()
    first.wait(10)
    third, told = start(PORT=port)
    assert told.splitlines()[0] == (
        f"The last start (process {first.pid}) was killed; cleared up after it, stopping "
        "Web server, Worker, Clock, Redis, PostgreSQL."
    )
    assert page(port) == "2"
    third.terminate()
    third.communicate(timeout=60)
    assert processes_of(product) == []


def test_servers_that_end_are_started_again_at_the_same_address(product: Path, start) -> None:
    port = str(find_free_port())
    process, _ = start(PORT=port)
    before = read_env(product / ".local" / "runtime.env")
    lock = product / ".local" / "postgres" / "postmaster.pid"
    number = int(lock.read_text().splitlines()[0])
    os.kill(number, signal.SIGKILL)

    def answers() -> bool:
        try:
            with psycopg.connect(before["DATABASE_URL"], connect_timeout=2) as connection:
                return connection.execute("SELECT count(*) FROM starts").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    assert wait_until(lambda: answers() and int(lock.read_text().splitlines()[0]) != number, 30)
    assert page(port) == "1"
    process.terminate()
    rest, _ = process.communicate(timeout=60)
    assert "PostgreSQL ended unexpectedly; it is started again (see .local/logs/postgres.log).\n" in rest


def test_an_empty_start_shows_no_demo_logins(product: Path, start) -> None:
    process, told = start(PORT=str(find_free_port()), DEMO="0")
    assert "manage.py prepare" in told
    assert "demo_logins" not in told
    # As when the terminal's window is closed.
    process.send_signal(signal.SIGHUP)
    assert process.wait(180) == 0
    assert processes_of(product) == []


def test_one_that_was_started_with_nohup_outlives_its_terminal(product: Path, start) -> None:
    port = str(find_free_port())
    process, _ = start("SIG_IGN", PORT=port, DEMO="0")
    process.send_signal(signal.SIGHUP)
    # Longer than it takes to notice the wish to stop.
    assert not wait_until(lambda: process.poll() is not None, 2)
    assert page(port) == "1"
    process.terminate()
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "Everything is stopped." in rest


def test_a_preparation_that_fails_stops_the_start(product: Path, start) -> None:
    process, told = start(PORT=str(find_free_port()), DEMO="broken")
    assert process.wait(30) == 1
    assert told.splitlines()[-1] == "Preparing the data failed: the lines above say why."
    assert processes_of(product) == []


def test_a_product_that_cannot_start_points_to_the_log(product: Path, start) -> None:
    (product / "platform/config/wsgi.py").write_text("import not_there")
    process, told = start(PORT=str(find_free_port()))
    assert process.wait(30) == 1
    assert told.splitlines()[-1].startswith("Web server stopped while starting: ")
    assert told.splitlines()[-1].endswith("(more in .local/logs/web.log)")
    assert "Traceback" not in told
    assert processes_of(product) == []


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "http"}, "PORT=http is not a port: choose a number from 1024 to 65535."),
        (
            {"DATABASE_URL": "postgresql://siedem:secret-word@127.0.0.1:1/siedem"},
            "The database of DATABASE_URL cannot be reached: ",
        ),
        (
            {"DATABASE_URL": "embedded", "REDIS_URL": "redis://:secret-word@127.0.0.1:1/0"},
            "The Redis of REDIS_URL ",
        ),
        ({"DATABASE_URL": "embedded", "REDIS_URL": "nonsense"}, "The Redis of REDIS_URL cannot be reached: "),
    ],
)
def test_what_is_wrong_with_the_variables_is_one_sentence(
    product: Path, capfd: pytest.CaptureFixture[str], variables: dict[str, str], sentence: str
) -> None:
    from django.db import connection

    if variables.get("DATABASE_URL") == "embedded":
        given = {
            name: str(value)
            for name, value in connection.settings_dict.items()
            if name in {"HOST", "PORT", "USER"}
        }
        address = f"postgresql://{given['USER']}@/postgres?host={given['HOST']}&port={given['PORT'] or 5432}"
        variables = {**variables, "DATABASE_URL": address}
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert Launcher(product, {"PORT": str(find_free_port()), **variables}).run() == 1
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    told = capfd.readouterr().out
    assert told.startswith(sentence)
    assert told.count("\n") == 1
    assert "secret-word" not in told
