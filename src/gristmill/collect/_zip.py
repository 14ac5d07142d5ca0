"""Zip archives of strangers: the files in one by name, inflated within bounds that hold whatever the headers claim."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from typing import BinaryIO, cast
from urllib.parse import unquote

from gristmill.collect._documents import Unreadable

MAX_ENTRIES = 65_536
MAX_DIRECTORY = 16 << 20
"""Bytes of the list of files at the end of an archive, which is held in memory."""

MAX_RATIO = 400
"""How many times its compressed size a file may have beyond `_SMALL`; prose lies below 20, deflate ends at 1032."""

_SMALL = 1 << 20
_BLOCK = 1 << 18
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Archive:
    """The files of an archive. At most `limit` bytes are inflated in all; nothing is written anywhere."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        _refuse_others(file)
        try:
            self._zip = zipfile.ZipFile(cast(BinaryIO, _Bounded(file)))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("the zip archive is cut off or broken: its list of files cannot be read") from error
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            raise Unreadable(f"the zip archive has more than {MAX_ENTRIES} files")
        self._by_name: dict[str, list[zipfile.ZipInfo]] = {}
        for info in infos:
            self._by_name.setdefault(info.filename, []).append(info)
        self._limit = limit
        self._left = limit

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def names(self) -> list[str]:
        """Every name, in the order of the archive."""
        return list(self._by_name)

    def enter(self, folder: str) -> None:
        """Take the files below a folder, whose name ends with `/`, for all that the archive has."""
        inside = {name: infos for name, infos in self._by_name.items() if name.startswith(folder)}
        self._by_name = {name.removeprefix(folder): infos for name, infos in inside.items()}

    def read(self, name: str) -> bytes:
        """The content of a file. Unreadable, in one sentence, where there is no sound one within the bounds."""
        info = self._only(name)
        if info.flag_bits & 1:
            raise Unreadable(f"{name} in the archive is encrypted")
        if info.compress_type not in _METHODS:
            raise Unreadable(f"{name} in the archive is compressed by a method that is not allowed there")
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while part := stream.read(_BLOCK):
                    size += len(part)
                    self._refuse_bombs(name, info, size, len(part))
                    parts.append(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable(f"{name} in the archive is cut off or broken") from error
        return b"".join(parts)

    def _only(self, name: str) -> zipfile.ZipInfo:
        found = self._by_name.get(name)
        if not found:
            raise Unreadable(f"the archive has no {name}")
        if len({(info.CRC, info.file_size) for info in found}) > 1:
            raise Unreadable(f"the archive has {len(found)} different files of the name {name}")
        return found[-1]

    def _refuse_bombs(self, name: str, info: zipfile.ZipInfo, size: int, part: int) -> None:
        self._left -= part
        if self._left < 0:
            raise Unreadable(f"the archive inflates to more than max_record_bytes ({self._limit} bytes)")
        if size > _SMALL and size > MAX_RATIO * info.compress_size:
            raise Unreadable(f"{name} in the archive inflates to more than {MAX_RATIO} times its size")


class _Bounded:
    """A file that is not read at one go beyond what a list of files may take."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, MAX_DIRECTORY + 1) if size >= 0 else MAX_DIRECTORY + 1)
        if len(data) > MAX_DIRECTORY:
            raise ValueError("more than a list of files may take")
        return data


def resolved(base: str, reference: str) -> str | None:
    """The name in the archive that a reference in the file `base` means; None where it leads out of the archive."""
    path = unquote(reference.partition("#")[0].partition("?")[0])
    if "://" in path or "\\" in path or "\0" in path:
        return None
    if not path:
        return base
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(base), path)
    name = posixpath.normpath(joined)
    return None if name.startswith("../") or name in ("..", ".") else name


def _refuse_others(file: BinaryIO) -> None:
    head = file.read(8)
    file.seek(0)
    if head == _OLE:
        raise Unreadable("the file is encrypted by a password, or of an office format before 2007")
    if head[:2] != b"PK":
        raise Unreadable("the file is no zip archive")
