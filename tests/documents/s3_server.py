"""A real S3 server for tests: `rclone serve s3` on a free port of this machine, with credentials, over a folder."""

import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEY_ID = "siedem-tests"
SECRET = "only-for-tests-0123456789"
BUCKET = "siedem"


@dataclass
class S3Server:
    """Where the server listens, and the folder whose subfolders are its buckets."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def settings(self) -> dict[str, str]:
        """What an operator would set to use it."""
        return {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "S3_ACCESS_KEY_ID": KEY_ID,
            "S3_SECRET_ACCESS_KEY": SECRET,
        }


def rclone() -> str:
    """The program from the pinned wheel."""
    beside = Path(sysconfig.get_path("scripts")) / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone", path=str(Path(sys.executable).parent))
    assert found, "rclone is missing: install requirements-dev.txt"
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """The server while the block runs; its bucket exists. A port that is taken meanwhile is tried anew."""
    (folder / BUCKET).mkdir(parents=True)
    for _attempt in range(3):
        port = free_port()
        log = folder.parent / f"rclone-{port}.log"
        with log.open("wb") as lines:
            process = subprocess.Popen(
                [
                    rclone(), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY_ID},{SECRET}",
                    "--config", str(folder.parent / "rclone.conf"), "--vfs-cache-mode", "off",
                    str(folder),
                ],
                stdout=lines, stderr=lines, start_new_session=True,
            )  # fmt: skip
        try:
            if _listens(process, port):
                yield S3Server(folder, port, process)
                return
        finally:
            process.kill()
            process.wait()
    raise AssertionError(f"rclone did not start: {log.read_text()}")


def _listens(process: subprocess.Popen[bytes], port: int, *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


@contextmanager
def versioned_server(log: Path) -> Iterator[str]:
    """The address of an S3 server with versions, locks and lifecycles, which rclone's has not, while the block runs."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("w") as lines, subprocess.Popen(command, stdout=lines, stderr=lines) as server:
        try:
            assert _listens(server, port, seconds=40), log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
