"""Which n-grams of a pack are common in a corpus: counted by records, exactly, for every size at once.

GPT-3 passed over 13-grams that stood in more than ten training documents: phrases, laws, boilerplate. A step sees one
record at a time, so the counting is done once, when the pack is made, over the corpus itself or one like it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from gristmill.decontaminate._pack import with_common
from gristmill.decontaminate._words import Wording, every_row, hashed
from gristmill.text.distinct import distinct_values
from gristmill.text.flat import Bytes, flat
from gristmill.text.hash_index import hash_index
from gristmill.text.hash_places import places
from gristmill.text.item_ngrams import NgramIndex, Occurrences, find_ngrams, place_keys
from gristmill.text.shingle_index import SHINGLE, Ids, ShingleHits, find_shingles, shingle_index

SIZES = range(SHINGLE, 14)

MOST_RECORDS = 10
"""An n-gram in more records of the corpus is common (Brown et al. 2020, app. C)."""

_NOWHERE = Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64))


class _Counted:
    """The n-grams of one size, and in how many records each was found."""

    def __init__(self, ids: Ids, size: int) -> None:
        keys, self._places = place_keys(ids, size)
        distinct, self._numbers = np.unique(keys, return_inverse=True)
        self._index = NgramIndex(hash_index(distinct), size, _NOWHERE)
        self._records = np.zeros(len(distinct), np.int64)
        self._size = size

    def count(self, hits: ShingleHits) -> None:
        found = find_ngrams(hits, self._index)
        of_records = np.unique(np.stack([found.rows, found.ngrams]), axis=1)[1]
        self._records += np.bincount(of_records, minlength=len(self._records))

    def mark(self, common: Bytes) -> None:
        common[self._places[self._records[self._numbers] > MOST_RECORDS]] = self._size


class _Worded:
    """The n-grams of all sizes in one wording."""

    def __init__(self, table: pa.Table, wording: Wording) -> None:
        values = np.asarray(table.column(wording).combine_chunks().values)
        self._shingles = shingle_index(distinct_values(values[values != 0]))
        ids = places(values, self._shingles.known).astype(np.int32)
        self._sizes = [_Counted(ids, size) for size in SIZES]
        self._words = len(ids)
        self._wording: Wording = wording

    def look(self, texts: pa.Array) -> None:
        hits = find_shingles(*hashed(texts, every_row(flat(texts)), self._wording), self._shingles)
        for size in self._sizes:
            size.count(hits)

    def common(self) -> Bytes:
        common = np.zeros(self._words, np.uint8)
        for size in self._sizes:  # from the shortest on: what is common at a size is so at all below
            size.mark(common)
        return common


class Commonness:
    """Goes through a corpus beside the pack that is held against it."""

    def __init__(self, table: pa.Table, wordings: Sequence[Wording]) -> None:
        self._table = table
        self._worded = {wording: _Worded(table, wording) for wording in wordings}
        self.records = 0

    def look(self, texts: pa.Array) -> None:
        """Count the n-grams of some records of the corpus."""
        self.records += len(texts)
        for worded in self._worded.values():
            worded.look(texts)

    def marked(self) -> pa.Table:
        """The pack with what is common in the records seen."""
        common = {wording: worded.common() for wording, worded in self._worded.items()}
        return with_common(self._table, common, {"records": self.records, "more_than": MOST_RECORDS})
