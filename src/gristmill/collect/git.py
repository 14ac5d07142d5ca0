"""Source code: git repositories at a commit, and archives as package registries have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

import orjson
import xxhash
from pydantic import Field

from gristmill.collect._code_archives import ARCHIVES, Entry
from gristmill.collect._code_files import CodeFile, code_file
from gristmill.collect._code_packing import Header, Order, holds_tokens, packed
from gristmill.collect._code_sources import Source, archive, repository
from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._git_places import Place, places
from gristmill.collect._groups import grouped
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import MissingExtra
from gristmill.records.chunk import Chunk, ChunkBuilder

UNIT_FILES = 10_000
_MOST_UNITS = 20  # of a repository: each walks the trees before its first file
_SKIPPED = {"link": "symlink", "submodule": "submodule", "other": "entry that is no file"}
_MOST_LISTED = 1000
_HEADER_BYTES = 64


class _Left(NamedTuple):
    """What an entry is that gives no record, in words to count it by."""

    what: str


class Git(FilesReader):
    """Files of source code. A record's position is the place of the file in its repository or archive.

    A repository is a work tree, or bare; what it has committed is read, not what lies in its folder. Nothing in it is
    run or followed. Binary files, notebooks, pointers of git-lfs, symlinks and submodules are counted and left out.
    """

    version = 2
    suffixes = ARCHIVES

    revision: str = Field(
        "HEAD", min_length=1, max_length=255, description="The branch, tag or whole commit identifier to read."
    )
    record: Literal["file", "repository"] = Field("file", description="What one record is.")
    order: Order = Field(
        "dependency", description="In a record of a repository, files behind those that they use, or by path."
    )
    header: Header = Field(
        "comment",
        description="What names a file in a record of a repository: a comment, StarCoder2's tokens, or nothing.",
    )
    history: int = Field(
        0, ge=0, le=10_000_000, description="Commits that are looked at for when and how often files changed; 0: none."
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES,
        ge=1,
        le=1 << 31,
        description="A longer file is quarantined; a longer repository is cut into records between files.",
    )
    max_archive_bytes: int = Field(
        4 << 30, ge=1, le=1 << 50, description="What is unpacked of one archive at most; the rest is left out."
    )

    def units(self, root: str) -> list[Unit]:
        repositories, archives = places(self.paths, root, self.entries(root))
        if repositories and find_spec("dulwich") is None:
            raise MissingExtra("reading git repositories", "dulwich", "git")
        units = list(grouped(archives))
        for source, folder, place in repositories:
            units += self._of_repository(source, str(folder), place)
        return sorted(units, key=lambda unit: (unit.members[0].source, unit.start))

    def _of_repository(self, source: str, path: str, place: Place) -> Iterator[Unit]:
        """Ranges of files; a repository that is one record is one unit."""
        from gristmill.collect._git_repository import open_objects, resolve
        from gristmill.collect._git_trees import walk

        objects = open_objects(place)
        try:
            commit = resolve(place, objects, self.revision, source)
            files = sum(1 for _ in walk(objects, commit.tree))
        finally:
            objects.close()
        size = sum(file.stat().st_size for file in (place.shared / "objects" / "pack").glob("*.pack"))
        size = max(size, files)
        step = max(UNIT_FILES, files // _MOST_UNITS) if self.record == "file" else max(files, 1)
        for start in range(0, max(files, 1), step):
            stop = min(start + step, files)
            share = size * (stop - start) // max(files, 1)
            yield Unit((Member(source, path, share, commit.id.hex()),), start, stop)

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        if unit.stop is None or self.record == "repository" or unit.size <= count * size:
            return super().pieces(unit, count, size)
        files = unit.stop - unit.start
        wanted = max(files * size // unit.size, 1)
        starts = [unit.start + (2 * at + 1) * files // (2 * count) - wanted // 2 for at in range(count)]
        part = replace(unit.members[0], size=size)
        return [Unit((part,), max(start, unit.start), min(start + wanted, unit.stop)) for start in starts]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, skip=skip)
        before = 0
        for member in unit.members:
            opening: AbstractContextManager[Source]
            if unit.stop is None:
                opening = archive(member, self.max_archive_bytes)
            else:
                opening = repository(member, self.revision, self.history)
            with opening as source:
                if self.record == "file":
                    yield from self._files(builder, unit, member, source, before)
                else:
                    yield from self._repositories(builder, member, source, before)
            before += member.size
        yield from builder.rest(before)

    def _files(self, builder: ChunkBuilder, unit: Unit, member: Member, source: Source, before: int) -> Iterator[Chunk]:
        raw = before
        read = 0
        for position, found in self._found(builder, unit, source):
            passed = builder.passes(raw)
            if builder.full:
                yield builder.cut(raw)
            if isinstance(found, CodeFile):
                read += found.metadata["bytes"]
            # A file is smaller in its pack or archive; what is over is counted with the last one.
            raw = before + min(read // 4, member.size)
            if passed:
                continue
            if isinstance(found, str):
                builder.problem(position, found, source=member.source)
            else:
                time, metadata = _about(found, source)
                builder.add(
                    position,
                    id=f"{source.facts['repository']}/{found.path}",
                    text=found.text,
                    time=time,
                    metadata=metadata,
                    source=member.source,
                )

    def _found(self, builder: ChunkBuilder, unit: Unit, source: Source) -> Iterator[tuple[int, CodeFile | str]]:
        """Each file with its position, or why there is none; what is no file of code is counted."""
        last = None if unit.stop is None else unit.stop - unit.start
        seen: set[int] = set()
        for count, entry in enumerate(source.entries(unit.start)):
            if count == last:
                return
            position = unit.start + count
            if entry.error:
                yield position, entry.error
                continue
            found = self._file(entry, source, seen)
            if isinstance(found, _Left):
                builder.skip(found.what)
            else:
                yield position, found

    def _file(self, entry: Entry, source: Source, seen: set[int]) -> CodeFile | str | _Left:
        if entry.kind != "file":
            return _Left(_SKIPPED[entry.kind])
        if not entry.id:
            key = xxhash.xxh3_64_intdigest(entry.path.encode())
            if key in seen:
                return _Left("file of a path that was there before")
            seen.add(key)
        content = entry.read(self.max_record_bytes)
        if isinstance(content, str):
            return f"{entry.path[:200]!r}: {content}"
        file = code_file(entry.path.removeprefix(source.top), content)
        if isinstance(file, str):
            return _Left(file)
        if entry.id:
            file.metadata["blob"] = entry.id
        return file

    def _repositories(self, builder: ChunkBuilder, member: Member, source: Source, before: int) -> Iterator[Chunk]:
        """Files up to the size of a record, then the next ones."""
        held: list[CodeFile] = []
        size = records = 0
        problems: list[tuple[int, str]] = []
        for position, found in self._found(builder, Unit((member,)), source):
            if isinstance(found, str):
                problems.append((position, found))
                continue
            if self.header == "starcoder2" and holds_tokens(found.text):
                builder.skip("file with a token of StarCoder2 in it")
                continue
            own = len(found.text.encode()) + 2 * len(found.path) + _HEADER_BYTES
            if held and size + own > self.max_record_bytes:
                yield from self._pack(builder, member, source, held, records, before)
                held, size, records = [], 0, records + 1
            held.append(found)
            size += own
        if held:
            yield from self._pack(builder, member, source, held, records, before)
        for position, error in problems:
            if not builder.passes(before + member.size):
                if builder.full:
                    yield builder.cut(before + member.size)
                builder.problem((1 << 40) + position, error, source=member.source)

    def _pack(
        self, builder: ChunkBuilder, member: Member, source: Source, files: list[CodeFile], number: int, before: int
    ) -> Iterator[Chunk]:
        if builder.passes(before):
            return
        if builder.full:
            yield builder.cut(before)
        name = source.facts["repository"]
        languages = Counter(file.language.name for file in files if file.language)
        license = source.licenses.of("/")
        about: dict[str, Any] = {
            **source.facts,
            "files": len(files),
            "paths": [file.path for file in files[:_MOST_LISTED]],
            "languages": dict(sorted(languages.items(), key=lambda one: (-one[1], one[0]))),
            **({"repository_license": license.license} if license and license.license else {}),
        }
        builder.add(
            number,
            id=name if number == 0 else f"{name}#{number}",
            text=packed(files, name, self.order, self.header),
            time=source.time,
            metadata=orjson.dumps(about, option=orjson.OPT_SORT_KEYS).decode(),
            source=member.source,
        )


def _about(file: CodeFile, source: Source) -> tuple[datetime | None, str]:
    """The time and the metadata of a record of one file."""
    about = {**source.facts, **file.metadata}
    license = source.licenses.of(source.top + file.path)
    if license is not None:
        about["license_file"] = license.file.removeprefix(source.top)
        if license.license is not None:
            about["repository_license"] = license.license
    past = source.history(file.path)
    if past is not None:
        about |= past
    time = datetime.fromisoformat(past["last_commit"]) if past is not None else source.time
    return time, orjson.dumps(about, option=orjson.OPT_SORT_KEYS).decode()
