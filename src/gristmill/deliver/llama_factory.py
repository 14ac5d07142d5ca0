"""JSON Lines for LLaMA-Factory, in its ShareGPT form."""

from __future__ import annotations

from typing import ClassVar

import orjson

from gristmill.contracts.sink import TRAIN, Delivered, OutputFile, Ready
from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import KeepingRowSink
from gristmill.deliver._trainer_rows import Row, dataset_info
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content


class LlamaFactory(KeepingRowSink):
    """Write conversations, pairs and labelled completions in LLaMA-Factory's ShareGPT form."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation", "preference")

    def ready(self, delivered: Delivered) -> Ready:
        """A dataset for each split, a folder of files, and the `dataset_info.json` that names them."""
        files: dict[str, bytes | tuple[OutputFile, ...]] = {}
        info: Row = {}
        for split, own in delivered.splits().items():
            name = delivered.recipe if split == TRAIN else f"{delivered.recipe}_{split}"
            written = [file for file in own if file.rows]
            if written:
                files |= {f"{name}/{number:05d}.jsonl": (file,) for number, file in enumerate(written)}
                with written[0].path.open("rb") as lines:
                    info |= dataset_info(delivered.kind, name, name, orjson.loads(lines.readline()))
        files["dataset_info.json"] = orjson.dumps(info, option=orjson.OPT_INDENT_2)
        return Ready(files, () if info else ("no row was written, so there is no dataset",))

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.llama_factory(kind, content)
