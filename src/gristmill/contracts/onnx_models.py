"""Opens models that lie on this machine: an ONNX file and the tokenizer.json beside it. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import Field

from gristmill.contracts.list_files import ListFile, digests, find_lists
from gristmill.contracts.model_files import ModelStep
from gristmill.errors import InputError, MissingExtra

CHARACTERS_A_TOKEN = 32
"""No text has longer tokens on average; what lies further back is not even tokenised."""


_WEIGHTS = (".data", "_data")
"""How PyTorch and Optimum call the file of weights beside the file of the graph."""


class OnnxStep(ModelStep):
    """A step by an ONNX model and its tokenizer."""

    model: str | None = Field(None, min_length=1, description="The ONNX file; a relative path begins at the recipe.")
    tokenizer: str | None = Field(
        None, min_length=1, description="Its tokenizer.json; the one beside the model unless given."
    )

    def libraries(self) -> tuple[str, ...]:
        return ("onnxruntime", "tokenizers") if self.model else ()

    def spelled_files(self) -> tuple[str, ...]:
        if self.model is None:
            return ()
        return (self.model, self.tokenizer or Path(self.model).with_name("tokenizer.json").as_posix())

    def computing_settings(self) -> dict[str, Any]:
        """Those of any model; and the digests of its weights, where they lie in a file beside it."""
        settings = super().computing_settings()
        if self.model is not None:
            beside = [self.model + end for end in _WEIGHTS if (self._root / (self.model + end)).is_file()]
            if beside:
                settings["weights"] = digests(find_lists(self._root, beside, None, None).files)
        return settings


def open_session(model: ListFile, purpose: str, takes: Collection[str], kind: str) -> tuple[Any, tuple[str, ...]]:
    """The model on one core, and the inputs it wants; InputError where it wants others than `takes`, names or patterns.

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
    unknown = sorted(name for name in wanted if not any(fnmatchcase(name, one) for one in takes))
    if unknown or "input_ids" not in wanted:
        wants = ", ".join(unknown[:3]) or "no input_ids"
        raise InputError(model.name, f"wants {wants}; {kind} takes {', '.join(takes)}")
    return session, tuple(sorted(wanted))


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
