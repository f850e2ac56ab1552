"""Django's admin for the benchmark: asked for pages over standard input, and timed inside, so that neither side pays for a network.

The first argument says where the database is, as JSON. Each line of input is JSON {path, times}; each answer a line of JSON
{milliseconds, bytes, statements}.
"""

import json
import sys
import time
from urllib.parse import unquote, urlparse

from django.conf import settings

PLACE = json.loads(sys.argv[1])


def database():
    if PLACE["engine"] == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": PLACE["url"], "CONN_MAX_AGE": None}
    url = urlparse(PLACE["url"])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path[1:]),
        "HOST": url.hostname,
        "PORT": url.port or "",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "CONN_MAX_AGE": None,
    }


settings.configure(
    DEBUG=False,
    SECRET_KEY="a key for measuring, of no use for anything else: 0123456789",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": database()},
    USE_TZ=True,
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    # Those of a new project.
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                # Cached, as they are where DEBUG is off.
                "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"])],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
)

import django  # noqa: E402

django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core import signals  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]

# The connection stays between requests, as it does under a server.
signals.request_started.disconnect(close_old_connections)
signals.request_finished.disconnect(close_old_connections)

client = Client()
client.force_login(get_user_model().objects.get(username="root"))
# The first page of a process loads what the others find.
client.get("/admin/")
print(json.dumps({"release": django.get_version()}), flush=True)

for line in sys.stdin:
    task = json.loads(line)
    durations = []
    for _ in range(task["times"]):
        statements = 0

        def counting(execute, sql, params, many, context):
            global statements
            statements += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(counting):
            begun = time.perf_counter()
            response = client.get(task["path"])
            durations.append((time.perf_counter() - begun) * 1000)
        if response.status_code != 200:
            sys.exit(f"{task['path']} answered {response.status_code}.")
    middle = sorted(durations)[len(durations) // 2]
    print(json.dumps({"milliseconds": middle, "bytes": len(response.content), "statements": statements}), flush=True)
