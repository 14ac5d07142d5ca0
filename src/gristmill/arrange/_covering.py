"""The order in which records bring tags that are not there yet, as in InsTag (Lu et al. 2023, arXiv:2308.07074)."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa
from xxhash import xxh3_64_intdigest

from gristmill.arrange._choosing import Ranking
from gristmill.contracts.step import Keys, Nodes
from gristmill.text.ragged import offsets_of


def tag_sets(values: pa.Array) -> tuple[Keys, Nodes]:
    """The hashes of the tags in each text: those of a JSON list, each once, or else the text itself as one tag."""
    sets = [sorted({xxh3_64_intdigest(tag.encode()) for tag in _tags(value)}) for value in values.to_pylist()]
    hashes = np.array([tag for tags in sets for tag in tags], np.uint64)
    return hashes, offsets_of(np.array([len(tags) for tags in sets], np.int64))


def _tags(value: str | None) -> list[str]:
    if not value:
        return []
    if not value.startswith("["):
        return [value]
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return [value]
    return [tag if isinstance(tag, str) else orjson.dumps(tag).decode() for tag in found if tag is not None]


def covering(ranking: Ranking, hashes: Keys, offsets: Nodes) -> Ranking:
    """By round, then by rank; those without tags last."""
    by = rounds(hashes, offsets, ranking.order)
    order = np.argsort(np.where(by < 0, len(by), by), kind="stable")
    return Ranking(ranking.order[order], ranking.strata[order])


def rounds(hashes: Keys, offsets: Nodes, order: Nodes) -> Nodes:
    """For each record of `order` the round in which it is taken; -1 for one without tags.

    A round goes down the order and takes each record with a tag that the round has not seen, of those not taken before.
    All rounds are played at once: whether a round has seen a tag depends on the records above alone, so a record is
    taken in the first round that has not yet seen one of its tags.
    """
    tags, numbers = np.unique(hashes, return_inverse=True)
    seen: list[set[int]] = [set() for _ in tags]  # by tag: rounds later than the first that has not seen it
    unseen = [0] * len(tags)
    out = np.full(len(order), -1, np.int64)
    for at, record in enumerate(order.tolist()):
        own = numbers[offsets[record] : offsets[record + 1]].tolist()
        if not own:
            continue
        taken = min(unseen[tag] for tag in own)
        out[at] = taken
        for tag in own:
            later = seen[tag]
            if taken == unseen[tag]:
                unseen[tag] += 1
                while unseen[tag] in later:
                    later.remove(unseen[tag])
                    unseen[tag] += 1
            else:
                later.add(taken)
    return out
