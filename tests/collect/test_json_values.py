"""The objects of a JSON file are found one after another, wherever blocks of bytes end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.collect._compressed import Block
from gristmill.collect._json_values import Unread, json_values

leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
objects = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


def values(data: bytes, size: int = 1 << 20, limit: int = 1 << 20) -> list[Any]:
    blocks = [Block(data[at : at + size], min(at + size, len(data))) for at in range(0, len(data), size)]
    return [value for _, value in json_values(blocks, limit)]


@given(st.lists(objects, max_size=6), st.integers(1, 9), st.sampled_from([None, 1]))
def test_an_array_gives_its_values_wherever_blocks_end(rows: list[Any], size: int, indent: int | None) -> None:
    data = json.dumps(rows, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert values(data, size) == rows


@given(st.lists(st.dictionaries(st.text(max_size=3), leaves), max_size=5), st.integers(1, 9))
def test_values_in_a_row_need_no_array(rows: list[Any], size: int) -> None:
    assert values("\n".join(json.dumps(row, indent=2) for row in rows).encode(), size) == rows


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'[{"a": 1}, {"b": 2}', "cut off here"),
        (b'[{"a": 1}, {"b": 2},', "cut off here"),
        (b'[{"a": 1}, {"b": 2}, {"c": "d', "not JSON"),
        (b'[{"a": 1}, {"b": 2} {"c": 3}]', "a comma is missing"),
        (b'[{"a": 1}, {"b": 2}, {c: 3}]', "not JSON"),
        (b'[{"a": 1}, {"b": 2}, {"c": "\xff"}]', "not UTF-8"),
        (b'[{"a": 1}, {"b": 2}, ' + b"[" * 200_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("size", [7, 1 << 20])
def test_what_came_before_damage_is_read_and_the_damage_told(data: bytes, told: str, size: int) -> None:
    *rows, last = values(data, size)
    assert rows == [{"a": 1}, {"b": 2}]
    assert isinstance(last, Unread) and told in last


def test_a_value_beyond_the_limit_ends_the_file() -> None:
    (last,) = values(b'[{"a": "' + b"x" * 500_000 + b'"}]', 1000, limit=100_000)
    assert isinstance(last, Unread) and "max_record_bytes" in last


def test_nothing_comes_of_nothing() -> None:
    assert values(b"") == values(b" \n") == values(b"[]") == values(b"\xef\xbb\xbf[ ]") == []
