"""Settings shared by every way of running Ponte. Values come from the environment by way of env.py."""

from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from . import env
from .logs import logging_config
from .stores import shared_stores

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.text("PONTE_DATA_DIR") or BASE_DIR / "var").resolve()
SITE_URL = env.text("PONTE_SITE_URL", "http://localhost:8000").rstrip("/")
SITE_NAME = "Ponte"
VERSION = "0.1.0"

INSTALLED_APPS = [
    "live",
    "lms.dashboards",
    "lms.consortium",
    "lms.competencies",
    "lms.progress",
    "lms.attendance",
    "lms.assessments",
    "lms.enrolments",
    "lms.notifications",
    "lms.people",
    "lms.audit",
    "lms.service",
    "courses",
    "courses.frameworks",
    "cms",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmedia",
    "taggit",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "huey.contrib.djhuey",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "lms.service.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "lms.service.middleware.CompressMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "lms.service.middleware.EditorPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms.people.middleware.CareMiddleware",
    "lms.errors.RefusedMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "cms.page_cache.PublicPageMiddleware",
]

ROOT_URLCONF = "lms.urls"
ASGI_APPLICATION = "lms.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
            "builtins": ["django.templatetags.i18n", "cms.templatetags.components"],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), DATA_DIR / "ponte.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "lms.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email",
    "phone",
    "password1*",
]  # allauth reads from it that phones exist
ACCOUNT_FORMS = {
    "login": "lms.people.forms.signin.SignInForm",
    "confirm_login_code": "lms.people.forms.signin.CodeForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False  # the first sign-in by code verifies
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# A classroom stands behind one address: the limits by address are wide, those by account narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "40/m/ip,5/300s/key",
    "request_login_code": "60/m/ip,3/m/key",
    "letter": "60/m/ip",
    "verify_register": "30/m/ip",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PONTE_TRUSTED_PROXIES", 0)
MFA_ADAPTER = "lms.people.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "lms.people.forms.signin.SecondStepForm",
    "activate_totp": "lms.people.forms.signin.ActivateAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
SESSION_IDLE = 2 * 60 * 60  # a shared phone: signed out after two unused hours
SESSION_IDLE_PROFESSIONAL = 8 * 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/oggi/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
TIME_ZONE = "Europe/Rome"
USE_TZ = True
USE_I18N = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cms.views.csrf_failed"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("PONTE_STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Course files: never served from an address of their own, only by a view that asked first.
    "private": {
        "BACKEND": "courses.storage.PrivateStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT / "courses")},
    },
    # Register PDFs, letters, handed-in papers.
    "records": {
        "BACKEND": "courses.storage.PrivateStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT / "records")},
    },
}

REDIS_URL = env.text("REDIS_URL")
CACHES, CHANNEL_LAYERS, HUEY = shared_stores(REDIS_URL, DATA_DIR)
TASKS = {"default": {"BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend", "ENQUEUE_ON_COMMIT": True}}

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = [("it", _("Italian"))]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_IMAGE_MODEL = "courses.CourseImage"
WAGTAILDOCS_DOCUMENT_MODEL = "courses.CourseDocument"
WAGTAILMEDIA = {
    "MEDIA_MODEL": "courses.CourseMedia",
    "MEDIA_FORM_BASE": "courses.forms.CourseMediaForm",
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg", "wav"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
}
PUBLIC_PAGES_KEPT = 20  # seconds that a public page is kept whole for visitors without a session
COURSE_MEDIA_MAX_BYTES = 200 * 1024 * 1024
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "csv", "zip"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
PAGE_THREADS = env.number("PONTE_THREADS", 4)  # per process; each keeps one database connection
MAX_BODY_BYTES = env.number("PONTE_MAX_UPLOAD_MB", 512) * 1024 * 1024

LOGGING = logging_config(as_json=False, level=env.text("PONTE_LOG_LEVEL", "INFO").upper())

PHONENUMBER_DEFAULT_REGION = "IT"
PHONENUMBER_DB_FORMAT = "E164"

