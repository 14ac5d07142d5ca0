"""Give each record the vector that a local model makes of its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.onnx_models import OnnxStep
from gristmill.contracts.step import Edit
from gristmill.contracts.view import View
from gristmill.dedup._onnx import Unembeddable, embedder
from gristmill.errors import InputError, MissingExtra


class Embed(OnnxStep):
    """Adds a column `embedding`: the vector of the text, of length 1, by an ONNX model that lies on this machine.

    The model takes `input_ids` (and `attention_mask`, `token_type_ids` where it wants them) and gives a vector a token
    or a text; nothing is downloaded. One text is embedded at a time, so what a text gets does not depend on others.
    Another processor may round the last bits another way. A text without tokens gets none. Needs the extra `semantic`.
    """

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True
    adds: ClassVar[Mapping[str, pa.DataType]] = {"embedding": pa.list_(pa.float32())}

    pooling: Literal["mean", "cls"] = Field("mean", description="What is made of a vector a token.")
    max_tokens: int = Field(
        256, ge=1, le=100_000, description="The text is cut off behind so many, and behind 32 characters for each."
    )

    def faults(self) -> Mapping[str, str]:
        if self.model is None:
            return {"model": "name the ONNX file of an embedding model: nothing is downloaded"}
        try:
            embedder(*self.model_files(), self.pooling, self.max_tokens)
        except (InputError, MissingExtra) as error:
            return {"model": str(error)}
        return {}

    def edit(self, view: View) -> Edit:
        text = view.column("text")
        texts = pa.nulls(len(view), pa.large_string()) if text is None else text
        files = self.model_files()
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
