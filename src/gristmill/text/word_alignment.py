"""Which words of a page are those of a reference text, by an alignment that likes runs better than single words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel, part

Numbers = npt.NDArray[np.int32]
Steps = npt.NDArray[np.uint8]
Row = npt.NDArray[np.float32]

_FIRST, _NEXT = np.float32(0.3), np.float32(1.0)
"""What the first word of a run counts, and each that follows it."""

_UP, _LEFT, _RUN, _MATCH = 1, 2, 4, 8


@part
def _row(word: int, reference: Numbers, before: Row, run_before: Row, now: Row, run_now: Row, steps: Steps) -> None:
    now[0], run_now[0] = 0, -np.inf
    for j in range(1, len(reference) + 1):
        best, step = before[j], _UP
        if now[j - 1] > best:
            best, step = now[j - 1], _LEFT
        run = np.float32(-np.inf)
        if word == reference[j - 1]:
            run = before[j - 1] + _FIRST
            if run_before[j - 1] + _NEXT > run:
                run = run_before[j - 1] + _NEXT
                step |= _RUN
            if run >= best:
                best = run
                step |= _MATCH
        now[j], run_now[j], steps[j] = best, run, step


@kernel
def aligned(words: Numbers, reference: Numbers) -> npt.NDArray[np.bool_]:
    """Which of `words` the best alignment matches; both are numbered alike. Takes a byte for each pair."""
    rows, columns = len(words), len(reference)
    steps = np.zeros((rows + 1, columns + 1), np.uint8)
    values = np.zeros((2, columns + 1), np.float32)
    runs = np.full((2, columns + 1), -np.inf, np.float32)
    for i in range(1, rows + 1):
        one, other = (i - 1) % 2, i % 2
        _row(words[i - 1], reference, values[one], runs[one], values[other], runs[other], steps[i])
    matched = np.zeros(rows, np.bool_)
    i, j = rows, columns
    in_run = False
    while i > 0 and j > 0:
        step = steps[i, j]
        if in_run or step & _MATCH:
            matched[i - 1] = True
            in_run = (step & _RUN) != 0
            i -= 1
            j -= 1
        elif step & 3 == _UP:
            i -= 1
        else:
            j -= 1
    return matched
