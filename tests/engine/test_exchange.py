"""Rows of equal key meet in whole groups, and what hangs together is found, however it is cut into partitions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.engine.engine import Engine
from gristmill.engine.exchange import KEYS, lowest, tied
from gristmill.engine.groups import whole_groups
from gristmill.engine.local import LocalTeam
from gristmill.engine.shuffle import MOST_PARTITIONS, Shuffle, partitions, spread
from gristmill.text.clusters import to_lowest, to_next

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)


def in_this_process(task, jobs):
    return [task(job, None) for job in jobs]


def to_lowest_and_next(keys, rows):
    first, others = to_lowest(keys, rows)
    one, after = to_next(keys, rows)
    return np.concatenate([first, one]), np.concatenate([others, after])


def shuffled(folder, batches, count):
    """Batches of (keys, rows) as as many tasks write them."""
    keys = Shuffle(str(folder / "keys"), len(batches), count)
    for number, (key, row) in enumerate(batches):
        with keys.scatter(number, KEYS) as out:
            out.add([key, row], spread(key, count))
    return keys


def plain_components(pairs):
    """For each node the lowest one it hangs together with."""
    lowest_of = {node: node for pair in pairs for node in pair}
    changed = True
    while changed:
        changed = False
        for a, b in pairs:
            low = min(lowest_of[a], lowest_of[b])
            changed |= lowest_of[a] != low or lowest_of[b] != low
            lowest_of[a] = lowest_of[b] = low
    return lowest_of


def found_components(met):
    found = {}
    for partition in range(met.edges.partitions):
        labels = lowest(met, partition)
        found |= dict(zip(labels.nodes.tolist(), labels.lowest.tolist(), strict=True))
    return found


def ties_of(met):
    batches = [batch for n in range(met.ties.partitions) for batch in met.ties.gathered(n)]
    return sorted((row["low"], row["high"]) for batch in batches for row in batch.to_pylist())


def meet_by_pairs(folder, pairs, count, run=in_this_process):
    """Each pair is a key of its own that two rows have."""
    rows = np.array(pairs, np.int64).reshape(-1)
    keys = np.repeat(np.arange(len(pairs), dtype=np.uint64), 2)
    order = np.argsort(rows, kind="stable")
    return tied(run, shuffled(folder, [(keys[order], rows[order])], count), to_lowest, folder)


@settings(deadline=None, max_examples=60)
@given(PAIRS, st.integers(1, 7))
def test_whatever_hangs_together_is_found_in_any_number_of_partitions(tmp_path_factory, pairs, count):
    pairs = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    met = meet_by_pairs(tmp_path_factory.mktemp("ties"), pairs, count)
    assert found_components(met) == plain_components(pairs)
    assert met.nodes == len({node for pair in pairs for node in pair})
    assert ties_of(met) == pairs


def test_a_long_chain_is_one_component_and_nothing_is_left_on_disk(tmp_path):
    rows = np.random.default_rng(1).permutation(3000)
    pairs = list(zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True))
    met = meet_by_pairs(tmp_path, pairs, 5)
    assert set(found_components(met).values()) == {0}
    met.remove()
    assert not list(tmp_path.iterdir())


def test_an_exchange_on_workers_ties_the_same(tmp_path):
    pairs = [(n, n + 1) for n in range(0, 60, 2)] + [(0, 30)]

    def on_workers(task, jobs):
        return list(engine.run(task, jobs, on_report=print, on_death=print))

    engine = Engine(LocalTeam(2))
    try:
        met = meet_by_pairs(tmp_path, pairs, 4, on_workers)
    finally:
        engine.close()
    assert found_components(met) == plain_components(pairs)


def test_an_exchange_of_nothing_gives_nothing(tmp_path):
    met = tied(in_this_process, shuffled(tmp_path, [], 3), to_lowest, tmp_path)
    assert met.nodes == 0
    assert not ties_of(met)


def batches_of(keys, rows, cuts):
    bounds = [0, *sorted(cuts), len(keys)]
    return [pa.record_batch([pa.array(keys[a:b]), pa.array(rows[a:b])], schema=KEYS) for a, b in pairwise(bounds)]


def linked(groups, link):
    """Each tie once, as an exchange keeps them."""
    pairs = [link(keys, rows) for keys, rows in groups]
    return {(a, b) for low, high in pairs for a, b in zip(low.tolist(), high.tolist(), strict=True)}


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 9) | st.just(3), max_size=200),
    st.lists(st.integers(0, 200), max_size=4),
    st.integers(2, 50),
)
@pytest.mark.parametrize("link", [to_lowest, to_lowest_and_next])
def test_groups_in_bounded_memory_tie_the_same_whatever_share_of_rows_has_one_key(link, keys, cuts, most):
    keys = np.array(keys, np.uint64)
    rows = np.arange(len(keys), dtype=np.int64) * 3
    order = np.argsort(keys, kind="stable")
    batches = batches_of(keys, rows, [min(cut, len(keys)) for cut in cuts])
    groups = list(whole_groups(batches, most))
    assert linked(groups, link) == linked([(keys[order], rows[order])], link)
    assert all(len(keys) <= most + 2 for keys, _ in groups)
    for found, members in groups:
        assert len(found) >= 2
        assert np.array_equal(np.lexsort((members, found)), np.arange(len(found)))


def test_partitions_grow_with_the_rows_up_to_a_bound():
    assert [partitions(rows, 10) for rows in (0, 1, 10, 11, 10**9)] == [1, 1, 1, 2, MOST_PARTITIONS]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1)), st.integers(1, 9))
def test_rows_come_out_of_the_partition_they_were_put_in_in_their_order(tmp_path_factory, keys, count):
    folder = tmp_path_factory.mktemp("shuffle")
    keys = np.array(keys, np.uint64)
    half = len(keys) // 2
    rows = np.arange(len(keys), dtype=np.int64)
    files = shuffled(folder, [(keys[:half], rows[:half]), (keys[half:], rows[half:])], count)
    to = spread(keys, count)
    for partition in range(count):
        got = [row for batch in files.gathered(partition) for row in batch.column(1).to_pylist()]
        assert got == rows[to == partition].tolist()


def test_a_task_that_fails_leaves_no_file(tmp_path):
    files = Shuffle(str(tmp_path / "keys"), 1, 2)
    with pytest.raises(ZeroDivisionError), files.scatter(0, KEYS) as out:
        out.add([np.array([1], np.uint64), np.array([2])], np.array([0]))
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())
