"""A web server on this machine that can be slow, busy, forgetful of ranges, and break off in the middle."""

from __future__ import annotations

import hashlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = tuple[int, dict[str, str], bytes]
"""A status, headers and a body."""


class Web:
    """Files by path, and how the server behaves; what it was asked, as `GET /path bytes=0-`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.ranges = True
        self.heads = True
        self.sizes = True
        self.etags = True
        self.busy: list[tuple[int, str | None]] = []  # answers to come first: a status, and its Retry-After
        self.breaks: list[int] = []  # bytes after which the next answers break off
        self.pause = 0.0  # seconds before each answer
        self.url = ""
        self.answer: Callable[[str, dict[str, str]], Answer | None] = lambda path, headers: None  # what is no file


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    web: Web

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        web = self.web
        asked = self.headers.get("Range")
        web.asked.append(f"{self.command} {self.path}{f' {asked}' if asked else ''}")
        web.headers.append(dict(self.headers))
        time.sleep(web.pause)
        path = self.path.partition("?")[0]
        if web.busy:
            status, after = web.busy.pop(0)
            self._head(status, b"busy", {"Retry-After": after} if after else {})
            self.wfile.write(b"busy" if body else b"")
        elif not body and not web.heads:
            self._head(405, b"", {})
        elif path in web.redirects:
            self._head(302, b"", {"Location": web.redirects[path]})
        elif path in web.files:
            self._file(web.files[path], asked, body)
        elif (made := web.answer(self.path, web.headers[-1])) is not None:
            status, headers, content = made
            self._head(status, content, headers)
            self.wfile.write(content if body else b"")
        else:
            self._head(404, b"", {})

    def _file(self, data: bytes, asked: str | None, body: bool) -> None:
        web = self.web
        headers = {"ETag": f'"{hashlib.md5(data).hexdigest()}"'} if web.etags else {}
        status, start, stop = 200, 0, len(data)
        if asked and web.ranges:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            status, start, stop = 206, int(first), int(last) + 1 if last else len(data)
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
        part = data[start:stop]
        self._head(status, part, headers, sized=web.sizes or status == 206)
        if body and web.breaks and len(part) > web.breaks[0]:
            self.wfile.write(part[: web.breaks.pop(0)])
            self.close_connection = True
        elif body:
            self.wfile.write(part)

    def _head(self, status: int, body: bytes, headers: dict[str, str], *, sized: bool = True) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if sized:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web_server() -> Iterator[Web]:
    """Runs while the block does."""
    web = Web()
    handler = type("Handler", (_Handler,), {"web": web})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client may go away
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    web.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
