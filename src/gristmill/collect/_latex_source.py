"""The files of a LaTeX source: a .tex file alone, or an archive as arXiv gives it, within bounds."""

from __future__ import annotations

import gzip
import io
import posixpath
import tarfile
import zipfile
import zlib
from typing import IO

_MOST_FILES = 10_000
_TEXT_ENDINGS = (".tex", ".ltx", ".latex", ".bbl", ".sty", ".cls", ".def", ".txt")
_OWN_MACROS = 1 << 20  # a style file beyond this is no list of macros


class Unreadable(ValueError):
    """No source can be taken from the file; says why in a sentence."""


def source_files(data: bytes, limit: int) -> dict[str, bytes]:
    """The text files by their cleaned names. Compressed data is measured while it is read, whatever it claims."""
    if data.startswith(b"\x1f\x8b"):
        data = _bounded(gzip.GzipFile(fileobj=io.BytesIO(data)), limit)
    if data.startswith(b"%PDF-"):
        raise Unreadable("the source is a PDF file, not LaTeX; read it with the input pdf")
    if data.startswith(b"PK\x03\x04"):
        return _from_zip(data, limit)
    if data[257:262] == b"ustar" or _is_old_tar(data):
        return _from_tar(data, limit)
    return {"main.tex": data}


def _bounded(file: gzip.GzipFile | IO[bytes], limit: int) -> bytes:
    try:
        data = file.read(limit + 1)
    except (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile) as error:
        raise Unreadable("the archive is broken or cut short") from error
    if len(data) > limit:
        raise Unreadable(f"the source is longer than max_record_bytes ({limit} bytes)")
    return data


def _is_old_tar(data: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(data[:512], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _from_tar(data: bytes, limit: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = limit  # a sparse entry may be longer than the archive
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for number, entry in enumerate(archive):
                if number >= _MOST_FILES:
                    raise Unreadable(f"the archive has more than {_MOST_FILES} entries")
                if entry.isfile() and _wanted(entry.name) and (file := archive.extractfile(entry)) is not None:
                    found[_clean(entry.name)] = _bounded(file, left)
                    left -= len(found[_clean(entry.name)])
    except tarfile.TarError as error:
        raise Unreadable("the archive is broken or cut short") from error
    return found


def _from_zip(data: bytes, limit: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = limit
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_FILES:
                raise Unreadable(f"the archive has more than {_MOST_FILES} entries")
            for entry in entries:
                if not entry.is_dir() and _wanted(entry.filename):
                    with archive.open(entry) as file:
                        found[_clean(entry.filename)] = _bounded(file, left)
                    left -= len(found[_clean(entry.filename)])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Unreadable("the archive is broken, encrypted or of a kind that is not read") from error
    return found


def _wanted(name: str) -> bool:
    return name.lower().endswith(_TEXT_ENDINGS)


def _clean(name: str) -> str:
    """The name below the archive's root; `..` leads nowhere, as names are only looked up."""
    return posixpath.normpath("/" + name).lstrip("/")


def main_file(files: dict[str, bytes]) -> str:
    """The file with a \\documentclass; of several the one with a \\begin{document}, highest up, then longest."""
    documents = [name for name in files if name.lower().endswith((".tex", ".ltx", ".latex", ".txt"))]
    if not documents:
        raise Unreadable("the archive has no .tex file")

    def rank(name: str) -> tuple[bool, bool, int, int, str]:
        data = files[name]
        head = b"\\documentclass" in data or b"\\documentstyle" in data
        return not (head and b"\\begin{document}" in data), not head, name.count("/"), -len(data), name

    return min(documents, key=rank)


class Inputs:
    """Finds what \\input and \\include name, in the archive alone."""

    def __init__(self, files: dict[str, bytes], main: str) -> None:
        self._files = files
        self._folder = posixpath.dirname(main)
        self.main = main
        self.missing = 0

    def find(self, name: str, ending: str = ".tex") -> str | None:
        name = name.strip().strip('"')
        for folder in dict.fromkeys((self._folder, "")):
            for tried in (name, name + ending):
                path = _clean(posixpath.join(folder, tried))
                if path in self._files:
                    return decoded(self._files[path])
        self.missing += 1
        return None

    def own_style(self, name: str) -> str | None:
        """A style file that lies in the archive, for its macros."""
        for ending in (".sty", ".cls"):
            path = _clean(posixpath.join(self._folder, name.strip() + ending))
            if path in self._files and len(self._files[path]) <= _OWN_MACROS:
                return decoded(self._files[path])
        return None

    def bibliography(self) -> str | None:
        """The .bbl of the main file, or the only one."""
        named = self.main.rpartition(".")[0] + ".bbl"
        every = [name for name in self._files if name.endswith(".bbl")]
        chosen = named if named in self._files else every[0] if len(every) == 1 else None
        return decoded(self._files[chosen]) if chosen else None


def decoded(data: bytes) -> str:
    """UTF-8, or else Latin-1, in which old sources are written."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
