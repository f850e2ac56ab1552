"""Who is asking and what their session holds; test/support/shared-site.ts answers the same addresses."""

import json
import threading

from django.http import HttpResponse, JsonResponse

# Holds up requests that ask to wait, until a script opens it; the other tells that one has come.
gate = threading.Event()
arrived = threading.Event()


def whoami(request):
    values = {name: value for name, value in request.session.items() if not name.startswith("_")}
    return JsonResponse({"name": request.user.get_username() or None, "values": values})


def keep(request):
    for name, value in json.loads(request.GET["values"]).items():
        request.session[name] = value
    if "expiry" in request.GET:
        request.session.set_expiry(json.loads(request.GET["expiry"]))
    if "wait" in request.GET:
        arrived.set()
        gate.wait(20)
    return HttpResponse("kept")


def flush(request):
    request.session.flush()
    return HttpResponse("flushed")
