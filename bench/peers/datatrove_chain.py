"""datatrove's filters and signatures over one JSON Lines file: datatrove_chain.py INPUT FOLDER MODEL."""

from __future__ import annotations

import gzip
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.io import strip_protocol
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import ExactDedupSignature, MinhashDedupSignature
from datatrove.pipeline.dedup.exact_dedup import ExactDedupConfig
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.lid import FT176LID
from huggingface_hub import cached_assets_path
from measured import measured


def place_language_model(model: Path) -> None:
    """Give datatrove the model that Gristmill uses too, where it would download one otherwise."""
    folder = cached_assets_path(library_name="datatrove", namespace="lid", subfolder=FT176LID.MODEL_SUBFOLDER)
    place = folder / strip_protocol(FT176LID.MODEL_URL).replace("/", "_")
    if not place.exists():
        shutil.copy(model, place)
        Path(f"{place}.completed").touch()


def text_of(doc: Document) -> str:
    return doc.text


def chain(source: Path, folder: Path) -> Callable[[], int]:
    dropped = folder / "dropped"
    filters: list[PipelineStep] = [
        JsonlReader(str(source.parent), glob_pattern=source.name),
        LanguageFilter("en", exclusion_writer=JsonlWriter(f"{dropped}/language")),
        GopherRepetitionFilter(exclusion_writer=JsonlWriter(f"{dropped}/gopher_repetition")),
        GopherQualityFilter(exclusion_writer=JsonlWriter(f"{dropped}/gopher_quality")),
        C4QualityFilter(filter_no_terminal_punct=False, exclusion_writer=JsonlWriter(f"{dropped}/c4_quality")),
        FineWebQualityFilter(exclusion_writer=JsonlWriter(f"{dropped}/fineweb_quality")),
        JsonlWriter(f"{folder}/kept"),
    ]
    exact = ExactDedupSignature(f"{folder}/exact", ExactDedupConfig(content_getter=text_of))
    near = MinhashDedupSignature(f"{folder}/signatures")

    def work() -> int:
        LocalPipelineExecutor(filters, tasks=1, workers=1, logging_dir=f"{folder}/logs/filters").run()
        for name, signature in (("exact", exact), ("near", near)):
            steps = [JsonlReader(f"{folder}/kept"), signature]
            LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=f"{folder}/logs/{name}").run()
        return sum(sum(1 for _ in gzip.open(path)) for path in (folder / "kept").glob("*.gz"))

    return work


if __name__ == "__main__":
    place_language_model(Path(sys.argv[3]))
    measured(chain(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
