"""Raised and lowered text, which plain text has signs for as far as it is numbers."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SIGNS = frozenset("0123456789+-−=()")


def raised(text: str) -> str:
    """10 to the power of 2 as `10²`; letters stay as they are (`19th`), but for n and i alone."""
    bare = text.strip()
    return text.translate(_RAISED) if _is_numeric(bare) or bare in ("n", "i") else text


def lowered(text: str) -> str:
    """`H₂O`; letters stay as they are."""
    return text.translate(_LOWERED) if _is_numeric(text.strip()) else text


def _is_numeric(text: str) -> bool:
    return bool(text) and all(char in _SIGNS for char in text)
