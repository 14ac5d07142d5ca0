"""Reads stretches of files on this machine, on web servers and behind other fsspec urls."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from urllib3.exceptions import HTTPError

from gristmill.collect._files import is_local, told
from gristmill.collect._local import local_member
from gristmill.collect._remote import filesystem, on_web, remote_member
from gristmill.collect._web_requests import WebError, asked
from gristmill.contracts.reader import Member
from gristmill.errors import InputError

_TRIES = 3
"""How often a stretch is asked for when the server breaks off; that it may be busy is `asked`'s to bear with."""

_NOT_THERE = (404, 410, 416)


class UnreadError(Exception):
    """A stretch is not there; says why. Other files of the place may be read all the same."""


def file_at(path: str) -> Member:
    """A file of that very path. InputError where it is not there or cannot be asked for."""
    with told(path):
        return local_member(path, "/") if is_local(path) else remote_member(path)


def stretch(path: str, start: int, size: int) -> bytes:
    """The bytes from `start` on, `size` of them unless the file ends before.

    UnreadError where the file, or the stretch of it, is not there; InputError where its server cannot be asked.
    """
    try:
        with told(path):
            if on_web(path):
                return _from_web(path, start, size)
            if is_local(path):
                with Path(path).open("rb") as file:
                    return os.pread(file.fileno(), size, start)
            fs, inner = filesystem(path)
            return cast(bytes, fs.cat_file(inner, start=start, end=start + size))
    except InputError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise UnreadError(error.message) from error
        raise


def _from_web(url: str, start: int, size: int) -> bytes:
    for _ in range(_TRIES):
        answer = asked("GET", url, {"Range": f"bytes={start}-{start + size - 1}"})
        try:
            if answer.status in _NOT_THERE:
                raise UnreadError(f"the server answered {answer.status}")
            if answer.status == 200:
                raise WebError("the server gives no parts of files, only whole ones")
            if answer.status != 206 or not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                raise WebError(f"the server answered {answer.status}, and not with the part that was asked for")
            data: bytes = answer.read(size)
            answer.read(1)  # or the connection would not be used again
            if len(data) == min(size, int(answer.headers.get("Content-Length") or size)):
                return data
        except HTTPError:
            pass  # it broke off
        finally:
            answer.release_conn() if answer.status == 206 else answer.close()
    raise WebError(f"the server broke off {_TRIES} times within the part from byte {start} on")
