"""A running Django with a shell beside it.

Requests are answered by Django's own server, in threads. Standard input brings scripts, one a line as JSON {script, given}; each is
answered by a line of JSON, {value} with what it handed to answer(), or {error}. The first line printed tells the port. The end of standard
input ends all.
"""

import json
import sys
import threading
import traceback

import django

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402


class QuietRequestHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


# What scripts print must not stand among the answers.
channel, sys.stdout = sys.stdout, sys.stderr


def tell(reply):
    print(json.dumps(reply, default=str), file=channel, flush=True)


server = ThreadedWSGIServer(("127.0.0.1", 0), QuietRequestHandler, allow_reuse_address=False)
server.daemon_threads = True
server.set_app(WSGIHandler())
threading.Thread(target=server.serve_forever, daemon=True).start()
tell({"port": server.server_port})

for line in sys.stdin:
    task = json.loads(line)
    answers = [None]
    try:
        exec(task["script"], {"given": task["given"], "answer": answers.append})
        tell({"value": answers[-1]})
    except BaseException:
        tell({"error": traceback.format_exc()})
