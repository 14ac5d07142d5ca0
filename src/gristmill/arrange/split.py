"""Put records into train, validation and test, or into folds, so that what belongs together stays together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from gristmill.arrange._assign import by_shares, by_threshold, by_time
from gristmill.arrange._fields import field_hashed, words_hashed
from gristmill.arrange._ties import chosen_runs, runs_of, shingled, tied
from gristmill.contracts.splitting import IN_GAP, NO_TIME, UNDATED, Groups, Numbers, SplitStep, Tied, Traits
from gristmill.contracts.step import Evidence, Keys, Nodes, Sketch, threshold
from gristmill.contracts.view import View
from gristmill.text.clusters import distinct, to_lowest, to_next
from gristmill.text.flat import flat
from gristmill.text.jaccard import similarities, sorted_sets
from gristmill.text.minhash import band_keys, meeting_chance
from gristmill.text.mixing import hash_lists, hash_rows
from gristmill.text.ragged import joined, stretches

NEAR, OVERLAP = "near", "overlap"
DEFAULT = {"train": 0.8, "validation": 0.1, "test": 0.1}
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
_FIELD = (
    r"^(near|overlap|text|host|prompt|source|label|length|metadata(\.[^.]{1,100}){1,8}|[A-Za-z_][A-Za-z0-9_]{0,99})$"
)
FieldName = Annotated[str, Field(pattern=_FIELD)]
_PERMUTED = 1  # of MinHash; the seed of a recipe is that of the assignment alone
_KEYED, _PROVED, _CONTENT, _STRATUM = 11, 12, 13, 14  # seeds of hashes
_DAY = 86_400_000_000


class Split(SplitStep):
    """Puts every record into one split, whole groups at a time. Stands last; nothing is dropped but by `gap`.

    What is tied by any of `groups`, directly or through others, is one group and never parted: `near` (by MinHash, each
    pair verified), `overlap` (runs of 13 words, verified too), `text` (the same words), `prompt` (all that stands
    before the first answer), `host` (of the url), `source`, `metadata.FIELD` or any column. The first split named is
    the one that is trained on; the later one is named, the more it is held out.

    With `assign: exact` the shares hold to within a group. With `assign: stable` they hold on average, and whatever is
    added, no record ever goes to a split named earlier; large groups then lean to what is held out. `previous` has
    the same guarantee with exact shares: a record that an earlier build held out stays so. See docs/splits.md.
    """

    reason: ClassVar[str] = "in_gap"
    version: ClassVar[int] = 2

    shares: dict[Name, Annotated[float, Field(gt=0, le=1)]] | None = threshold(
        None, min_length=1, max_length=60, description="Splits and their shares; train 0.8, validation and test 0.1."
    )
    folds: int | None = threshold(None, ge=2, le=60, description="In place of shares: so many folds of equal size.")
    groups: tuple[FieldName, ...] = Field(
        ("text", "prompt", NEAR, OVERLAP), max_length=32, description="What ties records together."
    )
    stratify: tuple[FieldName, ...] = threshold(
        (), max_length=8, description="Fields whose values have the same shares in every split: label, language ..."
    )
    assign: Literal["exact", "stable"] = threshold("exact", description="Exact shares, or fixed thresholds.")
    seed: int = threshold(1, ge=0, lt=1 << 63, description="Another seed gives another assignment.")
    from_time: dict[Name, datetime] | None = threshold(
        None, description="In place of shares: each held-out split and its first moment; what is before is train."
    )
    gap_days: float = threshold(0.0, ge=0, le=36500, description="With from_time: days before each that are left out.")
    gap: Literal["drop", "train"] = threshold("drop", description="What becomes of records in the gap.")
    undated: Literal["drop", "train"] = threshold("drop", description="With from_time: what becomes of undated ones.")
    similarity: float = threshold(0.5, gt=0, le=1, description="Least Jaccard similarity that ties, for near.")
    overlap: float = threshold(
        0.4, gt=0, le=1, description="Least share of the 13-grams of the shorter text that ties, for overlap."
    )
    shingle_size: int = Field(5, ge=1, le=100, description="Words in a shingle, for near.")
    bands: int = Field(40, ge=1, le=1000, description="Bands of minima, for near.")
    rows: int = Field(4, ge=1, le=100, description="Minima in a band, for near.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = [name for name in ("shares", "folds", "from_time") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} exclude each other: give one of them")
        if self.shares is not None:
            if not math.isclose(total := math.fsum(self.shares.values()), 1, abs_tol=1e-6):
                raise ValueError(f"shares must sum to 1, and sum to {total:.6g}")
            if len(self.shares) < 2:
                raise ValueError("one split is no split: name at least two shares")
        if self.from_time is not None:
            moments = list(map(_micros, self.from_time.values()))
            if "train" in self.from_time or not moments:
                raise ValueError("from_time names the held-out splits and their first moments; train is what is before")
            if any(later <= earlier for earlier, later in pairwise(moments)):
                raise ValueError("the moments of from_time must ascend")
        if {NEAR, OVERLAP, "prompt", "text"} & {*self.stratify}:
            raise ValueError("near, overlap, prompt and text tie records and are no strata")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The splits, the least held out first."""
        if self.folds is not None:
            return tuple(f"fold{fold}" for fold in range(self.folds))
        if self.from_time is not None:
            return ("train", *self.from_time)
        return tuple(self.shares or DEFAULT)

    @property
    def wanted(self) -> tuple[float, ...] | None:
        """The share of each split; None where time decides."""
        if self.folds is not None:
            return (1 / self.folds,) * self.folds
        return None if self.from_time is not None else tuple((self.shares or DEFAULT).values())

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The first moment of each held-out split where time decides, all with a zone."""
        return tuple(_aware(moment) for moment in (self.from_time or {}).values())

    @property
    def _exact(self) -> tuple[tuple[int, str], ...]:
        """The groups that tie by equal values, each with its number among `groups`."""
        return tuple((number, name) for number, name in enumerate(self.groups) if name not in (NEAR, OVERLAP))

    @property
    def _overlaps(self) -> bool:
        """A run of words that many texts share ties them only where the texts are compared, and who is compared with
        whom depends on what else there is: with `assign: stable` overlap ties nothing."""
        return OVERLAP in self.groups and self.assign == "exact"

    def sketch(self, view: View) -> Sketch:
        rows: list[Nodes] = [np.empty(0, np.int64)]
        keys: list[Keys] = [np.empty(0, np.uint64)]
        for _, name in self._exact:
            hashes = field_hashed(view, name, _KEYED)
            some = hashes > 0
            salt = hash_rows(*flat(pa.array([name])), np.zeros(1, np.int64), _KEYED)[0]
            rows.append(view.rows[some])
            keys.append(hashes[some] ^ salt)
        if NEAR in self.groups:
            sets, bounds = shingled(view, self.shingle_size)
            some = np.diff(bounds) > 0
            banded = band_keys(sets, bounds, self.bands, self.rows, _PERMUTED)[some]
            rows.append(np.repeat(view.rows[some], self.bands))
            keys.append(banded.ravel())
        if self._overlaps:
            owners, chosen = chosen_runs(view, _KEYED)
            rows.append(view.rows[owners])
            keys.append(chosen)
        return Sketch(np.concatenate(rows), np.concatenate(keys))

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        first, others = to_lowest(keys, rows)
        one, after = to_next(keys, rows)
        return np.concatenate([first, one]), np.concatenate([others, after])

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        """A hash for each group that ties by equal values, then the set of shingles."""
        heads = np.array([field_hashed(view, name, _PROVED) for _, name in self._exact], np.uint64)
        heads = heads.reshape(len(self._exact), len(view)).T
        none = np.empty(0, np.uint64), np.zeros(len(view) + 1, np.int64)
        sets = sorted_sets(*shingled(view, self.shingle_size)) if NEAR in self.groups else none
        runs = sorted_sets(*runs_of(view)) if self._overlaps else none
        # How many shingles there are stands before them: what follows are the runs.
        heads = np.column_stack([heads, np.diff(sets[1]).astype(np.uint64)])
        return joined([(heads.ravel(), np.arange(len(view) + 1) * heads.shape[1]), sets, runs])

    def tie(self, a: Nodes, b: Nodes, count: int, evidence: Evidence) -> Tied:
        """What hangs together of nodes that met: each tie holds by an equal value, or by similarity."""
        a, b = distinct(count, a, b)
        exact = self._exact
        width = len(exact) + 1
        values, offsets = np.asarray(evidence.values), np.asarray(evidence.offsets)
        ties = np.zeros(len(a), np.uint64)
        for at, (number, _) in enumerate(exact):
            head = values[offsets[:-1] + at] if count else np.empty(0, np.uint64)
            same = (head[a] == head[b]) & (head[a] > 0)
            ties |= same.astype(np.uint64) << np.uint64(number)
        alike = np.full(len(a), np.nan)
        lengths = values[offsets[:-1] + width - 1].astype(np.int64) if count else np.empty(0, np.int64)
        if self._overlaps and len(a):
            runs = stretches(values, offsets[:-1] + width + lengths, offsets[1:])
            share = np.maximum(*(similarities(*runs, *ends, 0.0, True) for ends in ((a, b), (b, a))))
            ties |= (share >= self.overlap).astype(np.uint64) << np.uint64(self.groups.index(OVERLAP))
        if NEAR in self.groups and len(a):
            alike = similarities(*stretches(values, offsets[:-1] + width, offsets[:-1] + width + lengths), a, b)
            # Verified ties go through other members of a band, which further records may part: what is to be stable
            # is tied by the band alone.
            near = alike >= self.similarity if self.assign == "exact" else (ties == 0) | (alike >= self.similarity)
            ties |= near.astype(np.uint64) << np.uint64(self.groups.index(NEAR))
        return tied(count, a, b, ties, alike)

    def traits(self, view: View) -> Traits:
        """What the assignment is made by, beside the groups."""
        content = words_hashed(view, _CONTENT)
        strata = [field_hashed(view, name, _STRATUM) for name in self.stratify]
        each = np.array(strata, np.uint64).reshape(len(strata), len(view)).T.ravel()
        stratum = hash_lists(each, np.arange(len(view) + 1) * len(strata), _STRATUM)
        times = view.column("time")
        time = np.full(len(view), NO_TIME)
        if times is not None:
            time = pc.fill_null(times.cast(pa.int64()), NO_TIME).to_numpy(zero_copy_only=False)
        absent = np.zeros(len(view), np.uint64)
        for number, name in self._exact:
            none = field_hashed(view, name, _PROVED) == 0
            absent |= none.astype(np.uint64) << np.uint64(number)
        return Traits(content, stratum, time, absent)

    def placed(self, content: Keys) -> Keys:
        """The hash of a content under the seed of this assignment."""
        return hash_lists(content ^ np.uint64(self.seed), np.arange(len(content) + 1), 15)

    def assigned(self, groups: Groups) -> Numbers:
        """The split of each group, or a negative number where it is in none."""
        if self.from_time is not None:
            borders = [_micros(moment) for moment in self.moments]
            in_gap, undated = IN_GAP if self.gap == "drop" else 0, UNDATED if self.undated == "drop" else 0
            return by_time(groups, borders, int(self.gap_days * _DAY), in_gap, undated)
        shares = self.wanted or ()
        return by_threshold(groups, shares) if self.assign == "stable" else by_shares(groups, shares)

    def left_out(self) -> Mapping[int, tuple[str, str]]:
        return {IN_GAP: (self.reason, f"outside {self.gap_days:g} days"), UNDATED: ("undated", "a time")}

    def about(self) -> str:
        wanted = self.wanted
        told = ", ".join(name if wanted is None else f"{name} {wanted[at]:.4g}" for at, name in enumerate(self.names))
        near = f"; near: {self.similarity:g} or more alike" if NEAR in self.groups else ""
        if NEAR in self.groups:
            chance = float(meeting_chance(np.array([self.similarity]), self.bands, self.rows)[0])
            near += f", of which {chance:.0%} meet at that similarity"
        return f"splits: {told}; together stay: {', '.join(self.groups) or 'nothing'}{near}"


def _micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return round(_aware(moment).timestamp() * 1e6)


def _aware(moment: datetime) -> datetime:
    """A moment without a zone is one in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
