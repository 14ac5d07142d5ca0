"""When, how often and by how many people each file was changed, by the commits before a revision."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import xxhash

from gristmill.collect._git_objects import COMMIT, TREE, Objects, Unreadable
from gristmill.collect._git_repository import Revision, commit
from gristmill.collect._git_trees import FOLDER, Node, parse_tree

_LARGEST = 64 << 20
_MOST_AUTHORS = 1000
_DEEPEST = 512


@dataclass(slots=True)
class Changes:
    """What is known of a file's past. Times are in seconds since 1970."""

    first: int
    last: int
    commits: int = 0
    authors: set[int] = field(default_factory=set)

    def told(self, whole: bool) -> dict[str, Any]:
        """As metadata; `whole` is false where older commits were not looked at."""
        times = {"last_commit": _iso(self.last), "commits": self.commits, "authors": len(self.authors)}
        return {"first_commit": _iso(self.first), **times} if whole else times


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class History:
    """The changes of every path by up to `most` commits, the newest first; merges change nothing."""

    def __init__(self, objects: Objects, newest: Revision, most: int) -> None:
        self._objects = objects
        self.paths: dict[bytes, Changes] = {}
        self.whole = True
        self._read(newest, most)

    def _read(self, newest: Revision, most: int) -> None:
        queue = [(-_seconds(newest), newest.id, newest)]
        seen = {newest.id}
        for _ in range(most):
            if not queue:
                return
            _, _, revision = heapq.heappop(queue)
            parents = [self._commit(id) for id in revision.parents]
            self.whole &= None not in parents
            if len(parents) < 2:
                self._count(revision, parents[0] if parents else None, bool(parents))
            for parent in parents:
                if parent is not None and parent.id not in seen:
                    seen.add(parent.id)
                    heapq.heappush(queue, (-_seconds(parent), parent.id, parent))
        self.whole &= not queue

    def _commit(self, id: bytes) -> Revision | None:
        """A parent; None where it is not there, as in a shallow clone."""
        try:
            kind, content = self._objects.read(id, _LARGEST)
            return commit(id, content) if kind == COMMIT else None
        except Unreadable:
            return None

    def _count(self, revision: Revision, parent: Revision | None, has_parent: bool) -> None:
        if has_parent and parent is None:
            return
        when, who = _seconds(revision), _person(revision.author)
        for path in self._changed(parent.tree if parent else b"", revision.tree, b"", 0):
            known = self.paths.setdefault(path, Changes(when, when))
            known.first, known.last = min(known.first, when), max(known.last, when)
            known.commits += 1
            if len(known.authors) < _MOST_AUTHORS:
                known.authors.add(who)

    def _changed(self, old: bytes, new: bytes, folder: bytes, depth: int) -> Iterator[bytes]:
        """Paths of files of the new tree that the old one has not, or not alike."""
        before = {node.path: node for node in self._tree(old)} if old else {}
        for node in self._tree(new):
            known = before.get(node.path)
            if known is not None and known.id == node.id:
                continue
            if node.kind != FOLDER:
                yield folder + node.path
            elif depth < _DEEPEST:
                inner = known.id if known is not None and known.kind == FOLDER else b""
                yield from self._changed(inner, node.id, folder + node.path + b"/", depth + 1)

    def _tree(self, id: bytes) -> list[Node]:
        try:
            kind, content = self._objects.read(id, _LARGEST)
            return list(parse_tree(content, self._objects.id_bytes)) if kind == TREE else []
        except Unreadable:
            return []


def _seconds(revision: Revision) -> int:
    return int(revision.time.timestamp()) if revision.time else 0


def _person(author: bytes) -> int:
    """A number for a person, by the address in `Name <address>`; no name is kept."""
    address = author.rpartition(b"<")[2].partition(b">")[0].strip().lower()
    return xxhash.xxh3_64_intdigest(address or author)
