"""Formulas of JATS: TeX where it is there, else MathML as LaTeX."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from gristmill.collect._mathml import latex_of_mathml

_MARKS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))
_BEGIN, _END = "\\begin{document}", "\\end{document}"


def formula(element: Element) -> str | None:
    """The formula that an element holds as LaTeX; None where it is neither TeX nor MathML, but text or a picture."""
    tex = next(element.iter("tex-math"), None)
    if tex is not None:
        return _inside("".join(tex.itertext()))
    math = next(element.iter("math"), None)
    return latex_of_mathml(math) if math is not None else None


def _inside(tex: str) -> str:
    """What stands in a document around one formula, which is how PubMed Central keeps TeX."""
    body = tex.partition(_BEGIN)[2].partition(_END)[0] if _BEGIN in tex else tex
    body = body.strip()
    for opening, closing in _MARKS:
        if body.startswith(opening) and body.endswith(closing) and len(body) > len(opening) + len(closing):
            return body[len(opening) : -len(closing)].strip()
    return body
