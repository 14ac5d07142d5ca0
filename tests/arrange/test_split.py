"""What ties records: the same values of fields, and texts that are alike; and which settings make no sense."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gristmill.arrange.split import Split
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View

PROSE = "the miller weighed the grain in the morning and wrote the weight in a book that his father had begun " * 3
OTHER = "a ship left the harbour before the tide turned with nobody on deck who had ever seen the open sea before " * 3


def view(rows: list[dict[str, object]]) -> View:
    schema = pa.schema(
        [
            ("text", pa.large_string()),
            ("url", pa.string()),
            ("source", pa.string()),
            ("metadata", pa.string()),
            ("time", pa.timestamp("us", tz="UTC")),
        ]
    )
    return View(pa.RecordBatch.from_pylist(rows, schema))


def grouped(step: Split, rows: list[dict[str, object]]) -> list[int]:
    """The group of each row, named for its lowest, as a build would find it."""
    seen = view(rows)
    sketch = step.sketch(seen)
    order = np.lexsort((sketch.rows, sketch.keys))
    a, b = step.link(sketch.keys[order], sketch.rows[order])
    return step.tie(a, b, len(rows), Evidence(*step.evidence(seen))).group.tolist()


def of(**metadata: object) -> dict[str, object]:
    return {"metadata": orjson.dumps(metadata).decode()}


def test_texts_that_are_nearly_the_same_are_one_group() -> None:
    rows = [{"text": PROSE}, {"text": OTHER}, {"text": PROSE + "and more"}, {"text": PROSE.upper()}]
    assert grouped(Split(), rows) == [0, 1, 0, 0]


def test_hosts_sources_and_fields_of_ones_own_tie() -> None:
    urls = [{"url": "https://www.a.org/1"}, {"url": "http://A.org/2"}, {"url": None}, {"url": None}]
    assert grouped(Split(groups=("host",)), urls) == [0, 0, 2, 3]
    assert grouped(Split(groups=("source",)), [{"source": "x"}, {"source": "y"}, {"source": "x"}]) == [0, 1, 0]
    authors = [of(author="ann"), of(author="bob"), of(author="ann"), of(), of(author=None), {"metadata": None}]
    assert grouped(Split(groups=("metadata.author",)), authors) == [0, 1, 0, 3, 4, 5]
    deep = [of(thread={"root": 7}), of(thread={"root": 8}), of(thread={"root": 7}), of(thread=7)]
    assert grouped(Split(groups=("metadata.thread.root",)), deep) == [0, 1, 0, 3]


def test_several_groups_at_once_are_connected_components() -> None:
    rows = [
        of(author="ann") | {"url": "https://a.org"},
        of(author="bob") | {"url": "https://a.org/x"},
        of(author="bob"),
    ]
    assert grouped(Split(groups=("host", "metadata.author")), rows) == [0, 0, 0]


def test_equal_values_of_different_fields_tie_nothing() -> None:
    rows = [of(a="x", b="y"), of(a="y", b="x")]
    assert grouped(Split(groups=("metadata.a", "metadata.b")), rows) == [0, 1]


def test_what_ties_a_record_and_its_nearest_neighbour_are_told() -> None:
    seen = view([{"text": PROSE}, {"text": PROSE + "and more"}, {"text": PROSE}, {"text": OTHER}])
    step = Split()
    tied = step.tie(np.array([0, 0, 1]), np.array([1, 2, 2]), 4, Evidence(*step.evidence(seen)))
    text, near, overlap = (1 << step.groups.index(name) for name in ("text", "near", "overlap"))
    assert tied.ties.tolist() == [text | near | overlap, near | overlap, text | near | overlap, 0]
    assert tied.twin[[0, 2]].tolist() == [2, 0] and tied.twin[3] == -1
    assert tied.similarity[0] == 1 and 0.8 < tied.similarity[1] < 1


@given(st.lists(st.sampled_from([PROSE, PROSE + "x y", OTHER, OTHER[:200], "short", ""]), min_size=1, max_size=12))
def test_what_is_to_be_stable_is_tied_still_when_more_comes(texts: list[str]) -> None:
    step = Split(assign="stable")
    before = grouped(step, [{"text": text} for text in texts[: len(texts) // 2]])
    after = grouped(step, [{"text": text} for text in texts])
    for k, group in enumerate(before):
        assert after[k] == after[group]


def test_missing_values_are_counted() -> None:
    step = Split(groups=("near", "host", "metadata.author"))
    absent = step.traits(view([of(author="ann"), {"url": "https://a.org", "metadata": None}])).absent
    assert absent.tolist() == [0b010, 0b100]


def test_strata_tell_values_and_missing_ones_apart() -> None:
    step = Split(stratify=("metadata.label", "length"))
    rows = [of(label=1) | {"text": "a"}, of(label=2) | {"text": "a"}, of() | {"text": "a"}]
    rows += [of(label=1) | {"text": "b"}, of(label=1) | {"text": "a" * 5000}]
    strata = step.traits(view(rows)).stratum.tolist()
    assert strata[0] == strata[3] and len(set(strata)) == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shares": {"train": 0.8, "test": 0.1}}, "sum to 0.9"),
        ({"shares": {"train": 1.0}}, "at least two"),
        ({"shares": {"train": 0.5, "test": 0.5}, "folds": 5}, "exclude each other"),
        ({"shares": {"tr/ain": 0.5, "test": 0.5}}, "pattern"),
        ({"folds": 1}, "greater than or equal to 2"),
        ({"from_time": {"b": "2024-02-01", "a": "2024-01-01"}}, "ascend"),
        ({"from_time": {"train": "2024-02-01"}}, "train is what is before"),
        ({"stratify": ["near"]}, "no strata"),
        ({"groups": ["meta data"]}, "pattern"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Split.model_validate(options)


def test_a_split_has_none_of_the_options_that_choose_between_copies() -> None:
    assert not {"keep", "copies", "annotate", "columns", "against"} & Split.model_fields.keys()
