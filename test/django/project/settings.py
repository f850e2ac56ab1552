"""A small Django site for the tests. Everything that varies comes from the environment (see test/support/django.ts)."""

import os

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "a-secret-that-only-the-tests-know-0123456789abcdefghijklmnopqrstuv")
# Known from Django 4.1 on.
SECRET_KEY_FALLBACKS = os.environ.get("DJANGO_SECRET_KEY_FALLBACKS", "").split()
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = os.environ.get("DJANGO_TIME_ZONE", "UTC")
CSRF_USE_SESSIONS = "DJANGO_CSRF_USE_SESSIONS" in os.environ
ROOT_URLCONF = "urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Which of our own apps are there besides Django's: "kinds" has a model of every kind of field, "people" a user model of its own,
# "members" one with another kind of key, and "shop" products that its admin shows.
EXTRA_APPS = os.environ.get("DJANGO_EXTRA_APPS", "").split()
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    *EXTRA_APPS,
]
# Migrations of our own apps are made by the test that needs them, in its own folder.
MIGRATION_MODULES = {app: f"made_migrations.{app}" for app in EXTRA_APPS}
if "people" in EXTRA_APPS:
    AUTH_USER_MODEL = "people.Person"
elif "members" in EXTRA_APPS:
    AUTH_USER_MODEL = "members.Member"

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [os.path.join(os.path.dirname(__file__), "templates")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
PASSWORD_HASHERS = [
    "hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.BCryptPasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
# Mails stay in the process, where a script finds them in django.core.mail.outbox.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

ENGINES = {"sqlite": "sqlite3", "postgres": "postgresql", "mysql": "mysql"}
ENGINE = os.environ.get("DJANGO_DB_ENGINE", "sqlite")
DATABASES = {
    "default": {
        "ENGINE": f"django.db.backends.{ENGINES[ENGINE]}",
        "NAME": os.environ.get("DJANGO_DB_NAME", ":memory:"),
        "USER": os.environ.get("DJANGO_DB_USER", ""),
        "PASSWORD": os.environ.get("DJANGO_DB_PASSWORD", ""),
        "HOST": os.environ.get("DJANGO_DB_HOST", ""),
        "PORT": os.environ.get("DJANGO_DB_PORT", ""),
        "OPTIONS": {"charset": "utf8mb4"} if ENGINE == "mysql" else {},
    }
}
