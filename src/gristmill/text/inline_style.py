"""What the declarations of a style attribute hide an element by, and the colours they give it."""

from __future__ import annotations

import numpy as np

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.ascii import (
    APOSTROPHE,
    CLOSE_PAREN,
    COLON,
    DASH,
    DOT,
    HASH,
    OPEN_PAREN,
    PLUS,
    QUOTE,
    SEMICOLON,
    SPACE,
    ZERO,
    hex_value,
    is_alphanumeric,
    is_digit,
    lower,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part

DISPLAY, VISIBILITY, OPACITY, FONT_SIZE, OFF_SCREEN, CLIP, COLOUR, ATTRIBUTE = range(8)
"""How text is hidden: by which property, by one colour on itself, or by the attribute `hidden`."""

UNKNOWN = -1  # a colour that is not known
NEAR = 8  # of 255, in each channel: colours that no one tells apart
FAR = 999.0  # pixels beyond an edge

_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)


def name_of(word: bytes) -> np.uint64:
    """The number that `hashed_name` gives a word in lower case."""
    value = FNV_OFFSET
    for byte in word:
        value = (value ^ byte) * FNV_PRIME & (1 << 64) - 1
    return np.uint64(value)


_DISPLAY, _VISIBILITY, _OPACITY, _FONT_SIZE = map(name_of, (b"display", b"visibility", b"opacity", b"font-size"))
_LEFT, _TOP, _RIGHT, _BOTTOM = map(name_of, (b"left", b"top", b"right", b"bottom"))
_INDENT, _MARGIN_LEFT, _MARGIN_TOP = map(name_of, (b"text-indent", b"margin-left", b"margin-top"))
_CLIP, _CLIP_PATH, _OVERFLOW = map(name_of, (b"clip", b"clip-path", b"overflow"))
_HEIGHT, _WIDTH, _MAX_HEIGHT, _MAX_WIDTH = map(name_of, (b"height", b"width", b"max-height", b"max-width"))
_FOREGROUND, _BACKGROUND, _BACKGROUND_COLOR = map(name_of, (b"color", b"background", b"background-color"))
_NONE, _HIDDEN, _COLLAPSE, _TRANSPARENT = map(name_of, (b"none", b"hidden", b"collapse", b"transparent"))
_WHITE, _BLACK, _RED, _GREEN, _BLUE, _GREY = map(name_of, (b"white", b"black", b"red", b"green", b"blue", b"grey"))
_GRAY, _SILVER, _YELLOW, _NAVY = map(name_of, (b"gray", b"silver", b"yellow", b"navy"))
_PX, _PT, _EM, _REM, _CH, _EX = map(name_of, (b"px", b"pt", b"em", b"rem", b"ch", b"ex"))
_RECT, _INSET, _CIRCLE, _RGB, _RGBA = map(name_of, (b"rect", b"inset", b"circle", b"rgb", b"rgba"))


@part
def hashed_name(data: Bytes, at: int, stop: int) -> tuple[np.uint64, int]:
    """A number for the word of letters, digits and hyphens at `at`, in lower case, and where it ends."""
    value = _OFFSET
    while at < stop:
        byte = lower(data[at])
        if not (is_alphanumeric(byte) or byte == DASH):
            break
        value = (value ^ np.uint64(byte)) * _PRIME
        at += 1
    return value, at


@part
def over_space(data: Bytes, at: int, stop: int) -> int:
    while at < stop and data[at] <= SPACE:
        at += 1
    return at


@part
def _number(data: Bytes, at: int, stop: int) -> tuple[float, int]:
    """The number at `at` and where it ends; `at` itself where there is none."""
    begin = at
    sign = 1.0
    if at < stop and data[at] in (PLUS, DASH):
        sign = -1.0 if data[at] == DASH else 1.0
        at += 1
    value, scale = 0.0, 1.0
    digits = point = False
    while at < stop and (is_digit(data[at]) or (data[at] == DOT and not point)):
        if data[at] == DOT:
            point = True
        else:
            digits = True
            value = value * 10.0 + (data[at] - ZERO)
            scale *= 10.0 if point else 1.0
        at += 1
    return (sign * value / scale, at) if digits else (0.0, begin)


@part
def _numbers(data: Bytes, at: int, stop: int, out: Offsets) -> int:
    """Up to four numbers of a function's arguments, rounded down, and how many there are; units are passed over."""
    count = 0
    while at < stop and count < 4 and data[at] != CLOSE_PAREN:
        value, end = _number(data, at, stop)
        if end > at:
            out[count] = int(np.floor(value))
            count += 1
            at = end
        else:
            at += 1
    return count


@part
def colour(data: Bytes, at: int, stop: int, numbers: Offsets) -> int:
    """The colour that a value begins with, as 0xRRGGBB; UNKNOWN where it is none of those known, -2: transparent."""
    at = over_space(data, at, stop)
    if at < stop and data[at] == HASH:
        value = size = 0
        while at + 1 + size < stop and size < 9:
            digit = hex_value(data[at + 1 + size])
            if digit < 0:
                break
            if size < 6:
                value = value * 16 + digit
            size += 1
        if size == 3:
            red, green, blue = value >> 8, (value >> 4) & 15, value & 15
            return (red * 17) << 16 | (green * 17) << 8 | blue * 17
        return value if size in (6, 8) else UNKNOWN
    name, at = hashed_name(data, at, stop)
    if (name in (_RGB, _RGBA)) and at < stop and data[at] == OPEN_PAREN:
        count = _numbers(data, at + 1, stop, numbers)
        if count == 4 and name == _RGBA and numbers[3] == 0:
            return UNKNOWN  # wholly or partly transparent
        if (
            count >= 3
            and min(numbers[0], numbers[1], numbers[2]) >= 0
            and max(numbers[0], numbers[1], numbers[2]) < 256
        ):
            return int(numbers[0]) << 16 | int(numbers[1]) << 8 | int(numbers[2])
        return UNKNOWN
    if name == _TRANSPARENT:
        return -2
    return _named(name)


