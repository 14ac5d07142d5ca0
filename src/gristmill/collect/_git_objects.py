"""Objects of a git repository, read from its packs and loose files within bounds.

dulwich knows the formats of pack indexes, deltas and refs. What it would read without a bound we read ourselves: an
object says its size before its content, and one that is too large is not unpacked. Nothing of the repository is run,
its configuration is not followed, no other object store is opened, and nothing is fetched.
"""

from __future__ import annotations

import mmap
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from dulwich.object_format import ObjectFormat
from dulwich.objects import RawObjectID
from dulwich.pack import PackIndex, apply_delta, load_pack_index

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
_OFS_DELTA, _REF_DELTA = 6, 7
_TYPES = {b"commit": COMMIT, b"tree": TREE, b"blob": BLOB, b"tag": TAG}
_LONGEST_CHAIN = 4096
_CACHED_BYTES, _CACHED_OBJECT = 64 << 20, 8 << 20
_HEADER = 64
_WIDEST = 63  # bits of a number
_READ = 64 << 10


class Unreadable(Exception):
    """An object that cannot be read; says why in a sentence that goes on after 'the object'."""


class TooLarge(Unreadable):
    """An object that is larger than was asked for."""


class _Pack(NamedTuple):
    name: str
    positions: PackIndex
    data: mmap.mmap


class _Piece(NamedTuple):
    """What stands at an offset of a pack: its type, its base if it is a delta, and its unpacked content."""

    type: int
    base: int | bytes | None
    content: bytes


class Objects:
    """The object store of one repository."""

    def __init__(self, folder: Path, format: ObjectFormat) -> None:
        self._folder = folder
        self.id_bytes: int = format.oid_length
        self._packs = [pack for path in sorted((folder / "pack").glob("*.idx")) if (pack := _opened(path, format))]
        self._cache: OrderedDict[tuple[int, int], tuple[int, bytes]] = OrderedDict()
        self._cached = 0

    def close(self) -> None:
        for pack in self._packs:
            pack.positions.close()
            pack.data.close()

    def read(self, id: bytes, limit: int) -> tuple[int, bytes]:
        """The type and content of an object of up to `limit` bytes."""
        for number, pack in enumerate(self._packs):
            try:
                offset = pack.positions.object_offset(RawObjectID(id))
            except KeyError:
                continue
            return self._packed(number, offset, limit)
        return self._loose(id, limit)

    def _packed(self, number: int, offset: int, limit: int) -> tuple[int, bytes]:
        """Follow deltas down to a whole object, then apply them on the way back."""
        pack = self._packs[number]
        deltas: list[tuple[int, bytes]] = []
        seen = {offset}
        while True:
            known = self._cache.get((number, offset))
            if known is not None:
                self._cache.move_to_end((number, offset))
                kind, content = known
                break
            piece = _piece(pack, offset, self.id_bytes, max(limit, _CACHED_OBJECT))
            if piece.base is None:
                kind, content = piece.type, piece.content
                self._keep(number, offset, kind, content)
                break
            deltas.append((offset, piece.content))
            offset = piece.base if isinstance(piece.base, int) else _base_offset(pack, piece.base)
            if offset in seen or len(deltas) > _LONGEST_CHAIN:
                raise Unreadable("is a delta without an end")
            seen.add(offset)
        for at, delta in reversed(deltas):
            if _sizes(delta)[1] > max(limit, _CACHED_OBJECT):
                raise TooLarge("is a delta that unpacks to more")
            try:
                content = b"".join(apply_delta(content, delta))
            except Exception as error:  # its own errors, and those of the code beneath
                raise Unreadable(f"is a broken delta ({error})") from error
            self._keep(number, at, kind, content)
        if len(content) > limit:
            raise TooLarge(f"has {len(content)} bytes")
        return kind, content

    def _keep(self, number: int, offset: int, kind: int, content: bytes) -> None:
        """Neighbours in a pack are deltas of one another, so what was unpacked is often the base of what comes next."""
        if len(content) > _CACHED_OBJECT:
            return
        self._cache[number, offset] = kind, content
        self._cached += len(content)
        while self._cached > _CACHED_BYTES:
            _, (_, old) = self._cache.popitem(last=False)
            self._cached -= len(old)

    def _loose(self, id: bytes, limit: int) -> tuple[int, bytes]:
        name = id.hex()
        path = self._folder / name[:2] / name[2:]
        if path.is_symlink() or not path.is_file():
            raise Unreadable("is not in the repository, as in a shallow, partial or shared clone")
        unpacker = zlib.decompressobj()
        with path.open("rb") as file:
            try:
                head = unpacker.decompress(file.read(_READ), _HEADER)
                header, found, content = head.partition(b"\0")
                kind, _, size = header.partition(b" ")
                if not found or kind not in _TYPES or not size.isdigit() or len(size) > 18:
                    raise Unreadable("has no header")
                if int(size) > limit:
                    raise TooLarge(f"has {int(size)} bytes")
                parts = [content]
                left = int(size) - len(content)
                while left >= 0 and not unpacker.eof:
                    block = unpacker.unconsumed_tail or file.read(_READ)
                    if not block:
                        break
                    parts.append(unpacker.decompress(block, left + 1))
                    left -= len(parts[-1])
            except zlib.error as error:
                raise Unreadable(f"is broken ({error})") from error
        if left != 0:
            raise Unreadable("has not the size that it says")
        return _TYPES[kind], b"".join(parts)


