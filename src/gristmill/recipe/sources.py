"""Sources named on a command line: the readers that take a file, a folder or a glob, and the records of a build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import orjson

from gristmill.collect._files_reader import FilesReader
from gristmill.contracts.reader import Reader
from gristmill.errors import InputError
from gristmill.recipe.entries import classes

_MANIFEST = "manifest.json"
_MOST_MANIFEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A reader, and whether what it reads are records that a build delivered."""

    reader: Reader
    delivered: bool


def sources_of(sources: Sequence[str], root: Path, kinds: dict[str, dict[str, Any]]) -> list[Source]:
    """A reader for each source and kind that finds files with its endings there; `kinds` are names and settings.

    Relative sources begin at `root`. Of a finished build the delivered records are read. InputError where nothing is.
    """
    found: list[Source] = []
    for source in sources:
        delivered = _delivered(root / source)
        paths = tuple(f"{source.rstrip('/')}/{path}" for path in delivered) if delivered else (source,)
        made = [classes("readers")[kind].model_validate({"paths": paths, **own}) for kind, own in kinds.items()]
        readers = [reader for reader in made if isinstance(reader, FilesReader)]
        taken = [Source(reader, bool(delivered)) for reader in readers if _takes(reader, root)]
        if not taken:
            _of_any_kind(readers, root)
            raise InputError(source, f"has no file of a kind that is read here ({', '.join(kinds)})")
        found += taken
    return found


def _of_any_kind(readers: Sequence[FilesReader], root: Path) -> None:
    """InputError where all say the same: that nothing is there, whatever its kind."""
    told: dict[str, InputError] = {}
    for reader in readers:
        try:
            reader.units(str(root))
        except InputError as error:
            told[error.message] = error
        else:
            return
    if len(told) == 1:
        raise next(iter(told.values()))


def _takes(reader: FilesReader, root: Path) -> bool:
    try:
        units = reader.units(str(root))
    except InputError:
        if Path(root / reader.paths[0]).is_file() and reader.paths[0].endswith(reader.suffixes):
            raise  # it is of this kind, and something is wrong with it
        return False
    return any(member.path.endswith(reader.suffixes) for unit in units for member in unit.members)


def _delivered(folder: Path) -> list[str]:
    """The files of the records that stayed in a finished build, in one format; none where the folder is no build."""
    try:
        with (folder / _MANIFEST).open("rb") as file:
            outputs = orjson.loads(file.read(_MOST_MANIFEST))["outputs"]
        files = sorted(str(output["path"]) for output in outputs)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return []
    kept = [path for path in files if PurePath(path).parts[:1] == ("data",) and ".." not in PurePath(path).parts]
    kept = [path for path in kept if len(PurePath(path).parts) == 2]  # below lie the same records in other formats
    endings = {"".join(PurePath(path).suffixes) for path in kept}
    return [path for path in kept if path.endswith(min(endings))] if endings else []
