"""What C4's rules hand on of the texts that they leave is what a scan of those texts would find."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.contracts.scans import token_counts
from gristmill.contracts.view import View
from gristmill.quality._c4_variants import Variant
from gristmill.quality.c4_quality import C4Quality

PIECES = [
    "The miller's mill, e.g. at 5 km,",
    "don't",
    "(it)",
    "的日本",
    "ไทย",
    "end.",
    '"No!"',
    "...",
    "[1]",
    "[edit]",
    "Java",
]
SPACES = [" ", " ", "\n", "\n", "\r\n", "\x0b", "\x1c", "\x85", "\xa0", "\u2028", "\u3000", ""]
line = st.lists(st.sampled_from(PIECES + SPACES), max_size=40).map("".join)
texts = st.lists(st.one_of(line, st.none()), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("variant", ["datatrove", "fineweb", "dclm", "dolma"])
@given(texts)
def test_it_counts_the_tokens_that_are_left(variant: Variant, texts: list[str | None]) -> None:
    view = View(pa.record_batch({"text": pa.array(texts, pa.large_string())}), np.arange(0, len(texts), 2))
    edit = C4Quality(variant=variant, min_words_per_line=1).edit(view)
    after = View(pa.record_batch({"text": edit.text}))
    assert edit.counts["token_counts"].tolist() == token_counts(after).tolist()
