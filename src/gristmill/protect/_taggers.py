"""Finds the files of a tagger, and opens it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from gristmill.contracts.list_files import ListFile
from gristmill.protect._onnx_tagger import OnnxTagger
from gristmill.protect._spacy_tagger import CONFIG, SpacyTagger
from gristmill.protect._tag_calibration import SUFFIX, CalibratedTagger, digest_of, load
from gristmill.protect._tagging import Tagger


def files_of(root: Path, model: str) -> tuple[str, ...]:
    """The files of a tagger as they are spelled, and its calibration, where there is one beside it."""
    calibration = model.rstrip("/") + SUFFIX
    return (*bare_files_of(root, model), *((calibration,) if (root / calibration).is_file() else ()))


def bare_files_of(root: Path, model: str) -> tuple[str, ...]:
    """The same without its calibration: the model, its tokenizer and its config; of spaCy all files of the folder."""
    if is_pipeline(root, model):
        folder = root / model
        inside = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        files = [Path(CONFIG), *(path for path in inside if path != Path(CONFIG) and "__pycache__" not in path.parts)]
        return tuple((Path(model) / path).as_posix() for path in files)
    return (model, *(_beside(root, model, name) for name in ("tokenizer.json", "config.json")))


def is_pipeline(root: Path, model: str) -> bool:
    """Whether it is a folder, as pipelines of spaCy are; other models are files."""
    return (root / model).is_dir()


@lru_cache(maxsize=2)
def tagger(files: tuple[ListFile, ...]) -> Tagger:
    """The model, loaded once a process; InputError where its files are none that can be used."""
    *model, last = files
    if last.name.endswith(SUFFIX):
        return CalibratedTagger(_opened(model), load(last, digest_of(model)))
    return _opened(files)


def _opened(model: Sequence[ListFile]) -> Tagger:
    first = Path(model[0].path)
    if first.name == CONFIG:
        return SpacyTagger(first.parent, str(Path(model[0].name).parent))
    return OnnxTagger(*model)


def _beside(root: Path, model: str, name: str) -> str:
    """Where a model keeps a file of its own: beside it, or in the folder above, as exports do."""
    path = Path(model)
    near = path.with_name(name)
    return (near if (root / near).is_file() else path.parent.parent / name).as_posix()
