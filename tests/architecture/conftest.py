"""The world that the tests of all addresses and of all forms share: made once in a module, undone at its end."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tenants.models import Tenant
from tests.architecture.world import World, build_world, write_mail


@pytest.fixture(scope="module")
def _world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    outbox = tmp_path_factory.mktemp("outbox")
    write_mail(outbox)
    # Thousands of refusals are logged, as they should be, and pytest would keep and format each line.
    logging.disable(logging.CRITICAL)
    with override_settings(EMAIL_FILE_PATH=outbox), django_db_blocker.unblock(), transaction.atomic():
        yield build_world(Tenant.objects.get(slug="alfa"), Tenant.objects.get(slug="beta"))
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
