"""MathML as LaTeX, near enough to be read: what authors wrote in TeX where it is there, else made from the tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from gristmill.collect._latex import group, letters, matrix

_TEX = frozenset(("application/x-tex", "application/x-latex", "tex", "latex", "math/tex"))
_ACCENTS = {
    "¯": "bar", "‾": "bar", "ˉ": "bar", "_": "underline", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde",
    "→": "vec", "⃗": "vec", "˙": "dot", "¨": "ddot", "ˇ": "check", "⏞": "overbrace", "⏟": "underbrace",
}  # fmt: skip
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")


def latex_of_mathml(math: Element) -> str:
    """The formula; `$` is not put around it."""
    for annotation in math.iter("annotation"):
        if annotation.get("encoding", "").lower() in _TEX and (annotation.text or "").strip():
            return _without_dollars(annotation.text or "")
    alternative = math.get("alttext", "")
    if "\\" in alternative or "^" in alternative or "_" in alternative:
        return _without_dollars(alternative)
    return " ".join(_all(math).split())


def is_displayed(math: Element) -> bool:
    return math.get("display") == "block" or math.get("mode") == "display"


def _without_dollars(tex: str) -> str:
    text = tex.strip()
    for mark in ("$$", "$"):
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            return text[len(mark) : -len(mark)].strip()
    return text


def _all(element: Element) -> str:
    return " ".join(filter(None, map(_one, element)))


def _one(element: Element) -> str:
    make = _MAKERS.get(element.tag)
    return make(element) if make else _all(element)


def _letter(element: Element) -> str:
    return letters("".join(element.itertext()).strip())


def _operator(element: Element) -> str:
    text = "".join(element.itertext()).strip()
    return "" if text in _INVISIBLE else letters(text)


def _words(element: Element) -> str:
    text = "".join(element.itertext())
    return f"\\text{{{text}}}" if text.strip() else "\\ "


def _made(pattern: str, parts: int) -> Callable[[Element], str]:
    """A maker that puts its children into a pattern; with other than so many children they stand in a row."""

    def make(element: Element) -> str:
        found = [_one(child) for child in element]
        return pattern.format(*map(group, found)) if len(found) == parts else " ".join(found)

    return make


def _fraction(element: Element) -> str:
    found = [group(_one(child), always=True) for child in element]
    return f"\\frac{found[0]}{found[1]}" if len(found) == 2 else " ".join(found)


def _over(element: Element) -> str:
    children = list(element)
    if len(children) != 2:
        return _all(element)
    mark = "".join(children[1].itertext()).strip()
    base = _one(children[0])
    if mark in _ACCENTS:
        return f"\\{_ACCENTS[mark]}{group(base, always=True)}"
    above = element.tag == "mover"
    return f"{group(base)}{'^' if above else '_'}{group(_one(children[1]))}"


def _fenced(element: Element) -> str:
    separator = element.get("separators", ",").strip()[:1]
    inner = f"{separator} ".join(filter(None, map(_one, element)))
    return f"{letters(element.get('open', '('))}{inner}{letters(element.get('close', ')'))}"


def _table(element: Element) -> str:
    rows: list[Sequence[str]] = []
    for row in element:
        cells = list(row)[1:] if row.tag == "mlabeledtr" else list(row)
        rows.append([_all(cell) for cell in cells])
    return matrix(rows)


def _nothing(element: Element) -> str:
    return ""


def _semantics(element: Element) -> str:
    return _one(element[0]) if len(element) else ""


_MAKERS: dict[str, Callable[[Element], str]] = {
    "mi": _letter,
    "mn": _letter,
    "mo": _operator,
    "mtext": _words,
    "ms": _words,
    "mspace": _nothing,
    "mphantom": _nothing,
    "annotation": _nothing,
    "annotation-xml": _nothing,
    "semantics": _semantics,
    "mfrac": _fraction,
    "msup": _made("{0}^{1}", 2),
    "msub": _made("{0}_{1}", 2),
    "msubsup": _made("{0}_{1}^{2}", 3),
    "munderover": _made("{0}_{1}^{2}", 3),
    "mover": _over,
    "munder": _over,
    "msqrt": lambda element: f"\\sqrt{{{_all(element)}}}",
    "mroot": lambda element: (
        f"\\sqrt[{_one(element[1])}]{{{_one(element[0])}}}" if len(element) == 2 else _all(element)
    ),
    "mfenced": _fenced,
    "mtable": _table,
}
