"""From described benchmarks to the file of a pack, and what can be said of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gristmill.contracts.reader import Reader
from gristmill.decontaminate._benchmark import Benchmark
from gristmill.decontaminate._commonness import Commonness
from gristmill.decontaminate._index import Looked, index
from gristmill.decontaminate._items import items
from gristmill.decontaminate._making import pack_table
from gristmill.decontaminate._pack import PackFile, find, read, write
from gristmill.decontaminate._words import Wording

SIZE = 8
"""Words of the n-grams of the variant `items`, and the fewest of any: what has none of these cannot be found."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A benchmark in a pack: its items, how many can be found, how many have short answers, and common n-grams."""

    benchmark: str
    items: int
    findable: int
    answered: int
    common: int


def make_pack(
    benchmarks: Mapping[str, Benchmark], words: Sequence[Wording], common_in: Iterable[Reader], root: Path, to: Path
) -> None:
    """Write a pack; equal files give equal bytes. InputError where a benchmark or the corpus cannot be read."""
    found = {name: items(name, one, root) for name, one in benchmarks.items()}
    corpus_units = [(reader, reader.units(str(root))) for reader in common_in]  # a missing file is told before the work
    table = pack_table(found, words, {})
    if corpus_units:
        corpus = Commonness(table, words)
        for reader, units in corpus_units:
            for unit in units:
                for chunk in reader.read(unit):
                    corpus.look(chunk.batch.column("text"))
        table = corpus.marked()
    temporary = to.with_name(f".{to.name}.tmp")
    try:
        write(table, temporary)
        temporary.replace(to)
    finally:
        temporary.unlink(missing_ok=True)


def packed(file: PackFile, wording: Wording) -> list[Packed]:
    """What a pack holds, benchmark by benchmark, as the variant `items` looks for it."""
    made = index((file,), Looked(wording, SIZE, "everything"))
    worded = read(file, wording).wording
    names = np.array(made.benchmarks)
    answered = np.diff(made.answers.offsets) > 0
    told = []
    for name in dict.fromkeys(made.benchmarks):
        own = names == name
        common = 0 if worded is None else int((worded.common[own[made.item_of]] >= SIZE).sum())
        told.append(Packed(name, int(own.sum()), int(made.findable[own].sum()), int(answered[own].sum()), common))
    return told


def known_items(packs: Iterable[Path]) -> Iterator[tuple[str, str, bool]]:
    """Every item of some packs: its benchmark, its id, and whether the variant `items` can find it."""
    for path in packs:
        made = index((find(Path(), str(path)),), Looked("simplified", SIZE, "everything"))
        yield from zip(made.benchmarks, made.items, made.findable.tolist(), strict=True)
