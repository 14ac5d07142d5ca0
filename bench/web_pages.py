"""From HTML in a WARC to Parquet, on two cores: read, extract, normalise, name the language, write."""

from __future__ import annotations

from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from measuring import Row, seconds
from ours import build

STEPS = """
  - extract
  - normalise
  - language"""


def html_mb(source: Path) -> float:
    """MB of HTML in the archives, uncompressed, without headers."""
    total = 0
    for path in sorted(source.iterdir()):
        with path.open("rb") as file:
            records = ArchiveIterator(file, record_types=WarcRecordType.response)
            total += sum(len(record.reader.read()) for record in records)
    return total / 1e6


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a number of workers."""
    source = corpus / "pages"
    size = html_mb(source)
    rows: list[Row] = []
    for workers in (2,) if quick else (1, 2):
        result = build(source, work / f"{workers}", STEPS, reader="warc", options="", sink="parquet", workers=workers)
        row: Row = {"system": f"gristmill, {workers} workers", "html_mb": size}
        rows.append({**row, **result, "rate": size / seconds(result)})
    return rows
