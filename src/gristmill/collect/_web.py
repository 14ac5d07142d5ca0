"""Files on web servers, as streams that can be sought in; a server that breaks off is asked for the rest."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from io import RawIOBase
from typing import IO, Any

import urllib3
from urllib3.exceptions import HTTPError

from gristmill.collect._remote import FileChanged
from gristmill.collect._web_requests import COPY, WebError, asked, refuse_errors, whole_size

BREAKS = 5
"""How often in a row a server may break off without having sent a megabyte."""
_NEAR = 1 << 20  # a place not further ahead is reached by reading on


class WebFile(RawIOBase):
    """A file behind a url of the web. It is read as a stream; where reading goes on elsewhere, by ranges.

    A server that breaks off is asked for the rest. Of one that knows no ranges a whole copy is made on disk when
    reading goes on before the place where the stream stands. `info` is what `file_info` said: OSError where the server
    has another file by now.
    """

    def __init__(self, url: str, info: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._url = url
        self._info = info
        self._headers = dict(headers or {})
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
                data: bytes = stream.read(min(wanted, COPY))
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
                passed = self._stream.read(min(place - self._stream_at, COPY))
                if not passed:
                    raise HTTPError("the stream ended")
                self._stream_at += len(passed)
            return self._stream
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        answer = asked("GET", self._url, self._headers | ({"Range": f"bytes={place}-"} if place else {}))
        refuse_errors(answer)
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
            while data := answer.read(COPY):
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
        size = whole_size(answer)
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
        self._breaks = self._breaks + 1 if self._since_break < COPY else 1
        self._since_break = 0
        if self._breaks > BREAKS:
            silent = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            why = "sent nothing more" if silent else "broke off"
            raise WebError(f"the server {why} at byte {self._at} of {self._size}, {self._breaks} times in a row")
