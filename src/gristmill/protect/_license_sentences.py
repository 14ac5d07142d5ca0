"""Finds what sentences and notices in a text or on a page say of its licence, without a link, and quotes them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

import numpy as np

from gristmill.contracts.view import Rows
from gristmill.records.licenses.identifiers import PUBLIC_DOMAIN
from gristmill.records.licenses.names import Named, leading_name, words_of
from gristmill.text.flat import Flat
from gristmill.text.literal_phrases import Phrases, find_phrases, phrases

NOTICE, SENTENCE, NAME = 0.8, 0.5, 0.4
"""How sure: a notice as a licence asks for it, 'licensed under ...', and a name by itself or the public domain."""

_BEFORE, _AFTER, _PAGE_AFTER = 24, 320, 900  # bytes around a phrase; of a page there are tags in them
_QUOTED = 160  # characters
_MOST_IN_A_TEXT = 200  # phrases looked at; a book on licences has more

_NAMING = (
    "licensed under", "licenced under", "released under", "distributed under", "available under", "published under",
    "shared under", "provided under", "covered by the", "license:", "licence:", "licensed as", "licenced as",
    "under the terms of", "under a creative", "under the creative", "under cc", "lizenziert unter", "lizenz:",
    "unter der lizenz", "sous licence", "sous la licence", "selon les termes de la licence", "licence :",
    "bajo licencia", "bajo una licencia", "bajo la licencia", "licencia:", "con licenza", "sotto licenza", "licenza:",
    "sob a licença", "sob uma licença", "licença:", "под лицензией", "на условиях", "лицензия:", "Лицензия:",
    "Licencja:",
    "na licencji",
    "onder de licentie", "licentie:", "于以下许可", "许可协议：", "ライセンス:", "ライセンス：",
)  # fmt: skip
"""A licence is named behind them."""
_NAMES = ("cc by", "cc-by", "creative commons attribution", "creative commons namensnennung", "cc0 1.0", "cc0-1.0")
"""A licence by itself, as it stands in a footer; with a version only."""
_DEDICATING = (
    "released into the public domain", "released to the public domain", "placed in the public domain",
    "placed into the public domain", "dedicated to the public domain", "hereby in the public domain",
    "committed to the public domain", "this work is in the public domain", "this text is in the public domain",
    "this file is in the public domain", "this code is in the public domain", "this software is in the public domain",
    "this document is in the public domain", "this page is in the public domain",
    "dieses werk ist gemeinfrei", "cette œuvre est dans le domaine public", "esta obra es de dominio público",
)  # fmt: skip
_NOTICES = {
    'licensed under the apache license, version 2.0 (the "license")': "Apache-2.0",
    "this source code form is subject to the terms of the mozilla public license, v. 2.0": "MPL-2.0",
    "subject to the terms of the mozilla public license, v. 2.0": "MPL-2.0",
    "use of this source code is governed by a bsd-style": "LicenseRef-BSD-Style",
    "use of this source code is governed by an mit-style": "MIT",
    "distributed under the boost software license, version 1.0": "BSL-1.0",
    "this is free and unencumbered software released into the public domain": "Unlicense",
}
_FREE = ("this program is free software", "this library is free software", "is free software: you can redistribute it")
"""GNU's notices; which licence and version stands behind them."""
TEXTS = (
    "permission is hereby granted", "redistribution and use in source", "terms and conditions for use, reproduction",
    "everyone is permitted to copy and distribute", "permission to use, copy, modify", "creative commons legal code",
    "creative commons corporation", "mozilla public license version 2.0", "permission is granted to anyone to use this",
    "by exercising the licensed rights", "the work (as defined below) is provided", "boost software license - version",
    "do what the fuck you want to", "free and unencumbered software", "eclipse public license - v",
    "sil open font license",
)  # fmt: skip
"""Words of whole licences: where one stands, the text is compared with those of SPDX."""
_PHRASES = (*_NAMING, *_NAMES, *_DEDICATING, *_NOTICES, *_FREE, *TEXTS)
_KINDS = np.repeat(np.arange(6), [len(some) for some in (_NAMING, _NAMES, _DEDICATING, _NOTICES, _FREE, TEXTS)])
_IS_NAMING, _IS_NAME, _IS_DEDICATING, _IS_NOTICE, _IS_FREE, _IS_TEXT = range(6)
_NEGATED = frozenset(("not", "cannot", "isn't", "nicht", "never", "previously", "formerly"))


