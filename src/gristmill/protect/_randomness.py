"""Whether characters were drawn by a machine, as those of keys and tokens are."""

from __future__ import annotations

import math
import re
from collections import Counter

_LEAST = 16
_OF_KEYS = re.compile(r"[A-Za-z0-9+/_.\-~:]+")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F-]+")


def entropy(text: str) -> float:
    """Bits a character by the frequencies of its characters (Shannon 1948)."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def is_random(value: str) -> bool:
    """Whether characters are as mixed as those of a key: digits and letters, 16 or more, some 3 bits each."""
    body = value.strip("=")
    if len(body) < _LEAST or not _OF_KEYS.fullmatch(body):
        return False
    digits = sum(map(str.isdigit, body))
    hexadecimal = _HEXADECIMAL.fullmatch(body) is not None
    return digits >= 2 and digits < len(body) and entropy(body) >= (2.8 if hexadecimal else 3.3)
