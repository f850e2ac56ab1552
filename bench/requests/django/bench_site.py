"""A Django project in one file: the views of the request benchmark, on the tables that are there."""

import json
import os

from django.conf import settings

with open(os.environ["BENCH_TASK"], encoding="utf-8") as file:
    TASK = json.load(file)


def database():
    place = TASK["place"]
    if place["engine"] == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": place["url"], "CONN_MAX_AGE": None}
    from urllib.parse import unquote, urlparse

    url = urlparse(place["url"])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path[1:],
        "HOST": url.hostname,
        "PORT": url.port or "",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        # Connections are kept, as every other server keeps them.
        "CONN_MAX_AGE": None,
    }


settings.configure(
    DEBUG=False,
    SECRET_KEY=TASK["seed"]["secretKey"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": database()},
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    # Those of a new project, without the one for messages.
    MIDDLEWARE=[
        f"{__name__}.count_statements",
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    PASSWORD_HASHERS=[f"{__name__}.SameCost"],
)

import django  # noqa: E402

django.setup()

from django.contrib import auth  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class SameCost(Argon2PasswordHasher):
    """What the hashes of this benchmark cost, so that a login does not make them anew."""

    memory_cost = 19456
    time_cost = 2
    parallelism = 1

    def params(self):
        params = super().params()
        params.hash_len = 32
        return params


def count_statements(get_response):
    def middleware(request):
        if "HTTP_X_COUNT_STATEMENTS" not in request.META:
            return get_response(request)
        count = 0

        def counting(execute, sql, params, many, context):
            nonlocal count
            count += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(counting):
            response = get_response(request)
        response["x-statements"] = str(count)
        return response

    return middleware


def shown(user):
    return {"id": user.id, "username": user.username, "email": user.email}


def who(request):
    return JsonResponse({"user": shown(request.user) if request.user.is_authenticated else None}, json_dumps_params={"separators": (",", ":")})


def product(request):
    if not request.user.is_authenticated:
        return JsonResponse({"error": "not_authenticated"}, status=401)
    if not request.user.has_perm("shop.change_product"):
        return JsonResponse({"error": "permission_denied"}, status=403)
    return JsonResponse({"user": shown(request.user)}, json_dumps_params={"separators": (",", ":")})


def login(request):
    given = json.loads(request.body)
    user = auth.authenticate(request, username=given["username"], password=given["password"])
    if user is None:
        return JsonResponse({"error": "invalid_login"}, status=401)
    auth.login(request, user)
    return JsonResponse({"user": shown(user)}, json_dumps_params={"separators": (",", ":")})


urlpatterns = [path("", who), path("product", product), path("login", login)]
application = get_wsgi_application()
