"""Tell new and changed records from those that earlier builds had, and let the others go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, PrivateAttr

from gristmill.audit._earlier_records import EarlierBuild, earlier_build, known
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.errors import InputError
from gristmill.text.flat import flat
from gristmill.text.mixing import hash_rows

Freshness = Literal["new", "changed", "unchanged"]


class Watch(RowStep):
    """Drops records that earlier builds have read already, so that a source that is read again gives what is new.

    A record is known by its own id or url, where it has none by its place in its source; it is `changed` where no
    earlier build had it with the same text. What is compared is the text as it comes to this line, so the recipes must
    have the same edits before it. What became of a record in the earlier build does not matter, and a record that is no
    longer in the source is not told. The first build of a source needs the line too, without `since`: it remembers.
    """

    since: tuple[str, ...] = Field((), description="Folders of earlier builds, beside the recipe.")
    by: Literal["id", "url", "place"] = Field(
        "id", description="What a record is known by: its id, its url, or its source and its place in that."
    )
    keep: tuple[Freshness, ...] = threshold(
        ("new", "changed"), min_length=1, description="Which records stay: new, changed, unchanged."
    )

    _root: Path = PrivateAttr(default_factory=Path)
    _found: tuple[EarlierBuild, ...] | None = PrivateAttr(default=None)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root, located._found = root, None
        return located

    def _find(self) -> tuple[EarlierBuild, ...]:
        """The builds as they are now. Workers are told of them."""
        self._found = tuple(earlier_build(self._root, name, self.name(), self.by) for name in self.since)
        return self._found

    def faults(self) -> Mapping[str, str]:
        try:
            self._find()
        except InputError as error:
            return {"since": str(error)}
        return {}

    def computing_settings(self) -> dict[str, Any]:
        """The settings, and what the earlier builds delivered."""
        try:
            digests = [build.digest for build in self._find()]
        except InputError:
            digests = []
        return {**super().computing_settings(), "builds": digests}

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("freshness", "label", "new, changed or unchanged since the earlier builds"),
            Signal("record", "count", "a hash of what the record is known by"),
            Signal("content", "count", "a hash of its text"),
        )

    def rules(self) -> tuple[Rule, ...]:
        if not self.since:
            return ()
        return (Rule("not_fresh", "freshness", values=self.keep, option="keep"),)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        records, contents = _hashed(self._known_by(view)), _hashed_text(view)
        builds = self._found if self._found is not None else self._find()
        return {
            "freshness": known(builds).freshness(records, contents),
            "record": pa.array(records),
            "content": pa.array(contents),
        }

    def _known_by(self, view: View) -> pa.Array:
        rid, own, url = (view.column(name) for name in ("rid", "id", "url"))
        if self.by == "place" or own is None:
            return rid
        if self.by == "id" or url is None:
            return own
        return pc.coalesce(url.cast(pa.large_string()), own.cast(pa.large_string()))


def _hashed(values: pa.Array) -> np.ndarray:
    text = flat(values)
    return _positive(hash_rows(text.data, text.offsets, np.arange(len(values), dtype=np.int64), 1))


def _hashed_text(view: View) -> np.ndarray:
    return _positive(hash_rows(view.text.data, view.text.offsets, view.rows, 2))


def _positive(hashes: np.ndarray) -> np.ndarray:
    """63 bits of each, as counts are."""
    return (hashes >> np.uint64(1)).astype(np.int64)
