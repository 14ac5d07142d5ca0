"""The folders in which outputs lie as other programs take them: texts, and links to what was delivered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from gristmill.build.store import sha256
from gristmill.contracts.sink import Delivered, OutputFile, output_folders, output_names
from gristmill.recipe.model import Recipe

READY = "ready"
"""The folder of these folders in a build."""

File = Mapping[str, Any]


def files_of(recipe: Recipe, outputs: Sequence[File]) -> list[list[File]]:
    """Those files of a build that each output of its recipe has written."""
    return [
        [file for file in outputs if is_of(file["path"], folder, sink.suffix)]
        for folder, sink in zip(output_folders(recipe.outputs), recipe.outputs, strict=True)
    ]


def is_of(name: str, folder: str, suffix: str) -> bool:
    return name.startswith(folder) and name.endswith(suffix) and "/" not in name[len(folder) :]


def make_ready(
    recipe: Recipe, outputs: Sequence[File], splits: Sequence[str], staging: Path
) -> tuple[list[dict[str, Any]], list[str]]:
    """Write the folders of all outputs that have one; their files with digests, and warnings."""
    made: list[dict[str, Any]] = []
    warnings: list[str] = []
    order = {name: number for number, name in enumerate(splits)}
    for name, sink, files in zip(output_names(recipe.outputs), recipe.outputs, files_of(recipe, outputs), strict=True):
        mine = [_file(file, order, staging) for file in files]
        mine.sort(key=lambda file: (order.get(file.split or "", -1), file.path))
        ready = sink.ready(Delivered(recipe.name, recipe.kind, tuple(mine)))
        if ready is None:
            continue
        warnings += [f"{name}: {warning}" for warning in ready.warnings]
        for path, content in sorted(ready.files.items()):
            inside = PurePosixPath(READY, name, path)
            if isinstance(content, bytes):
                _write(staging / inside, content)
            else:
                _join(staging / inside, [file.path for file in content])
            made.append({"path": str(inside), "sha256": sha256(staging / inside)})
    return made, warnings


def _file(file: File, order: Mapping[str, int], staging: Path) -> OutputFile:
    named = PurePosixPath(file["path"]).name.partition("-")[0]
    return OutputFile(staging / file["path"], named if named in order else None, file["records"], file.get("told", {}))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _join(path: Path, files: Sequence[Path]) -> None:
    """One file of several, end to end; of a single one a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if len(files) == 1:
        link(files[0], path)
        return
    with path.open("wb") as out:
        for file in files:
            with file.open("rb") as one:
                shutil.copyfileobj(one, out, 1 << 20)


def link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
