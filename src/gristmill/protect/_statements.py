"""What a page and its HTTP headers say of how it may be used, before anything parses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.view import Rows, View
from gristmill.text.flat import Flat, flat
from gristmill.text.tags import LINKED_DATA, tags_with

WORDS = (
    b"robots",
    b"noai",
    b"noindex",
    b"noimageai",
    b"tdm-",
    b"license",
    b"licence",
    b"rights",
    b"creativecommons",
    b"copyright",
)
"""What a tag has in it that says anything of use or licence."""

_WIDE = {
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
"""By how a page begins, the longer first."""

_SPACE = " \t\n\f\r"
_NAME_ENDS = frozenset("=>/" + _SPACE)


class Statement(NamedTuple):
    """A tag of a page: its kind as `text/tags` numbers them, its attributes, or the content of linked data."""

    kind: int
    attributes: dict[str, str]
    content: str


def statements(view: View) -> dict[int, list[Statement]] | None:
    """By index among the asked rows, the tags that say something; None where the batch has no pages."""
    found = pages(view)
    if found is None:
        return None
    by_row = view.cached("statements", lambda: _by_row(flat(found), view.rows))
    return {k: by_row[row] for k, row in enumerate(view.rows.tolist()) if row in by_row}


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


def _by_row(pages: Flat, rows: Rows) -> dict[int, list[Statement]]:
    hits = tags_with(pages.data, pages.offsets, rows, WORDS)
    out: dict[int, list[Statement]] = {}
    for k, start, stop, kind in zip(*(column.tolist() for column in hits), strict=True):
        found = pages.data[start:stop].tobytes().decode("utf-8", "replace")
        one = Statement(kind, {}, found) if kind == LINKED_DATA else Statement(kind, attributes(found), "")
        out.setdefault(int(rows[k]), []).append(one)
    return out


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a start tag as browsers read it (HTML 13.2.5.32 and on): the first of a name counts."""
    found: dict[str, str] = {}
    body = tag.lstrip("<").rstrip(">")
    at = _until(body, 0, _NAME_ENDS)  # the name of the element
    while at < len(body):
        if body[at] in _NAME_ENDS and body[at] != "=":
            at += 1
            continue
        end = _until(body, at + 1, _NAME_ENDS)
        name, at = body[at:end].lower(), _over_space(body, end)
        value = ""
        if at < len(body) and body[at] == "=":
            value, at = _value(body, _over_space(body, at + 1))
        found.setdefault(name, unescape(value).strip())
    return found


def _value(body: str, at: int) -> tuple[str, int]:
    quote = body[at : at + 1]
    if quote in ('"', "'") and quote:
        end = body.find(quote, at + 1)
        end = len(body) if end < 0 else end
        return body[at + 1 : end], end + 1
    end = _until(body, at, frozenset(_SPACE))
    return body[at:end], end


def _until(body: str, at: int, ends: frozenset[str]) -> int:
    while at < len(body) and body[at] not in ends:
        at += 1
    return at


def _over_space(body: str, at: int) -> int:
    while at < len(body) and body[at] in _SPACE:
        at += 1
    return at


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
