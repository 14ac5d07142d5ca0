"""The fourth shape of a step: one that puts every record into one split, whole groups of records at a time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import orjson
from pydantic import Field

from gristmill.contracts.arranging import ArrangingStep
from gristmill.contracts.step import Evidence, Keys, Nodes, Settled, threshold
from gristmill.contracts.view import View

Numbers = npt.NDArray[np.int64]

IN_GAP, UNDATED = -1, -2
"""In place of the number of a split: left out before a border of time, and without a time."""

NOT_YET = -1
"""In place of the split that an earlier build had a record in: it had not."""

NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Tied:
    """Nodes by group (its lowest node), what ties each (a bit for each entry of `groups`), and its nearest neighbour.

    `twin` is -1 for a node by itself; `similarity` is known where texts were compared.
    """

    group: Nodes
    ties: Keys
    twin: Nodes
    similarity: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Traits:
    """Of each asked row: a hash of its content, its stratum, its time, and which groups it has nothing for (a bit for
    each entry of `groups`)."""

    content: Keys
    stratum: Keys
    time: Nodes  # microseconds since 1970; NO_TIME
    absent: Keys


@dataclass(frozen=True, slots=True)
class Groups:
    """One entry for each group of records. The splits count from 0, the least held out first."""

    key: Keys  # names the group, and breaks ties
    place: Keys  # the lowest hash of its contents
    weight: npt.NDArray[np.float64]
    stratum: Keys
    earliest: Numbers  # microseconds since 1970; NO_TIME where no member has a time
    latest: Numbers
    before: Numbers  # the most held-out split of an earlier build that a member was in; NOT_YET

    def __len__(self) -> int:
        return len(self.key)


class SplitStep(ArrangingStep):
    """Ties records into groups, as a corpus step does, and assigns each group to a split. It is the last line.

    The house asks `tie` of the nodes that met, `traits` of every record, sums them up by group, asks `assigned` of all
    groups at once, delivers each split to files of its own, and then holds the splits against each other: what stands
    in two of them is counted without asking the step.
    """

    reads_turns: ClassVar[bool] = True

    annotate: ClassVar[bool] = True  # type: ignore[misc]

    measure: str = threshold("records", description="What shares count: records, words, bytes, or a signal.")
    groups: tuple[str, ...] = Field((), max_length=32, description="What ties records together.")
    column: str = threshold("split", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$", description="The column it is put in.")
    previous: str | None = threshold(None, description="An earlier build whose assignment is kept for its records.")
    check_similarity: float = threshold(
        0.4, gt=0, le=1, description="From this similarity on the certificate counts a pair as a leak."
    )
    check_overlap: float = threshold(
        0.5, gt=0, le=1, description="From this share of 13-grams on the certificate counts a record as a leak."
    )
    max_leakage: float | None = threshold(
        0.02, ge=0, le=1, description="The build fails where a larger share of a split leaks into another; null: never."
    )

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The splits, the least held out first."""

    @property
    @abstractmethod
    def wanted(self) -> tuple[float, ...] | None:
        """The share of each split; None where time decides."""

    @property
    @abstractmethod
    def moments(self) -> tuple[datetime, ...]:
        """The first moment of each held-out split where time decides, all with a zone."""

    @abstractmethod
    def tie(self, a: Nodes, b: Nodes, count: int, evidence: Evidence) -> Tied:
        """What hangs together of `count` nodes, given which met: `a[i]` met `b[i]`."""

    @abstractmethod
    def traits(self, view: View) -> Traits:
        """What the assignment is made by, beside the groups."""

    @abstractmethod
    def placed(self, content: Keys) -> Keys:
        """The hash of each content under the seed of this assignment."""

    @abstractmethod
    def assigned(self, groups: Groups) -> Numbers:
        """The split of each group, or a negative number where it is in none."""

    @abstractmethod
    def left_out(self) -> Mapping[int, tuple[str, str]]:
        """For the negative numbers that `assigned` gives, the reason and what was asked, as the ledger tells them."""

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        found = self.tie(a, b, len(rank), evidence)
        best = np.empty(len(rank), np.int64)
        by_rank = np.argsort(rank, kind="stable")[::-1]
        best[found.group[by_rank]] = by_rank
        lost = np.flatnonzero(best[found.group] != np.arange(len(rank)))
        return Settled(lost, best[found.group][lost], np.full(len(lost), np.nan), found.group)

    @property
    def previous_folder(self) -> Path | None:
        return None if self.previous is None else self._root / self.previous

    def faults(self) -> Mapping[str, str]:
        folder = self.previous_folder
        if folder is None:
            return {}
        digest, told = _finished(folder)
        return {"previous": told} if digest is None else {}

    def decided_by(self) -> dict[str, str | None]:
        folder = self.previous_folder
        return {} if folder is None else {str(self.previous): _finished(folder)[0]}


def _finished(folder: Path) -> tuple[str | None, str]:
    """The digest of an earlier build, or what is wrong with it."""
    try:
        manifest: Any = orjson.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return None, f"{folder} is no finished build"
    if not isinstance(manifest, dict) or not isinstance(manifest.get("digest"), str):
        return None, f"{folder} is no finished build"
    if not any((folder / "ledger" / "splits").glob("*.parquet")):
        return None, f"{folder} has no ledger/splits: it was built without a split"
    return manifest["digest"], ""
