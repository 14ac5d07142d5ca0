"""Answers in another script than their question, where the question does not ask for that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.turnwise import Turns
from gristmill.converse._code_lines import is_code
from gristmill.converse._structure import Finding
from gristmill.records.turns import ASSISTANT, USER
from gristmill.text.dominant_scripts import NONE, UNKNOWN, dominant_scripts
from gristmill.text.flat import flat

_SOME_LETTERS = 40
"""Bytes of a text from which on its script says something."""

_MOST_SHARED = 0.05, 0.1
"""Most of an answer that may be in the question's script, and of a question in the answer's: quotations and names."""

_ADDRESS = r"\S*(?:https?:|www\.)\S*"
_RUNNING = r"(?:\b\p{Ll}{2,}[,;]? ){3}"
"""What running text of an alphabet has, and lists of names, titles and formulas have not."""

_LETTERS = {
    "Latn": r"\p{Latin}",
    "Hani": r"\p{Han}",
    "Jpan": r"[\p{Han}\p{Hiragana}\p{Katakana}]",
    "Hang": r"\p{Hangul}",
    "Cyrl": r"\p{Cyrillic}",
    "Arab": r"\p{Arabic}",
    "Hebr": r"\p{Hebrew}",
    "Grek": r"\p{Greek}",
    "Deva": r"\p{Devanagari}",
    "Thai": r"\p{Thai}",
}
_DENSE = {"Hani": 3, "Jpan": 3, "Hang": 2}
"""Letters of an alphabet that one character of these says as much as: `在Paint Editor中` is Chinese."""

_WANTED = (
    r"(?i)translat|\btraduc|\btradui|übersetz|перевед|翻译|翻譯|翻訳|译成|译为|英文|英语|中文|日语|法语|德语|西班牙语|拉丁"
    r"|\b(?:in|into|to) (?:english|chinese|french|german|spanish|japanese|korean|russian|arabic|hindi|italian"
    r"|portuguese|greek|hebrew|thai)\b"
    r"|\b(?:code|function|program|script|query|algorithm|regex|sql|html|css|python|java|javascript|c\+\+|json|url)\b"
    r"|代码|程序|函数|算法|脚本|查询|正则|网址|链接|网站|电子邮件地址|代号|变量名|类名|缩写|首字母|编写"
    r"|[“「‘][^”」’]{0,20}[a-zA-Z]{2}"
)
"""A question that may well be answered in another script: for a translation, code or an address, of quoted words."""


def other_scripts(turns: Turns) -> Iterator[tuple[int, Finding]]:
    """Last answers in another script than the last question, where both are of some length."""
    last_answer, last_question = (
        {int(turns.rows[turn]): int(turn) for turn in turns.of(role)} for role in (ASSISTANT, USER)
    )
    rows = [row for row in last_answer if row in last_question]
    pairs = np.array([(last_question[row], last_answer[row]) for row in rows], np.int64).reshape(-1, 2)
    whole = flat(turns.texts)
    fits = np.flatnonzero(np.all(np.diff(whole.offsets)[pairs] >= _SOME_LETTERS, axis=1))
    pairs = pairs[fits]
    if not len(pairs):
        return
    asked, said = (dominant_scripts(whole.data, whole.offsets, np.ascontiguousarray(pairs[:, side])) for side in (0, 1))
    unlike = np.flatnonzero([a != b and not {a, b} & {NONE, UNKNOWN} for a, b in zip(asked, said, strict=True)])
    if not len(unlike):
        return
    questions, answers = (
        pc.replace_substring_regex(turns.texts.take(pa.array(pairs[unlike, side])), _ADDRESS, "") for side in (0, 1)
    )
    excused = pc.or_(pc.match_substring_regex(questions, _WANTED), is_code(answers)).to_pylist()
    runs = [pc.match_substring_regex(texts, _RUNNING).to_pylist() for texts in (questions, answers)]
    for at, place in enumerate(unlike.tolist()):
        one, other = str(asked[place]), str(said[place])
        if excused[at] or (one == "Latn" and not runs[0][at]) or (other == "Latn" and not runs[1][at]):
            continue
        if _share(answers[at], one, other) > _MOST_SHARED[0] or _share(questions[at], other, one) > _MOST_SHARED[1]:
            continue
        yield rows[fits[place]], ("other_script", f"asked in {one}, answered in {other}")


def _share(text: pa.Scalar, script: str, rest: str) -> float:
    """How much of a text is in a script, of what is in that one and another."""
    values = pa.array([text.as_py()], pa.large_string())
    mine, theirs = (
        pc.count_substring_regex(values, _LETTERS[code])[0].as_py() * _DENSE.get(code, 1) if code in _LETTERS else 0
        for code in (script, rest)
    )
    return float(mine / max(mine + theirs, 1))
