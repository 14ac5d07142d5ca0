"""What holds for every whole-corpus step, found by the catalog: a new one is held to it without being named here."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pyarrow as pa
import pytest

from corpus_run import batch, run
from gristmill.contracts import catalog
from gristmill.contracts.selecting import SelectStep
from gristmill.contracts.step import CorpusStep, Evidence
from gristmill.contracts.view import View

STEPS = {name: kind for name in catalog.names("steps") if issubclass(kind := catalog.step(name), CorpusStep)}
PROSE = (
    "It is a truth of the mill that grain which has been ground once is seldom ground again, and whoever "
    "carries the same sack twice through the same door will be asked by the miller what became of the first."
)
TEXTS: list[str | None] = [
    PROSE,
    None,
    "",
    PROSE + " Everybody knew.",
    "日本語の文章は単語の間に空白を入れませんが、重複は見つけなければなりません。",
    PROSE,
    " \n\t ",
    "short",
    PROSE.upper(),
    "日本語の文章は単語の間に空白を入れませんが、重複は見つけなければなりません。",
    "\x00 odd \ud7ff \U0010ffff",
    "Something else entirely that shares no sentence with any other of the texts that stand in this list.",
]

every_step = pytest.mark.parametrize("name", STEPS)


def pairs(view: View, step: CorpusStep) -> list[tuple[int, int]]:
    sketch = step.sketch(view)
    return sorted(zip(sketch.rows.tolist(), sketch.keys.tolist(), strict=True))


def sets(view: View, step: CorpusStep) -> list[list[int]]:
    values, offsets = step.evidence(view)
    return [values[offsets[k] : offsets[k + 1]].tolist() for k in range(len(offsets) - 1)]


def test_the_catalog_knows_whole_corpus_steps() -> None:
    assert {"exact_duplicates", "near_duplicates", "url_duplicates"} <= STEPS.keys()


@every_step
def test_its_settings_are_described_and_it_has_a_reason(name: str) -> None:
    assert all(info.description for info in STEPS[name].model_fields.values())
    assert STEPS[name].reason and STEPS[name].__doc__
    step = STEPS[name]()
    assert step.computing_settings()["step"] == name
    assert "\n\n" not in step.about()


@every_step
def test_it_survives_pickling(name: str) -> None:
    step = STEPS[name]()
    again = pickle.loads(pickle.dumps(step))
    assert again == step
    assert pairs(View(batch(TEXTS)), again) == pairs(View(batch(TEXTS)), step)


@every_step
def test_keys_and_evidence_do_not_depend_on_where_a_batch_is_cut(name: str) -> None:
    step = STEPS[name]()
    whole = View(batch(TEXTS))
    keys, evidence = pairs(whole, step), sets(whole, step)
    assert len(evidence) == len(TEXTS)
    for cut in range(len(TEXTS) + 1):
        left, right = View(batch(TEXTS[:cut])), View(batch(TEXTS[cut:]))
        assert pairs(left, step) + [(row + cut, key) for row, key in pairs(right, step)] == keys
        assert sets(left, step) + sets(right, step) == evidence


@every_step
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_slices_and_rows_asked_in_part_get_the_same_answers(name: str, kind: pa.DataType) -> None:
    step = STEPS[name]()
    keys, evidence = pairs(View(batch(TEXTS)), step), sets(View(batch(TEXTS)), step)
    sliced = batch(["before", *TEXTS, "after"], kind).slice(1, len(TEXTS))
    asked = np.array([0, 4, 7, 10], np.int64)
    view = View(sliced, asked)
    assert pairs(view, step) == [(row, key) for row, key in keys if row in asked]
    assert sets(view, step) == [evidence[k] for k in asked]


@every_step
def test_pairs_that_recall_is_measured_on_are_the_same_in_one_group_as_in_none(name: str) -> None:
    step = STEPS[name]()
    if not step.measures_recall():
        pytest.skip("measures no recall")
    evidence = Evidence(*step.evidence(View(batch([*TEXTS, *TEXTS]))))
    whole, grouped = step.true_pairs(evidence, None), step.true_pairs(evidence, np.zeros(2 * len(TEXTS), np.int64))
    assert whole is not None and grouped is not None and len(whole.a)
    found = [sorted(zip(np.minimum(p.a, p.b), np.maximum(p.a, p.b), strict=True)) for p in (whole, grouped)]
    assert found[0] == found[1] == sorted(set(found[0]))
    for chance in (whole.jaccard, whole.chance):
        assert ((chance > 0) & (chance <= 1)).all()
    none = step.true_pairs(evidence, np.full(2 * len(TEXTS), -1, np.int64))
    assert none is not None and not len(none.a)


@every_step
def test_nothing_comes_of_nothing(name: str) -> None:
    step = STEPS[name]()
    assert pairs(View(batch([])), step) == []
    assert sets(View(batch([])), step) == []
    nodes = np.empty(0, np.int64)
    assert [len(ends) for ends in step.link(np.empty(0, np.uint64), nodes)] == [0, 0]
    settled = step.settle(nodes, nodes, nodes, Evidence(np.empty(0, np.uint64), np.zeros(1, np.int64)))
    assert len(settled.lost) == len(settled.kept) == len(settled.similarity) == len(settled.cluster) == 0
    assert run(step, [None, "", None])[0] == {}


MERGING = [name for name, kind in STEPS.items() if not issubclass(kind, SelectStep) and "document" in kind.works_on]
"""Those that find copies among documents, which the texts here are."""


@pytest.mark.parametrize("name", MERGING)
def test_lost_and_kept_are_disjoint_and_a_cluster_is_named_for_its_lowest(name: str) -> None:
    went, cluster = run(STEPS[name](), TEXTS)
    assert 5 in went
    assert not went.keys() & {kept for kept, _ in went.values()}
    for lost, (kept, alike) in went.items():
        assert cluster[lost] == cluster[kept] and (alike is None or 0 <= alike <= 1)
    assert all(cluster[k] == np.flatnonzero(cluster == cluster[k]).min() for k in range(len(TEXTS)))


@every_step
def test_the_same_answer_twice_and_however_the_corpus_is_cut(name: str) -> None:
    step = STEPS[name]()
    first = run(step, TEXTS)
    for cuts in ([], [3], [1, 2, 9], list(range(1, len(TEXTS)))):
        again = run(step, TEXTS, cuts=cuts)
        assert again[0] == first[0] and again[1].tolist() == first[1].tolist()


@every_step
def test_ranks_say_who_stays_and_the_order_of_rows_does_not(name: str) -> None:
    step = STEPS[name]()
    for seed in range(5):
        draw = random.Random(seed)
        rank = np.array(draw.sample(range(len(TEXTS)), len(TEXTS)))
        order = draw.sample(range(len(TEXTS)), len(TEXTS))
        went, _ = run(step, TEXTS, rank)
        moved, _ = run(step, [TEXTS[k] for k in order], rank[order])
        assert {order[lost]: order[kept] for lost, (kept, _) in moved.items()} == {
            lost: kept for lost, (kept, _) in went.items()
        }
        assert all(rank[kept] < rank[lost] for lost, (kept, _) in went.items())
