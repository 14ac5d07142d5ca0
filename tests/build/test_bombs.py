"""Files of a few kilobytes that unpack to gigabytes: named, not unpacked into memory, and done with in time."""

from __future__ import annotations

import bz2
import gzip
import lzma
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from collecting import http_response, page, warc_record
from real_command import build_of, built, counts, ledger, memory_kb, started, texts, write_recipe

BLOCK = bytes(16 << 20)
PACKS: dict[str, tuple[Callable[[bytes], bytes], int]] = {
    "gz": (gzip.compress, 1),
    "zst": (zstandard.compress, 3),
    "xz": (lambda data: lzma.compress(data, preset=0), 1),
    "bz2": (bz2.compress, 1),
}
"""How each format packs a block, and how many gigabytes a test of it unpacks to."""


def bomb(ending: str, gigabytes: int | None = None) -> bytes:
    """Zeros upon zeros: one member after another, which every unpacker reads as one file."""
    pack, usual = PACKS[ending]
    return pack(BLOCK) * ((gigabytes or usual) * (1 << 30) // len(BLOCK))


@pytest.mark.slow
def test_bombs_of_every_format_are_problems_of_their_own_in_bounded_memory_and_time(tmp_path):
    for ending in PACKS:
        data = bomb(ending)
        assert len(data) < 2 << 20
        (tmp_path / f"in.jsonl.{ending}").write_bytes(data)
    (tmp_path / "a.html.zst").write_bytes(bomb("zst"))
    (tmp_path / "in.warc.zst").write_bytes(bomb("zst", 1))
    (tmp_path / "good.jsonl").write_text('{"text": "good"}\n' * 8)
    inputs = ("jsonl: {paths: [.]}", "html: {paths: [.]}", "warc: {paths: [.]}")
    recipe = write_recipe(tmp_path, *inputs, steps="[extract: {engine: resiliparse}]")
    peak = 0
    began = time.monotonic()
    process = started(recipe)
    while process.poll() is None:
        peak = max(peak, memory_kb(process.pid))
        assert time.monotonic() - began < 120
        time.sleep(0.2)
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert counts(built(tmp_path)) == {"read": 14, "kept": 8, "dropped": 0, "merged": 0, "quarantined": 6}
    problems = {source: error for source, _, _, _, error in ledger(built(tmp_path)) if error}
    too_long = f"is longer than max_record_bytes ({64 << 20} bytes)"
    for ending in PACKS:
        assert problems[f"in.jsonl.{ending}"] == f"the line {too_long}"
    assert problems["a.html.zst"] == f"the file {too_long}"
    assert problems["in.warc.zst"] == "no record begins here; read on at the next that does"
    assert peak < 1_000_000, "more than a gigabyte"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_bomb_in_a_response_of_an_archive_is_one_problem(tmp_path: Path, coding):
    response = http_response(bomb("gz" if coding == "gzip" else "zst", 1), f"Content-Encoding: {coding}")
    (tmp_path / "in.warc").write_bytes(page("before") + warc_record(response) + page("after"))
    assert build_of(tmp_path, "warc: {paths: [in.warc]}", steps="[extract: {engine: resiliparse}]").code == 0
    assert texts(built(tmp_path)) == ["after", "before"]
    errors = [error for *_, error in ledger(built(tmp_path)) if error]
    assert errors == [f"the page is longer than max_record_bytes ({64 << 20} bytes) when decoded"]


def test_a_bomb_where_a_table_should_have_its_header_is_refused_before_it_is_unpacked(tmp_path: Path):
    (tmp_path / "in.csv").write_bytes(bomb("zst", 64))
    began = time.monotonic()
    said = build_of(tmp_path, "csv: {paths: [in.csv]}")
    assert time.monotonic() - began < 20  # unpacking it all takes minutes
    assert said.code == 3
    assert said.error == (
        f"in.csv: its header cannot be read: the line is longer than max_record_bytes ({64 << 20} bytes)"
    )
