"""Labels of examples: what they are called, whether they name an option, whether the input gives them away."""

from __future__ import annotations

from typing import Any

_SHORTEST, _LONGEST = 3, 100
"""Characters of a label that is looked for in an input: shorter ones are there by chance, longer ones are no class."""


def called(label: object) -> str | None:
    """A label as one word; None for null and for lists."""
    if isinstance(label, bool):
        return "true" if label else "false"
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    return str(label) if isinstance(label, str | int | float) else None


def all_called(label: object) -> list[str]:
    """Each label of one or a list; a null in a list is called so."""
    if isinstance(label, list):
        return [called(one) or "null" for one in label]
    name = called(label)
    return [] if name is None else [name]


def names_an_option(label: object, options: list[Any]) -> bool:
    """Whether a label is an option, the name of one, its letter, or its number from 0 or from 1.

    A number that is one of the options is that option, so 4 names one of `[2, 4]`.
    """
    if label in options or called(label) in [called(option) for option in options]:
        return True
    if any(isinstance(option, dict) and label in option.values() for option in options):
        return True
    if any(isinstance(option, dict) and "label" in option for option in options):
        return False
    name = (called(label) or "").strip().strip("().")
    if name.isascii() and name.isdigit() and len(name) < 6:
        # A number counts from 0; as text, as exams print it, perhaps from 1.
        return int(name) < len(options) + isinstance(label, str)
    return len(name) == 1 and name.isascii() and name.isalpha() and ord(name.upper()) - ord("A") < len(options)


def given_away(label: object, inputs: list[str]) -> bool | None:
    """Whether a label that is made of words stands in the input as such, in any case; None for other labels."""
    if not isinstance(label, str):
        return None
    words = label.replace("_", " ").strip().casefold()
    if not _SHORTEST <= len(words) <= _LONGEST or not any(letter.isalpha() for letter in words):
        return None
    return any(_stands(words, text.casefold()) for text in inputs)


def _stands(words: str, text: str) -> bool:
    at = text.find(words)
    while at >= 0:
        stop = at + len(words)
        if not (at and text[at - 1].isalnum()) and not (stop < len(text) and text[stop].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False
