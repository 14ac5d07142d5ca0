"""Which licence each folder of a repository stands under, by its licence files and the metadata of its package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gristmill.collect._code_archives import Entry
from gristmill.records.licenses.identifiers import by_url
from gristmill.records.licenses.names import named
from gristmill.records.licenses.packages import is_package_file, stated
from gristmill.records.licenses.table import by_text

_STEMS = frozenset(("license", "licence", "unlicense", "unlicence", "copying", "licenses", "licences"))
_ENDS = frozenset(("", "txt", "md", "rst", "html", "mit", "apache", "bsd", "gpl", "lgpl", "mpl", "lesser", "isc"))
_LARGEST = 512 << 10
MOST_LOOKED_AT = 2000
"""Licence files and package files of one repository; a monorepo may have more."""


class Licensed(NamedTuple):
    """A licence, None where there is one that is not known, and the file that says so."""

    license: str | None
    file: str


class FolderLicenses:
    """The licences of folders, each of which holds for what is below it unless something there has its own."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, str | None]] = {}
        self._packages: dict[str, Licensed] = {}
        self._looked_at = 0

    def look_at(self, entry: Entry) -> None:
        """Take what a file says of licences, where its name says that it may."""
        folder, _, name = entry.path.rpartition("/")
        folder = _of_package(folder)
        package = is_package_file(name)
        if self._looked_at >= MOST_LOOKED_AT or not (package or is_license_file(name)):
            return
        self._looked_at += 1
        content = entry.read(_LARGEST)
        if isinstance(content, str):
            return
        text = content.decode("utf-8", "replace")
        if package:
            known = (by_url(value) or named(value) for value in stated(name, text))
            license = next((one for one in known if one), None)
            if license:
                self._packages.setdefault(folder, Licensed(license, entry.path))
        else:
            main = [match.license for match in by_text(text) if match.is_main]
            self._texts.setdefault(folder, {})[entry.path] = main[0] if main else None

    def of(self, path: str) -> Licensed | None:
        """What holds for a file: of the nearest folder that says anything, a package's word before a licence's text."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in self._packages:
                return self._packages[folder]
            if folder in self._texts:
                return _together(self._texts[folder])
        return None


def _of_package(folder: str) -> str:
    """Of a wheel's or an egg's folder of metadata, the folder that it speaks of."""
    parts = folder.split("/")
    at = next((k for k, part in enumerate(parts) if part.endswith((".dist-info", ".egg-info"))), len(parts))
    return "/".join(parts[:at])


def is_license_file(name: str) -> bool:
    """`LICENSE`, `COPYING.LESSER`, `LICENSE-MIT`, and their like."""
    stem, _, rest = name.lower().replace("-", ".").replace("_", ".").partition(".")
    return stem in _STEMS and all(part in _ENDS or part[:1].isdigit() for part in rest.split("."))


def _together(texts: dict[str, str | None]) -> Licensed:
    """Of several texts in one folder nothing says that they are a choice, so all of them hold."""
    known = sorted({license for license in texts.values() if license})
    return Licensed(" AND ".join(known) or None, min(texts))


def licenses_of(entries: Iterable[Entry]) -> FolderLicenses:
    """Go through a repository for them."""
    found = FolderLicenses()
    for entry in entries:
        if entry.kind == "file" and not entry.error:
            found.look_at(entry)
    return found
