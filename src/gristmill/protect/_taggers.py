"""Finds the files of a tagger, and opens it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from gristmill.contracts.list_files import ListFile
from gristmill.protect._onnx_tagger import OnnxTagger
from gristmill.protect._tag_calibration import SUFFIX, CalibratedTagger, digest_of, load
from gristmill.protect._tagging import Tagger


def files_of(root: Path, model: str) -> tuple[str, ...]:
    """The files of a tagger as they are spelled, and its calibration, where there is one beside it."""
    calibration = model + SUFFIX
    return (*bare_files_of(root, model), *((calibration,) if (root / calibration).is_file() else ()))


def bare_files_of(root: Path, model: str) -> tuple[str, ...]:
    """The same without its calibration: the model, its tokenizer and its config."""
    return (model, *(_beside(root, model, name) for name in ("tokenizer.json", "config.json")))


@lru_cache(maxsize=2)
def tagger(files: tuple[ListFile, ...]) -> Tagger:
    """The model, loaded once a process; InputError where its files are none that can be used."""
    *model, last = files
    if last.name.endswith(SUFFIX):
        return CalibratedTagger(OnnxTagger(*model), load(last, digest_of(model)))
    return OnnxTagger(*files)


def _beside(root: Path, model: str, name: str) -> str:
    """Where a model keeps a file of its own: beside it, or in the folder above, as exports do."""
    path = Path(model)
    near = path.with_name(name)
    return (near if (root / near).is_file() else path.parent.parent / name).as_posix()
