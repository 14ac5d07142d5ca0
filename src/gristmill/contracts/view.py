"""A batch as steps see it: flat text, the rows that are asked for, and scans shared between steps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Protocol, Self, TypeVar, cast, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.text.flat import Flat, flat

Rows = npt.NDArray[np.int64]
T = TypeVar("T")


@runtime_checkable
class Lasting(Protocol):
    """A scan that knows its rows apart: what it says of a row stays true for as long as the text of that row does."""

    def without(self, rows: Rows) -> Self:
        """The scan, some rows of the batch forgotten: their texts have changed."""


Scans = Mapping[Hashable, object]
"""What is known of texts before anything has scanned them, by the key that its scan is cached by."""


class View:
    """Some rows of a batch whose text does not change.

    Every answer a step gives has one entry for each of `rows`, in their order. A scan made for these
    rows (the words of each text, say) is kept by `cached`, and narrower views of the same batch reuse it,
    so a text is scanned once however many steps want its words.
    """

    def __init__(self, batch: pa.RecordBatch, rows: Rows | None = None, scans: Scans | None = None) -> None:
        self.batch = batch
        self.rows: Rows = np.arange(len(batch), dtype=np.int64) if rows is None else rows
        self._cache: dict[Hashable, Any] = dict(scans or {})

    def __len__(self) -> int:
        return len(self.rows)

    def narrowed(self, rows: Rows) -> View:
        """The same batch, asked about fewer rows; scans already made are shared."""
        view = View(self.batch, rows)
        view._cache = self._cache
        return view

    def with_columns(self, columns: dict[str, pa.Array]) -> View:
        """The same rows with further columns (never the text); scans already made are shared."""
        batch = self.batch
        for name, values in columns.items():
            if name in batch.schema.names:
                batch = batch.set_column(batch.schema.get_field_index(name), name, values)
            else:
                batch = batch.append_column(name, values)
        view = View(batch, self.rows)
        view._cache = self._cache
        return view

    def lasting(self, changed: Rows) -> Scans:
        """The scans that outlive an edit of the texts of some rows; a view of the new texts begins with them."""
        return {key: scan.without(changed) for key, scan in self._cache.items() if isinstance(scan, Lasting)}

    def reading(self, name: Hashable, make: Callable[[], pa.Array]) -> View:
        """The same rows, each with another text: what `make` gives of the whole batch. All who ask for it by the same
        name share it, and its scans.
        """
        text = self.cached(("text of", name), make)
        at = self.batch.schema.get_field_index("text")
        view = View(self.batch.set_column(at, "text", text), self.rows)
        view._cache = self.cached(("scans of", name), dict)
        return view

    @property
    def text(self) -> Flat:
        """The texts of the whole batch; index it with `rows`."""
        return self.cached("text", lambda: flat(self.batch.column("text")))

    def column(self, name: str) -> pa.Array | None:
        """A column for the asked rows, or None where the batch has no such column."""
        if name not in self.batch.schema.names:
            return None
        values = self.batch.column(name)
        return values if len(self.rows) == len(self.batch) else values.take(pa.array(self.rows))

    def whole(self, name: str) -> pa.Array | None:
        """A column for all rows of the batch; index it with `rows`."""
        return self.batch.column(name) if name in self.batch.schema.names else None

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this batch. `make` must cover at least `rows`."""
        if key not in self._cache:
            self._cache[key] = make()
        return cast(T, self._cache[key])
