"""Many small files in one unit, so that a unit is worth a worker's while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import xxhash

from gristmill.contracts.reader import Member, Unit

MAX_FILES = 256
MAX_BYTES = 32 << 20

_MEAN_FILES = 128


def grouped(members: Sequence[Member]) -> list[Unit]:
    """Units of neighbours, at most 256 files or 32 MB unless one file is more.

    A group also ends after every file whose name hashes to a multiple of 128, so that a new file changes the group
    it falls into and few others: their parts of an earlier build can be used again.
    """
    return [Unit(tuple(group)) for group in _groups(members)]


def _groups(members: Sequence[Member]) -> Iterator[list[Member]]:
    group: list[Member] = []
    size = 0
    for member in members:
        if group and (len(group) == MAX_FILES or size + member.size > MAX_BYTES):
            yield group
            group, size = [], 0
        group.append(member)
        size += member.size
        if xxhash.xxh3_64_intdigest(member.source.encode()) % _MEAN_FILES == 0:
            yield group
            group, size = [], 0
    if group:
        yield group
