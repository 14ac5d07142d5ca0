"""Validates addresses of machines: IP, hardware, mobile phones."""

from __future__ import annotations

import ipaddress
import re

from gristmill.protect._candidate import Candidate, Judged, digits
from gristmill.protect._contexts import IMEI, NETWORK, VERSION
from gristmill.text.found_identifiers import JOINED, LUHN, QUIET, WITH_PLUS

_SMALL = 20


def ipv4(one: Candidate, public: bool) -> Judged | None:
    """Four numbers below 256 that are no version, section or object identifier."""
    if one.detail & JOINED or (one.detail & QUIET and not one.before(3).endswith("://")):
        return None
    if one.detail & WITH_PLUS:
        return None
    parts = one.raw.split(".")
    if any(len(part) > 3 or int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts):
        return None
    spoken = one.near(NETWORK)
    numbers = [int(part) for part in parts]
    arcs = numbers[0] < 3 and max(numbers) < 100  # of an object identifier
    bracketed = one.before(1) == "[" and one.after(1) == "]"  # a server in mail, whatever stands on the next line
    if not spoken and ((one.near(VERSION) and not bracketed) or max(numbers) < _SMALL or arcs):
        return None
    if one.raw == "1.3.6.1" or (one.after(2)[:1] == "." and one.after(2)[1:].isdigit()):
        return None
    address = ipaddress.IPv4Address(one.raw)
    return Judged("ip_address", one.start, one.stop) if address.is_global or not public else None


def ipv6(one: Candidate, public: bool) -> Judged | None:
    if one.detail < 3 and not any(char.isdigit() for char in one.raw):
        return None
    try:
        address = ipaddress.IPv6Address(one.raw)
    except ValueError:
        return None
    return Judged("ip_address", one.start, one.stop) if address.is_global or not public else None


def mac(one: Candidate) -> Judged | None:
    """Six pairs, or three groups of four as Cisco writes them."""
    pairs = re.findall("..", re.sub("[:.-]", "", one.raw.lower()))
    if len(set(pairs)) < 3 or pairs[:3] == ["02", "00", "5e"]:
        return None  # ff:ff:..., 00:00:..., and stand-ins
    return Judged("mac_address", one.start, one.stop)


def imei(one: Candidate) -> Judged | None:
    if one.near(IMEI) and one.detail & LUHN and len(digits(one.raw)) == 15 and not one.raw.startswith("00"):
        return Judged("imei", one.start, one.stop)
    return None
