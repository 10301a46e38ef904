"""The Celery application: every task runs inside the tenant it was sent from, or in public on purpose."""

import os

from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = CeleryApp("siedem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
