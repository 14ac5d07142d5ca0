"""Find notices of copyright in texts and pages: who holds it, since when, and whether all rights are reserved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import Rows, View
from gristmill.protect._copyright_notices import MARKS, MOST_BEHIND, RESERVED, Notice, read_notice
from gristmill.protect._findings import printable
from gristmill.protect._license_sentences import shown
from gristmill.protect._statements import pages
from gristmill.text.flat import Flat, flat
from gristmill.text.literal_phrases import Phrases, find_phrases, phrases

_PAGE_BEHIND = 600
_MOST_IN_A_TEXT = 50  # marks that are read; the first and the last years of a longer list are not known
_QUOTED = 160


class Copyright(RowStep):
    """Adds signals of the copyright notices in a text, or on a page where there is no text. Drops nothing unless asked.

    A notice is a mark (©, (c), Copyright, ℗) with a year or a holder behind it on its line; the holder is that of the
    first one, the years those of all. `reserved` counts sentences that reserve rights ('All rights reserved', 'Alle
    Rechte vorbehalten', '版权所有', '無断転載禁止' ... in some thirty languages). With `holders`, texts of
    these can go. Almost every page has a notice: it tells whom to ask, and hardly ever what is allowed. Stands before
    `extract`, which leaves no footer.
    """

    version: ClassVar[int] = 2
    reads_text: ClassVar[bool] = False
    reads_payload: ClassVar[bool] = True

    holders: tuple[str, ...] = Field(
        (), description="Holders to look for: words of their names, letter case aside; `listed` counts their notices."
    )
    max_reserved: int | None = threshold(
        None,
        ge=0,
        description="Drop where more sentences reserve rights; 0 drops for one, and nothing goes unless given.",
    )
    max_listed: int | None = threshold(
        None, ge=0, description="Drop where more notices are of the listed holders; nothing goes unless given."
    )
    max_notices: int | None = threshold(None, ge=0, description="Drop where there are more notices of any holder.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("notices", "count", "notices of copyright that name a year or a holder"),
            Signal("copyright_holder", "label", "who the first notice names", column=True),
            Signal("first_year", "number", "the first year of all notices"),
            Signal("last_year", "number", "the last year of all notices"),
            Signal("reserved", "count", "sentences that reserve rights"),
            Signal("listed", "count", "notices of holders that are listed"),
            Signal("copyright_evidence", "label", "the first notice, and the first sentence that reserves"),
        )

    def rules(self) -> tuple[Rule, ...]:
        bounds = (
            ("rights_reserved", "reserved", "max_reserved"),
            ("holder_listed", "listed", "max_listed"),
            ("too_many_notices", "notices", "max_notices"),
        )
        return tuple(
            Rule(reason, signal, high=getattr(self, option), option=option)
            for reason, signal, option in bounds
            if getattr(self, option) is not None
        )

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        found = [_Found() for _ in range(len(view))]
        text = view.column("text")
        if text is not None:
            _look(view.text, view.rows, found, range(len(view)), pages=False)
        readable = pages(view)
        if readable is not None:
            bare = np.ones(len(view), np.bool_) if text is None else np.asarray(text.is_null())
            at = np.flatnonzero(bare)
            _look(flat(readable), view.rows[at], found, at.tolist(), pages=True)
        years = [[year for one in row.notices for year in (one.first, one.last) if year] for row in found]
        wanted = [name.casefold() for name in self.holders]
        listed = [sum(_is_listed(one, wanted) for one in row.notices) for row in found]
        return {
            "notices": pa.array([len(row.notices) for row in found], pa.int64()),
            "copyright_holder": pa.array([row.holder for row in found], pa.string()),
            "first_year": pa.array([min(some, default=None) for some in years], pa.float64()),
            "last_year": pa.array([max(some, default=None) for some in years], pa.float64()),
            "reserved": pa.array([row.reserved for row in found], pa.int64()),
            "listed": pa.array(listed, pa.int64()),
            "copyright_evidence": pa.array([row.evidence for row in found], pa.string()),
        }


class _Found:
    """Of one record."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.reserved = 0
        self.read_to = -1  # a mark within a notice that was read begins none of its own
        self._said: dict[str, str] = {}

    def say(self, kind: str, text: str) -> None:
        self._said.setdefault(kind, " ".join(text.split())[:_QUOTED])

    @property
    def holder(self) -> str | None:
        return next((printable(one.holder) for one in self.notices if one.holder), None)

    @property
    def evidence(self) -> str | None:
        return printable("; ".join(f'"{text}"' for text in self._said.values())) if self._said else None


def _is_listed(notice: Notice, wanted: list[str]) -> bool:
    holder = f" {notice.holder.casefold()} "
    return any(f" {name} " in holder.replace(",", " ").replace(".", " ") or name == holder.strip() for name in wanted)


@lru_cache(maxsize=1)
def _wanted() -> Phrases:
    return phrases((*MARKS, *RESERVED))


def _look(texts: Flat, rows: Rows, found: list[_Found], places: Sequence[int], *, pages: bool) -> None:
    hits = find_phrases(texts.data, texts.offsets, rows, _wanted(), pages=pages)
    seen = np.arange(len(hits.rows)) - np.searchsorted(hits.rows, hits.rows)
    most = _PAGE_BEHIND if pages else MOST_BEHIND
    for k in np.flatnonzero(seen < _MOST_IN_A_TEXT).tolist():
        row, start, stop, entry = (int(column[k]) for column in hits)
        one = found[places[row]]
        last = int(texts.offsets[rows[row] + 1])
        phrase = texts.data[start:stop].tobytes().decode("utf-8", "ignore")
        if entry >= len(MARKS):
            one.reserved += 1
            one.say("reserved", phrase)
            continue
        if start < one.read_to:
            continue
        behind = texts.data[stop : min(last, stop + most)].tobytes().decode("utf-8", "ignore")
        behind = shown(behind, lines=True) if pages else behind
        notice = read_notice(phrase, behind, pages=pages)
        if notice.says_something:
            one.notices.append(notice)
            one.say("notice", unescape(phrase) + behind.lstrip("\n").partition("\n")[0])
            one.read_to = stop + 16  # `Copyright (c) 2020` is one
