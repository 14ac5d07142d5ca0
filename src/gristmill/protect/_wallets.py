"""Validates addresses of crypto currencies by their own checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gristmill.protect._candidate import Candidate, Judged
from gristmill.protect._contexts import WALLET

_BASE58 = {char: value for value, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_RIPPLE = {char: value for value, char in enumerate("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")}
_BECH32 = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_VERSIONS = {0x00, 0x05, 0x30, 0x32, 0x1E, 0x16, 0x41}
"""Bitcoin, Litecoin, Dogecoin and Tron."""


def _base58check(text: str, digits: dict[str, int]) -> int:
    """The version byte of an address of 25 bytes whose double SHA-256 fits; -1 where it does not."""
    number = 0
    for char in text:
        value = digits.get(char, -1)
        if value < 0:
            return -1
        number = number * 58 + value
    if number >> 200:
        return -1
    raw = number.to_bytes(25, "big")
    digest = hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()
    return raw[0] if digest[:4] == raw[21:] else -1


def _bech32(text: str) -> bool:
    """BIP 173 and BIP 350."""
    human, _, rest = text.lower().rpartition("1")
    if human not in ("bc", "ltc") or (text != text.lower() and text != text.upper()):
        return False
    values = [ord(char) >> 5 for char in human] + [0] + [ord(char) & 31 for char in human]
    for char in rest:
        if char not in _BECH32:
            return False
        values.append(_BECH32[char])
    return _polymod(values) in (1, 0x2BC830A3)


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


_ROTATIONS = (
    (0, 36, 3, 41, 18), (1, 44, 10, 45, 2), (62, 6, 43, 15, 61), (28, 55, 25, 21, 56), (27, 20, 39, 8, 14)
)  # fmt: skip
_LANES = (1 << 64) - 1


def _rounds() -> list[int]:
    constants, state = [], 1
    for _ in range(24):
        constant = 0
        for bit in range(7):
            if state & 1:
                constant |= 1 << ((1 << bit) - 1)
            state = state << 1 ^ (0x171 if state >> 7 else 0)
        constants.append(constant)
    return constants


_ROUNDS = _rounds()


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _LANES if by else lane


def keccak256(message: bytes) -> bytes:
    """Keccak-256 as Ethereum has it (padding 01, before FIPS 202) of a message of less than 136 bytes."""
    block = bytearray(message + b"\x01" + bytes(135 - len(message)))
    block[135] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for at in range(17):
        lanes[at % 5][at // 5] = int.from_bytes(block[8 * at : 8 * at + 8], "little")
    for constant in _ROUNDS:
        parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        for x in range(5):
            change = parity[x - 1] ^ _turned(parity[(x + 1) % 5], 1)
            for y in range(5):
                lanes[x][y] ^= change
        moved = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _turned(lanes[x][y], _ROTATIONS[x][y])
        for x in range(5):
            for y in range(5):
                lanes[x][y] = moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y] & _LANES)
        lanes[0][0] ^= constant
    return b"".join(lanes[x][0].to_bytes(8, "little") for x in range(4))


def _ethereum(text: str, spoken: bool) -> bool:
    """EIP-55: the case of letters is a checksum; without one, words around must speak of it."""
    body = text[2:]
    if len(body) != 40 or not all(char in "0123456789abcdefABCDEF" for char in body) or len(set(body)) < 6:
        return False
    if body in (body.lower(), body.upper()):
        return spoken
    digest = keccak256(body.lower().encode()).hex()
    return all((int(digest[at], 16) > 7) == char.isupper() for at, char in enumerate(body) if char.isalpha())


def wallet(one: Candidate) -> Judged | None:
    raw = one.raw
    found = False
    if raw.startswith(("0x", "0X")):
        found = _ethereum(raw, one.near(WALLET))
    elif 26 <= len(raw) <= 35 and raw[0] in "13LMDAT":
        found = _base58check(raw, _BASE58) in _VERSIONS
    elif 25 <= len(raw) <= 35 and raw[0] == "r":
        found = _base58check(raw, _RIPPLE) == 0
    elif 14 <= len(raw) <= 90 and raw[:3].lower() in ("bc1", "ltc"):
        found = _bech32(raw)
    return Judged("wallet", one.start, one.stop) if found else None
