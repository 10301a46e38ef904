"""Settings of a real installation: every secret given, nothing relaxed."""

import stat
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import MASTER_KEYS, SEAL_KEY_FILE, SEAL_KMS_KEY_ID, SITE_URL

SECRET_KEY_LENGTH = 50  # as Django's own deployment check asks

LOCAL = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", True)

if not SECOND_FACTOR_REQUIRED:
    raise ImproperlyConfigured(
        "SECOND_FACTOR_REQUIRED is off: people who see personal data must sign in with a second factor. "
        "Remove the variable; it may be off in the local demo only."
    )
if not MASTER_KEYS:
    raise ImproperlyConfigured(
        "MASTER_KEYS is empty: personal data cannot be encrypted. Set at least one key."
    )
try:
    MultiFernet([Fernet(key) for key in MASTER_KEYS])
except ValueError:
    raise ImproperlyConfigured(
        "MASTER_KEYS holds a key that is none: each is 32 random bytes in URL-safe base64, separated by commas."
    ) from None
if not SEAL_KMS_KEY_ID and not SEAL_KEY_FILE:
    raise ImproperlyConfigured(
        "Nothing keeps the keys of calls, so offers could not be sealed: set SEAL_KMS_KEY_ID, or SEAL_KEY_FILE with a "
        "key file outside the database."
    )
if SEAL_KEY_FILE:
    if not Path(SEAL_KEY_FILE).is_file():
        raise ImproperlyConfigured(
            "SEAL_KEY_FILE names a file that is not there: put the key file back, or make one with 32 random bytes "
            "in base64; for calls that were published with a lost one see manage.py recover_call_keys."
        )
    if stat.S_IMODE(Path(SEAL_KEY_FILE).stat().st_mode) & 0o077:
        raise ImproperlyConfigured(
            "SEAL_KEY_FILE may be read by others than its owner: chmod 600 it, and start again."
        )
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is empty: set the host names under which people reach the site."
    )
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is *: any host name would be believed, also in links of mails. Set the host names themselves."
    )
if len(SECRET_KEY) < SECRET_KEY_LENGTH:
    raise ImproperlyConfigured(
        f"SECRET_KEY has {len(SECRET_KEY)} characters: set a random one of at least {SECRET_KEY_LENGTH}."
    )
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL}: set the address under which people reach the site; it begins with https://."
    )

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
# A program that sends its token over plain http is told so (reporting/exchange); led on, it would go on for years.
SECURE_REDIRECT_EXEMPT = [r"^[^/]+/api/v1/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
