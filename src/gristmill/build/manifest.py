"""`manifest.json` of a finished build as objects, and how it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gristmill.build.layout import Layout
from gristmill.errors import InputError


class _Read(BaseModel):
    """A manifest of a later version may say more; what is not known here is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SignalEntry(_Read):
    """A number or label that a step computed of each record."""

    name: str
    kind: Literal["share", "count", "number", "label", "spans"]
    description: str = ""


class RuleEntry(_Read):
    """A bound on a signal, and how often it was broken."""

    reason: str
    signal: str
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    values: tuple[str, ...] | None = None
    bound: str = ""
    source: str = ""
    option: str = ""
    seen: int = 0  # records whose signal it was asked of
    hits: int = 0  # those that broke it

    @property
    def found_nothing_forbidden(self) -> bool:
        """Whether it forbids what it counts altogether, and nothing was there: no sign of a wrong threshold."""
        return self.high == 0 and self.low is None and not self.hits


class RecallEntry(_Read):
    """How many of the pairs that a step should have brought together it did: `Recall` in `build/recall.py`."""

    records: int
    of: int
    whole: bool
    pairs: int
    met: float | None = None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    settled: float | None = None


class StepEntry(_Read):
    """A line of the recipe."""

    name: str
    step: str
    kind: Literal["row", "corpus", "select", "split"] = "row"
    settings: dict[str, Any] = {}
    signals: tuple[SignalEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    recall: RecallEntry | None = None

    def column(self, signal: str) -> str:
        """The name that a signal of this step has in the ledger."""
        return signal if signal.startswith(f"{self.name}.") else f"{self.name}.{signal}"


class FunnelEntry(_Read):
    """What came to a line and what went on from it; what went is told apart by how."""

    step: str
    records_in: int
    records_out: int
    bytes_in: int = 0
    bytes_out: int = 0
    words_in: int = 0
    words_out: int = 0
    dropped: int = 0
    merged: int = 0
    quarantined: int = 0


class Counts(_Read):
    """What became of the records that were read."""

    read: int
    kept: int
    dropped: int = 0
    merged: int = 0
    quarantined: int = 0


class OutputEntry(_Read):
    """A file that was delivered, by its path in the build folder."""

    path: str
    records: int = 0
    bytes: int = 0
    sha256: str = ""
    told: dict[str, int] = {}  # what its writer tells of it: records left out, tokens


class ShapeEntry(_Read):
    """How the delivered records of several texts are built (`build/shape.py`)."""

    orders: dict[str, int]
    turns: dict[int, int]
    lengths: dict[str, dict[int, int]]
    characters: dict[str, int]


class DeliveredEntry(_Read):
    """An output of the recipe, all its files together."""

    output: str
    records: int
    files: int
    told: dict[str, int] = {}


class Manifest(_Read):
    """`manifest.json`: what the build is."""

    gristmill: str = ""
    name: str
    recipe: str = ""
    kind: str = "document"
    steps: tuple[StepEntry, ...] = ()
    funnel: tuple[FunnelEntry, ...] = ()
    counts: Counts
    skipped: dict[str, int] = {}
    warnings: tuple[str, ...] = ()
    versions: dict[str, str] = {}
    pinned: tuple[str, ...] = ()  # commits that names in the recipe stood for
    outputs: tuple[OutputEntry, ...] = ()
    delivered: tuple[DeliveredEntry, ...] = ()
    ready: tuple[OutputEntry, ...] = ()  # files of folders as other programs take them
    certificate: dict[str, Any] | None = None  # of splits: `build/certificate.py`
    shape: ShapeEntry | None = None
    digest: str = ""


def json_object(path: Path) -> dict[str, Any]:
    """A file that a build wrote."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(str(path), f"cannot be read ({error}); build it again") from error
    if not isinstance(content, dict):
        raise InputError(str(path), "is no JSON object; build it again")
    return content


def manifest_of(layout: Layout) -> Manifest:
    """The manifest of a build folder; InputError where there is none, or none of ours."""
    if not layout.manifest.is_file():
        raise InputError(str(layout.root), "is no finished build, it has no manifest.json; run `gristmill build` first")
    try:
        return Manifest.model_validate(json_object(layout.manifest))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(str(layout.manifest), f"is no manifest: {where}: {first['msg']}") from error
