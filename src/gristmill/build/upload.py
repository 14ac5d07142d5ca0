"""Copies a finished build to an object store, or to any other place that fsspec writes to.

The copy never looks finished before it is: its manifest goes first and comes last. Between them `uploading.json` says
what is on its way, so that an upload that was stopped goes on, and that of a changed build sends what changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from gristmill.build.finished import Finished
from gristmill.build.remote_folder import RemoteFolder
from gristmill.build.store import sha256
from gristmill.errors import InputError, OutputError

AT_ONCE = 8
MARK = "uploading.json"
_MANIFEST = "manifest.json"
_LOOSE = ("README.md", "recipe.yaml", "run.json", "report.html")
"""Files that the manifest has no digest of: small, and sent every time."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How many files were sent, their bytes, and how many were there already."""

    sent: int
    bytes: int
    there: int


@dataclass(frozen=True, slots=True)
class _Held:
    """What the folder says that it holds: files with their SHA-256, and names of which none is what it should be."""

    files: Mapping[str, str]
    stale: frozenset[str]


def upload(build: Finished, url: str, on_file: Callable[[str, int], None] = lambda name, size: None) -> Uploaded:
    """Make the folder at `url` a copy of the build, without its `.work`. `on_file` hears of each file that was sent.

    InputError where a file of the build is not what its manifest says; OutputError where the folder cannot be written
    to, or holds something else than a build.
    """
    folder = RemoteFolder(url)
    mine = {entry.path: entry.sha256 for entry in (*build.manifest.outputs, *build.manifest.ready)}
    sizes = {name: _size(build, name) for name in mine}
    there = folder.sizes()
    held = _held(folder, there)
    alike = {name for name in mine if held.files.get(name) == mine[name] and there.get(name) == sizes[name]}
    alike -= held.stale
    _clear(folder, mine, sorted((held.files.keys() | held.stale) & there.keys() - alike))
    sent = [*sorted(mine.keys() - alike), *(name for name in _LOOSE if (build.root / name).is_file())]

    def send(name: str) -> int:
        if name in mine and sha256(build.root / name) != mine[name]:
            raise InputError(str(build.root / name), "it is not the file that the build wrote; build it again")
        folder.send(build.root / name, name)
        return _size(build, name)

    total = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, size in zip(sent, pool.map(send, sent), strict=True):
            on_file(name, size)
            total += size
    _refuse_lost(folder, sizes)
    folder.send(build.layout.manifest, _MANIFEST)
    folder.remove([MARK])
    return Uploaded(len(sent) + 1, total + _size(build, _MANIFEST), len(alike))


def _size(build: Finished, name: str) -> int:
    try:
        return (build.root / name).stat().st_size
    except OSError as error:
        raise InputError(str(build.root / name), f"the build has lost it ({error.strerror}); build it again") from error


def _held(folder: RemoteFolder, there: Mapping[str, int]) -> _Held:
    if MARK in there:
        mark = folder.json(MARK)
        return _Held(_digests(mark.get("files")), frozenset(map(str, mark.get("stale") or ())))
    if _MANIFEST in there:
        manifest = folder.json(_MANIFEST)
        entries = [*(manifest.get("outputs") or ()), *(manifest.get("ready") or ())]
        return _Held(_digests({entry["path"]: entry.get("sha256") for entry in entries}), frozenset())
    if there:
        raise OutputError(folder.url, "it holds something else than a build; name an empty place")
    return _Held({}, frozenset())


def _digests(found: Any) -> dict[str, str]:
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}


def _clear(folder: RemoteFolder, mine: Mapping[str, str], stale: list[str]) -> None:
    """Take away what is not of the build. Until that is done, the mark trusts none of those names."""
    folder.write(MARK, json.dumps({"files": mine, "stale": stale}).encode())
    folder.remove([_MANIFEST, *stale])
    if stale:
        folder.write(MARK, json.dumps({"files": mine, "stale": []}).encode())


def _refuse_lost(folder: RemoteFolder, sizes: Mapping[str, int]) -> None:
    there = folder.sizes()
    for name, size in sizes.items():
        if there.get(name) != size:
            raise OutputError(f"{folder.url}/{name}", "it is not there as it was sent; upload the build again")
