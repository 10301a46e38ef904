"""The embedded PostgreSQL and Redis themselves: started, used, stopped, killed and started again."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel.embedded.faults import EmbeddedFault
from kernel.embedded.places import Account, ensure_folder, server_account, temporary_folder
from kernel.embedded.postgres import EmbeddedPostgres
from kernel.embedded.processes import processes_in
from kernel.embedded.redis import EmbeddedRedis


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter; servers left in it are stopped."""
    folder = temporary_folder(
        server_account(tmp_path / "none"), [Path("/tmp"), Path("/var/tmp")], "siedem-check-"
    )
    yield folder
    EmbeddedPostgres(folder, folder / "postgres.log").stop_left_over()
    EmbeddedRedis(folder, folder / "redis.log").stop_left_over()
    shutil.rmtree(folder)


def postgres_in(state: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(state, state / "postgres.log", durable=False)


def test_postgresql_starts_as_the_product_needs_it_and_keeps_its_data(state: Path) -> None:
    first = postgres_in(state)
    url = first.start()
    with psycopg.connect(url) as connection:
        asked = (
            "max_locks_per_transaction",
            "listen_addresses",
            "jit",
            "server_encoding",
            "log_min_error_statement",
        )
        found = [connection.execute(f"SHOW {name}").fetchone()[0] for name in asked]  # type: ignore[index, arg-type]
        assert found == ["1024", "", "off", "UTF8", "panic"]
        assert connection.info.server_version >= 180000
        rights = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert rights.fetchone() == (False, True)
        connection.execute("CREATE EXTENSION btree_gist")
        connection.execute("CREATE TABLE kept AS SELECT upper('zażółć gęślą jaźń') AS word")
    assert first.stop()
    assert processes_in(state / "postgres", "postgres") == []
    assert not (state / "postgres" / "postmaster.pid").exists()
    second = postgres_in(state)
    with psycopg.connect(second.start()) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("ZAŻÓŁĆ GĘŚLĄ JAŹŃ",)
    second.stop()


def test_no_personal_data_reach_the_log_of_a_failed_statement(state: Path) -> None:
    server = postgres_in(state)
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE person (pesel text CONSTRAINT one_pesel UNIQUE)")
        connection.execute("INSERT INTO person VALUES ('44051401359')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('44051401359')")
    server.stop()
    log = (state / "postgres.log").read_text()
    assert "one_pesel" in log
    assert "44051401359" not in log


@pytest.mark.parametrize("whom", ["nobody", "postmaster"])
def test_a_server_left_by_a_killed_launcher_is_stopped_and_its_data_survive(state: Path, whom: str) -> None:
    left = EmbeddedPostgres(state, state / "postgres.log")
    with psycopg.connect(left.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS days")
    assert left.child is not None
    assert left.child.pid is not None
    if whom == "postmaster":
        os.kill(left.child.pid, signal.SIGKILL)
    ours = postgres_in(state)
    with psycopg.connect(ours.start()) as connection:
        assert connection.execute("SELECT days FROM kept").fetchone() == (7,)
    assert ours.child is not None
    assert not left.child.runs()
    assert ours.child.pid != left.child.pid
    ours.stop()


def test_a_lock_file_whose_number_is_a_strangers_by_now_does_not_stop_a_start(state: Path) -> None:
    server = postgres_in(state)
    server.start()
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    (state / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n/x\n1\n5432\n/x\n\n1 1\nready\n")
    try:
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stranger.poll() is None
    finally:
        server.stop()
        stranger.kill()
        stranger.wait()


def test_a_half_made_data_directory_is_made_anew(state: Path) -> None:
    (state / "postgres.new" / "base").mkdir(parents=True)
    (state / "postgres.new" / "PG_VERSION").write_text("18\n")
    (state / "postgres").mkdir()
    server = postgres_in(state)
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert not (state / "postgres.new").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(state: Path) -> None:
    (state / "postgres").mkdir()
    (state / "postgres" / "thesis.odt").write_text("years of work")
    with pytest.raises(EmbeddedFault, match="is no database of PostgreSQL"):
        postgres_in(state).start()
    assert (state / "postgres" / "thesis.odt").read_text() == "years of work"


def test_data_of_another_version_are_refused_before_anything_touches_them(state: Path) -> None:
    server = postgres_in(state)
    server.start()
    server.stop()
    (state / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedFault, match="made by PostgreSQL 17 and this is PostgreSQL 18"):
        server.start()
    assert not (state / "postgres" / "postmaster.pid").exists()


def test_a_server_that_cannot_start_points_to_its_log(state: Path) -> None:
    server = postgres_in(state)
    server.start()
    server.stop()
    owner = (state / "postgres").stat()
    account = Account("owner", owner.st_uid, owner.st_gid) if os.geteuid() == 0 else None
    ensure_folder(state / "postgres", 0o755, account)
    with pytest.raises(
        EmbeddedFault, match=r"PostgreSQL stopped while starting: .* \(more in postgres.log\)"
    ):
        server.start()
    assert server.child is None


def test_redis_wants_a_password_and_keeps_what_it_was_told(state: Path) -> None:
    first = EmbeddedRedis(state, state / "redis.log")
    url = first.start()
    with redis.Redis.from_url(url) as client:
        client.set("task", "waiting")
    with (
        redis.Redis(port=first.port, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()
    assert first.child is not None
    command = psutil.Process(first.child.pid).cmdline()
    assert first.password not in " ".join(command)
    assert first.stop()
    second = EmbeddedRedis(state, state / "redis.log")
    with redis.Redis.from_url(second.start()) as client:
        assert client.get("task") == b"waiting"
    second.stop()


def test_a_redis_left_by_a_killed_launcher_is_stopped_first(state: Path) -> None:
    left = EmbeddedRedis(state, state / "redis.log")
    with redis.Redis.from_url(left.start()) as client:
        client.set("task", "waiting")
    ours = EmbeddedRedis(state, state / "redis.log")
    with redis.Redis.from_url(ours.start()) as client:
        assert client.get("task") == b"waiting"
    assert left.child is not None
    assert not left.child.runs()
    ours.stop()


def test_redis_started_again_keeps_its_address(state: Path) -> None:
    server = EmbeddedRedis(state, state / "redis.log")
    url = server.start()
    assert server.child is not None
    assert server.child.pid is not None
    os.kill(server.child.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while server.child.runs():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert server.start() == url
    server.stop()
