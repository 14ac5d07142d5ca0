"""Removes what a finished build has stored and no longer uses: other settings, files that changed or are gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from gristmill.build.layout import Layout
from gristmill.build.parts import BASE, PIECES, TEXT, PartRef

STORES = (BASE, TEXT, "lines", PIECES, "verdicts")


def remove_unused(layout: Layout, parts: Iterable[PartRef], published: Iterable[Path], settled: Iterable[str]) -> None:
    """Keep the stores of these parts, what was published of them and the tables that were settled; nothing else.

    Going back to earlier settings computes anew: a build folder that kept all it ever tried would only grow.
    """
    used = {part.place.path(name, part.part).parent for part in parts for name in part.place.prints}
    for kind in STORES:
        for units in _folders(layout.work / kind):
            for unit in _folders(units):
                if unit not in used:
                    shutil.rmtree(unit, ignore_errors=True)
            _remove_empty(units)
    kept = set(published)
    for unit in _folders(layout.work / "published"):
        for part in _folders(unit):
            if part not in kept:
                shutil.rmtree(part, ignore_errors=True)
        _remove_empty(unit)
    tables = {Path(table) for table in settled}
    for table in _folders(layout.work / "settled"):
        if table not in tables:
            shutil.rmtree(table, ignore_errors=True)


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
