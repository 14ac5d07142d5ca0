"""Lists of files: a path or url a line, and its checksum where the list tells it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from gristmill.collect._checksums import checksum
from gristmill.collect._compressed import blocks
from gristmill.collect._lines import lines
from gristmill.collect._local import protocol_of
from gristmill.errors import InputError

_LONGEST_LINE = 1 << 14
_MOST_ENTRIES = 5_000_000
_MOST_BYTES = 2 << 30


class Listed(NamedTuple):
    """An entry: a path or url, and a checksum (`sha256:...`) or none."""

    path: str
    checksum: str = ""


def listed(file: BinaryIO, source: str, prefix: str | None, *, trusted: bool) -> list[Listed]:
    """The entries of a list, plain or compressed. `source` is how the recipe spells the list.

    Relative entries get the prefix, or lie beside the list. Where a list is not `trusted`, being from afar, no
    entry may name a file of this machine. InputError, in one sentence, where a line is no entry.
    """
    folder = source.rpartition("/")[0] + "/" if "/" in source else ""
    found = []
    for number, line in _lines(file, source):
        path, digest = _entry(line, number, source)
        if prefix is not None and not _has_protocol(path):
            path = prefix + path
        elif not _has_protocol(path) and not path.startswith("/"):
            path = folder + path if _has_protocol(source) else posixpath.normpath(folder + path)
        if not trusted and (not _has_protocol(path) or protocol_of(path) in ("file", "local") or "::" in path):
            raise InputError(source, f"line {number} names {path[:200]!r}, and a list from afar may name urls only")
        found.append(Listed(path, digest))
        if len(found) > _MOST_ENTRIES:
            raise InputError(source, f"it lists more than {_MOST_ENTRIES:,} files; cut it into several lists")
    if not found:
        raise InputError(source, "it lists no files")
    return found


def _lines(file: BinaryIO, source: str) -> Iterator[tuple[int, str]]:
    read = 0
    for number, _, line in lines(blocks(file), _LONGEST_LINE, numbered=True, blank=True):
        if isinstance(line, str):
            raise InputError(source, f"line {number + 1} of the list cannot be read: {line}")
        read += len(line)
        if read > _MOST_BYTES:
            raise InputError(source, "it is too long for a list of files")
        try:
            text = line.decode().strip()
        except UnicodeDecodeError as error:
            raise InputError(source, f"line {number + 1} of the list is not UTF-8") from error
        if text and not text.startswith("#"):
            yield number + 1, text


def _entry(line: str, number: int, source: str) -> Listed:
    """`path`, `path sha256:...`, or `digits  path` as sha256sum writes it (with its escapes)."""
    escaped = line.startswith("\\")
    first, _, rest = line.removeprefix("\\").partition(" ")
    rest = rest.lstrip(" *")
    digest = checksum(first)
    if digest and rest:
        path = rest.replace("\\n", "\n").replace("\\\\", "\\") if escaped else rest
        return Listed(path, digest)
    path, _, last = line.replace("\t", " ").rpartition(" ")
    if not path or ":" not in last:
        return Listed(line)
    digest = checksum(last)
    if digest is None:
        if last.partition(":")[0].lower() in ("md5", "sha1", "sha256", "sha512"):
            raise InputError(source, f"line {number} has a checksum that is none: {last[:100]!r}")
        return Listed(line)
    return Listed(path.rstrip(), digest)


def _has_protocol(path: str) -> bool:
    return "://" in path
