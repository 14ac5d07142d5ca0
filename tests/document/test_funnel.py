"""From read to kept, in words and bytes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from gristmill.build.finished import Finished
from gristmill.build.manifest import FunnelEntry
from gristmill.document.funnel import bytes_of_texts, words_of_texts


def test_texts_are_counted_from_where_pages_had_become_texts() -> None:
    entries = [
        FunnelEntry(step=step, records_in=9, records_out=9, words_out=words, bytes_out=size)
        for step, words, size in (("read", 30, 9_000), ("extract", 500, 3_000), ("language", 400, 2_400))
    ]
    build = cast(Finished, SimpleNamespace(manifest=SimpleNamespace(funnel=entries)))
    assert (words_of_texts(build), bytes_of_texts(build)) == (500, 3_000)
