"""Equations of plain numbers in a text (`48 / 2 = 24`), and whether they hold. Linear in the text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

MOST = 40
"""Characters on either side of an equals sign that are looked at."""

_OPERATORS = {"+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "×": "*", "x": "*", "/": "/", "÷": "/"}
_CURRENCY = "$€£¥"
_DIGITS = frozenset("0123456789")


def wrong_equations(text: str) -> Iterator[str]:
    """Each equation that does not hold, as it stands there. Rounding in the last place of the result is no mistake."""
    at = text.find("=")
    while at >= 0:
        found = _equation(text, at)
        if found:
            yield found
        at = text.find("=", at + 1)


def _equation(text: str, at: int) -> str | None:
    if text[at - 1 : at] in ("=", "<", ">", "!", ":", "+", "-", "*", "/") or text[at + 1 : at + 2] in ("=", ">"):
        return None
    right = _number_after(text, at + 1)
    if right is None:
        return None
    stated, places, end = right
    left = _expression_before(text, at)
    if left is None:
        return None
    value, begin = left
    scale = 10**places
    exact = (value * scale).denominator == 1
    if value == stated or (not exact and abs(value - stated) <= Fraction(1, scale)):
        return None
    return text[begin:end].strip()


def _number_after(text: str, at: int) -> tuple[Fraction, int, int] | None:
    """The number there, its decimal places, and where it ends; None where more of a formula follows."""
    stop = min(len(text), at + MOST)
    while at < stop and (text[at] == " " or text[at] in _CURRENCY):
        at += 1
    begin = at
    if at < stop and text[at] in "-−":
        at += 1
    while at < stop and (text[at] in _DIGITS or (text[at] in ".," and text[at + 1 : at + 2] in _DIGITS)):
        at += 1
    number = _number(text[begin:at])
    if number is None:
        return None
    rest = text[at : at + MOST].lstrip(" ")
    if rest[:1] in ("%", "^", "(", "e", "…", "/", "*", "×", "÷", "+", "-", "−", "=") or rest[:3] == "...":
        return None
    if rest[:1] == "x" and rest[1:].lstrip(" ")[:1] in _DIGITS and rest[1:].strip():
        return None  # `9 x 7`
    if at < len(text) and (text[at].isalnum() or text[at] in "_.°") and text[at : at + 2] not in (". ", ".\n", "."):
        return None
    _, _, decimals = text[begin:at].replace(",", "").partition(".")
    return number, len(decimals), at


def _number(written: str) -> Fraction | None:
    """A number as people write it; None where the commas are not those of thousands."""
    digits = written.replace("−", "-")
    if not any(letter in _DIGITS for letter in digits) or len(digits) > MOST:
        return None
    whole, dot, decimals = digits.partition(".")
    groups = whole.lstrip("-").split(",")
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    if "," in decimals or "." in decimals:
        return None
    plain = whole.replace(",", "") + dot + decimals
    return Fraction(plain) if plain.lstrip("-").replace(".", "", 1).isascii() else None


def _expression_before(text: str, at: int) -> tuple[Fraction, int] | None:
    """The value of numbers and operators right before a place, and where they begin; None where it is no such thing."""
    tokens: list[str] = []
    low = max(0, at - MOST)
    begin = place = at
    while True:
        while place > low and text[place - 1] == " ":
            place -= 1
        end = place
        while place > low and (text[place - 1] in _DIGITS or text[place - 1] in ".,"):
            place -= 1
        if place == end:
            return None
        number = text[place:end]
        while place > low and text[place - 1] in _CURRENCY:
            place -= 1
        tokens.append(number)
        begin = place
        before = place
        while place > low and text[place - 1] == " ":
            place -= 1
        operator = text[place - 1 : place] if place > low else ""
        if operator not in _OPERATORS:
            if operator and (operator in ")^=" or (before == place and (operator.isalnum() or operator in "_.:%°]}"))):
                return None
            if place == low and low > 0:
                return None  # it began before what is looked at
            break
        tokens.append(_OPERATORS[operator])
        place -= 1
    tokens.reverse()
    if len(tokens) < 3:
        return None
    value = _value(tokens)
    return None if value is None else (value, begin)


def _value(tokens: list[str]) -> Fraction | None:
    """Products and quotients first, then sums and differences, from left to right."""
    numbers = [_number(token) for token in tokens[::2]]
    total: list[Fraction] = []
    for operator, number in zip(["+", *tokens[1::2]], numbers, strict=True):
        if number is None or (operator == "/" and not number):
            return None
        if operator in "+-":
            total.append(number if operator == "+" else -number)
        else:
            total[-1] = total[-1] * number if operator == "*" else total[-1] / number
    return sum(total, Fraction(0))
