"""Records as they were at some place of their way: which store has their text, and what they had by then."""

from __future__ import annotations

import pyarrow as pa

from gristmill.build.chunk import NeedsSourceError, line_store, text_store
from gristmill.build.parts import ChunkStored
from gristmill.recipe.plan import Plan
from gristmill.records.document import DOCUMENT
from gristmill.records.kinds import COLUMNS


def start_store(plan: Plan, number: int) -> str:
    """The store of the text that a pass begins with."""
    store = "base"
    for earlier in range(number):
        for index, stretch in enumerate(plan.passes[earlier].stretches):
            if stretch.edits:
                store = text_store(earlier, index)
    return store


def text_at(plan: Plan, number: int, line: int) -> str:
    """The store of the text as a line of a pass saw it; a corpus line sees what its pass left."""
    store = start_store(plan, number)
    for index, stretch in enumerate(plan.passes[number].stretches):
        if stretch.edits:
            store = text_store(number, index)
        if any(one.index == line for one in stretch.lines):
            return store
    return store


def columns_before(plan: Plan, number: int, stored: ChunkStored) -> dict[str, pa.Array]:
    """Columns that the passes before this one added to the record."""
    columns: dict[str, pa.Array] = {}
    for earlier in range(number):
        for index, stretch in enumerate(plan.passes[earlier].stretches):
            names = [name for line in stretch.edits for name in line.step.adds]
            batch = stored.batch(text_store(earlier, index), names) if names else None
            if batch is not None:
                columns |= {name: batch.column(name) for name in names}
            for line in stretch.lines:
                marked = [signal.name for signal in line.signals if signal.column]
                batch = stored.batch(line_store(line), marked) if marked else None
                if batch is not None:
                    columns |= {name: batch.column(name) for name in marked}
    return columns


def state_before(plan: Plan, number: int, stored: ChunkStored) -> pa.RecordBatch:
    """The records of a chunk as they come to a pass; for the number after the last, as they are delivered."""
    # The text first: the rest may come with it.
    text = stored.batch(start_store(plan, number), ["text"])
    base = stored.batch("base", [name for name in COLUMNS[plan.kind].names if name != "text"])
    if base is None or text is None:
        raise NeedsSourceError
    batch = base.add_column(DOCUMENT.get_field_index("text"), "text", text.column("text"))
    for name, values in columns_before(plan, number, stored).items():
        batch = batch.append_column(name, values)
    return batch
