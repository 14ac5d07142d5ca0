"""Give each record the vector that a local model makes of its text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, PrivateAttr

from gristmill.contracts.list_files import ListFile, digests, find_lists
from gristmill.contracts.onnx_models import beside
from gristmill.contracts.step import Edit, RowStep
from gristmill.contracts.view import View
from gristmill.dedup._onnx import Unembeddable, embedder
from gristmill.errors import InputError, MissingExtra


class Embed(RowStep):
    """Adds a column `embedding`: the vector of the text, of length 1, by an ONNX model that lies on this machine.

    The model takes `input_ids` (and `attention_mask`, `token_type_ids` where it wants them) and gives a vector a token
    or a text; nothing is downloaded. One text is embedded at a time, so what a text gets does not depend on others.
    Another processor may round the last bits another way. A text without tokens gets none. Needs the extra `semantic`.
    """

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True
    adds: ClassVar[Mapping[str, pa.DataType]] = {"embedding": pa.list_(pa.float32())}

    model: str | None = Field(None, min_length=1, description="The ONNX file; a relative path begins at the recipe.")
    tokenizer: str | None = Field(
        None, min_length=1, description="Its tokenizer.json; the one beside the model unless given."
    )
    pooling: Literal["mean", "cls"] = Field("mean", description="What is made of a vector a token.")
    max_tokens: int = Field(
        256, ge=1, le=100_000, description="The text is cut off behind so many, and behind 32 characters for each."
    )

    _root: Path = PrivateAttr(default_factory=Path)
    _found: tuple[ListFile, ...] | None = PrivateAttr(default=None)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root, located._found = root, None
        return located

    def libraries(self) -> tuple[str, ...]:
        return ("onnxruntime", "tokenizers") if self.model else ()

    def _find(self) -> tuple[ListFile, ...]:
        """The model and its tokenizer as they are now; InputError where one is not there."""
        if self._found is None and self.model is not None:
            found = find_lists(self._root, (self.model, self.tokenizer or beside(self.model)), None, None)
            if found.faults:
                raise InputError(self.model, found.faults[0])
            self._found = found.files
        return self._found or ()

    def faults(self) -> Mapping[str, str]:
        if self.model is None:
            return {"model": "name the ONNX file of an embedding model: nothing is downloaded"}
        try:
            embedder(*self._find(), self.pooling, self.max_tokens)
        except (InputError, MissingExtra) as error:
            return {"model": str(error)}
        return {}

    def computing_settings(self) -> dict[str, Any]:
        """The settings, and the digests of both files; null where they cannot be read."""
        try:
            files = self._find()
        except InputError:
            files = ()
        return {**super().computing_settings(), "files": digests(files)}

    def edit(self, view: View) -> Edit:
        text = view.column("text")
        texts = pa.nulls(len(view), pa.large_string()) if text is None else text
        files = self._find()
        vectors: list[np.ndarray | None] = [None] * len(view)
        failed: dict[int, str] = {}
        if files:
            embed = embedder(*files, self.pooling, self.max_tokens)
            for k, value in enumerate(texts.to_pylist()):
                try:
                    found = embed(value) if value else None
                except Unembeddable as error:
                    failed[k] = str(error)
                    continue
                if found is None:
                    continue
                length = float(np.sqrt((found * found).sum()))
                if np.isfinite(length) and length > 0:
                    vectors[k] = (found / length).astype(np.float32)
                else:
                    failed[k] = "The model gave a vector without a direction."
        return Edit(texts, {"embedding": pa.array(vectors, pa.list_(pa.float32()))}, failed=failed)
