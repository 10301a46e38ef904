"""Child processes: started in groups of their own, stopped in order, found again after a crash."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from kernel.embedded.faults import EmbeddedFault, explain
from kernel.embedded.places import Account, switch_user

KEEP_LOG_BYTES = 10_000_000


@dataclass
class Child:
    """One program that the launcher starts and watches.

    It leads a session of its own: Ctrl-C reaches the launcher only, which stops its children in order.
    """

    name: str
    command: Sequence[str]
    log: Path
    folder: Path
    environment: Mapping[str, str]
    stop_signals: Sequence[tuple[int, float]] = ((signal.SIGTERM, 15.0),)
    """Signals to stop with and the seconds each may take; SIGKILL to the whole group follows."""
    account: Account | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the program with its output appended to its log; raises EmbeddedFault when it cannot be."""
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > KEEP_LOG_BYTES:
                self.log.replace(self.log.with_name(self.log.name + ".1"))
        try:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command,
                    cwd=self.folder,
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    umask=0o077,
                    **switch_user(self.account),
                )
        except OSError as error:
            raise explain(error, Path(self.command[0])) from None

    @property
    def pid(self) -> int | None:
        """The number of the process, once started."""
        return self.process.pid if self.process else None

    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> bool:
        """Stop it, gently first; returns whether gently was enough. Nothing happens when it does not run."""
        if self.process is None:
            return True
        for number, seconds in self.stop_signals if self.runs() else ():
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                break
        gentle = self.process.poll() is not None
        # Also after a gentle end: nothing of its group may outlive it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        return gentle

    def last_words(self) -> str:
        """The last line of the log, for a fault that points to it."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4096))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else "(the log is empty)"


def fault_of(child: Child, what: str, root: Path) -> EmbeddedFault:
    """The fault of a child that ended although it should run, pointing to its log or naming a full disk."""
    words = child.last_words()
    log = child.log.relative_to(root) if child.log.is_relative_to(root) else child.log
    if "No space left on device" in words or "disk is full" in words:
        return EmbeddedFault(
            f"{child.name} {what} because the disk is full: free some space and start again."
        )
    return EmbeddedFault(f"{child.name} {what}: {words} (more in {log})")


def record(path: Path, children: Iterable[Child]) -> None:
    """Note which processes run, so that a start after a crash finds them."""
    running = [
        {"name": child.name, "pid": child.pid, "began": _began(child.pid)}
        for child in children
        if child.pid is not None and child.runs()
    ]
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(running), "utf-8")
    draft.replace(path)


def stop_recorded(path: Path, seconds: float = 15.0) -> list[str]:
    """Stop what an earlier launcher noted and left behind; returns the names of what still ran.

    A number that now belongs to another process is left alone: the time of its start tells them apart.
    """
    try:
        noted = [
            (str(entry["name"]), int(entry["pid"]), entry["began"]) for entry in json.loads(path.read_text())
        ]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        noted = []
    stopped = []
    for name, pid, began in noted:
        now = _began(pid)
        if now is not None and now != began:
            continue
        members = list(_group(pid))
        if members:
            stopped.append(name)
            end(members, signal.SIGTERM, seconds)
    path.unlink(missing_ok=True)
    return stopped


def processes_in(folder: Path, program: str) -> list[psutil.Process]:
    """Processes of the program that work in this folder, as every server does in the folder of its data."""
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == program:
            with contextlib.suppress(psutil.Error, OSError):
                if Path(process.cwd()) == folder:
                    found.append(process)
    return found


def end(processes: Sequence[psutil.Process], number: int, seconds: float) -> list[psutil.Process]:
    """Send the signal, wait, kill what is left; returns what had to be killed."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)
    wait_until(lambda: not any(map(lives, processes)), seconds)
    left = [process for process in processes if lives(process)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    wait_until(lambda: not any(map(lives, left)), 5)
    return left


def lives(process: psutil.Process) -> bool:
    """Whether the process runs; a dead one that nobody has taken note of (a zombie) does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def wait_until(
    condition: Callable[[], bool], seconds: float, pause: Callable[[float], None] = time.sleep
) -> bool:
    """Ask until the condition holds; False when the seconds are over before. `pause` may raise to give up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause(0.05)
    return True


def _began(pid: int | None) -> float | None:
    """When the process started, in seconds since 1970; None when there is none."""
    try:
        return psutil.Process(pid).create_time() if pid is not None else None
    except psutil.Error:
        return None


def _group(pid: int) -> Iterator[psutil.Process]:
    """Living processes of the group that `pid` leads or led."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == pid and lives(process):
                yield process