def _opened(path: Path, format: ObjectFormat) -> _Pack | None:
    """A pack with its index; None where either cannot be opened, so that what is in it counts as missing."""
    data = path.with_suffix(".pack")
    if path.is_symlink() or data.is_symlink() or not data.is_file() or not data.stat().st_size:
        return None
    try:
        index = load_pack_index(str(path), format)
        with data.open("rb") as file:
            return _Pack(path.name, index, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except Exception:  # noqa: BLE001  # whatever is wrong with the index
        return None


def _base_offset(pack: _Pack, id: bytes) -> int:
    try:
        return pack.positions.object_offset(RawObjectID(id))
    except KeyError as error:
        raise Unreadable("is a delta of an object that is not in its pack") from error


def _piece(pack: _Pack, offset: int, id_bytes: int, limit: int) -> _Piece:
    """Unpack what stands at an offset; a number of bytes above `limit` is refused before that."""
    data = pack.data
    try:
        byte = data[offset]
        kind, size, shift, at = byte >> 4 & 7, byte & 15, 4, offset + 1
        while byte & 0x80 and shift < _WIDEST:
            byte = data[at]
            size |= (byte & 0x7F) << shift
            shift += 7
            at += 1
        base: int | bytes | None = None
        if kind == _OFS_DELTA:
            byte = data[at]
            at += 1
            back = byte & 0x7F
            while byte & 0x80 and back < 1 << _WIDEST:
                byte = data[at]
                at += 1
                back = (back + 1 << 7) | byte & 0x7F
            base = offset - back
            if base < 0:
                raise Unreadable("is a delta of something before its pack")
        elif kind == _REF_DELTA:
            base = data[at : at + id_bytes]
            at += id_bytes
    except IndexError as error:
        raise Unreadable("stands behind the end of its pack") from error
    if kind not in (*_TYPES.values(), _OFS_DELTA, _REF_DELTA):
        raise Unreadable(f"has the unknown type {kind}")
    if size > limit:
        raise TooLarge(f"has {size} bytes")
    try:
        content = zlib.decompressobj().decompress(data[at : at + size + _READ], size + 1)
    except zlib.error as error:
        raise Unreadable(f"is broken ({error})") from error
    if len(content) != size:
        raise Unreadable("has not the size that it says")
    return _Piece(kind, base, content)


def _sizes(delta: bytes) -> tuple[int, int]:
    """The sizes of the base and of the result that a delta begins with."""
    found = []
    at = 0
    for _ in range(2):
        size = shift = 0
        while True:
            if at >= len(delta) or shift > _WIDEST:
                raise Unreadable("is a broken delta")
            byte = delta[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        found.append(size)
    return found[0], found[1]
