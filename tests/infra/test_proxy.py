"""What people see through the proxy of `docker-compose.yml` while web is away; skipped where no Caddy is installed.

Its own configuration, but for what a machine without containers has not: names of hosts, and certificates.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.documents.s3_server import free_port
from tests.infra.killed_verbs import handed_in
from tests.infra.killing import Doing, Web, _place, cookies_of, db, held, own, until, waiting, web
from tests.own_server import OwnServer

__all__ = ["_place", "db", "own", "web"]
CADDY = shutil.which("caddy")
pytestmark = pytest.mark.skipif(not CADDY, reason="no Caddy is installed")


@pytest.fixture
def through(web: Web, tmp_path: Path) -> Iterator[Web]:
    """The same site behind the proxy."""
    port = free_port()
    text = (django_settings.ROOT / "infra" / "proxy" / "Caddyfile").read_text("utf-8")
    text = text.replace("web:8000", f"127.0.0.1:{web.port}").replace(
        "{$SITE_HOST} {", f"http://localhost:{port} {{"
    )
    text = text.replace("Host {$SITE_HOST}", "Host localhost").replace(
        "lb_try_duration 15s", "lb_try_duration 1s"
    )
    assert "$" not in text
    (tmp_path / "Caddyfile").write_text(text, "utf-8")
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [str(CADDY), "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    with (tmp_path / "caddy.log").open("wb") as log:
        proxy = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    behind = replace(web, place=("localhost", port))
    try:
        until(behind.answers, "the proxy did not start")
        yield behind
    finally:
        proxy.terminate()
        proxy.wait(20)


def test_web_killed_under_somebody_is_told_by_the_proxy_until_it_is_back(
    own: OwnServer, web: Web, through: Web
) -> None:
    alfa = Tenant.objects.get(slug="alfa")
    desk = Desk(alfa, number="K/91/2026")
    before, cookies = handed_in(desk), cookies_of(desk.manager)
    form = desk.manager.get(desk.page("hand_in")).context
    said = {"version": str(form["version"]), "code": str(form["code"]), "csrfmiddlewaretoken": "a" * 32}
    with held(own, alfa.schema_name) as wait:
        doing = Doing(lambda: through.asked("POST", desk.page("hand_in"), cookies, said))
        wait()
        web.kill()
        doing.ended()
    status, page = doing.gave
    assert status == 502 and "Za chwilę wracamy" in page
    assert "sprawdź, czy ostatnia czynność została wykonana" in page
    status, page = through.asked("GET", desk.page("hand_in"), cookies)
    assert status in (502, 503) and "Za chwilę wracamy" in page
    until(lambda: waiting(own) == 0, "the server noticed that nobody listens")
    web.start()
    assert handed_in(desk) == before
    until(lambda: through.answers(), "the proxy did not find web again")
    status, place = through.asked("POST", desk.page("hand_in"), cookies, said)
    assert status == 302 and place.endswith(desk.page("receipt", 1))


def test_readiness_is_for_machines_inside(through: Web) -> None:
    assert through.asked("GET", "/health/ready/", {})[0] == 404
    assert through.asked("GET", "/health/live/", {})[0] == 200
