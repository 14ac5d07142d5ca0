"""Runs the line that cuts texts behind a pass: pieces meet, and what goes out of which text is written down.

Each stage is a task over files, as in a meeting: pieces to the partitions of their keys; there they are linked;
each pair to the parts of the text that is cut, and the row of its twin to its own, where its record is looked up.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from gristmill.build.chunk import piece_store
from gristmill.build.cut_tasks import CutJob, cut_parts
from gristmill.build.cuts import PRINTS
from gristmill.build.meet import again
from gristmill.build.part_groups import PartGroup, grouped
from gristmill.build.parts import PartRef
from gristmill.build.piece_numbers import bits_for_starts
from gristmill.build.piece_tasks import LinkJob, PiecesJob, link_pieces, shuffle_pieces
from gristmill.build.store import write_json
from gristmill.build.twin_task import TwinJob, look_up_twins
from gristmill.engine.engine import Engine
from gristmill.engine.exchange import ROWS
from gristmill.engine.protocol import Task
from gristmill.engine.shuffle import Shuffle, partitions
from gristmill.recipe.plan import Plan

_PIECE_BYTES = 8
"""A piece takes at least as many in its store: its key, which nothing compresses."""


class Cutting:
    """The line that cuts behind one pass, over all parts of a build. `settled` has what went in lines before it."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        number: int,
        parts: Sequence[PartRef],
        folder: Path,
        settled: Path,
        on_report: Callable[[Any], None],
    ) -> None:
        self.engine, self.folder, self.parts, self.on_report = engine, folder, parts, on_report
        line = plan.passes[number].cut
        if line is None:
            raise TypeError(f"nothing cuts behind pass {number}")
        self.line = line
        self._groups = [
            PartGroup(at, mine, plan, number, line, str(settled), ())
            for at, mine in enumerate(grouped(parts, 1))  # a part has many pieces
        ]
        self._ordinals = tuple(group.parts[0].ordinal for group in self._groups)

    def cut_all(self, target: Path) -> None:
        """The folder of stretches appears when all are found."""
        table = self.folder / "cuts"
        table.mkdir(parents=True, exist_ok=True)
        groups = len(self._groups)
        keys = self._shuffle("pieces", groups, partitions(self._most_pieces(), ROWS))
        bits = bits_for_starts(self.parts[-1].ordinal)
        self._run(shuffle_pieces, [PiecesJob(group, keys, bits) for group in self._groups])
        pairs, wanted = (self._shuffle(name, keys.partitions, groups) for name in ("pairs", "wanted"))
        self._run(
            link_pieces,
            [LinkJob(self.line, n, keys, pairs, wanted, self._ordinals, bits) for n in range(keys.partitions)],
        )
        keys.remove()
        twins = str(self.folder / "twins")
        self._run(look_up_twins, [TwinJob(group, wanted, twins) for group in self._groups])
        wanted.remove()
        jobs = [CutJob(group, pairs, twins, self._ordinals, str(table), bits) for group in self._groups]
        digests = dict(one for found in self._run(cut_parts, jobs) for one in found)
        write_json(table / PRINTS, self._by_unit(digests))
        target.parent.mkdir(parents=True, exist_ok=True)
        table.replace(target)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _by_unit(self, digests: dict[int, str]) -> dict[str, str]:
        """What is cut out of the texts of each unit, as a digest."""
        units: dict[str, Any] = {part.place.unit: hashlib.blake2b(digest_size=16) for part in self.parts}
        for part in self.parts:
            units[part.place.unit].update(f"{part.part}:{digests.get(part.ordinal, '')} ".encode())
        return {unit: digest.hexdigest() for unit, digest in units.items()}

    def _most_pieces(self) -> int:
        paths = (part.place.path(piece_store(self.line), part.part) for part in self.parts)
        return sum(path.stat().st_size for path in paths if path.exists()) // _PIECE_BYTES

    def _shuffle(self, name: str, writers: int, count: int) -> Shuffle:
        return Shuffle(str(self.folder / name), writers, count)

    def _run(self, task: Task, jobs: Iterable[Any]) -> list[Any]:
        return list(self.engine.run(task, jobs, on_report=self.on_report, on_death=again))
