"""What is left around cuts, held to plain Python over characters."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gristmill.text.cut_spans import pieces_around

TEXT = st.text("ab é日\n\u3000", max_size=60)


def plain(text: str, cuts: list[tuple[int, int]], margin: int, least: int) -> list[str]:
    gone = [False] * len(text)
    for start, stop in cuts:
        begin, end = max(start - margin, 0), min(stop + margin, len(text))
        while begin > 0 and not text[begin - 1].isspace():
            begin -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        gone[begin:end] = [True] * (end - begin)
    pieces, piece = [], ""
    for letter, went in [*zip(text, gone, strict=True), ("", True)]:
        if went:
            pieces.append(piece.strip())
        piece = "" if went else piece + letter
    return [piece for piece in pieces if piece and len(piece) >= least]


@settings(deadline=None)
@example("aaaaa a", [(0, 1), (0, 2)], 4, 0)  # the second ends within the first, and its margin beyond it
@given(
    TEXT, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=4), st.integers(0, 9), st.integers(0, 9)
)
def test_cuts_take_their_margin_and_whole_words(
    text: str, drawn: list[tuple[int, int]], margin: int, least: int
) -> None:
    cuts = sorted((start, min(start + size, len(text))) for start, size in drawn if start < len(text))
    data = np.frombuffer(text.encode(), np.uint8)
    byte = [len(text[:at].encode()) for at in range(len(text) + 1)]
    starts, stops = (np.array([byte[cut[k]] for cut in cuts], np.int64) for k in (0, 1))
    bounds = np.array([0, len(cuts)])
    found = pieces_around(data, np.array([0]), np.array([len(data)]), starts, stops, bounds, margin, least)
    assert [data[a:b].tobytes().decode() for _, a, b in found.T.tolist()] == plain(text, cuts, margin, least)
