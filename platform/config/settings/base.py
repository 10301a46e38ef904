"""Settings that hold everywhere."""

import logging
import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from config.navigation import PLACES
from config.sentry import start_sentry
from config.timetable import TIMETABLE

ROOT: Path = env.ROOT
BASE_DIR = ROOT

SECRET_KEY = env.text("SECRET_KEY", "")
MASTER_KEYS = env.words("MASTER_KEYS")
# What wraps the keys of calls (kernel.keeper): a KMS where one is named, else a key file outside the database.
SEAL_KMS_KEY_ID = env.text("SEAL_KMS_KEY_ID", "")
SEAL_KMS_ENDPOINT_URL = env.text("SEAL_KMS_ENDPOINT_URL", "")
SEAL_KMS_REGION = env.text("SEAL_KMS_REGION", "eu-central-1")
SEAL_KEY_FILE = env.text("SEAL_KEY_FILE", "")
DEBUG = False
ALLOWED_HOSTS: list[str] = []
SITE_URL = env.text("SITE_URL", "http://localhost:8000")
DEMO = False

# One list says what lives in public, the other what lives in each tenant's schema (design.md section 4).
SHARED_APPS = [
    # Before django_tenants, whose own command create_tenant does not know our tenants.
    "tenants",
    "django_tenants",
    "kernel",
    "ui",
    "accounts",
    "reporting.statistics",
    "reporting.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_cotton",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "audit",
]
TENANT_APPS = [
    "audit",
    "documents",
    "contracting.commissioning",
    "contracting.tenders",
    "contracting.contracts",
    "reporting.care",
    "reporting.delivery",
    "reporting.advice",
    "reporting.crisis",
    "reporting.casework",
    "reporting.retention",
    "reporting.compliance",
    "reporting.settlement",
    "reporting.field",
    "reporting.continuity",
    "reporting.exchange",
    "reporting.supervision",
    "reporting.evaluation",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]

TENANT_MODEL = "tenants.Tenant"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
# What django-tenants builds on: PostgreSQL as Django knows it, but for one thing that Citus answers differently.
ORIGINAL_BACKEND = "kernel.database"
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        # A connection grows with each schema that it meets and never shrinks: bounded lifetime (kernel.database too).
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        **env.database(env.text("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/siedem")),
    }
}
# The roles that pages of voivodeships and open pages of statistics take (kernel.region_role); empty serves them by the
# role of DATABASE_URL, and open pages by that of voivodeships.
REGION_DATABASE_ROLE = env.text("REGION_DATABASE_ROLE", "")
OPEN_DATABASE_ROLE = env.text("OPEN_DATABASE_ROLE", "")
# The role that web servers work under (kernel.web_role); empty: that of DATABASE_URL. With the password `prepare` makes
# it a login of its own, which then stands in the DATABASE_URL of web servers.
WEB_DATABASE_ROLE = env.text("WEB_DATABASE_ROLE", "")
WEB_DATABASE_PASSWORD = env.text("WEB_DATABASE_PASSWORD", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "kernel.tenancy.cache_key",
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5}
CELERY_TIMEZONE = "Europe/Warsaw"
CELERY_BEAT_SCHEDULE = TIMETABLE

# What is counted lies in this folder, one file for each process; empty: nobody asks. Each main process (web server,
# worker) has a folder of its own and answers Prometheus at its port.
METRICS_FOLDER = env.text("METRICS_FOLDER", "")
METRICS_BIND = env.text("METRICS_BIND", "127.0.0.1:9464")
if METRICS_FOLDER:
    # prometheus_client reads it once, when it is first imported.
    os.environ.update(PROMETHEUS_MULTIPROC_DIR=METRICS_FOLDER)

MIDDLEWARE = [
    "kernel.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kernel.middleware.MethodMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "kernel.middleware.OutageMiddleware",
    "ui.middleware.RefusalMiddleware",
    "kernel.request_logs.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kernel.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenants.middleware.TenancyMiddleware",
    "accounts.middleware.LastSeenMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "ui.renderers.HouseRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "ui.templatetags.siedem",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.frame",
            ],
        },
    }
]
COTTON_DIR = "cotton"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.HouseWordsValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SECOND_FACTOR_REQUIRED = True

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "add_email": "accounts.forms.AddEmailForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Siedem"
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "add_webauthn": "accounts.forms.AddKeyForm",
    "edit_webauthn": "accounts.forms.EditKeyForm",
    "login_webauthn": "accounts.forms.SignInByKeyForm",
    "authenticate_webauthn": "accounts.forms.KeyAfterPasswordForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticateKeyForm",
}
# Accounts come from invitations sent to the address, so the address is the person's from the beginning.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
# Following every request would write on each of them; accounts.middleware.LastSeenMiddleware notes it sparingly.
USERSESSIONS_TRACK_ACTIVITY = False
USERSESSIONS_ADAPTER = "accounts.adapter.SessionsAdapter"

# Proxies whose word on where a request comes from is taken; everybody else's X-Forwarded-For is passed over.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")

