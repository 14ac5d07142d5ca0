"""The scan that personal data and secrets share: what may be either, found once for as long as a text stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from gristmill.contracts.view import Rows, View
from gristmill.protect._accounts import IBAN_LENGTHS
from gristmill.protect._contexts import words
from gristmill.protect._secret_patterns import SECRETS
from gristmill.text.flat import Flat, Offsets
from gristmill.text.found_identifiers import ACCOUNT, PREFIXED, Found
from gristmill.text.identifier_lists import Prefixes, lengths_of, prefixes_of
from gristmill.text.identifiers import identifiers

_PREFIXES, _NO_PREFIXES = prefixes_of([secret.prefix for secret in SECRETS]), prefixes_of(())
_LENGTHS, _NO_LENGTHS = lengths_of(IBAN_LENGTHS), lengths_of({})


def personal_candidates(view: View) -> Found:
    """All that may be personal data in the asked rows, by index among them; places count from where a text begins."""
    return _candidates(view, PREFIXED, _NO_PREFIXES, _LENGTHS)


def secret_candidates(view: View) -> Found:
    """All that may be a secret in the asked rows, told as personal data is."""
    return _candidates(view, ACCOUNT, _PREFIXES, _NO_LENGTHS)


def _candidates(view: View, other: int, prefixes: Prefixes, lengths: Offsets) -> Found:
    """The shared scan of the asked rows.

    The scan does not look into what it has found. So rows that hold a shape which only the other step asks for, and
    these are few, are scanned again without its list.
    """
    scan = view.cached("candidates", lambda: CandidateScan(len(view.batch)))
    found = scan.of(view.text, view.rows)
    rows = np.unique(found.rows[found.shapes == other])
    if len(rows):
        found = _merged(_left(found, rows), _scanned(view.text, rows, prefixes, lengths))
    place = np.full(len(view.batch), -1, np.int64)
    place[view.rows] = np.arange(len(view.rows))
    asked = _taken(found, np.flatnonzero(place[found.rows] >= 0))
    return asked._replace(rows=place[asked.rows])


class CandidateScan:
    """The candidates of those rows of a batch that were asked for, each scanned once."""

    def __init__(self, rows: int) -> None:
        self._known = np.zeros(rows, np.bool_)
        self._found = Found(*np.empty((6, 0), np.int64))

    def of(self, text: Flat, rows: Rows) -> Found:
        """At least those of the asked rows, by row of the batch; places count from where a text begins."""
        new = rows[~self._known[rows]]
        if len(new):
            self._found = _merged(self._found, _scanned(text, np.sort(new), _PREFIXES, _LENGTHS))
            self._known[new] = True
        return self._found

    def without(self, rows: Rows) -> Self:
        scan = type(self)(len(self._known))
        scan._known[:] = self._known
        scan._known[rows] = False
        scan._found = _left(self._found, rows)
        return scan


def _scanned(text: Flat, rows: Rows, prefixes: Prefixes, lengths: Offsets) -> Found:
    found = identifiers(text.data, text.offsets, rows, words(), prefixes, lengths)
    of = rows[found.rows]
    begins = text.offsets[of]
    return found._replace(rows=of, starts=found.starts - begins, stops=found.stops - begins)


def _merged(one: Found, other: Found) -> Found:
    """What was found in rows of which none is in both, in the order of rows."""
    if not len(one.rows):
        return other
    both = Found(*map(np.concatenate, zip(one, other, strict=True)))
    return _taken(both, np.argsort(both.rows, kind="stable"))


def _left(found: Found, rows: Sequence[int] | Rows) -> Found:
    return _taken(found, np.flatnonzero(~np.isin(found.rows, rows)))


def _taken(found: Found, at: Offsets) -> Found:
    return Found(*(column[at] for column in found))
