"""Formulas of Office (OMML) as LaTeX, near enough to be read."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from gristmill.collect._latex import group, letters, matrix

_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0308": "ddot",
    "\u20d7": "vec", "\u030c": "check",
}  # fmt: skip


def latex_of_omml(math: Element) -> str:
    """The formula; `$` is not put around it."""
    return " ".join(_all(math).split())


def _all(element: Element | None) -> str:
    return " ".join(filter(None, map(_one, element))) if element is not None else ""


def _one(element: Element) -> str:
    make = _MAKERS.get(element.tag)
    if make is not None:
        return make(element)
    return "" if element.tag.endswith("Pr") else _all(element)


def _part(element: Element, name: str) -> str:
    return _all(element.find(f"m.{name}"))


def _said(element: Element, name: str, otherwise: str) -> str:
    """A value among the properties of an element."""
    found = element.find(f"{element.tag}Pr/m.{name}")
    return found.get("m.val", "") if found is not None else otherwise


def _run(element: Element) -> str:
    text = "".join(one.text or "" for one in element.iter() if one.tag in ("m.t", "w.t"))
    is_words = element.find("m.rPr/m.nor") is not None
    return f"\\text{{{text}}}" if is_words and text.strip() else letters(text.strip())


def _fraction(element: Element) -> str:
    above, below = _part(element, "num"), _part(element, "den")
    if _said(element, "type", "bar") == "noBar":
        return f"\\binom{group(above, always=True)}{group(below, always=True)}"
    return f"\\frac{group(above, always=True)}{group(below, always=True)}"


def _scripts(element: Element) -> str:
    below, above = element.find("m.sub"), element.find("m.sup")
    text = group(_part(element, "e"))
    text += f"_{group(_all(below))}" if below is not None else ""
    return text + (f"^{group(_all(above))}" if above is not None else "")


def _radical(element: Element) -> str:
    degree = _part(element, "deg")
    return f"\\sqrt{f'[{degree}]' if degree else ''}{group(_part(element, 'e'), always=True)}"


def _nary(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    sign = letters(_said(element, "chr", "∫") or "∫")
    limits = (f"_{group(below)}" if below else "") + (f"^{group(above)}" if above else "")
    return f"{sign}{limits} {_part(element, 'e')}"


def _delimited(element: Element) -> str:
    opening, closing = _said(element, "begChr", "("), _said(element, "endChr", ")")
    inner = f" {letters(_said(element, 'sepChr', '|'))} ".join(_all(one) for one in element.iterfind("m.e"))
    return f"{letters(opening)}{inner}{letters(closing)}"


def _function(element: Element) -> str:
    return f"{_part(element, 'fName')} {group(_part(element, 'e'))}"


def _accent(element: Element) -> str:
    name = _ACCENTS.get(_said(element, "chr", "\u0302"), "hat")
    return f"\\{name}{group(_part(element, 'e'), always=True)}"


def _bar(element: Element) -> str:
    above = _said(element, "pos", "bot") == "top"
    return f"\\{'overline' if above else 'underline'}{group(_part(element, 'e'), always=True)}"


def _limit(sign: str) -> Callable[[Element], str]:
    return lambda element: f"{group(_part(element, 'e'))}{sign}{group(_part(element, 'lim'))}"


def _matrix(element: Element) -> str:
    return matrix([[_all(cell) for cell in row.iterfind("m.e")] for row in element.iterfind("m.mr")])


def _lines(element: Element) -> str:
    return matrix([[_all(line)] for line in element.iterfind("m.e")])


_MAKERS: dict[str, Callable[[Element], str]] = {
    "m.r": _run,
    "m.f": _fraction,
    "m.sSup": _scripts,
    "m.sSub": _scripts,
    "m.sSubSup": _scripts,
    "m.sPre": _scripts,
    "m.rad": _radical,
    "m.nary": _nary,
    "m.d": _delimited,
    "m.func": _function,
    "m.acc": _accent,
    "m.bar": _bar,
    "m.limLow": _limit("_"),
    "m.limUpp": _limit("^"),
    "m.m": _matrix,
    "m.eqArr": _lines,
}
