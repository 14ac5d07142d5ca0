"""A web site on this machine for tests of the crawler: pages, statements of its owner, and traps."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROBOTS = """\
User-agent: *
Disallow: /private
Sitemap: {root}/maps.xml

User-agent: GPTBot
Disallow: /training-not
"""


class Site:
    """What is asked of it is counted in `asked`, by path; the headers of the last request stand in `sent`."""

    def __init__(self) -> None:
        self.root = ""
        self.asked: Counter[str] = Counter()
        self.sent: dict[str, dict[str, str]] = {}
        self.at: list[float] = []
        self.pages: dict[str, bytes] = {}
        self.busy = 2  # answers of 503 that /busy gives first
        self.robots = ROBOTS
        self.robots_status = 200

    def link(self, path: str, *links: str, text: str = "") -> None:
        """A page with links."""
        told = "".join(f'<p><a href="{link}">{link}</a></p>' for link in links)
        words = text or f"This is the page {path} of a mill, and it says what a page says. " * 5
        self.pages[path] = f"<html><head><title>{path}</title></head><body><p>{words}</p>{told}</body></html>".encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        site, path = self.site, self.path
        site.asked[path] += 1
        site.sent[path] = dict(self.headers)
        site.at.append(time.monotonic())
        bare = path.partition("?")[0]
        if path == "/robots.txt":
            self.answer(site.robots_status, site.robots.format(root=site.root).encode(), "text/plain")
        elif path == "/maps.xml":
            maps = f"<sitemapindex><sitemap><loc>{site.root}/map.xml.gz</loc></sitemap></sitemapindex>"
            self.answer(200, maps.encode(), "text/xml")
        elif path == "/map.xml.gz":
            found = f"<urlset><url><loc>{site.root}/only-in-the-map?a=1&amp;b=2</loc></url></urlset>"
            self.answer(200, gzip.compress(found.encode()), "application/gzip")
        elif path == "/.well-known/tdmrep.json":
            self.answer(200, b'[{"location": "/reserved", "tdm-reservation": 1}]', "application/json")
        elif bare == "/calendar":
            day = int(path.rpartition("=")[2] or 0)
            self.answer(200, f'<a href="/calendar?day={day + 1}">next</a>'.encode())
        elif path.startswith("/round/"):
            self.answer(302, b"", Location=f"/round/{1 - int(path[-1])}")
        elif path.startswith("/on/"):
            self.answer(302, b"", Location=f"/on/{int(path.rpartition('/')[2]) + 1}")
        elif path == "/inside":
            self.answer(302, b"", Location="http://10.1.2.3/secret")
        elif path == "/huge":
            self.huge()
        elif path == "/bomb":
            self.answer(200, BOMB, **{"Content-Encoding": "gzip"})
        elif path == "/slow":
            time.sleep(4)
        elif path == "/picture":
            self.answer(200, b"GIF89a" * 1000, "image/gif")
        elif path == "/busy" and site.busy:
            site.busy -= 1
            self.answer(503, b"busy", **{"Retry-After": "0"})
        elif path == "/gone":
            self.answer(404, b"<p>gone")
        elif bare in site.pages:
            self.page(site.pages[bare])
        else:
            self.answer(200, f"<p>This is {path}, and there is no more to it.".encode())

    def page(self, body: bytes) -> None:
        etag = f'"{zlib.crc32(body)}"'
        if self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", ETag=etag)
        else:
            self.answer(200, body, "text/html; charset=utf-8", ETag=etag)

    def huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.close_connection = True
        for _ in range(400):
            self.wfile.write(b"<p>more" * 10_000)

    def answer(self, status: int, body: bytes, type_: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": type_, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return  # whoever asked has left

    def log_message(self, format: str, *args: object) -> None:
        return


BOMB = gzip.compress(b"<p>" + b"0" * (60 << 20), 9)


@contextmanager
def loopback_site() -> Iterator[Site]:
    """A site while the block runs; its `root` is its address."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.root = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
