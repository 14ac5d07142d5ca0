"""What a page and its HTTP headers say of how it may be used: before anything parses it, or as `extract` kept it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.kept_tags import KEPT, WORDS
from gristmill.contracts.page_tags import Tag, read_tag
from gristmill.contracts.view import Rows, View
from gristmill.text.flat import Flat, flat
from gristmill.text.tags import tags_with

_WIDE = {
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
"""By how a page begins, the longer first."""


class Statements(NamedTuple):
    """The tags that say something by index among the asked rows, and the rows whose page could have said it."""

    tags: dict[int, list[Tag]]
    heard: list[int]


def statements(view: View) -> Statements:
    """Of rows with a page what stands in it, of others what `extract` kept, in this build or in an earlier one."""
    tags: dict[int, list[Tag]] = {}
    heard: set[int] = set()
    found = pages(view)
    payloads = view.column("payload")
    if found is not None and payloads is not None:
        by_row = view.cached("statements", lambda: _by_row(flat(found), view.rows))
        tags = {k: by_row[row] for k, row in enumerate(view.rows.tolist()) if row in by_row}
        heard.update(pc.indices_nonzero(payloads.is_valid()).to_pylist())
    kept = {k: text for k, text in _kept(view) if k not in heard}
    lines = flat(pa.array(kept.values(), pa.large_string()))
    of_kept = _by_row(lines, np.arange(len(kept))) if kept else {}
    tags |= {k: of_kept[at] for at, k in enumerate(kept) if at in of_kept}
    return Statements(tags, sorted(heard | kept.keys()))


def _kept(view: View) -> Iterator[tuple[int, str]]:
    """Rows of which tags were kept, and these, one a line; an empty text where a page said nothing."""
    known: dict[int, list[str]] = {}
    for k, fields in metadata_fields(view, KEPT):
        known[k] = list(fields.values())
    for column in filter(None, map(view.column, KEPT)):
        for k in pc.indices_nonzero(column.is_valid()).to_pylist():
            known.setdefault(k, []).append(column[k].as_py())
    return ((k, "\n".join(lines)) for k, lines in known.items())


def pages(view: View) -> pa.Array | None:
    """The pages of the whole batch, those in UTF-16 and UTF-32 as UTF-8; None where it has none."""
    payloads = view.whole("payload")
    if payloads is None:
        return None
    return view.cached("readable pages", lambda: _readable(payloads))


def _readable(payloads: pa.Array) -> pa.Array:
    """Such pages begin with a mark of byte order, or else with `<` beside a zero (HTML 13.2.3.2, XML F.1)."""
    begin = pc.binary_slice(payloads, 0, 4)
    wide = np.zeros(len(payloads), np.bool_)
    for mark in _WIDE:
        wide |= np.asarray(pc.fill_null(pc.starts_with(begin, mark), False))
    if not wide.any():
        return payloads
    found = payloads.to_pylist()
    for row in np.flatnonzero(wide).tolist():
        encoding = next(name for mark, name in _WIDE.items() if found[row].startswith(mark))
        found[row] = found[row].decode(encoding, "replace").encode()
    return pa.array(found, payloads.type)


def _by_row(pages: Flat, rows: Rows) -> dict[int, list[Tag]]:
    hits = tags_with(pages.data, pages.offsets, rows, WORDS)
    out: dict[int, list[Tag]] = {}
    for k, start, stop, kind in zip(*(column.tolist() for column in hits), strict=True):
        found = pages.data[start:stop].tobytes().decode("utf-8", "replace")
        out.setdefault(int(rows[k]), []).append(read_tag(kind, found))
    return out


def metadata_fields(view: View, names: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows (indexes among those asked) whose metadata has any of these fields with a text in it, and these.

    Readers of archives keep some HTTP headers there: `x_robots_tag` for X-Robots-Tag.
    """
    metadata = view.column("metadata")
    if metadata is None:
        return
    some = pc.match_substring_regex(metadata, "|".join(f'"{name}"' for name in names))
    for k in pc.indices_nonzero(pc.fill_null(some, False)).to_pylist():
        known = _object(metadata[k].as_py())
        found = {name: value for name in names if isinstance(value := known.get(name), str)}
        if found:
            yield k, found


def _object(text: str) -> dict[str, object]:
    """A JSON object; an empty one where it is none."""
    try:
        known = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return known if isinstance(known, dict) else {}
