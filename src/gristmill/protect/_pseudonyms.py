"""Keyed stand-ins: the same value is the same stand-in, of the same form, and nobody without the key can tell which."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import re
import string
from collections.abc import Callable, Iterator

from gristmill.protect._accounts import card_number, vehicle_number
from gristmill.protect._candidate import TRUNK, digits, is_international, phone_digits
from gristmill.protect._contact import STAND_IN_USER
from gristmill.protect._quoted_printable import without_breaks
from gristmill.protect._url_values import STAND_IN_VALUE

LEAST_KEY = 16
"""Bytes of a key."""

_TURNS = 64
_SIGN = re.compile(r"%(?:25){0,4}40")
"""The @ of an address in a url."""
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def _normal(kind: str, value: str) -> str:
    """What makes two spellings of a value one."""
    if kind == "phone":
        return phone_digits(value)
    if kind in ("payment_card", "ssn", "imei"):
        return digits(value)
    if kind == "wallet":
        return value
    if kind == "ip_address" and ":" in value:
        with contextlib.suppress(ValueError):
            return ipaddress.IPv6Address(value).compressed
    value = _SIGN.sub("@", without_breaks(value)) if kind == "email" else without_breaks(value)
    return re.sub(
        r"[\s.\-/:]" if kind not in ("email", "ip_address", "url_token", "handle") else r"\s", "", value
    ).lower()


def _digest(key: bytes, *parts: str) -> bytes:
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).digest()


def keyed_hash(kind: str, value: bytes, key: bytes) -> str:
    """64 bits of HMAC-SHA-256 (RFC 2104) of a kind and a value, spellings aside, in hexadecimal digits."""
    return _digest(key, "hash", kind, _normal(kind, value.decode("utf-8", "replace")))[:8].hex()


def key_check(key: bytes) -> str:
    """What tells one key from another in a fingerprint, and nothing else of it."""
    return _digest(key, "check")[:8].hex()


def _stream(key: bytes, kind: str, value: str, turn: int) -> Iterator[int]:
    """Bytes without end."""
    block = 0
    while True:
        yield from _digest(key, kind, _normal(kind, value), str(turn), str(block))
        block += 1


def _scrambled(text: str, stream: Iterator[int]) -> str:
    """Digits for digits and letters for letters, of the same case; all else stays."""
    out = []
    for char in text:
        if "0" <= char <= "9":
            out.append(str(next(stream) % 10))
        elif char in string.ascii_lowercase:
            out.append(string.ascii_lowercase[next(stream) % 26])
        elif char in string.ascii_uppercase:
            out.append(string.ascii_uppercase[next(stream) % 26])
        else:
            out.append(char)
    return "".join(out)


def _name(stream: Iterator[int], length: int) -> str:
    return "".join(_BASE32[next(stream) % 32] for _ in range(length))


def _with_digits(text: str, first: str) -> str:
    """The text with its first digits replaced."""
    rest = iter(first)
    return re.sub(r"[0-9]", lambda match: next(rest, match[0]), text)


def _email(key: bytes, value: str) -> str:
    written = _SIGN.search(value)
    sign = written[0] if written else "@"
    local, _, host = _normal("email", value).rpartition("@")
    if not local:  # spelt out: one name for all of it
        local, host = value.lower(), "spelt"
    user, place = _stream(key, "email", f"{local}@{host}", 0), _stream(key, "host", host, 0)
    return f"{_name(user, 8)}{sign}{_name(place, 6)}.example"


def _phone(key: bytes, value: str) -> str:
    at = value.find(TRUNK) if is_international(value) else -1
    if at >= 0:  # it stays where it is
        made = _phone(key, value[:at] + value[at + len(TRUNK) :])
        return made[:at] + TRUNK + made[at:]
    scrambled = _scrambled(value, _stream(key, "phone", value, 0))
    return _with_digits(scrambled, "999" if is_international(value) else "55501")


def _address(key: bytes, value: str) -> str:
    stream = _stream(key, "ip_address", value, 0)
    if ":" in value:
        raw = bytes.fromhex("20010db8") + bytes(next(stream) for _ in range(12))
        return str(ipaddress.IPv6Address(raw))
    return ".".join(str(part) for part in (240 + next(stream) % 15, *(next(stream) for _ in range(3))))


def _hardware(key: bytes, value: str) -> str:
    sign, size = (".", 2) if value[4] == "." else (value[2], 1)  # pairs to a group
    stream = _stream(key, "mac_address", value, 0)
    pairs = ["02", "00", "5e", *(f"{next(stream):02x}" for _ in range(3))]
    joined = sign.join("".join(pairs[at : at + size]) for at in range(0, len(pairs), size))
    return joined.upper() if value.upper() == value else joined


def _unlike(good: Callable[[str], bool]) -> Callable[[bytes, str, str], str]:
    """Scrambled until the check of its kind fails, so that it is nobody's and is not taken for one again.

    Where hardly any number fails, as the check is of the form alone, its first character is an X.
    """

    def stand_in(key: bytes, kind: str, value: str) -> str:
        for turn in range(_TURNS):
            scrambled = _scrambled(value, _stream(key, kind, value, turn))
            if not good(scrambled):
                return scrambled
        marked = re.sub(r"[0-9A-Za-z]", "X", scrambled, count=1)
        return marked if not good(marked) else _with_digits(scrambled, "0" * len(value))

    return stand_in


def _account(key: bytes, value: str) -> str:
    """Check digits 00 are never right (ISO 13616)."""
    scrambled = _scrambled(value, _stream(key, "iban", value, 0))
    return value[:2] + "00" + scrambled[4:]


def pseudonym(key: bytes, kind: str, value: str, is_national: Callable[[str], bool]) -> str | None:
    """The stand-in for a value; None for a kind that has none, which is then masked.

    Stand-ins are recognised and left alone when a text is redacted again: addresses under `.example` (RFC 2606), phone
    numbers with the country code 999 or in 555-01, IP addresses that are reserved, and numbers whose check fails.
    """
    made: dict[str, Callable[[], str]] = {
        "email": lambda: _email(key, value),
        "phone": lambda: _phone(key, value),
        "ip_address": lambda: _address(key, value),
        "mac_address": lambda: _hardware(key, value),
        "payment_card": lambda: _unlike(card_number)(key, kind, value),
        "imei": lambda: _unlike(card_number)(key, kind, value),
        "national_id": lambda: _unlike(is_national)(key, kind, value),
        "iban": lambda: _account(key, value),
        "ssn": lambda: _with_digits(_scrambled(value, _stream(key, kind, value, 0)), "000"),
        "handle": lambda: (
            ("@" if value.startswith("@") else "") + STAND_IN_USER + _name(_stream(key, kind, value, 0), 8)
        ),
        "person": lambda: "Person " + _name(_stream(key, kind, value, 0), 6).upper(),
        "organisation": lambda: "Organisation " + _name(_stream(key, kind, value, 0), 6).upper(),
        "url_token": lambda: STAND_IN_VALUE + _name(_stream(key, kind, value, 0), 12),
    }
    if kind == "vehicle" and vehicle_number(value):
        return "O" + _scrambled(value[1:], _stream(key, kind, value, 0))
    return made[kind]() if kind in made else None
