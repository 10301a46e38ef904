"""Exit code 0 when the web server of this container can serve; asked as the proxy asks, over plain HTTP."""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

_SECONDS = 5


def main() -> int:
    """Ask `/health/ready/` under the host name of `SITE_URL`; says on standard error what is wrong."""
    port = int(os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2])
    host = urlsplit(os.environ.get("SITE_URL", "https://localhost")).netloc
    server = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        server.request("GET", "/health/ready/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = server.getresponse()
        if answer.status == 200:
            return 0
        wrong = f"{answer.status} {answer.read(200).decode(errors='replace')}"
    except (HTTPException, OSError) as error:
        wrong = str(error)
    sys.stderr.write(f"not ready: {wrong}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
