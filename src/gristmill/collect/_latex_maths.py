"""Formulas of LaTeX as they were written, their rows counted, and the cells of tables."""

from __future__ import annotations

from gristmill.collect._latex_commands import WITHOUT_NUMBER
from gristmill.collect._latex_labels import Labels
from gristmill.collect._latex_macros import Stream

_ROW_ENDS = ("\\\\", "\\tabularnewline")
_RULES = ("\\hline", "\\toprule", "\\midrule", "\\bottomrule", "\\endhead", "\\endfirsthead")


def up_to(stream: Stream, closes: str) -> str:
    """A formula that ends with a token, which is taken."""
    found: list[str] = []
    depth = 0
    while (piece := stream.next()) is not None:
        if piece == closes and depth <= 0:
            break
        if piece == "\n\n":  # maths holds no empty line: its end was forgotten
            stream.push([piece])
            break
        depth += (piece == "{") - (piece == "}")
        found.append(piece)
    return _written(found)


def formula(inside: Stream, name: str, labels: Labels) -> str:
    """What stands in an environment of that name, without its labels; each of its rows is counted."""
    found: list[str] = []
    keys: list[str] = []
    numbered = counted = name[-1] != "*" and name not in WITHOUT_NUMBER
    depth = int(name in ("equation", "multline"))  # of environments whose rows have no number of their own
    while (piece := inside.next()) is not None:
        if piece == "\\label":
            keys.append("".join(inside.argument()))
            continue
        if piece in ("\\nonumber", "\\notag"):
            counted = False
            continue
        depth += (piece == "\\begin") - (piece == "\\end")
        if piece == "\\\\" and not depth:
            _count(labels, keys, counted=counted)
            keys, counted = [], numbered
        found.append("\n" if piece == "\n\n" else piece)
    _count(labels, keys, counted=counted)
    return _written(found)


def _count(labels: Labels, keys: list[str], *, counted: bool) -> None:
    if counted:
        labels.step("equation", "Equation")
    for key in keys:
        labels.label(key)


def _written(found: list[str]) -> str:
    """Tokens as they were written; where an expanded macro joined a command and a letter, a space parts them."""
    text: list[str] = []
    for piece in found:
        if text and text[-1][0] == "\\" and text[-1][-1].isalpha() and piece[:1].isalpha():
            text.append(" ")
        text.append(piece)
    return "".join(text)


def cells(inside: Stream, name: str) -> list[list[list[str]]]:
    """The tokens of each cell of a table, row by row."""
    inside.optional()
    if name.rstrip("*") in ("tabularx", "tabulary") or name == "tabular*":
        inside.argument()
    inside.argument()
    rows: list[list[list[str]]] = [[[]]]
    depth = 0
    while (piece := inside.raw()) is not None:
        depth += (piece == "{") - (piece == "}")
        if piece == "&" and depth <= 0:
            rows[-1].append([])
        elif piece in _ROW_ENDS and depth <= 0:
            inside.optional()
            rows.append([[]])
        elif piece not in _RULES:
            rows[-1][-1].append(piece)
    return rows