# Keys that live outside the database. Development makes its own in the data folder (lms/settings/dev.py).
FIELD_KEYS: list[str] = env.words("PONTE_FIELD_KEYS")  # Fernet keys, newest first
LOOKUP_KEY = env.text("PONTE_LOOKUP_KEY")  # keyed hash of a codice fiscale
SIGNING_KEY_DIR = Path(
    env.text("PONTE_SIGNING_KEY_DIR") or DATA_DIR / "keys"
)  # lms/signing, one file per key
SIGNING_KEY_MADE_ON_FIRST_USE = True
# The seal on PDFs (PAdES): a PKCS#12 file or a PKCS#11 device; and the authority that says the time (RFC 3161).
SEAL_FILE = env.text("PONTE_SEAL_FILE")
SEAL_PASSPHRASE = env.text("PONTE_SEAL_PASSPHRASE")
SEAL_DEVICE = env.text("PONTE_SEAL_DEVICE")
SEAL_DEVICE_TOKEN = env.text("PONTE_SEAL_DEVICE_TOKEN")
SEAL_DEVICE_LABEL = env.text("PONTE_SEAL_DEVICE_LABEL")
SEAL_DEVICE_PIN = env.text("PONTE_SEAL_DEVICE_PIN")
TIMESTAMP_URL = env.text("PONTE_TIMESTAMP_URL")
TIMESTAMP_ROOTS = env.text("PONTE_TIMESTAMP_ROOTS")
SIGNING_PKCS11_MODULE = env.text("PONTE_PKCS11_MODULE")  # new keys are then made in that token
SIGNING_PKCS11_TOKEN = env.text("PONTE_PKCS11_TOKEN")
SIGNING_PKCS11_PIN = env.text("PONTE_PKCS11_PIN")

# The live classroom: probes and evidence (docs/decisions/0037-attendance-from-probes.md).
LIVE_HELLO_SECONDS = 10  # a socket that says nothing is closed
LIVE_PROBE_SECONDS = env.number("PONTE_LIVE_PROBE_SECONDS", 10)
LIVE_GONE_AFTER = 2  # unanswered probes
LIVE_FLUSH_SECONDS = env.number("PONTE_LIVE_FLUSH_SECONDS", 5)
LIVE_REREAD_SECONDS = 10  # rooms read the database again, whoever changed it
LIVE_RIGHTS_SECONDS = 1  # how soon a role that was given or taken anywhere counts in open sockets
LIVE_CLOCK = "live.clock.MachineClock"
LIVE_DOOR_MINUTES = 30  # people may come in and wait before the planned start
LIVE_THREADS = env.number("PONTE_LIVE_THREADS", 8)  # each keeps one database connection
# Voice and picture (docs/decisions/0050-media-engines.md).
LIVE_MEDIA_ENGINE = env.choice(
    "PONTE_MEDIA_ENGINE",
    {
        "none": "live.media.none.NoMedia",
        "embedded": "live.media.embedded.Embedded",
        "janus": "live.media.janus.Janus",
    },
)
LIVE_MEDIA_FILE = DATA_DIR / "media.json"  # where the embedded engine writes how it is reached
LIVE_JANUS_URL = env.text("PONTE_JANUS_URL", "http://127.0.0.1:8088/janus")
LIVE_JANUS_SECRET = env.text("PONTE_JANUS_SECRET")
LIVE_TURN_URLS = env.words("PONTE_TURN_URLS")
LIVE_TURN_SECRET = env.text("PONTE_TURN_SECRET")
LIVE_TURN_MINUTES = env.number("PONTE_TURN_MINUTES", 10)
# Records may be delivered to private addresses: for a receiver on the same machine or network.
CONSORTIUM_SMALLEST_GROUP = 5  # people: statistics of the desk show no smaller group
CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = env.flag("PONTE_CONSORTIUM_ALLOW_PRIVATE")

DEMO = env.flag("PONTE_DEMO")
PROFESSIONALS_NEED_SECOND_FACTOR = env.flag("PONTE_REQUIRE_SECOND_FACTOR")
LETTER_DAYS = env.number("PONTE_LETTER_DAYS", 30)  # how long an activation letter lets its person in

# Messages outside the site. Development writes both into files of the data folder.
MAILERS = env.mailers(env.text("PONTE_EMAIL_URL"), DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.text("PONTE_EMAIL_FROM", "Ponte <ponte@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_BACKEND = env.text("PONTE_SMS_BACKEND", "lms.people.sms.FileBackend")
SMS_FILE = DATA_DIR / "sms.txt"
