"""The card of a dataset on the Hugging Face Hub: front matter that its loader and its search read, and a few words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from gristmill import __version__
from gristmill.contracts.sink import Delivered, OutputFile

LANGUAGE = "language"
"""The column of a language, and what counts of it begin with."""

_LEAST_SHARE = 0.01
"""Of records, from which on a language is named: fewer are mostly mistaken."""

_NO_LANGUAGE = frozenset(("und", "zxx", "mis"))
"""ISO 639: not determined, none at all, one without a code."""

_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,8})?")
_SIZES = ((3, "1K"), (4, "10K"), (5, "100K"), (6, "1M"), (7, "10M"), (8, "100M"), (9, "1B"), (10, "10B"), (11, "100B"))
_NUMBERS = {"double": "float64", "float": "float32", "halffloat": "float16"}

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    config: str
    name: str
    license: str | None
    languages: tuple[str, ...]
    task_categories: tuple[str, ...]
    tags: tuple[str, ...]

    def written(self, delivered: Delivered) -> str:
        """The whole `README.md`."""
        records = sum(file.records for file in delivered.files)
        head: Entry = {}
        if self.license:
            head["license"] = self.license
        if languages := list(self.languages) or _languages(delivered.files):
            head["language"] = languages
        head["pretty_name"] = self.name
        head["size_categories"] = [size_category(records)]
        for key, values in (("task_categories", self.task_categories), ("tags", self.tags)):
            if values:
                head[key] = list(values)
        if delivered.files:
            head["dataset_info"] = [self._info(delivered)]
            head["configs"] = [
                {
                    "config_name": self.config,
                    "data_files": [{"split": name, "path": f"data/{name}-*"} for name in delivered.splits()],
                }
            ]
        front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=120)
        counts = "\n".join(
            f"| {name} | {sum(file.records for file in files):,} |" for name, files in delivered.splits().items()
        )
        return (
            f"---\n{front}---\n\n# {_plain(self.name)}\n\n{records:,} {delivered.kind}s. "
            f"Made by Gristmill {__version__}.\n\n| split | records |\n|---|---|\n{counts}\n"
        )

    def _info(self, delivered: Delivered) -> Entry:
        splits = []
        for name, files in delivered.splits().items():
            size = sum(_uncompressed(file) for file in files)
            splits.append({"name": name, "num_bytes": size, "num_examples": sum(file.records for file in files)})
        return {
            "config_name": self.config,
            "features": features(pq.read_schema(delivered.files[0].path)),
            "splits": splits,
            "download_size": sum(file.path.stat().st_size for file in delivered.files),
            "dataset_size": sum(split["num_bytes"] for split in splits),
        }


def features(schema: pa.Schema) -> list[Entry]:
    """The columns as `datasets` writes features in a card."""
    return [{"name": field.name, **_feature(field.type)} for field in schema]


def _feature(kind: pa.DataType) -> Entry:
    if pa.types.is_struct(kind):
        return {"struct": [{"name": field.name, **_feature(field.type)} for field in kind]}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = _feature(kind.value_type)
        key = "list" if pa.types.is_list(kind) else "large_list"
        return {key: inner.get("dtype") or inner.get("struct") or inner}
    return {"dtype": _NUMBERS.get(str(kind), str(kind))}


def size_category(records: int) -> str:
    """As the Hub sorts datasets by size."""
    for power, name in _SIZES:
        if records < 10**power:
            return f"n<{name}" if power == _SIZES[0][0] else f"{_SIZES[power - 4][1]}<n<{name}"
    return "n>100B"


def _languages(files: tuple[OutputFile, ...]) -> list[str]:
    """Those that a step has found, the most frequent first."""
    counts: Counter[str] = Counter()
    for file in files:
        counts.update(_of_languages(file.told))
    total = sum(counts.values())
    named = [(-count, code) for code, count in counts.items() if count >= total * _LEAST_SHARE]
    return [code for _, code in sorted(named) if _CODE.fullmatch(code) and code not in _NO_LANGUAGE]


def _of_languages(told: Mapping[str, int]) -> dict[str, int]:
    return {what.removeprefix(f"{LANGUAGE} "): n for what, n in told.items() if what.startswith(f"{LANGUAGE} ")}


def _uncompressed(file: OutputFile) -> int:
    metadata = pq.read_metadata(file.path)
    return sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))


def _plain(name: str) -> str:
    return re.sub(r"[^\w .:,()-]", " ", name)