@part
def _named(name: np.uint64) -> int:
    if name == _WHITE:
        return 0xFFFFFF
    if name == _BLACK:
        return 0
    if name == _RED:
        return 0xFF0000
    if name == _GREEN:
        return 0x008000
    if name == _BLUE:
        return 0x0000FF
    if name == _YELLOW:
        return 0xFFFF00
    if name == _NAVY:
        return 0x000080
    if name == _SILVER:
        return 0xC0C0C0
    return 0x808080 if name in (_GREY, _GRAY) else UNKNOWN


@part
def alike(one: int, other: int) -> bool:
    """Whether two known colours cannot be told apart."""
    if one < 0 or other < 0:
        return False
    red = abs((one >> 16) - (other >> 16))
    green = abs((one >> 8 & 255) - (other >> 8 & 255))
    return max(red, green, abs((one & 255) - (other & 255))) <= NEAR


@part
def _declaration_end(data: Bytes, at: int, stop: int) -> int:
    """Where a declaration ends: at a semicolon outside quotes and brackets."""
    quote = depth = 0
    while at < stop:
        byte = data[at]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in (QUOTE, APOSTROPHE):
            quote = byte
        elif byte == OPEN_PAREN:
            depth += 1
        elif byte == CLOSE_PAREN:
            depth -= 1
        elif byte == SEMICOLON and depth <= 0:
            return at
        at += 1
    return stop


@part
def _is_clipped(name: np.uint64, data: Bytes, at: int, stop: int, numbers: Offsets) -> bool:
    """`rect` of a pixel or none, `inset` of half and more, `circle` without a radius."""
    function, at = hashed_name(data, at, stop)
    if at >= stop or data[at] != OPEN_PAREN:
        return False
    count = _numbers(data, at + 1, stop, numbers)
    if count == 0:
        return False
    if name == _CLIP:
        small = function == _RECT and count == 4
        for k in range(4):
            small = small and 0 <= numbers[k] <= 1
        return bool(small)
    return bool((function == _INSET and numbers[0] >= 50) or (function == _CIRCLE and numbers[0] == 0))


@part
def _property(
    name: np.uint64, data: Bytes, at: int, stop: int, numbers: Offsets, colours: Offsets, small: Offsets
) -> int:
    """What a declaration hides by, or -1; colours and whether it is cut to nothing go into the last two."""
    if name == _FOREGROUND:
        colours[0] = colour(data, at, stop, numbers)
        return COLOUR if colours[0] == -2 else -1
    if name in (_BACKGROUND, _BACKGROUND_COLOR):
        known = colour(data, at, stop, numbers)
        colours[1] = known if known != -2 else colours[1]
        return -1
    if name in (_CLIP, _CLIP_PATH):
        return CLIP if _is_clipped(name, data, at, stop, numbers) else -1
    word, end = hashed_name(data, at, stop)
    if name == _DISPLAY:
        return DISPLAY if word == _NONE else -1
    if name == _VISIBILITY:
        return VISIBILITY if word in (_HIDDEN, _COLLAPSE) else -1
    if name == _OVERFLOW:
        small[1] |= word == _HIDDEN
        return -1
    value, end = _number(data, at, stop)
    if end == at:
        return -1
    unit, _ = hashed_name(data, end, stop)
    if name == _OPACITY:
        return OPACITY if value <= 0.01 else -1
    if name == _FONT_SIZE:
        tiny = value <= 0 or (value <= 1 and (unit in (_PX, _PT)))
        return FONT_SIZE if tiny else -1
    if name in (_HEIGHT, _WIDTH, _MAX_HEIGHT, _MAX_WIDTH):
        small[0] |= value == 0 or (value <= 1 and unit == _PX)
        return -1
    if name in (_LEFT, _TOP, _RIGHT, _BOTTOM, _INDENT, _MARGIN_LEFT, _MARGIN_TOP):
        if unit in (_EM, _REM, _CH, _EX):
            value *= 16
        return OFF_SCREEN if value <= -FAR else -1
    return -1


@part
def hidden_by(data: Bytes, at: int, stop: int, colours: Offsets, numbers: Offsets, small: Offsets) -> int:
    """What the declarations in `data[at:stop]` hide an element by, the first of them; -1: by nothing.

    `colours` are those that the element inherits, foreground and background; they are changed to what it states.
    `numbers` and `small` are room for four and two numbers.
    """
    small[:] = 0
    found = -1
    while at < stop:
        at = over_space(data, at, stop)
        end = _declaration_end(data, at, stop)
        name, at = hashed_name(data, at, end)
        at = over_space(data, at, end)
        if at < end and data[at] == COLON:
            kind = _property(name, data, over_space(data, at + 1, end), end, numbers, colours, small)
            found = kind if found < 0 else found
        at = end + 1
    if found < 0 and small[0] and small[1]:
        found = CLIP
    return found
