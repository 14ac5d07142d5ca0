"""Opens models that lie on this machine: an ONNX file and the tokenizer.json beside it. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from pydantic import Field, PrivateAttr

from gristmill.contracts.list_files import ListFile, digests, find_lists
from gristmill.contracts.step import RowStep
from gristmill.errors import InputError, MissingExtra

CHARACTERS_A_TOKEN = 32
"""No text has longer tokens on average; what lies further back is not even tokenised."""


class OnnxStep(RowStep):
    """A step by an ONNX model and its tokenizer, whose digests are part of what it computes."""

    model: str | None = Field(None, min_length=1, description="The ONNX file; a relative path begins at the recipe.")
    tokenizer: str | None = Field(
        None, min_length=1, description="Its tokenizer.json; the one beside the model unless given."
    )

    _root: Path = PrivateAttr(default_factory=Path)
    _found: tuple[ListFile, ...] | None = PrivateAttr(default=None)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root, located._found = root, None
        return located

    def libraries(self) -> tuple[str, ...]:
        return ("onnxruntime", "tokenizers") if self.model else ()

    def model_files(self) -> tuple[ListFile, ...]:
        """The model and its tokenizer as they are now; InputError where one is not there."""
        if self._found is None and self.model is not None:
            tokenizer = self.tokenizer or Path(self.model).with_name("tokenizer.json").as_posix()
            found = find_lists(self._root, (self.model, tokenizer), None, None)
            if found.faults:
                raise InputError(self.model, found.faults[0])
            self._found = found.files
        return self._found or ()

    def computing_settings(self) -> dict[str, Any]:
        """The settings, and the digests of both files; null where they cannot be read."""
        try:
            files = self.model_files()
        except InputError:
            files = ()
        return {**super().computing_settings(), "files": digests(files)}


def open_session(model: ListFile, purpose: str, takes: Collection[str], kind: str) -> tuple[Any, tuple[str, ...]]:
    """The model on one core, and which of the inputs in `takes` it wants; InputError where it wants others.

    `purpose` and `kind` say what it is for (`embed with a model`, `a model of texts`).
    """
    try:
        onnx = import_module("onnxruntime")
    except ImportError as error:
        raise MissingExtra(purpose, "onnxruntime", "semantic") from error
    options = onnx.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers share the cores already
    options.log_severity_level = 4
    try:
        session = onnx.InferenceSession(model.path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise InputError(model.name, f"is no ONNX model that can be run here ({_first_line(error)})") from error
    wanted = {one.name for one in session.get_inputs()}
    unknown = sorted(wanted.difference(takes))
    if unknown or "input_ids" not in wanted:
        wants = ", ".join(unknown[:3]) or "no input_ids"
        raise InputError(model.name, f"wants {wants}; {kind} takes {', '.join(takes)}")
    return session, tuple(name for name in takes if name in wanted)


def open_tokenizer(file: ListFile, purpose: str) -> Any:
    """The tokenizer, without padding."""
    try:
        tokenizers = import_module("tokenizers")
    except ImportError as error:
        raise MissingExtra(purpose, "tokenizers", "semantic") from error
    try:
        tokenizer = tokenizers.Tokenizer.from_file(file.path)
    except Exception as error:
        raise InputError(file.name, f"is no tokenizer.json ({_first_line(error)})") from error
    tokenizer.no_padding()
    return tokenizer


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
