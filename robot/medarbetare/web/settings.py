"""Django settings of processes that serve people: the lean ones, with log-in, sessions and pages.

Importing them needs no environment either; `serving.prepare` fills in secret and addresses.
"""

from medarbetare.database import settings as lean

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    *lean.INSTALLED_APPS,
    "medarbetare.web",
]
# Each request has a thread of its own, so a connection that outlives its request would never be used again.
DATABASES = {"default": {**lean.DATABASES["default"], "CONN_MAX_AGE": 0}}
DEFAULT_AUTO_FIELD = lean.DEFAULT_AUTO_FIELD

USE_TZ = lean.USE_TZ
TIME_ZONE = lean.TIME_ZONE
LANGUAGE_CODE = lean.LANGUAGE_CODE
LOGGING_CONFIG = lean.LOGGING_CONFIG

ROOT_URLCONF = "medarbetare.web.urls"
MIDDLEWARE = [
    "medarbetare.web.middleware.Protection",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "medarbetare.web.context.shown_everywhere",
            ]
        },
    }
]

LOGIN_URL = "log-in"
LOGIN_REDIRECT_URL = "to-do"
LOGOUT_REDIRECT_URL = "log-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_COOKIE_AGE = 30 * 60
"""Seconds without a request after which a person has to log in again."""
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
# A cookie would hold what a message says on the person's machine.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CSRF_FAILURE_VIEW = "medarbetare.web.errors.forged"

X_FRAME_OPTIONS = "DENY"
# With `no-referrer` a browser sends `Origin: null` with every form, which the protection against forged requests must
# refuse. `same-origin` tells other sites as little: nothing.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
