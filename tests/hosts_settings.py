"""Settings of processes on hosts of their own: as the tests', but tasks go through the Redis that all hosts share."""

from config.settings.test import *  # noqa: F403
from config.settings.test import REDIS_URL

ALLOWED_HOSTS = ["*"]
CELERY_BROKER_URL = REDIS_URL
