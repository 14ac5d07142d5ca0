"""What a reader of code goes through: a repository at a commit, or an archive, as entries with licences around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gristmill.collect._code_archives import ARCHIVES, Entry, archive_entries, nothing
from gristmill.collect._code_licenses import FolderLicenses, licenses_of
from gristmill.collect._files import opened
from gristmill.collect._git_places import place_of
from gristmill.contracts.reader import Member
from gristmill.errors import InputError

if TYPE_CHECKING:  # dulwich, which these import, is an extra: archives are read without it
    from gristmill.collect._git_history import History
    from gristmill.collect._git_objects import Objects
    from gristmill.collect._git_repository import Revision

_LARGEST_COMMIT = 4 << 20


class Source(NamedTuple):
    """A repository or an archive: facts that hold for all its files, its entries from one on, and the licences."""

    facts: dict[str, Any]
    time: datetime | None
    top: str  # the one folder that all files of an archive are in; no part of their paths
    entries: Callable[[int], Iterator[Entry]]
    licenses: FolderLicenses
    history: Callable[[str], dict[str, Any] | None]


@contextmanager
def archive(member: Member, most: int) -> Iterator[Source]:
    """An archive, opened. It is gone through once before, for licences and the folder that all of it is in."""
    licenses, top = _around(member, most)
    with opened(member) as file:

        def entries(start: int) -> Iterator[Entry]:
            return islice(archive_entries(file, member.size, most), start, None)

        name = member.source.rpartition("/")[2]
        stem = next((name[: -len(end)] for end in sorted(ARCHIVES, key=len, reverse=True) if name.endswith(end)), name)
        yield Source({"repository": stem, "archive": name}, None, top, entries, licenses, lambda path: None)


@lru_cache(maxsize=4)
def _around(member: Member, most: int) -> tuple[FolderLicenses, str]:
    tops: set[str] = set()

    def noted(entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if not entry.error and len(tops) < 2:
                first, inside, _ = entry.path.partition("/")
                tops.add(first if inside else "")
            yield entry

    with opened(member) as file:
        licenses = licenses_of(noted(archive_entries(file, member.size, most)))
    top = tops.pop() if len(tops) == 1 else ""
    return licenses, f"{top}/" if top else ""


@contextmanager
def repository(member: Member, revision: str, history: int) -> Iterator[Source]:
    """A repository at the commit that its member is of."""
    from gristmill.collect._git_objects import TooLarge, Unreadable
    from gristmill.collect._git_repository import commit, open_objects
    from gristmill.collect._git_trees import FILE, OTHER, SUBMODULE, SYMLINK, Node, walk

    kinds = {FILE: "file", SYMLINK: "link", SUBMODULE: "submodule", OTHER: "other"}
    folder = Path(member.path)
    place = place_of(folder)
    if place is None:
        raise InputError(member.source, "there is no such file or folder: it was a repository when it was listed")

    def entry(objects: Objects, node: Node) -> Entry:
        def read(limit: int) -> bytes | str:
            try:
                return objects.read(node.id, limit)[1]
            except TooLarge:
                return f"the file is longer than max_record_bytes ({limit} bytes)"
            except Unreadable as error:
                return f"the file cannot be read: the object {error}"

        path = node.path.decode("utf-8", "backslashreplace")
        kind = kinds.get(node.kind, "other")
        return Entry(path, kind, read if kind == "file" else nothing, node.id.hex(), node.error)

    objects = open_objects(place)
    try:
        try:
            content = objects.read(bytes.fromhex(member.identity), _LARGEST_COMMIT)[1]
            at = commit(bytes.fromhex(member.identity), content)
        except Unreadable as error:
            raise InputError(
                member.source, f"the commit {member.identity} cannot be read: the object {error}"
            ) from error

        def entries(start: int) -> Iterator[Entry]:
            return (entry(objects, node) for node in islice(walk(objects, at.tree), start, None))

        key = (member.path, member.identity)
        if key not in _LICENSES:
            _LICENSES.clear()
            _LICENSES[key] = licenses_of(entries(0))
        past = _past(objects, at, key, history) if history else lambda path: None
        name = folder.resolve().name.removesuffix(".git")
        facts = {"repository": name, "commit": member.identity, "revision": revision}
        yield Source(facts, at.time, "", entries, _LICENSES[key], past)
    finally:
        objects.close()


_LICENSES: dict[tuple[str, str], FolderLicenses] = {}
"""Of the repository that was read last: a worker reads many units of one."""

_PAST: dict[tuple[str, str, int], History] = {}
"""Its history, too."""


def _past(objects: Objects, at: Revision, key: tuple[str, str], most: int) -> Callable[[str], dict[str, Any] | None]:
    from gristmill.collect._git_history import History

    if (*key, most) not in _PAST:
        _PAST.clear()
        _PAST[*key, most] = History(objects, at, most)
    history = _PAST[*key, most]

    def told(path: str) -> dict[str, Any] | None:
        known = history.paths.get(path.encode("utf-8", "surrogateescape"))
        return known.told(history.whole) if known is not None else None

    return told
