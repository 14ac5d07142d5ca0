"""Files on this machine that a path, a folder or a pattern means."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from gristmill.contracts.reader import Member
from gristmill.errors import InputError

MARKERS = frozenset({"_SUCCESS", "_metadata", "_common_metadata"})
"""Files that Spark and Parquet writers leave beside the data."""


_SEPARATOR = re.compile("::|://")


def protocol_of(url: str) -> str:
    """The protocol of a path or url, as fsspec has it."""
    found = _SEPARATOR.search(url)
    return url[: found.start()] if found else "file"


def hidden(name: str) -> bool:
    """Whether a file or folder is passed over where it was not named itself."""
    return name.startswith(".") or name in MARKERS


def identity(status: os.stat_result) -> str:
    """What changes when the file does."""
    return f"{status.st_size}-{status.st_mtime_ns}"


def local_members(spelled: str, root: str, suffixes: tuple[str, ...]) -> list[Member]:
    """The files that one path of a recipe means. A folder gives those with the suffixes; it may give none."""
    protocol, separator, name = spelled.rpartition("://")
    name = posixpath.normpath(name)
    path = Path(root, Path(name).expanduser())
    if path.is_dir():
        below = [file for file in _walk(path) if file.lower().endswith(suffixes)]
    elif path.exists() or path.is_symlink():
        return [_member(protocol + separator + name, path)]
    elif is_pattern(name):
        from fsspec.utils import glob_translate  # only here: it takes 20 ms to import, and few inputs need it

        matches = re.compile(glob_translate(name)).match
        name, depth = _fixed_part(name)
        path = Path(root, Path(name).expanduser())
        walked = _walk(path, depth) if path.is_dir() else ()
        below = [file for file in walked if matches(posixpath.normpath(posixpath.join(name, file)))]
        if not below:
            raise InputError(spelled, "no file matches this pattern")
    else:
        raise FileNotFoundError(path)
    names = (posixpath.normpath(posixpath.join(name, file)) for file in below)
    return [_member(protocol + separator + source, path / file) for source, file in zip(names, below, strict=True)]


def local_member(spelled: str, root: str) -> Member:
    """The one file of that very name."""
    protocol, separator, name = spelled.rpartition("://")
    name = posixpath.normpath(name)
    path = Path(root, Path(name).expanduser())
    if not path.exists() and not path.is_symlink():
        raise FileNotFoundError(path)
    return _member(protocol + separator + name, path)


def _member(source: str, path: Path) -> Member:
    # Arrow strings are UTF-8; a file name need not be.
    source = os.fsencode(source).decode("utf-8", "backslashreplace")
    if path.is_symlink() and not path.exists():
        raise InputError(source, "it is a link to a file that is not there")
    if not path.is_file():
        raise InputError(source, "it is neither a file nor a folder")
    if not os.access(path, os.R_OK):
        raise PermissionError(path)
    status = path.stat()
    return Member(source, os.fspath(path), status.st_size, identity(status))


def _walk(root: Path, depth: int | None = None) -> Iterator[str]:
    """Paths of the files below a folder, the nearest first; each real folder once, so that links may form loops."""
    level = [""]
    seen = {os.path.realpath(root)}
    while level and depth != 0:
        deeper = []
        for folder in level:
            with os.scandir(root / folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
            for entry in ordered:
                if hidden(entry.name):
                    continue
                below = posixpath.join(folder, entry.name)
                if not entry.is_dir():
                    yield below
                elif (real := os.path.realpath(entry.path)) not in seen:
                    seen.add(real)
                    deeper.append(below)
        level = deeper
        depth = None if depth is None else depth - 1


def is_pattern(path: str) -> bool:
    # In a url of the web, a question mark begins the query.
    return any(mark in path for mark in ("*" if path.startswith(("http://", "https://")) else "*?["))


def _fixed_part(pattern: str) -> tuple[str, int | None]:
    """The folder before the first wildcard, and how many levels the pattern goes below it (None: any)."""
    parts = pattern.split("/")
    fixed = next(i for i, part in enumerate(parts) if is_pattern(part))
    folder = "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else ".")
    return folder, None if "**" in pattern else len(parts) - fixed
