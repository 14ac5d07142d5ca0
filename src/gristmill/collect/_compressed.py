"""Compressed files as bounded blocks of what is inside, told apart by their first bytes, not by their names."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import BinaryIO, NamedTuple, Protocol

import pyarrow as pa
import zstandard

BLOCK = 1 << 20
"""Bytes in a block at most."""

_READ = 1 << 15
_ZSTD_SLICE = 1 << 10
"""A Zstandard block of 4 bytes can hold 128 KB, so this many bytes at a time make 32 MB at the worst."""

_MAX_MEMORY = 256 << 20
"""What a decompressor may take for its window; `xz -9` asks for 65 MB, `zstd --ultra -22` for 128 MB."""


class Block(NamedTuple):
    """Some bytes of the content, and how far into the raw file they reach.

    `begins` is the raw offset of the compressed member (gzip member, Zstandard frame) that starts with this
    block, None within one. `damage` says in a sentence that what should come here cannot be decompressed.
    """

    data: bytes
    raw: int
    begins: int | None = None
    damage: str | None = None


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        """Decompress at most a block: what came out, and the input that was not used yet."""


class _Zlib:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        out = self._inner.decompress(data, BLOCK)
        # At the end of a member zlib may keep what follows in both places.
        return out, b"" if self._inner.eof else self._inner.unconsumed_tail


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=128 << 20).decompressobj(write_size=1 << 16)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        out = []
        size = at = 0
        while at < len(data) and size < BLOCK and not self._inner.eof:
            out.append(self._inner.decompress(data[at : at + _ZSTD_SLICE]))
            size += len(out[-1])
            at += _ZSTD_SLICE
        return b"".join(out), data[at:]


class _Buffered:
    """The bz2 and lzma modules keep unused input to themselves."""

    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        return self._inner.decompress(data, BLOCK), b""


_DECODERS: tuple[tuple[bytes, str, Callable[[], _Decoder]], ...] = (
    (b"\x1f\x8b\x08", "gzip", _Zlib),
    (b"\x28\xb5\x2f\xfd", "zstd", _Zstd),
    (b"BZh", "bzip2", lambda: _Buffered(bz2.BZ2Decompressor())),
    (b"\xfd7zXZ\x00", "xz", lambda: _Buffered(lzma.LZMADecompressor(memlimit=_MAX_MEMORY))),
)
_LZ4 = b"\x04\x22\x4d\x18"
_ERRORS = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError)


def with_compression(*suffixes: str) -> tuple[str, ...]:
    """The file name endings, each also with every ending of a compressed file."""
    return tuple(suffix + ending for suffix in suffixes for ending in ("", ".gz", ".zst", ".bz2", ".xz"))


def compressed(head: bytes) -> bool:
    """Whether a file that begins with these bytes is compressed in a way that `blocks` undoes."""
    return head.startswith((*(magic for magic, _, _ in _DECODERS), _LZ4)) or _skippable(head)


def _skippable(head: bytes) -> bool:
    """A Zstandard file may begin with a frame that holds no content (RFC 8878, section 3.1.2)."""
    return 0x50 <= (head[:1] or b"\0")[0] <= 0x5F and head[1:4] == b"\x2a\x4d\x18"


def blocks(file: BinaryIO, *, resync: bool = False) -> Iterator[Block]:
    """The content of a file from where it stands, compressed or not. Memory is bounded whatever is inside.

    All that can be decompressed comes out; then, where the file ends early or is broken, a block with `damage`.
    With `resync` the next gzip member is then looked for, and reading goes on there.
    """
    head = file.read(_READ)
    if head.startswith(_LZ4):
        file.seek(-len(head), 1)
        yield from _lz4_blocks(file)
    elif compressed(head):
        yield from _member_blocks(_Raw(file, head), resync)
    else:
        raw = len(head)
        while head:
            yield Block(head, raw)
            head = file.read(BLOCK)
            raw += len(head)


class _Raw:
    """The raw bytes that were read and not yet used, and their place in the file."""

    def __init__(self, file: BinaryIO, head: bytes) -> None:
        self._file = file
        self.pending = head
        self._read = len(head)

    @property
    def position(self) -> int:
        return self._read - len(self.pending)

    def more(self) -> bool:
        data = self._file.read(_READ)
        self.pending += data
        self._read += len(data)
        return bool(data)

    def skip_to(self, magic: bytes) -> bool:
        """Drop bytes up to the next `magic`; False where there is none."""
        self.pending = self.pending[1:]
        while (at := self.pending.find(magic)) < 0:
            self.pending = self.pending[-len(magic) :]
            if not self.more():
                return False
        self.pending = self.pending[at:]
        return True

    def at_end(self) -> bool:
        """Whether only zero padding is left, which tapes and some archivers append."""
        while True:
            self.pending = self.pending.lstrip(b"\0")
            if self.pending or not self.more():
                return not self.pending


def _member_blocks(raw: _Raw, resync: bool) -> Iterator[Block]:
    while not raw.at_end():
        while len(raw.pending) < 8 and raw.more():
            pass
        sound = yield from _member(raw)
        if not sound and not (resync and raw.skip_to(_DECODERS[0][0])):
            return


def _member(raw: _Raw) -> Generator[Block, None, bool]:
    """One member; whether it was read to its end."""
    begins: int | None = raw.position
    name, decoder = _decoder(raw.pending)
    if decoder is None:
        yield Block(b"", raw.position, begins, "the compressed data is followed by bytes that are none")
        return False
    full = False
    while not decoder.eof:
        if not raw.pending and not full and not raw.more():
            yield Block(b"", raw.position, begins, f"the file ends in the middle of its {name} data")
            return False
        try:
            data, raw.pending = decoder.step(raw.pending)
        except _ERRORS as error:
            yield Block(b"", raw.position, begins, f"its {name} data is broken ({str(error).rstrip('.')})")
            return False
        full = len(data) >= BLOCK
        for at in range(0, len(data), BLOCK):
            yield Block(data[at : at + BLOCK], raw.position, begins)
            begins = None
    raw.pending = decoder.unused_data + raw.pending
    return True


def _decoder(head: bytes) -> tuple[str, _Decoder | None]:
    for magic, name, make in _DECODERS:
        if head.startswith(magic):
            return name, make()
    return ("zstd", _Zstd()) if _skippable(head) else ("", None)


def _lz4_blocks(file: BinaryIO) -> Iterator[Block]:
    """Arrow says nothing of frames, so members are not told apart here."""
    stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "lz4")
    raw = 0
    while True:
        try:
            data = stream.read(BLOCK)
        except OSError as error:
            yield Block(b"", raw, None, f"its lz4 data is broken ({error})")
            return
        if not data:
            return
        raw = file.tell()
        yield Block(data, raw)
