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
from gristmill.converse._fences import FENCE, fence_findings
from gristmill.converse._structure import Finding
from gristmill.records.turns import ASSISTANT, USER
from gristmill.text.dominant_scripts import NONE, UNKNOWN, dominant_scripts
from gristmill.text.flat import flat
from gristmill.text.loops import loops

_ECHO = 20
"""Characters of an answer from which on it can be an echo: `Yes.` may answer `Yes.`."""

_SOME_LETTERS = 40
"""Bytes of a text from which on its script says something."""

_LONG = 200
"""Characters of an answer from which on a missing full stop says something."""

_EQUATION = r"\d\s*[-+*/×÷x−–]\s*[$€£¥]?\d[\d.,]*\s*=\s*[$€£¥]?[-−]?\d"
_YEAR = r"\b(?:19|20|21)\d\d\b"
_YEARS = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")  # no quantifier over what another could take
_TRANSLATES = (
    r"(?i)translat|\btraduc|\btradui|übersetz|перевед|翻译|翻譯|翻訳|英文|英语|中文|日语|法语"
    r"|\b(?:in|into|to) (?:english|chinese|french|german|spanish|japanese|korean|russian|arabic|hindi|italian"
    r"|portuguese|greek|hebrew|thai)\b"
)
_ENDS = frozenset(".!?。！？…\"'”’»」』)]}`*|>:;_~=-）】、।؟۔｡")
_TERMINAL = frozenset(".!?。！？")
_NO_PROSE = ("-", "*", "+", "#", "|", ">", "•", "`", "    ", "\t")


def answer_findings(turns: Turns, knowledge_cutoff: int | None) -> Iterator[tuple[int, Finding]]:
    """The row of each finding in what an assistant says, and the finding."""
    answers = turns.of(ASSISTANT)
    if not len(answers):
        return
    texts: list[str] = turns.texts.take(pa.array(answers)).to_pylist()
    rows = turns.rows[answers].tolist()
    yield from _said_before(turns, answers, texts)
    whole = flat(turns.texts)
    for place in np.flatnonzero(sizes := loops(whole.data, whole.offsets, answers)).tolist():
        yield rows[place], ("loop", f"{sizes[place]} bytes: {texts[place][-60:]}")
    for place in np.flatnonzero(np.diff(np.append(turns.rows[answers], -1)) != 0).tolist():  # the last of each record
        if (stands := _cut_off(texts[place])) is not None:
            yield rows[place], ("cut_off", stands)
    yield from _other_scripts(turns, answers)
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


def _cut_off(text: str) -> str | None:
    """How an answer ends, where that is in the middle of a sentence."""
    end = text.rstrip()
    if len(end) < _LONG or end[-1] in _ENDS:
        return None
    last = end.rpartition("\n")[2]
    if last.rpartition(" ")[2].startswith(("#", "@", "http")):
        return None  # hashtags and addresses end without a full stop
    if last.startswith(_NO_PROSE) or last[:3].strip(" ").rstrip(".)").isdigit() or FENCE in text:
        return None
    if len(last.split()) < 8 and len(last) < 60:
        return None
    if not any(letter in _TERMINAL for letter in last) and not any(letter in _TERMINAL for letter in text[:-1]):
        return None
    return "... " + end[-60:]


def _other_scripts(turns: Turns, answers: npt.NDArray[np.int64]) -> Iterator[tuple[int, Finding]]:
    """Last answers in another script than the last question, where both are of some length."""
    questions = turns.of(USER)
    last_answer = {int(turns.rows[turn]): int(turn) for turn in answers}
    last_question = {int(turns.rows[turn]): int(turn) for turn in questions}
    rows = [row for row in last_answer if row in last_question]
    pairs = np.array([(last_question[row], last_answer[row]) for row in rows], np.int64).reshape(-1, 2)
    whole = flat(turns.texts)
    sizes = np.diff(whole.offsets)
    long_enough: npt.NDArray[np.bool_] = np.all(sizes[pairs] >= _SOME_LETTERS, axis=1)
    rows = [row for row, fits in zip(rows, long_enough.tolist(), strict=True) if fits]
    pairs = pairs[long_enough]
    if not len(pairs):
        return
    asked, said = (dominant_scripts(whole.data, whole.offsets, np.ascontiguousarray(pairs[:, side])) for side in (0, 1))
    translates = pc.match_substring_regex(turns.texts.take(pa.array(pairs[:, 0])), _TRANSLATES).to_pylist()
    for row, question, answer, wanted in zip(rows, asked.tolist(), said.tolist(), translates, strict=True):
        if question != answer and not {question, answer} & {NONE, UNKNOWN} and not wanted:
            yield row, ("other_script", f"asked in {question}, answered in {answer}")
