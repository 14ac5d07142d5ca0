"""What the answers of conversations say: echoes, loops, breaks, another script, broken code, wrong sums."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.turnwise import Turns
from gristmill.converse._arithmetic import wrong_equations
from gristmill.converse._asked_for import A_SONG, excused
from gristmill.converse._cut_off import cut_off
from gristmill.converse._fences import fence_findings
from gristmill.converse._other_script import other_scripts
from gristmill.converse._structure import Finding
from gristmill.records.turns import ASSISTANT, USER
from gristmill.text.flat import flat
from gristmill.text.loops import loops

_ECHO = 20
"""Characters of an answer from which on it can be an echo: `Yes.` may answer `Yes.`."""

_EQUATION = r"\d\s*[-+*/×÷x−–]\s*[$€£¥]?\d[\d.,]*\s*=\s*[$€£¥]?[-−]?\d"
_YEAR = r"\b(?:19|20|21)\d\d\b"
_YEARS = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")  # no quantifier over what another could take


def answer_findings(turns: Turns, knowledge_cutoff: int | None) -> Iterator[tuple[int, Finding]]:
    """The row of each finding in what an assistant says, and the finding."""
    answers = turns.of(ASSISTANT)
    if not len(answers):
        return
    texts: list[str] = turns.texts.take(pa.array(answers)).to_pylist()
    rows = turns.rows[answers].tolist()
    yield from _said_before(turns, answers, texts)
    whole = flat(turns.texts)
    sizes = loops(whole.data, whole.offsets, answers)
    for place in np.flatnonzero((sizes > 0) & ~excused(turns, answers, A_SONG)).tolist():
        yield rows[place], ("loop", f"{sizes[place]} bytes: {texts[place][-60:]}")
    for place, stands in enumerate(cut_off(turns.texts.take(pa.array(answers)))):
        if stands is not None:
            yield rows[place], ("cut_off", stands)
    yield from other_scripts(turns)
    for place in _matching(turns, answers, r"```|\\|\$\$"):
        yield from ((rows[place], finding) for finding in fence_findings(texts[place]))
    for place in _matching(turns, answers, _EQUATION):
        yield from ((rows[place], ("wrong_arithmetic", stands)) for stands in wrong_equations(texts[place]))
    if knowledge_cutoff is not None:
        for place in _matching(turns, answers, _YEAR):
            late = [year for year in _YEARS.findall(texts[place]) if int(year) > knowledge_cutoff]
            if late:
                yield rows[place], ("after_cutoff", late[0])


def _matching(turns: Turns, answers: npt.NDArray[np.int64], pattern: str) -> list[int]:
    hits = pc.match_substring_regex(turns.texts.take(pa.array(answers)), pattern)
    found: list[int] = np.flatnonzero(hits.to_numpy(zero_copy_only=False)).tolist()
    return found


def _said_before(turns: Turns, answers: npt.NDArray[np.int64], texts: list[str]) -> Iterator[tuple[int, Finding]]:
    """Answers that are the turn before, or an earlier answer, but for case and white space."""
    earlier: dict[str, int] = {}
    row = -1
    for place, turn in enumerate(answers.tolist()):
        own = int(turns.rows[turn])
        if own != row:
            earlier, row = {}, own
        said = " ".join(texts[place].lower().split())
        if len(said) >= _ECHO:
            if turn and turns.roles[turn - 1] == ord(USER) and turns.rows[turn - 1] == own:
                asked = " ".join(turns.texts[turn - 1].as_py().lower().split())
                if said == asked:
                    yield own, ("echo", texts[place])
            if said in earlier:
                yield own, ("repeated_answer", texts[place])
            earlier[said] = place
