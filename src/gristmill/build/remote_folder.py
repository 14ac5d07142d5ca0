"""A folder behind an fsspec url that files are put into: object stores, and whatever else fsspec writes to."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fsspec.utils import get_protocol

from gristmill.collect._files import told
from gristmill.collect._remote import filesystem, foreign_errors
from gristmill.errors import InputError, OutputError

_BUCKETS = ("s3", "s3a", "gs", "gcs")


class RemoteFolder:
    """Names are below the folder, parted by slashes. Reading raises InputError, writing OutputError."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        protocol = get_protocol(url)
        if protocol in ("http", "https"):
            raise OutputError(url, "web servers take no files; name a place in an object store")
        with told(url):
            self._fs, path = filesystem(self.url)
            self._path = path.rstrip("/")
            # A folder would be made with all that it lies in, and a misspelt bucket is none that is wanted.
            if protocol in _BUCKETS and not self._fs.exists(self._path.partition("/")[0]):
                raise OutputError(url, "there is no such bucket")

    def sizes(self) -> dict[str, int]:
        """The files that are there, and their bytes."""
        with told(self.url):
            self._fs.invalidate_cache()
            if not self._fs.exists(self._path):
                return {}
            found = self._fs.find(self._path, detail=True)
        return {name.removeprefix(f"{self._path}/"): info.get("size") or 0 for name, info in found.items()}

    def json(self, name: str) -> Any:
        """The content of a file of JSON."""
        with told(f"{self.url}/{name}"):
            data = self._fs.cat_file(self._at(name))
        try:
            return json.loads(data)
        except ValueError as error:
            raise InputError(f"{self.url}/{name}", f"it is no JSON ({error})") from error

    def write(self, name: str, data: bytes) -> None:
        """Make or replace a small file."""
        with self._written(name):
            self._fs.makedirs(posixpath.dirname(self._at(name)), exist_ok=True)
            self._fs.pipe_file(self._at(name), data)

    def send(self, path: Path, name: str) -> None:
        """Make or replace a file by a local one."""
        with self._written(name):
            self._fs.makedirs(posixpath.dirname(self._at(name)), exist_ok=True)
            self._fs.put_file(str(path), self._at(name))

    def remove(self, names: Iterable[str]) -> None:
        """Take away those that are there."""
        for name in names:
            with self._written(name), suppress(FileNotFoundError):
                self._fs.rm_file(self._at(name))

    def _at(self, name: str) -> str:
        return posixpath.join(self._path, name)

    @contextmanager
    def _written(self, name: str) -> Iterator[None]:
        place = f"{self.url}/{name}"
        try:
            yield
        except NotImplementedError as error:
            raise OutputError(place, "nothing can be written to such a url") from error
        except Exception as error:
            if not isinstance(error, (OSError, *foreign_errors())):
                raise
            raise OutputError(place, f"it cannot be written: {error}") from error
