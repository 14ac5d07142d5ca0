"""White space of mark-up folded as browsers do it, and without soft hyphens."""

from __future__ import annotations

from collections.abc import Sequence

_SPACES = str.maketrans({"\t": " ", "\r": "\n", "\f": " ", "\v": " ", "\u00ad": None, "\ufeff": None})


def folded(text: str) -> str:
    """A text with every run of white space as one space, without soft hyphens."""
    text = text.translate(_SPACES)
    if "\n" in text:
        text = _joined(text.split("\n"))
    return " ".join(filter(None, text.split(" ")))


def _joined(lines: Sequence[str]) -> str:
    """Lines of a source as one; between letters of Chinese and Japanese there is then no space."""
    parts: list[str] = []
    for line in filter(None, (line.strip(" ") for line in lines)):
        if parts and not (is_unspaced(parts[-1][-1]) and is_unspaced(line[0])):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def is_unspaced(letter: str) -> bool:
    """Whether it is of Chinese or Japanese, which are written without spaces."""
    return "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\uff00" <= letter <= "\uff60"
