"""Compressed files: told by their first bytes, bounded, and read up to where they are damaged."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gristmill.collect._compressed import BLOCK, Block, blocks, compressed


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": _zstd,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def read(data: bytes, *, resync: bool = False) -> list[Block]:
    return list(blocks(io.BytesIO(data), resync=resync))


def content(found: list[Block]) -> bytes:
    return b"".join(block.data for block in found)


@pytest.mark.parametrize("name", COMPRESSORS)
@given(parts=st.lists(st.binary(max_size=3000), min_size=1, max_size=4))
def test_members_one_after_another_give_their_content(name: str, parts: list[bytes]) -> None:
    members = [COMPRESSORS[name](part) for part in parts]
    found = read(b"".join(members))
    assert content(found) == b"".join(parts)
    assert not any(block.damage for block in found)
    starts = [sum(map(len, members[:i])) for i in range(len(members)) if parts[i]]
    assert [block.begins for block in found if block.begins is not None] == starts


@pytest.mark.parametrize("name", COMPRESSORS)
def test_members_of_many_blocks_are_told_apart(name: str) -> None:
    members = [COMPRESSORS[name](bytes([i]) * (3 * BLOCK + i)) for i in range(3)]
    found = read(b"".join(members))
    assert content(found) == b"".join(bytes([i]) * (3 * BLOCK + i) for i in range(3))
    starts = [0, len(members[0]), len(members[0] + members[1])]
    assert [block.begins for block in found if block.begins is not None] == starts
    assert found[-1].raw == sum(map(len, members))


@pytest.mark.parametrize("name", COMPRESSORS)
def test_what_is_compressed_is_told_by_its_first_bytes(name: str) -> None:
    assert compressed(COMPRESSORS[name](b"x")[:16])
    assert not compressed(b'{"text": "x"}')
    assert not compressed(b"")


def test_plain_files_come_as_they_are() -> None:
    data = bytes(range(256)) * 10_000
    found = read(data)
    assert content(found) == data
    assert found[-1].raw == len(data)
    assert read(b"") == []


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_bomb_comes_out_in_bounded_blocks(name: str) -> None:
    size = 80 << 20
    total = 0
    # A slice of Zstandard holds 32 MB at the worst; the others keep to the block.
    bound = 33 << 20 if name == "zstd" else BLOCK
    for block in blocks(io.BytesIO(COMPRESSORS[name](bytes(size)))):
        assert len(block.data) <= bound
        total += len(block.data)
    assert total == size


@pytest.mark.parametrize("name", COMPRESSORS)
@given(cut=st.floats(0.3, 0.99))
def test_a_truncated_file_gives_all_before_and_then_says_so_once(name: str, cut: float) -> None:
    text = b"".join(b"%d " % (i * i) for i in range(2000))
    whole = COMPRESSORS[name](text)
    found = read(whole + whole[: int(len(whole) * cut)])
    assert content(found).startswith(text)
    assert text.startswith(content(found)[len(text) :])
    assert [block.damage for block in found if block.damage] == [f"the file ends in the middle of its {name} data"]
    assert found[-1].damage


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_broken_member_gives_what_stands_before_it(name: str) -> None:
    good = COMPRESSORS[name](b"good " * 1000)
    bad = bytearray(COMPRESSORS[name](bytes(zlib.crc32(b"%d" % i) % 251 for i in range(20_000))))
    bad[len(bad) // 2 :: 3] = bytes(len(bad[len(bad) // 2 :: 3]))
    found = read(good + bytes(bad))
    assert content(found).startswith(b"good " * 1000)
    assert f"{name} data is broken" in (found[-1].damage or "")


def test_bytes_after_the_last_member_are_named_and_padding_is_not() -> None:
    whole = gzip.compress(b"x")
    padded = read(whole + bytes(1000))
    assert [(block.data, block.damage) for block in padded] == [(b"x", None)]
    assert read(whole + b"junk")[-1].damage == "the compressed data is followed by bytes that are none"


def test_gzip_members_after_a_broken_one_are_found_again() -> None:
    members = [gzip.compress(b"%d" % i * 500) for i in range(3)]
    broken = bytearray(members[1])
    broken[12:20] = b"\xff" * 8
    found = read(members[0] + bytes(broken) + members[2], resync=True)
    assert content(found).startswith(b"0" * 500)
    assert content(found).endswith(b"2" * 500)
    assert sum(bool(block.damage) for block in found) == 1


def test_a_zstandard_frame_without_content_is_passed_over() -> None:
    empty = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"
    assert compressed(empty)
    assert content(read(empty + _zstd(b"text") + empty + _zstd(b" more"))) == b"text more"


def test_a_window_too_large_for_bounded_memory_is_refused_in_a_sentence() -> None:
    settings = zstandard.ZstdCompressionParameters(window_log=29)
    huge = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    data = huge.compress(b"text") + huge.flush()
    assert "zstd data is broken" in (read(data)[-1].damage or "")


@given(st.binary(max_size=200), st.sampled_from([b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\x00", b""]))
def test_no_bytes_raise(data: bytes, magic: bytes) -> None:
    read(magic + data)
    read(magic + data, resync=True)
