"""Exit code 0 when the web server of this container does its work; asked as the proxy asks, over plain HTTP.

Until it has been ready once it is asked whether it can serve, so that a version that cannot never takes over. From then
on only whether it lives: where the database is away, replacing every container would help nobody.
"""

import os
import sys
import tempfile
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

_SECONDS = 5


def main() -> int:
    """Ask under the host name of `SITE_URL`; says on standard error what is wrong."""
    was_ready = Path(tempfile.gettempdir()) / "siedem-was-ready"
    path = "/health/live/" if was_ready.exists() else "/health/ready/"
    port = int(os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2])
    host = urlsplit(os.environ.get("SITE_URL", "https://localhost")).netloc
    server = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        server.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = server.getresponse()
        if answer.status == 200:
            was_ready.touch()
            return 0
        wrong = f"{answer.status} {answer.read(200).decode(errors='replace')}"
    except (HTTPException, OSError) as error:
        wrong = str(error)
    sys.stderr.write(f"{path} {wrong}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
