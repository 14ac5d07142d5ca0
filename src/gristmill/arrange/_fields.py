"""Values of records that groups and strata are made of: columns, free metadata, the site of a url, a prompt."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.turnwise import asked
from gristmill.contracts.view import View
from gristmill.text.flat import flat
from gristmill.text.mixing import Hashes, hash_lists, hash_rows
from gristmill.text.simplify import simplified
from gristmill.text.sites import site_hashes
from gristmill.text.url_hosts import with_ascii_hosts

LARGE = pa.large_string()
_LENGTHS = (64, 256, 1024, 4096, 16384, 65536)
"""Bytes at which buckets of length end."""

Rows = npt.NDArray[np.int64]


def words_hashed(view: View, seed: int) -> Hashes:
    """A hash of each text, simplified; 0 where nothing is left of it."""
    text = view.text
    words, bounds = simplified(text.data, text.offsets, view.rows)
    return _or_none(hash_lists(words, bounds, seed), np.diff(bounds) > 0)


def field_hashed(view: View, name: str, seed: int) -> Hashes:
    """A hash of the value that each record has in a field; 0 where it has none."""
    if name == "text":
        return words_hashed(view, seed)
    if name == "prompt":
        return words_hashed(asked(view), seed)
    if name == "host":
        urls = view.column("url")
        hosts = with_ascii_hosts(pa.nulls(len(view), pa.string()) if urls is None else urls)
        sites = site_hashes(*hosts, np.arange(len(view)))
        return _or_none(hash_lists(sites, np.arange(len(view) + 1), seed), sites > 0)
    values = field_values(view, name)
    hashes = hash_rows(*flat(values), np.arange(len(view)), seed)
    return _or_none(hashes, pc.is_valid(values).to_numpy(zero_copy_only=False))


def field_values(view: View, name: str) -> pa.Array:
    """The value of each record in a field, as text; null where it has none."""
    if name == "length":
        return _length_buckets(view)
    if name == "label":
        return _of_json(view, "content", ["label"])
    if name.startswith("metadata."):
        return _of_json(view, "metadata", name.split(".")[1:])
    column = view.column(name)
    if column is None:
        return pa.nulls(len(view), LARGE)
    if pa.types.is_nested(column.type):
        return pa.array([None if value is None else _said(value) for value in column.to_pylist()], LARGE)
    return column.cast(LARGE)


def _of_json(view: View, column: str, path: list[str]) -> pa.Array:
    found = view.column(column)
    if found is None:
        return pa.nulls(len(view), LARGE)
    return pa.array([_at(value, path) for value in found.to_pylist()], LARGE)


def _at(text: str | None, path: list[str]) -> str | None:
    if not text:
        return None
    value: Any = orjson.loads(text)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return None if value is None else _said(value)


def _said(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _length_buckets(view: View) -> pa.Array:
    text = view.text
    sizes = (text.offsets[1:] - text.offsets[:-1])[view.rows]
    return pa.array([str(bucket) for bucket in np.searchsorted(_LENGTHS, sizes, side="right").tolist()], LARGE)


def _or_none(hashes: Hashes, some: npt.NDArray[np.bool_]) -> Hashes:
    """Never 0 where there is something, 0 where there is not."""
    return np.where(some, np.maximum(hashes, np.uint64(1)), np.uint64(0))
