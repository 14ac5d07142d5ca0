"""Tells what a crawl left out and what went wrong: a line of JSON each, and how often each reason came."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson


class Journal:
    """The file `log.jsonl` of a crawl."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self.counts: Counter[str] = Counter()

    def tell(self, what: str, url: str, why: str, via: str | None = None) -> None:
        """`what` is `skipped` (a rule of ours or theirs), `failed` (an error) or `left` (the rest of a site)."""
        self.counts[f"{what}: {why.partition(' (')[0]}"] += 1
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "what": what, "url": url, "why": why}
        self._file.write(orjson.dumps(line | ({"via": via} if via else {}), option=orjson.OPT_APPEND_NEWLINE))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
