"""The files that options of steps name (lists, policies, models): where they are, what is wrong with them, digests."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from pathlib import Path

from gristmill.errors import InputError

MOST_BYTES = 4 << 30
_DEEPEST = 8  # folders within folders
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file of a list, as it was when it was looked up."""

    name: str  # as the recipe spells it; in a folder, as it spells the folder, and the way on from there
    given: str  # what the recipe spells: this file or a folder around it
    path: str
    size: int
    modified: int  # nanoseconds

    @property
    def chosen(self) -> bool:
        """Whether the recipe names it itself, and did not just find it in a folder."""
        return self.name == self.given


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a list, the categories that its folders have, and a sentence for each thing that is wrong."""

    files: tuple[ListFile, ...]
    categories: frozenset[str]
    faults: tuple[str, ...]


def find_lists(root: Path, spelled: Sequence[str], called: str | None, categories: Collection[str] | None) -> Found:
    """The files that are spelled out, and those called `called` in the folders that are, of some categories or all.

    In a folder `called` may have `.txt`, `.gz` or both behind it.
    The category of a file is the name of the folder it lies in. Nothing is raised.
    """
    files: dict[str, ListFile] = {}
    known: set[str] = set()
    faults: list[str] = []
    for given in spelled:
        try:
            for path in _files(root / given, given, called):
                below = path != root / given
                if below:
                    known.add(path.parent.name)
                if not below or categories is None or path.parent.name in categories:
                    name = (Path(given) / path.relative_to(root / given)).as_posix() if below else given
                    files.setdefault(os.path.realpath(path), _identified(path, name, given))
        except InputError as error:
            faults.append(str(error))
        except (OSError, ValueError) as error:
            faults.append(f"{given}: cannot be read: {getattr(error, 'strerror', None) or error}")
    return Found(tuple(files.values()), frozenset(known), tuple(faults))


def _files(path: Path, given: str, called: str | None) -> Iterator[Path]:
    if not given or not path.exists():
        raise InputError(given or "an empty path", f"there is no such file or folder in {path.parent}")
    if not path.is_dir():
        yield path
        return
    if called is None:
        raise InputError(given, "is a folder; words are read from files")
    inside = list(_inside(path, called))
    if not inside:
        raise InputError(given, f"has no file called {called!r} in it or below it")
    yield from inside


def _inside(folder: Path, called: str, above: tuple[str, ...] = ()) -> Iterator[Path]:
    """Files of a name, in order. Links are followed, as one category of UT1 is often a link to another."""
    here = os.path.realpath(folder)
    if here in above or len(above) > _DEEPEST:
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _inside(path, called, (*above, here))
        elif path.name.removesuffix(".gz").removesuffix(".txt") == called:
            yield path


def _identified(path: Path, name: str, given: str) -> ListFile:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise InputError(name, "is no file that can be read twice")
    if status.st_size > MOST_BYTES:
        raise InputError(name, f"is larger than {MOST_BYTES >> 30} GB, the most that a list may be")
    return ListFile(name, given, str(path), status.st_size, status.st_mtime_ns)


@contextmanager
def _opened(file: ListFile) -> Iterator[BufferedReader]:
    try:
        with Path(file.path).open("rb") as stream:
            status = os.fstat(stream.fileno())
            if (status.st_size, status.st_mtime_ns) != (file.size, file.modified):
                raise InputError(file.name, "has changed since the build began")
            yield stream
    except OSError as error:
        raise InputError(file.name, f"cannot be read: {error.strerror}") from error


def contents(file: ListFile) -> bytes:
    """The bytes of a file; InputError where it cannot be read or is not what it was when it was looked up."""
    with _opened(file) as stream:
        return stream.read(MOST_BYTES)


def unpacked(file: ListFile) -> bytes:
    """The same of a file that may be compressed by gzip; InputError also where it is broken or grows too large."""
    data = contents(file)
    if data[:2] != _GZIP:
        return data
    pieces: list[bytes] = []
    left = MOST_BYTES
    try:
        while data[:2] == _GZIP:
            member = zlib.decompressobj(wbits=31)
            pieces.append(member.decompress(data, left + 1))
            left -= len(pieces[-1])
            if left < 0:
                raise InputError(file.name, f"unpacks to more than {MOST_BYTES >> 30} GB, the most that a list may be")
            if not member.eof:
                raise InputError(file.name, "is compressed by gzip and ends too soon")
            data = member.unused_data
    except zlib.error as error:
        raise InputError(file.name, f"is compressed by gzip and broken: {error}") from error
    return b"".join(pieces)


@lru_cache(maxsize=1024)
def digest(file: ListFile) -> str:
    """The SHA-256 of a file's bytes, never all of them in memory; InputError as of `contents`."""
    with _opened(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(files: Iterable[ListFile]) -> dict[str, str | None]:
    """The digest of each by its name, for the fingerprint of a step; null where it cannot be read."""
    found: dict[str, str | None] = {}
    for file in files:
        try:
            found[file.name] = digest(file)
        except InputError:
            found[file.name] = None
    return found
