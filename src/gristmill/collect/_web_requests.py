"""Questions to web servers, asked again within bounds where a server is slow, busy or cannot be reached."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, MaxRetryError, ResponseError

from gristmill import __version__

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
RETRIES = 6
"""How often a busy server is asked again, with a longer wait each time."""
BACK_OFF, LONGEST_WAIT = 0.5, 60.0
"""Seconds before the second retry, doubled before each later one; and the longest wait, whatever Retry-After asks."""
COPY = 1 << 20
"""Bytes that are taken at once."""
_BUSY = (429, 500, 502, 503, 504)


class WebError(OSError):
    """A server does not give a file. The message is half a sentence for people."""


class _Retry(urllib3.Retry):
    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, LONGEST_WAIT)


def file_info(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Size, ETag and time of a file, named as fsspec's file systems name them. OSError where there is none."""
    own = dict(headers or {})
    answer = asked("HEAD", url, own)
    if answer.status in (403, 405, 501):  # some servers answer GET alone
        answer = asked("GET", url, own | {"Range": "bytes=0-0"})
    refuse_errors(answer)
    size = whole_size(answer)
    answer.close()
    if size is None:
        size = _counted(url, own)
    named = (("ETag", answer.headers.get("ETag")), ("LastModified", answer.headers.get("Last-Modified")))
    return {"type": "file", "size": size, **{name: value for name, value in named if value}}


def asked(method: str, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
    retries = _Retry(
        total=RETRIES,
        connect=2,
        read=3,
        redirect=5,
        status_forcelist=_BUSY,
        backoff_factor=BACK_OFF,
        backoff_max=LONGEST_WAIT,
        raise_on_status=False,
    )
    own = {"User-Agent": f"gristmill/{__version__}", "Accept-Encoding": "identity"}
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    try:
        return _connections(os.getpid(), _proxy(url)).request(
            method,
            url,
            headers=own | headers,
            retries=retries,
            timeout=timeout,
            preload_content=False,
            decode_content=False,
        )
    except MaxRetryError as error:
        raise WebError(_why(error)) from error
    except (LocationValueError, UnicodeError) as error:
        raise WebError(f"this is no url of a file: {error}") from error
    except HTTPError as error:
        raise WebError(f"the server cannot be reached: {error}") from error


def _why(error: MaxRetryError) -> str:
    reason = error.reason
    if isinstance(reason, ResponseError) and "redirect" in str(reason):
        return "the server redirects in circles"
    if isinstance(reason, urllib3.exceptions.TimeoutError):
        return "the server did not answer in time, again and again"
    cause = getattr(reason, "__cause__", None) or reason
    return f"the server cannot be reached: {getattr(cause, 'strerror', None) or cause}"


@cache
def _connections(process: int, proxy: str | None) -> urllib3.PoolManager:
    """Connections are not shared by processes."""
    return urllib3.ProxyManager(proxy, maxsize=16) if proxy else urllib3.PoolManager(maxsize=16)


def _proxy(url: str) -> str | None:
    parsed = urllib3.util.parse_url(url)
    proxies = getproxies()
    if not proxies or proxy_bypass(parsed.netloc or ""):
        return None
    return proxies.get(parsed.scheme or "")


def refuse_errors(answer: urllib3.BaseHTTPResponse) -> None:
    if answer.status not in (200, 206):
        answer.close()
        reason = f" ({answer.reason[:100]})" if answer.reason else ""
        raise WebError(f"the server answered {answer.status}{reason}")


def whole_size(answer: urllib3.BaseHTTPResponse) -> int | None:
    """The size of the whole file, where the answer tells it."""
    if answer.status == 206:
        _, _, told = answer.headers.get("Content-Range", "").rpartition("/")
    else:
        told = answer.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else None


def _counted(url: str, headers: dict[str, str]) -> int:
    """The size of a file whose server does not tell it: by reading it."""
    answer = asked("GET", url, headers)
    refuse_errors(answer)
    size = 0
    try:
        while data := answer.read(COPY):
            size += len(data)
    except HTTPError as error:
        raise WebError("the server does not tell its size, and broke off") from error
    finally:
        answer.close()
    return size
