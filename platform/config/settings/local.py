"""Settings of `make run`: one machine, demo people, mail in a readable outbox."""

from config import env
from config.settings.base import *  # noqa: F403

LOCAL = True
DEMO = env.flag("DEMO", True)
SECRET_KEY = env.text("SECRET_KEY", "local-only-key-that-never-guards-real-people")
MASTER_KEYS = env.words("MASTER_KEYS") or ["bG9jYWwtb25seS1rZXktMzItYnl0ZXMtbG9uZy0hISE="]
SEAL_KEY_FILE = env.text("SEAL_KEY_FILE", str(env.LOCAL / "seal.key"))
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.words("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", False)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.LOCAL / "outbox"
SMS_GATEWAY = env.text("SMS_GATEWAY", "folder")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
STATIC_ROOT = None  # static files are served from where they lie
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# A receiver that is being written runs on the same machine.
EXCHANGE_WEBHOOK_LOOPBACK = True
