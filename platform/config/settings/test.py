"""Settings of the tests: real PostgreSQL and Redis, a fast password hasher, nothing else relaxed."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, DATABASES

# What this process keeps on disk goes with it; whoever it forks leaves it alone.
_scratch, _owner = Path(tempfile.mkdtemp(prefix="siedem-test-")), os.getpid()


@atexit.register
def _forget_scratch() -> None:
    if os.getpid() == _owner:
        shutil.rmtree(_scratch, ignore_errors=True)


LOCAL = True
SECRET_KEY = "tests-only"  # noqa: S105
MASTER_KEYS = ["dGVzdHMtb25seS1rZXktMzItYnl0ZXMtbG9uZy0hISE="]
SEAL_KEY_FILE = str(_scratch / "seal.key")
Path(SEAL_KEY_FILE).write_text("dGVzdHMtb25seS1rZXktMzItYnl0ZXMtbG9uZy0hISE=\n", "ascii")
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = Path(tempfile.gettempdir()) / "siedem-test-outbox"
CHECKPOINTS_FOLDER = str(_scratch / "checkpoints")
MEDIA_ROOT = _scratch / "files"
for _folder in (Path(CHECKPOINTS_FOLDER), MEDIA_ROOT):
    _folder.mkdir()
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": "test_" + str(DATABASES["default"]["NAME"])}
# Whoever names a database of Redis has parallel workers share it (tests/servers.py).
CACHES["default"]["KEY_PREFIX"] = "-".join(
    ("test", str(DATABASES["default"]["NAME"]), os.environ.get("PYTEST_XDIST_WORKER", "alone"))
)
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", False)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
STATIC_ROOT = None  # static files are served from where they lie
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
