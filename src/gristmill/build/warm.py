"""Makes workers ready before they are forked: imports and compiled kernels, loaded once for all."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import sizes
from gristmill.build.edited_texts import GONE, WHOLE, as_edited, as_stored
from gristmill.contracts.pieces import STARTS, STOPS, Pieces, PieceStep, Texts
from gristmill.contracts.reader import Reader
from gristmill.contracts.selecting import Candidates, SelectStep
from gristmill.contracts.sink import Sink
from gristmill.contracts.step import CorpusStep, Evidence, RowStep, Step
from gristmill.contracts.turnwise import edit_turns
from gristmill.contracts.view import View
from gristmill.recipe.model import Line, Recipe
from gristmill.records.document import WITH_PAYLOAD
from gristmill.records.kinds import COLUMNS, KINDS, Kind
from gristmill.records.turns import Content, taken_apart
from gristmill.text.disjoint import Stretches, disjoint
from gristmill.text.flat import flat
from gristmill.text.radix import ascending_order, shared_keys
from gristmill.text.runs_of_pairs import in_order_of_place, merged_pairs
from gristmill.text.scattering import partition_bounds, scattered, scattered_lists

_TEXTS = [
    "The quick brown fox jumps over the lazy dog [1], and then it sleeps.\n\n- one\n- two...\n",
    "\u65e5\u672c\u8a9e \u0e44\u0e17\u0e22",
]


def _content(kind: Kind) -> Content:
    asked, said = ({"role": role, "content": text} for role, text in zip(("user", "assistant"), _TEXTS, strict=True))
    match kind:
        case "conversation":
            return {"messages": [asked, said]}
        case "preference":
            completions = [{"messages": [said], "rank": rank} for rank in range(2)]
            return {"prompt": [asked], "completions": completions}
    return {"input": {"text": _TEXTS[0]}, "label": "a", "target": _TEXTS[1]}


def sample(kind: Kind = "document") -> pa.RecordBatch:
    """Two small records that take every kernel through its types."""
    rows = []
    for index, text in enumerate(_TEXTS):
        row: dict[str, object] = {
            "rid": f"{index:032x}",
            "id": str(index),
            "source": "warm",
            "position": index,
            "url": "https://example.org/",
            "text": text,
            "metadata": "{}",
        }
        if kind == "document":
            row |= {"payload": f"<html><body><p>{text}</p></body></html>".encode(), "content_type": "text/html"}
        else:
            apart = taken_apart(kind, _content(kind))
            row |= {"text": apart.text, "content": apart.content, "roles": apart.roles}
        rows.append(row)
    return pa.RecordBatch.from_pylist(rows, schema=WITH_PAYLOAD if kind == "document" else COLUMNS[kind])


def _first_of(kinds: Sequence[Kind]) -> Kind:
    return next(kind for kind in KINDS if kind in kinds)


Warmed = Line | type[Reader] | Sink | type[Sink]
"""What has kernels of its own. An output may come as its class, where no settings are known."""


def warm(one: Warmed, kind: Kind = "document") -> None:
    """Have the kernels of a line, an input or an output compiled or loaded."""
    if isinstance(one, Line):
        _warm_step(one.step, kind if kind in one.step.works_on else None)
    elif isinstance(one, Sink):
        _warm_sink(one, kind)
    elif issubclass(one, Sink):
        one.warm()
    else:
        one.ready()
        sizes(flat(sample().column("text")))  # what is noted of whatever was read


def _warm_step(step: Step, kind: Kind | None = None) -> None:
    kind = kind or _first_of(step.works_on)
    view = View(sample(kind))
    # A step that cannot run on the sample says so on real records, where it is accounted for.
    with contextlib.suppress(Exception):
        if isinstance(step, RowStep):
            if step.edits:
                warm_edited_texts()
                edit = step.edit if kind == "document" else partial(edit_turns, step, "all")
                edit(view)
            step.measure(view)
            if isinstance(step, PieceStep):
                warm_pieces(step, view)
        elif isinstance(step, CorpusStep):
            if isinstance(step, SelectStep):
                values, offsets = step.evidence(view)
                scores = np.zeros((len(view), len(step.ranked_by)))
                evidence = Evidence(values, offsets)
                step.choose(Candidates(scores, np.arange(len(view)), step.strata(view), evidence))
                return
            shared_keys(step.sketch(view).keys)
            values, offsets = step.evidence(view)
            nodes = np.array([0, 1], np.int64)
            warm_scattering()
            ascending_order(nodes)
            step.settle(nodes[:1], nodes[1:], nodes, Evidence(values, offsets))
            if step.measures_recall():
                for groups in (None, np.zeros(2, np.int64)):
                    step.true_pairs(Evidence(values, offsets), groups)


def warm_edited_texts() -> None:
    """Store texts that have lost something, and make them again."""
    before = sample().column("text")
    after = pc.utf8_slice_codeunits(before, 1)
    stored = as_stored(before, after, flat(before), flat(after))
    as_edited(before, stored[GONE], stored[WHOLE])


def warm_pieces(step: PieceStep, view: View) -> None:
    """Cut the sample up, bring two pieces together, and what the first text has out of both."""
    step.pieces(view)  # of texts so short there may be none
    rows, nothing = np.array([0, 1], np.int64), np.zeros(2, np.int64)
    found = Pieces(rows, np.zeros(2, np.uint64), nothing, nothing + 8)
    step.link(found.keys, rows)
    stretches = pa.array([[0], [0]], pa.large_list(pa.int32())), pa.array([[3], [3]], pa.large_list(pa.int32()))
    step.edit(view.with_columns(dict(zip((STARTS, STOPS), stretches, strict=True))))
    if step.compares:
        data, offsets = view.text
        texts = Texts(view.rows, data, offsets[:-1], offsets[1:])
        step.extend(texts, found, texts, found)
    disjoint(Stretches(found.rows, found.starts, found.stops, found.rows, found.starts))
    shared_keys(found.keys)
    merged_pairs(*in_order_of_place(rows, rows, 1), step.alike())
    warm_scattering()


def warm_scattering() -> None:
    """Bring two rows to their partitions, in columns of numbers and of lists."""
    rows = np.array([0, 1], np.int64)
    bounds = partition_bounds([rows], 2)
    scattered([rows], [rows], bounds)
    scattered_lists([(np.array([0, 1, 2]), rows.view(np.uint64))], [rows], bounds)


def _warm_sink(sink: Sink, kind: Kind) -> None:
    """Write the sample as the sink does; what it cannot write it says on real records."""
    with tempfile.TemporaryDirectory(prefix="gristmill-") as folder, contextlib.suppress(Exception):
        batch = sample(kind)
        if kind == "document":
            batch = batch.drop_columns(["payload"])
        writer = sink.open(Path(folder) / f"sample{sink.suffix}", batch.schema)
        writer.write(batch)
        writer.close()


def load_step(step: Step) -> None:
    """What workers need that run one step alone."""
    pa.set_cpu_count(1)
    _warm_step(step)


def load(recipe: Recipe) -> None:
    """Everything the workers of a recipe need. Called in the template, before the first fork."""
    pa.set_cpu_count(1)
    sizes(flat(sample().column("text")))
    ones: list[Warmed] = [*recipe.steps, *map(type, recipe.inputs), *recipe.outputs]
    for one in ones:
        warm(one, recipe.kind)
