"""Sorts of ASCII characters, against Python's own."""

from __future__ import annotations

import string

import numpy as np
import pytest

from gristmill.text import ascii as by_name
from gristmill.text.ascii import hex_value, is_alphanumeric, is_digit, is_hex, is_letter, lower

BYTES = np.arange(256, dtype=np.uint8)


@pytest.mark.parametrize(
    ("answers", "characters"),
    [
        (is_digit, string.digits),
        (is_letter, string.ascii_letters),
        (is_alphanumeric, string.ascii_letters + string.digits),
        (is_hex, string.hexdigits),
    ],
)
def test_a_sort_is_what_python_says(answers, characters):
    assert [byte for byte in BYTES.tolist() if answers(BYTES[byte])] == sorted(characters.encode())


def test_values_of_hexadecimal_digits():
    expected = [int(chr(byte), 16) if chr(byte) in string.hexdigits else -1 for byte in BYTES.tolist()]
    assert [hex_value(byte) for byte in BYTES] == expected


def test_only_capitals_change_in_lower_case():
    assert bytes(lower(byte) for byte in BYTES) == bytes(BYTES).lower()


def test_code_points_beyond_are_no_ascii():
    beyond = [0x130, 0x212A, 0xFF11, 0x10041, 0x10FFFF]
    assert not any(answers(code) for code in beyond for answers in (is_digit, is_letter, is_hex))
    assert [lower(code) for code in beyond] == beyond


def test_every_sign_has_a_name():
    named = {value for name, value in vars(by_name).items() if name.isupper() and isinstance(value, int)}
    assert named >= set(string.punctuation.encode())
