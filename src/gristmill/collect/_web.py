"""Files on web servers, as streams that can be sought in: patient with slow and busy servers, within bounds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import cache
from io import RawIOBase
from typing import IO, Any
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, MaxRetryError, ResponseError

from gristmill import __version__

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
RETRIES = 6
"""How often a busy server is asked again, with a longer wait each time."""
BACK_OFF, LONGEST_WAIT = 0.5, 60.0
"""Seconds before the second retry, doubled before each later one; and the longest wait, whatever Retry-After asks."""
BREAKS = 5
"""How often in a row a server may break off without having sent a megabyte."""
_BUSY = (429, 500, 502, 503, 504)
_NEAR = 1 << 20  # a place not further ahead is reached by reading on
_COPY = 1 << 20


class _Retry(urllib3.Retry):
    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, LONGEST_WAIT)


def file_info(url: str) -> dict[str, Any]:
    """Size, ETag and time of a file, named as fsspec's file systems name them. OSError where there is none."""
    answer = _asked("HEAD", url, {})
    if answer.status in (403, 405, 501):  # some servers answer GET alone
        answer = _asked("GET", url, {"Range": "bytes=0-0"})
    _refuse_errors(answer)
    size = _whole_size(answer)
    answer.close()
    if size is None:
        size = _counted(url)
    named = (("ETag", answer.headers.get("ETag")), ("LastModified", answer.headers.get("Last-Modified")))
    return {"type": "file", "size": size, **{name: value for name, value in named if value}}


class WebFile(RawIOBase):
    """A file behind a url of the web. It is read as a stream; where reading goes on elsewhere, by ranges.

    A server that breaks off is asked for the rest. Of one that knows no ranges a whole copy is made on disk when
    reading goes on before the place where the stream stands. `info` is what `file_info` said: OSError where the server
    has another file by now.
    """

    def __init__(self, url: str, info: Mapping[str, Any]) -> None:
        super().__init__()
        self._url = url
        self._info = info
        self._size = int(info["size"])
        self._at = 0
        self._stream: urllib3.BaseHTTPResponse | None = None
        self._stream_at = 0
        self._copy: IO[bytes] | None = None
        self._breaks = 0
        self._since_break = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the beginning of the file")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        data = self._some(min(len(view), max(self._size - self._at, 0)))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self._copy is not None:
            self._copy.close()
        super().close()

    def _some(self, wanted: int) -> bytes:
        """Up to so many bytes from where reading stands, at least one unless none is wanted."""
        while wanted:
            if self._copy is not None:
                self._copy.seek(self._at)
                return self._copy.read(wanted)
            try:
                stream = self._standing_at(self._at)
                if stream is None:
                    continue  # there is a copy now
                data: bytes = stream.read(min(wanted, _COPY))
            except (HTTPError, OSError) as error:
                self._broke_off(error)
                continue
            if data:
                self._stream_at += len(data)
                self._since_break += len(data)
                return data
            self._broke_off(None)
        return b""

    def _standing_at(self, place: int) -> urllib3.BaseHTTPResponse | None:
        """The stream, brought to a place."""
        if self._stream is not None and 0 <= place - self._stream_at <= _NEAR:
            while self._stream_at < place:
                passed = self._stream.read(min(place - self._stream_at, _COPY))
                if not passed:
                    raise HTTPError("the stream ended")
                self._stream_at += len(passed)
            return self._stream
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        answer = _asked("GET", self._url, {"Range": f"bytes={place}-"} if place else {})
        _refuse_errors(answer)
        self._refuse_changed(answer)
        told = answer.headers.get("Content-Range", "")
        if place and not (answer.status == 206 and told.startswith(f"bytes {place}-")):
            self._copied(answer)
            return None
        self._stream, self._stream_at = answer, place
        return answer

    def _copied(self, answer: urllib3.BaseHTTPResponse) -> None:
        """All of the file on disk, for a server that knows no ranges."""
        if answer.status != 200:
            answer.close()
            raise WebError("the server sends other bytes of the file than it was asked for")
        copy = tempfile.TemporaryFile()  # noqa: SIM115  # closed with this file
        size = 0
        try:
            while data := answer.read(_COPY):
                size += len(data)
                if size > self._size:
                    break
                copy.write(data)
            if size != self._size:
                raise HTTPError("the stream ended")
        except BaseException:
            copy.close()
            raise
        finally:
            answer.close()
        self._copy = copy

    def _refuse_changed(self, answer: urllib3.BaseHTTPResponse) -> None:
        tag, known = answer.headers.get("ETag"), self._info.get("ETag")
        size = _whole_size(answer)
        if (tag and known and tag != known) or (size is not None and size != self._size):
            answer.close()
            raise FileChanged

    def _broke_off(self, error: Exception | None) -> None:
        """Note that the server broke off, before it is asked for the rest. WebError where that helps no more."""
        if isinstance(error, WebError | FileChanged):
            raise error
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._breaks = self._breaks + 1 if self._since_break < _COPY else 1
        self._since_break = 0
        if self._breaks > BREAKS:
            silent = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            why = "sent nothing more" if silent else "broke off"
            raise WebError(f"the server {why} at byte {self._at} of {self._size}, {self._breaks} times in a row")


class WebError(OSError):
    """A server does not give a file. The message is half a sentence for people."""


class FileChanged(OSError):
    """A server has another file than it had."""


def _asked(method: str, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
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


def _refuse_errors(answer: urllib3.BaseHTTPResponse) -> None:
    if answer.status not in (200, 206):
        answer.close()
        reason = f" ({answer.reason[:100]})" if answer.reason else ""
        raise WebError(f"the server answered {answer.status}{reason}")


def _whole_size(answer: urllib3.BaseHTTPResponse) -> int | None:
    """The size of the whole file, where the answer tells it."""
    if answer.status == 206:
        _, _, told = answer.headers.get("Content-Range", "").rpartition("/")
    else:
        told = answer.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else None


def _counted(url: str) -> int:
    """The size of a file whose server does not tell it: by reading it."""
    answer = _asked("GET", url, {})
    _refuse_errors(answer)
    size = 0
    try:
        while data := answer.read(_COPY):
            size += len(data)
    except HTTPError as error:
        raise WebError("the server does not tell its size, and broke off") from error
    finally:
        answer.close()
    return size
