"""The Celery application: every task runs inside the tenant it was sent from, or in public on purpose."""

import os

from celery.signals import setup_logging
from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = CeleryApp("siedem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="schedule")


@setup_logging.connect
def keep_our_logging(**_given: object) -> None:
    """Leave logging as the settings configured it; Celery's own formats write results and messages of exceptions."""