SESSION_COOKIE_AGE = 12 * 3600
# At a desk a session ends so many minutes after the last contact; 0 leaves it to the twelve hours.
IDLE_MINUTES = env.number("IDLE_MINUTES", 60)
# Whatever is done in it, a session ends so many hours after signing in, the carer's page on a phone after so many
# (decision 0040); 0 sets no end.
SESSION_HOURS = env.number("SESSION_HOURS", 12)
PHONE_SESSION_HOURS = env.number("PHONE_SESSION_HOURS", 24)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ui.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
USE_I18N = True
TIME_ZONE = "Europe/Warsaw"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = ROOT / ".local" / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "ui.finders.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "documents.storage.TenantFileStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = env.LOCAL / "files"
S3_BUCKET = env.text("S3_BUCKET", "")
S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL", "")
S3_ACCESS_KEY_ID = env.text("S3_ACCESS_KEY_ID", "")
S3_SECRET_ACCESS_KEY = env.text("S3_SECRET_ACCESS_KEY", "")
S3_REGION = env.text("S3_REGION", "eu-central-1")
# Where clamd listens, host:port or the path of a socket; empty: files that people bring are handed out unscanned.
CLAMAV_ADDRESS = env.text("CLAMAV_ADDRESS", "")
# Checkpoints of the record of actions: a bucket with object lock on the same S3 server, or else a folder. They are
# signed with a key of the newest master key; public halves of keys of retired master keys still verify.
CHECKPOINTS_BUCKET = env.text("CHECKPOINTS_BUCKET", "")
CHECKPOINTS_FOLDER = env.text("CHECKPOINTS_FOLDER", str(env.LOCAL / "checkpoints"))
CHECKPOINT_PUBLIC_KEYS = env.words("CHECKPOINT_PUBLIC_KEYS")
# Who can open archives of tenants: public keys of age. The private ones are kept where no server is.
ARCHIVE_RECIPIENTS = env.words("ARCHIVE_RECIPIENTS")
# Who backs the whole cluster up: own (infra/backup.py), provider (a managed database), or nobody.
BACKUPS = env.text("BACKUPS", "")
# So many days backups of the whole database are kept: what was erased lies in them until then.
BACKUP_DAYS = env.number("BACKUP_DAYS", 30)

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DIARY_FILE_MAX_BYTES = 20 * 1024 * 1024
DIARY_FILE_MAX_ROWS = 50_000

# By how much a carer's phone may show another time than the server before the carer is asked when a visit was.
FIELD_CLOCK_TOLERANCE_SECONDS = env.number("FIELD_CLOCK_TOLERANCE_SECONDS", 600)
# The interface for providers' systems: how much one call may bring, how often a token may call, how long answers to
# calls with an Idempotency-Key are kept, and how far behind the clock the feed of changes stays (clocks differ).
EXCHANGE_ROWS_MAX = env.number("EXCHANGE_ROWS_MAX", 1_000)
EXCHANGE_BODY_MAX_BYTES = env.number("EXCHANGE_BODY_MAX_BYTES", 2_000_000)
EXCHANGE_READS_PER_MINUTE = env.number("EXCHANGE_READS_PER_MINUTE", 300)
EXCHANGE_WRITES_PER_MINUTE = env.number("EXCHANGE_WRITES_PER_MINUTE", 60)
EXCHANGE_ANSWERS_HOURS = env.number("EXCHANGE_ANSWERS_HOURS", 48)
EXCHANGE_FEED_LAG_SECONDS = env.number("EXCHANGE_FEED_LAG_SECONDS", 5)
# Public statistics for programs: how often one network address may call.
OPEN_READS_PER_MINUTE = env.number("OPEN_READS_PER_MINUTE", 60)
# Webhooks: after so many failed attempts in a row an address is switched off; how long deliveries stay in the log;
# and, for tests on one machine only, whether plain http on this machine may be told.
EXCHANGE_WEBHOOK_FAILURES_MAX = env.number("EXCHANGE_WEBHOOK_FAILURES_MAX", 10)
EXCHANGE_WEBHOOK_LOG_DAYS = env.number("EXCHANGE_WEBHOOK_LOG_DAYS", 30)
EXCHANGE_WEBHOOK_LOOPBACK = False

# How many seconds before midnight a deadline of a call may stand and still count as the end of the last day.
CALL_TERM_GRACE_SECONDS = env.number("CALL_TERM_GRACE_SECONDS", 0)
# Of OCDS; this one is not registered with the Open Contracting Partnership.
OCDS_PREFIX = env.text("OCDS_PREFIX", "ocds-siedem")

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
# A mail server that hangs must not hold a worker for ever.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Siedem <siedem@localhost>")
# Short messages: none, folder (files on this machine) or http (a server that takes JSON).
SMS_GATEWAY = env.text("SMS_GATEWAY", "none")
SMS_GATEWAY_URL = env.text("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = env.text("SMS_GATEWAY_TOKEN", "")
SMS_SENDER = env.text("SMS_SENDER", "")
SMS_FOLDER = env.LOCAL / "sms"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "kernel.api_errors.handle_exception",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Siedem",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Choices stand where they are used: names made of field names collide.
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kernel.logs.make_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Django's own handlers write messages of exceptions, to the console and into mails.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Each task has its line (kernel.task_logs); Celery's own would be a second one.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
# One line for what ended, none for what begins; whose network address it was stands in no log.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
SENTRY_DSN = env.text("SENTRY_DSN", "")
if SENTRY_DSN:
    start_sentry(SENTRY_DSN, env.text("SENTRY_ENVIRONMENT", "production"))

NAVIGATION = PLACES
