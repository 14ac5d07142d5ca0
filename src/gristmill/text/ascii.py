"""ASCII by name: the bytes that kernels look for, and what sort of character one is.

A code point above ASCII may be asked about as well.
"""

from __future__ import annotations

from gristmill.text.jit import small_part

TAB, NEWLINE, FORM_FEED, RETURN, SPACE = b"\t\n\f\r "
BANG, QUOTE, HASH, DOLLAR, PERCENT, AMPERSAND, APOSTROPHE, OPEN_PAREN, CLOSE_PAREN = b"!\"#$%&'()"
STAR, PLUS, COMMA, DASH, DOT, SLASH, COLON, SEMICOLON, LESS, EQUALS, GREATER, QUESTION = b"*+,-./:;<=>?"
AT_SIGN, OPEN_BRACKET, BACKSLASH, CLOSE_BRACKET, CARET, UNDERSCORE, GRAVE = b"@[\\]^_`"
OPEN_BRACE, PIPE, CLOSE_BRACE, TILDE, DELETE = b"{|}~\x7f"

ZERO, NINE, UPPER_A, UPPER_Z, LOWER_A, LOWER_F, LOWER_U, LOWER_X, LOWER_Z = b"09AZafuxz"

CASE = LOWER_A - UPPER_A
"""The bit that a small letter has and its capital has not."""


@small_part
def is_digit(byte: int) -> bool:
    return ZERO <= byte <= NINE


@small_part
def is_letter(byte: int) -> bool:
    return LOWER_A <= (byte | CASE) <= LOWER_Z


@small_part
def is_alphanumeric(byte: int) -> bool:
    return is_digit(byte) or is_letter(byte)


@small_part
def is_hex(byte: int) -> bool:
    """Whether it is a hexadecimal digit, of either case."""
    return is_digit(byte) or LOWER_A <= (byte | CASE) <= LOWER_F


@small_part
def hex_value(byte: int) -> int:
    """The value of a hexadecimal digit, -1 where it is none."""
    if is_digit(byte):
        return byte - ZERO
    letter = byte | CASE
    return letter - (LOWER_A - 10) if LOWER_A <= letter <= LOWER_F else -1


@small_part
def lower(byte: int) -> int:
    """A capital as its small letter; anything else as it is."""
    return byte | CASE if UPPER_A <= byte <= UPPER_Z else byte
