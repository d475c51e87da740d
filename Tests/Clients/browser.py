"""A page of another origin in a real browser, against the API.

Serves page.html on an address of its own, lets headless Chromium open it, and prints what came of each attempt as JSON.
GAFFER_NAME: the host name by which the page is reached, so that its origin is the one that an endpoint allows.
"""

import http.server
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from common import BASE, KEY

reports = queue.Queue()
page = (pathlib.Path(__file__).parent / "page.html").read_bytes()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if self.path.startswith("/?") else 404, page if self.path.startswith("/?") else b"")

    def do_POST(self):
        reports.put(self.rfile.read(int(self.headers["content-length"])))
        self.answer(204, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("GAFFER_PAGE_PORT", "0"))), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
query = urllib.parse.urlencode({"base": BASE, "key": KEY})
address = f"http://localhost:{server.server_address[1]}/?{query}"

def end(browser, profile):
    """Ends the browser with all its helpers; these write into the profile until they are gone."""
    os.killpg(browser.pid, signal.SIGKILL)
    browser.communicate()
    while True:
        try:
            return shutil.rmtree(profile)
        except OSError:
            time.sleep(0.02)


profile = tempfile.mkdtemp()
browser = subprocess.Popen(
    [
        "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
        f"--user-data-dir={profile}", address,
    ],
    stdin=subprocess.DEVNULL,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.PIPE,
    env={**os.environ, "HOME": profile},
    start_new_session=True,
)
try:
    report = reports.get(timeout=90)
except queue.Empty:
    os.killpg(browser.pid, signal.SIGKILL)
    print(browser.stderr.read().decode(errors="replace")[-3000:], file=sys.stderr)
    sys.exit("the page never told what came of it")
finally:
    end(browser, profile)
print(json.dumps(json.loads(report), indent=1))