class Said(NamedTuple):
    """What a sentence of asked row `row` says, or that a whole licence may stand there (`license` None)."""

    row: int
    license: str | None
    confidence: float
    quote: str


def said(texts: Flat, rows: Rows, *, pages: bool) -> Iterator[Said]:
    """Everything that is said of licences in texts (or pages, in UTF-8), in their order; `row` counts in `rows`."""
    hits = find_phrases(texts.data, texts.offsets, rows, _wanted(), pages=pages)
    seen = np.arange(len(hits.rows)) - np.searchsorted(hits.rows, hits.rows)
    for k in np.flatnonzero(seen < _MOST_IN_A_TEXT).tolist():
        row, start, stop, entry = (int(column[k]) for column in hits)
        if _KINDS[entry] == _IS_TEXT:
            yield Said(row, None, 0, "")
            continue
        first, last = int(texts.offsets[rows[row]]), int(texts.offsets[rows[row] + 1])
        before = texts.data[max(first, start - _BEFORE) : start].tobytes().decode("utf-8", "ignore")
        phrase = texts.data[start:stop].tobytes().decode("utf-8", "ignore")
        behind = (
            texts.data[stop : min(last, stop + (_PAGE_AFTER if pages else _AFTER))].tobytes().decode("utf-8", "ignore")
        )
        if pages:
            before, behind = shown(before.rpartition(">")[2]), shown(behind)
        one = _read(entry, before, phrase, behind)
        if one:
            yield Said(row, *one)


@lru_cache(maxsize=1)
def _wanted() -> Phrases:
    return phrases(_PHRASES)


_BLOCKS = ("p", "div", "br", "li", "ul", "td", "tr", "footer", "section", "h1", "h2", "h3", "h4", "hr", "table", "body")


def shown(html: str, *, lines: bool = False) -> str:
    """What a piece of a page shows: without tags, an unfinished one at its end, and entities.

    With `lines`, line ends are those of blocks, not of the source.
    """
    if lines:
        html = html.replace("\r", " ").replace("\n", " ")
    out, at = [], 0
    while True:
        start = html.find("<", at)
        out.append(html[at:] if start < 0 else html[at:start])
        end = html.find(">", start) if start >= 0 else -1
        if end < 0 or html[start + 1 : start + 7].lower() in ("script", "style "):
            return unescape("".join(out))
        name = html[start + 1 : end].lstrip("/").split(None, 1)[:1]
        out.append("\n" if lines and name and name[0].rstrip("/").lower() in _BLOCKS else " ")
        at = end + 1


def _read(entry: int, before: str, phrase: str, behind: str) -> tuple[str, float, str] | None:
    kind = _KINDS[entry]
    sentence = f"{phrase}{behind}"
    if _NEGATED.intersection(before.lower().split()[-3:]):
        return None
    if kind == _IS_NOTICE:
        return _NOTICES[_PHRASES[entry]], NOTICE, quote(phrase)
    if kind == _IS_DEDICATING:
        return PUBLIC_DOMAIN, NAME, quote(phrase)
    if kind == _IS_FREE:
        words = words_of(behind)
        gnu = next((k for k, word in enumerate(words) if word == "gnu"), None)
        named = leading_name(words[gnu:]) if gnu is not None else None
        return (named.license, NOTICE, quote(sentence)) if named else None
    if kind == _IS_NAME:
        named = leading_name(words_of(sentence))
        if named is None or named.license.startswith("LicenseRef-"):
            return None
        return named.license, NAME, quote(_as_far(sentence, named))
    last = phrase.split()[-1]  # 'under cc' and 'under the creative' have the name's first word in them
    begun = f"{last} " if last.lower() in ("cc", "creative") else ""
    named = leading_name(words_of(begun + behind))
    return (named.license, SENTENCE, quote(phrase + _as_far(behind, named))) if named else None


def _as_far(text: str, named: Named) -> str:
    """A text up to the last word of a name, and a little more."""
    words, inside = 0, False
    for at, char in enumerate(text):
        words += char.isalnum() and not inside
        if words > named.words + 2:
            return text[:at]
        inside = char.isalnum()
    return text


def quote(text: str) -> str:
    """On one line, shortened."""
    return f'"{" ".join(text.split())[:_QUOTED]}"'
