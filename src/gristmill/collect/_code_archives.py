"""Files in an archive of source code, zip or tar, whatever its name says; nothing is written to disk."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from gristmill.collect._compressed import blocks, with_compression
from gristmill.collect._stream import Stream
from gristmill.collect._tar import tar_entries

ARCHIVES = (".zip", ".whl", ".egg", ".crate", ".tgz", ".txz", ".tbz2", ".tzst", *with_compression(".tar"))

MOST_ENTRIES = 5_000_000
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_ERRORS = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError,
)  # fmt: skip
_LINK, _KINDS = 0o120000, 0o170000
_READ = 1 << 20


class Entry(NamedTuple):
    """A file of a repository or an archive. `read` gives its content, or why that cannot be had; once, and at once.

    `error` says instead that the path cannot be used, or that the archive ends here.
    """

    path: str
    kind: str  # file, link, submodule or other
    read: Callable[[int], bytes | str]
    id: str = ""
    error: str = ""


def nothing(limit: int) -> bytes | str:
    """What there is to read of something that is no file."""
    return b""


def archive_entries(file: BinaryIO, size: int, most: int) -> Iterator[Entry]:
    """Every entry but folders, in the archive's order; no more than `most` bytes are unpacked in all."""
    head = file.read(4)
    file.seek(0)
    return _of_zip(file, most) if head in _ZIP else _of_tar(Stream(blocks(file), size), most)


def safe_path(path: str) -> str | None:
    """A path below the archive's root, without `./`; None where it leads out of it, or is none."""
    plain = path.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or not parts or (len(plain) > 1 and plain[1] == ":"):
        return None
    return "/".join(parts)


def _named(path: str, kind: str, read: Callable[[int], bytes | str]) -> Entry:
    safe = safe_path(path)
    if safe is None:
        return Entry(path[:200], "file", nothing, error=f"the path {path[:200]!r} leads out of the archive")
    return Entry(safe, kind, read)


def _of_zip(file: BinaryIO, most: int) -> Iterator[Entry]:
    try:
        archive = zipfile.ZipFile(file)
    except _ZIP_ERRORS as error:
        yield Entry("", "file", nothing, error=f"the zip archive cannot be opened ({_brief(error)})")
        return
    left = most

    def reader(info: zipfile.ZipInfo) -> Callable[[int], bytes | str]:
        def read(limit: int) -> bytes | str:
            nonlocal left
            if info.flag_bits & 1:
                return "the file is encrypted"
            parts: list[bytes] = []
            room = min(limit, left) + 1
            try:
                with archive.open(info) as member:
                    while room and (part := member.read(min(room, _READ))):
                        parts.append(part)
                        room -= len(part)
                        left -= len(part)
            except _ZIP_ERRORS as error:
                return f"the file cannot be unpacked ({_brief(error)})"
            if not room:
                return _too_long(limit)
            return b"".join(parts)

        return read

    for number, info in enumerate(archive.infolist()):
        if left < 0 or number >= MOST_ENTRIES:
            yield Entry("", "file", nothing, error=_too_much(most))
            return
        if not info.is_dir():
            link = info.external_attr >> 16 & _KINDS == _LINK
            yield _named(info.filename, "link" if link else "file", reader(info))


def _of_tar(stream: Stream, most: int) -> Iterator[Entry]:
    ended = False

    def reader(size: int) -> Callable[[int], bytes | str]:
        def read(limit: int) -> bytes | str:
            nonlocal ended
            if size > limit:
                return _too_long(limit)
            content = stream.take(size)
            ended = len(content) < size
            if ended:
                return f"the archive ends here: {stream.damage or 'the file is not whole'}"
            return content

        return read

    for number, entry in enumerate(tar_entries(stream)):
        if ended:
            return
        if entry.error:
            yield Entry("", "file", nothing, error=f"the archive ends here: {entry.error}")
            return
        if stream.offset + entry.size > most or number >= MOST_ENTRIES:
            yield Entry("", "file", nothing, error=_too_much(most))
            return
        name = entry.name.decode("utf-8", "backslashreplace")
        if entry.kind == "other" and entry.name.endswith(b"/"):
            continue
        if entry.kind == "other" and not entry.size:
            continue  # folders of old archives, devices, pipes
        yield _named(name, entry.kind, reader(entry.size))


def _too_long(limit: int) -> str:
    return f"the file is longer than max_record_bytes ({limit} bytes)"


def _too_much(most: int) -> str:
    return f"the archive holds more than max_archive_bytes ({most} bytes), or too many files; the rest is left out"


def _brief(error: BaseException) -> str:
    return str(error).replace("\n", " ")[:200].rstrip(".") or type(error).__name__
