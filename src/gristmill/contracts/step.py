"""The two shapes a step can have: one that looks at rows, and one that looks at the whole corpus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from gristmill.contracts.indexes import Index, find_index, unlike
from gristmill.contracts.libraries import versions
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.view import View
from gristmill.errors import InputError
from gristmill.records.kinds import KINDS, Kind

Keys = npt.NDArray[np.uint64]
Nodes = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


def threshold(default: Any, **settings: Any) -> Any:
    """A field that only decides: changing it re-decides from stored signals and computes nothing anew."""
    return Field(default, json_schema_extra={"decides": True}, **settings)


class Step(BaseModel):
    """A step is its settings: the fields of a subclass are the keys of its line in a recipe.

    Every field is bounded and has a one-line description; `cls()` is a valid step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: ClassVar[int] = 1
    """Raise it when the same settings would give another answer; it is part of the fingerprint."""

    works_on: ClassVar[tuple[Kind, ...]] = KINDS
    """The kinds of record it works on. On those of several texts it sees what `contracts/turnwise.py` says."""

    reads_turns: ClassVar[bool] = False
    """True where a step looks at turns itself (`turns_of`): it is then shown records as they are, not as one text."""

    reads_text: ClassVar[bool] = True
    """False where a step looks at other columns alone, so that it may stand before pages are made texts."""

    reads_payload: ClassVar[bool] = False
    """True where a step looks at pages as found, so that it must stand before they are made texts."""

    reads_kept: ClassVar[bool] = False
    """True where what it looks for on pages also stands in columns that `extract` keeps: it may stand behind."""

    def __eq__(self, other: object) -> bool:
        """Steps are equal where their settings are, whichever folder they are used in."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    @classmethod
    def name(cls) -> str:
        """The step's name in a recipe: the name of the file it stands in."""
        return cls.__module__.rpartition(".")[2]

    def at(self, root: Path) -> Self:
        """The same step, its relative paths beginning at `root`. The recipe calls it with its own folder."""
        return self

    def libraries(self) -> tuple[str, ...]:
        """Packages that the answers come out of: with another version of one, they are computed anew."""
        return ()

    def faults(self) -> Mapping[str, str]:
        """What outside the recipe keeps the settings from working: an option, and one sentence on its files."""
        return {}

    def decided_by(self) -> dict[str, str | None]:
        """Digests of files that nothing is computed by, but that what is decided depends on."""
        return {}

    def computing_settings(self) -> dict[str, Any]:
        """The settings that change what is computed, thresholds left out; with the version, the fingerprint."""
        decides = {
            name
            for name, info in type(self).model_fields.items()
            if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("decides")
        }
        own = {"step": self.name(), "version": self.version, **self.model_dump(mode="json", exclude=decides)}
        return own | ({"libraries": versions(self.libraries())} if self.libraries() else {})


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit did, one entry for each asked row: the new text, other columns, signals, failures.

    `text` null means that nothing could be made of the record; say why in a rule over a signal, or
    name the row in `failed` (index among the asked rows -> one sentence), which quarantines it.
    `counts` has scans of the new texts that are a number for each, where the edit knows them anyway: by the name of
    the function in `contracts/scans.py` that would have scanned the texts for them.
    """

    text: pa.Array
    columns: Mapping[str, pa.Array] = field(default_factory=dict)
    signals: Mapping[str, pa.Array] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)
    counts: Mapping[str, Counts] = field(default_factory=dict)


class RowStep(Step):
    """Works on each row by itself: a batch may be cut anywhere without changing an answer.

    For each batch the house calls `edit` (where `edits` is true), then `measure` on the edited text, then
    decides by `rules`. It writes the ledger, so no step does. A step that raises is called again on
    halves of the batch until the one row that makes it raise is found and quarantined.
    """

    edits: ClassVar[bool] = False
    """True where `edit` is overridden. Texts change only there."""

    adds: ClassVar[Mapping[str, pa.DataType]] = {}
    """Columns that `edit` adds to the record, beside those of signals with `column=True`."""

    def signals(self) -> tuple[Signal, ...]:
        """Every signal that `edit` or `measure` gives."""
        return ()

    def rules(self) -> tuple[Rule, ...]:
        """The bounds that these settings put on the signals."""
        return ()

    def edit(self, view: View) -> Edit:
        """New texts for the asked rows. Only called where `edits` is true."""
        raise TypeError(f"{self.name()} does not edit")

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        """One array for each signal that `edit` did not give, an entry for each asked row."""
        return {}


@dataclass(frozen=True, slots=True)
class Sketch:
    """Keys of rows: `rows[i]` (an index into the batch) has key `keys[i]`. A row may have many keys, or none.

    A step that `draws` also gives each asked row a number, evenly spread, that two rows share with a chance that
    `true_pairs` knows (of their Jaccard similarity, say) and whatever their keys are; NO_DRAW for a row that takes no
    part. All other rows have equally many keys, in an order: the first with the first, and so on.
    """

    rows: Nodes
    keys: Keys
    draws: Keys | None = None


NO_DRAW = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each node what its step compares: node `i` has `values[offsets[i]:offsets[i + 1]]`.

    Numbers that only the step can read: sorted sets of hashes, say, or a vector.
    """

    values: Keys
    offsets: Nodes


