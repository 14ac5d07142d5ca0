"""Checksums of files: how lists spell them, and whether a file is what one says."""

from __future__ import annotations

import hashlib
from typing import IO, BinaryIO

from gristmill.contracts.reader import Member
from gristmill.errors import InputError

_BLOCK = 1 << 20
_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_BY_DIGITS = {digits: name for name, digits in _DIGITS.items()}


def checksum(spelled: str) -> str | None:
    """`sha256:` and digits in our spelling, from that, other algorithms and digits alone; None where it is none."""
    name, _, digits = spelled.rpartition(":")
    digits = digits.lower()
    name = name.lower().replace("-", "") or _BY_DIGITS.get(len(digits), "")
    if len(digits) != _DIGITS.get(name) or not set(digits) <= set("0123456789abcdef"):
        return None
    return f"{name}:{digits}"


def verify(file: BinaryIO, member: Member, copy: IO[bytes] | None = None) -> None:
    """Read a file to its end, writing it to `copy`. InputError where it is not what the member's checksum says."""
    name, _, wanted = member.checksum.partition(":")
    found = hashlib.new(name, usedforsecurity=False)
    while data := file.read(_BLOCK):
        found.update(data)
        if copy is not None:
            copy.write(data)
    if found.hexdigest() != wanted:
        raise InputError(
            member.source, f"its {name} is {found.hexdigest()}, and the list of files says {wanted}: fetch it again"
        )
