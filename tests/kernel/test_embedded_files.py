"""What the launcher keeps in files: locks, variables, secrets."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.embedded.envfile import ensure_secrets, read_env, write_env
from kernel.embedded.faults import EmbeddedFault
from kernel.embedded.locks import FolderLock, HeldLockError

HOLDER = """
import sys, time
from pathlib import Path
from kernel.embedded.locks import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire("4711 http://localhost:8000")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the lock in tmp_path/lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_held_lock_is_refused_with_the_holders_note(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(HeldLockError) as refusal:
        FolderLock(tmp_path / "lock").acquire("mine")
    assert refusal.value.note == "4711 http://localhost:8000"


def test_the_lock_of_a_killed_holder_is_free_and_tells_who_it_was(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    lock = FolderLock(tmp_path / "lock")
    assert lock.acquire("mine") == "4711 http://localhost:8000"
    assert (tmp_path / "lock").read_text() == "mine"
    lock.release()
    assert (tmp_path / "lock").read_text() == ""
    assert FolderLock(tmp_path / "lock").acquire("next") == ""


def test_a_note_can_be_replaced_only_while_the_lock_is_held(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "lock")
    lock.acquire("a long note")
    lock.rewrite("short")
    assert (tmp_path / "lock").read_text() == "short"
    lock.release()
    with pytest.raises(RuntimeError):
        lock.rewrite("too late")


def test_variables_come_back_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "runtime.env"
    path.write_text("old")
    path.chmod(0o644)
    told = {"DATABASE_URL": "postgresql://siedem@/siedem?host=/a=b", "PORT": "8000"}
    write_env(path, told, "Where it runs.")
    assert read_env(path) == told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["runtime.env"]


def test_the_settings_read_the_same_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from config import env

    told = {"DATABASE_URL": "postgresql://siedem@/siedem?host=/a=b", "SITE_URL": "http://localhost:8001"}
    write_env(tmp_path / "runtime.env", told, "Where it runs.")
    monkeypatch.setattr(env, "_FILES", (tmp_path / "runtime.env",))
    assert env.load({}) == told
    assert env.load({"SITE_URL": "https://siedem.example"})["SITE_URL"] == "https://siedem.example"


def test_a_value_of_two_lines_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "runtime.env"
    write_env(path, {"PORT": "8000"}, "x")
    with pytest.raises(ValueError, match="PORT"):
        write_env(path, {"PORT": "8000\nSECRET_KEY=stolen"}, "x")
    assert read_env(path) == {"PORT": "8000"}


def test_secrets_are_made_once_and_fit_the_product(tmp_path: Path) -> None:
    from cryptography.fernet import Fernet

    path = tmp_path / "secrets.env"
    made = ensure_secrets(path, tmp_path / "postgres")
    assert ensure_secrets(path, tmp_path / "postgres") == made == read_env(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made["SECRET_KEY"]) >= 50
    assert Fernet(made["MASTER_KEYS"]).decrypt(Fernet(made["MASTER_KEYS"]).encrypt(b"x")) == b"x"


def test_a_missing_secret_key_is_added_without_touching_the_master_key(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    write_env(path, {"MASTER_KEYS": "kept"}, "x")
    (tmp_path / "postgres").mkdir()
    assert ensure_secrets(path, tmp_path / "postgres")["MASTER_KEYS"] == "kept"
    assert read_env(path)["SECRET_KEY"]


def test_no_new_master_key_over_data_that_need_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(EmbeddedFault, match="put the file back"):
        ensure_secrets(tmp_path / "secrets.env", tmp_path / "postgres")
    assert not (tmp_path / "secrets.env").exists()
    assert ensure_secrets(tmp_path / "secrets.env", None)["MASTER_KEYS"]
