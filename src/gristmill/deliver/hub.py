"""A dataset as the Hugging Face Hub holds one: Parquet files by split, and a card that tells of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.sink import Delivered, OutputFile, Ready
from gristmill.deliver._dataset_card import LANGUAGE, Card
from gristmill.deliver.parquet import Parquet, ParquetWriter


class Hub(Parquet):
    """Write Parquet, and `ready/hub`: a folder that `datasets.load_dataset` loads and the Hub takes."""

    config: str = Field("default", pattern=r"^[A-Za-z0-9_.-]{1,80}$", description="Name of the configuration.")
    license: str | None = Field(None, max_length=100, description="The licence, as the Hub calls it: `cc-by-4.0`.")
    languages: tuple[str, ...] = Field(
        (), max_length=400, description="Codes; else those that the column `language` has for at least 1 % of records."
    )
    pretty_name: str | None = Field(None, max_length=200, description="What people call it; else the recipe's name.")
    task_categories: tuple[str, ...] = Field((), max_length=50, description="As the Hub calls them.")
    tags: tuple[str, ...] = Field((), max_length=100, description="More of its tags.")

    def open(self, path: Path, schema: pa.Schema) -> HubWriter:
        return HubWriter(path, schema, self.compression, self.level if self.compression == "zstd" else None)

    def ready(self, delivered: Delivered) -> Ready:
        files: dict[str, bytes | tuple[OutputFile, ...]] = {}
        for split, own in delivered.splits().items():
            for number, file in enumerate(own):
                files[f"data/{split}-{number:05d}-of-{len(own):05d}.parquet"] = (file,)
        card = Card(
            config=self.config,
            name=self.pretty_name or delivered.recipe,
            license=self.license,
            languages=self.languages,
            task_categories=self.task_categories,
            tags=self.tags,
        )
        files["README.md"] = card.written(delivered).encode()
        return Ready(files, () if delivered.files else ("no record was kept, so the folder cannot be loaded",))


class HubWriter(ParquetWriter):
    """A Parquet file, and how many of its records are in each language."""

    def __init__(self, path: Path, schema: pa.Schema, compression: str, level: int | None) -> None:
        super().__init__(path, schema, compression, level)
        self._languages: Counter[str] = Counter()

    def write(self, batch: pa.RecordBatch) -> None:
        super().write(batch)
        if LANGUAGE in batch.schema.names:
            counts = pc.value_counts(batch.column(LANGUAGE).drop_null())
            for entry in counts.to_pylist():
                self._languages[str(entry["values"])] += entry["counts"]

    def close(self) -> Mapping[str, int]:
        super().close()
        return {f"{LANGUAGE} {code}": count for code, count in sorted(self._languages.items())}