@dataclass(frozen=True, slots=True)
class Settled:
    """Which nodes go, in favour of which, how alike they are, and each node's cluster (its lowest node)."""

    lost: Nodes
    kept: Nodes
    similarity: npt.NDArray[np.float64]
    cluster: Nodes


@dataclass(frozen=True, slots=True)
class TruePairs:
    """Pairs of nodes that a step is to find, and by theory their chance to meet.

    `jaccard` is the chance that they share a draw, 1 for equal nodes alone: of sets under MinHash, their similarity.
    """

    a: Nodes
    b: Nodes
    jaccard: npt.NDArray[np.float64]
    chance: npt.NDArray[np.float64]


Keep = Literal["lowest_id", "longest", "newest", "oldest", "best_signal"]
Label = Literal["cluster", "cluster_size", "weight"]
LABELS: tuple[Label, ...] = ("cluster", "cluster_size", "weight")


class CorpusStep(Step):
    """Judges rows by the whole corpus: sketch where the data is, link by key, settle on small tables.

    The house brings rows of equal key together (`link`), numbers the rows that met from 0 in a stable order
    (they are then called nodes), fetches the `evidence` of those alone, ranks them by `keep`, and asks
    `settle` who goes.
    """

    reason: ClassVar[str]
    """The reason the ledger gives for rows that go."""

    draws: ClassVar[bool] = False
    """True where `sketch` gives draws: some rows that should meet may not, and how many do can be measured."""

    keep: Keep = threshold("lowest_id", description="Which copy stays; ties go to the lowest record id.")
    keep_signal: str | None = threshold(
        None, description="With keep: best_signal, the signal (step.signal); highest wins."
    )
    copies: int = threshold(
        1, ge=1, description="Records of a cluster that stay: the one that is kept, the next best ..."
    )
    annotate: bool = threshold(False, description="Nothing goes: all records stay, labelled.")
    columns: tuple[Label, ...] | None = threshold(
        None, description="Labels that delivered records carry; unless given all with annotate, else none."
    )
    column_prefix: str = threshold(
        "",
        pattern=r"^[A-Za-z0-9_]{0,40}$",
        description="Put before the names of these columns: two steps may have them.",
    )
    against: tuple[str, ...] = threshold(
        (),
        description="Indexes of earlier corpora, whose records always stay: what is a copy of one of them goes.",
    )

    _root: Path = PrivateAttr(default_factory=Path)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root = root
        return located

    def indexes(self) -> tuple[Index, ...]:
        """Those of `against`, in order; InputError where one cannot be used."""
        return tuple(find_index(self._root, name) for name in self.against)

    def faults(self) -> Mapping[str, str]:
        try:
            wrong = [unlike(index, self.name(), self.computing_settings()) for index in self.indexes()]
        except InputError as error:
            return {"against": str(error)}
        told = "; ".join(one for one in wrong if one)
        return {"against": told} if told else {}

    def decided_by(self) -> dict[str, str | None]:
        try:
            return {index.name: index.digest for index in self.indexes()}
        except InputError:
            return dict.fromkeys(self.against)

    @abstractmethod
    def sketch(self, view: View) -> Sketch:
        """Boil the asked rows down to keys. Rows that share a key meet in `link`."""

    @abstractmethod
    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        """Given whole groups of equal keys (keys ascending, rows ascending in a key): the ties between rows."""

    @abstractmethod
    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        """What `settle` compares: for each asked row some numbers, as (values, offsets). See `Evidence`."""

    @abstractmethod
    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        """Given ties `a[i]`-`b[i]` between nodes and the rank of each node (lowest is kept): who goes."""

    def measures_recall(self) -> bool:
        """Whether the build is to measure, on a sample, how many of the rows that should meet do."""
        return False

    def true_pairs(self, evidence: Evidence, groups: Nodes | None) -> TruePairs | None:
        """The pairs that `settle` would find if all nodes met, by comparing each with each.

        `groups` has a number for each node: only those of equal number are compared, and none of number -1. Without
        it all are, and the answer is None where that is too much work.
        """
        raise TypeError(f"{self.name()} does not measure its recall")

    def labels(self) -> dict[str, Label]:
        """The columns that delivered records get, by name: cluster, its size, and 1 / its records that stay."""
        asked = self.columns if self.columns is not None else LABELS if self.annotate else ()
        return {f"{self.column_prefix}{label}": label for label in LABELS if label in asked}

    def about(self) -> str:
        """What the chosen settings amount to (a recall curve, say), for `check` to print. May be empty."""
        return ""
