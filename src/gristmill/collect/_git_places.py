"""Which repositories and archives the paths of an input mean."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import NamedTuple

from gristmill.collect._code_archives import ARCHIVES
from gristmill.collect._files import is_local, members, told
from gristmill.collect._local import hidden, is_pattern
from gristmill.collect._path_lists import Listed
from gristmill.contracts.reader import Member
from gristmill.errors import InputError


class Place(NamedTuple):
    """The folders of a repository: its own, and the one that it shares with its other work trees."""

    own: Path
    shared: Path


Repository = tuple[str, Path, Place]
"""Its name as the recipe spells it, its folder, and where in that its parts are."""


def places(paths: Sequence[str], root: str, listed: Sequence[Listed] = ()) -> tuple[list[Repository], list[Member]]:
    """Repositories and archives, each sorted by its name; `listed` are archives. InputError where one is neither."""
    repositories: dict[str, Repository] = {}
    archives = {member.source: member for member in members((), root, ARCHIVES, listed)}
    for spelled in paths:
        found = list(_repositories(spelled, root)) if is_local(spelled) else []
        for repository in found:
            repositories.setdefault(os.path.realpath(repository[1]), repository)
        try:
            inside = members((spelled,), root, ARCHIVES) if spelled not in (one[0] for one in found) else []
        except InputError:
            if not found:
                raise
            inside = []
        for member in inside:
            # An archive that is kept in a repository is one of its files.
            if not any(member.source.startswith(f"{name}/") for name, _, _ in found):
                archives.setdefault(member.source, member)
    return sorted(repositories.values(), key=lambda one: one[0]), [archives[name] for name in sorted(archives)]


def _repositories(spelled: str, root: str) -> Iterator[Repository]:
    name = posixpath.normpath(spelled.removeprefix("file://"))
    if is_pattern(name):
        absolute = Path(name).expanduser().is_absolute()
        pattern = str(Path(root, Path(name).expanduser()))
        for path in sorted(glob(pattern, recursive=True)):  # noqa: PTH207  # a pattern may be absolute
            below = path if absolute else os.path.relpath(path, root)
            place = place_of(Path(path)) if Path(path).is_dir() else None
            if place is not None:
                yield _spelled(below), Path(path), place
        return
    folder = Path(root, Path(name).expanduser())
    if not folder.is_dir():
        return
    with told(spelled):
        place = place_of(folder)
        if place is not None:
            yield _spelled(name), folder, place
        else:
            yield from _below(name, folder)


def _below(name: str, folder: Path) -> Iterator[Repository]:
    """Repositories in a folder, none of which is in another; links to folders are not followed."""
    level = [""]
    bounds = os.path.realpath(folder)
    while level:
        deeper = []
        for at in level:
            with os.scandir(folder / at) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
            for entry in ordered:
                below = posixpath.join(at, entry.name)
                if hidden(entry.name) or not entry.is_dir(follow_symlinks=False):
                    continue
                place = place_of(folder / below)
                if place is None:
                    deeper.append(below)
                    continue
                source = _spelled(posixpath.normpath(posixpath.join(name, below)))
                parts = (place.own, place.shared, place.shared / "objects")
                if not all(os.path.realpath(part).startswith(bounds + os.sep) for part in parts):
                    raise InputError(source, f"its .git leads out of {name}; name the repository itself to read it")
                yield source, folder / below, place
        level = deeper


def _spelled(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def place_of(folder: Path) -> Place | None:
    """Where a folder has its repository: in `.git`, where a file `.git` points, or in itself where it is bare."""
    own = folder / ".git"
    if own.is_file():
        pointer = _first_line(own)
        if not pointer.startswith("gitdir:"):
            return None
        own = folder / pointer.removeprefix("gitdir:").strip()
    elif not own.is_dir():
        own = folder
    if not (own / "HEAD").is_file():
        return None
    shared = own / _first_line(own / "commondir") if (own / "commondir").is_file() else own
    has_refs = (shared / "refs").is_dir() or (shared / "reftable").is_dir()
    return Place(own, shared) if has_refs and (shared / "objects").is_dir() else None


def _first_line(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(4096).partition(b"\n")[0].decode("utf-8", "surrogateescape").strip()
