"""Judges what the scan has found: which of it is personal data, and of what kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from gristmill.protect._accounts import (
    bic,
    birth_date,
    card,
    coordinates,
    iban,
    papers_number,
    passport,
    ssn,
    vehicle,
)
from gristmill.protect._candidate import Candidate, Judged, candidates, digit_groups, digits
from gristmill.protect._contact import MOST_DIGITS, email, handle, is_date, phones, regions_of, spelt_email
from gristmill.protect._contexts import (
    BANK,
    CARD,
    FIRST_COUNTRY,
    IDENTITY,
    IMEI,
    PASSPORT,
    PHONE,
    PLACE,
    SOCIAL,
    VEHICLE,
    WALLET,
)
from gristmill.protect._devices import imei, ipv4, ipv6, mac
from gristmill.protect._national_ids import NATIONAL, NationalId, ids_of
from gristmill.protect._url_values import url_values
from gristmill.protect._wallets import wallet
from gristmill.text import found_identifiers as shapes
from gristmill.text.flat import Flat, Offsets
from gristmill.text.found_identifiers import Found, digits_of, groups_of, separators_of
from gristmill.text.number_shapes import BY_DOT

_SPOKEN = sum(1 << f for f in (PHONE, CARD, BANK, IMEI, PASSPORT, SOCIAL, IDENTITY, VEHICLE, WALLET, PLACE))
_COUNTRIES = sum(1 << (FIRST_COUNTRY + number) for number in range(len(NATIONAL)))
_TOLD = _SPOKEN | _COUNTRIES
_NAMED_AS = (
    (re.compile(r"bic|swift"), "bic", re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$")),
    (
        re.compile(r"plate|kennzeichen|registration"),
        "vehicle",
        re.compile(r"(?=.*[0-9])[A-Z0-9ÄÖÜ][A-Z0-9ÄÖÜ -]{3,10}$"),
    ),
    (re.compile(r""), "handle", re.compile(r"(?=.*[^\W\d])[\w.-]{3,32}$")),
)
"""What is named, by its name: the kind, and what its value looks like. Values of up to 512 bytes come here."""

_PLACEHOLDER = re.compile(
    r"(?i)user_[a-z2-7]{8}$"
    r"|(?:x+|your.*|user(?:name)?|name|none|null|true|false|string|str|text|login|root|admin|value|id)$"
)


_PHRASE = 16  # bytes before the last word of a name that may belong to it
_USER = re.compile(r"user|log|skype|tele|icq|screen|nick|benutzer|nom|usuario|utente|польз|логин")


class Wanted(NamedTuple):
    """What is looked for: kinds, countries of national numbers, regions of phone numbers, public IP addresses alone."""

    kinds: frozenset[str]
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    public: bool


def personal(text: Flat, found: Found, wanted: Wanted, languages: Mapping[int, str]) -> Iterator[tuple[int, Judged]]:
    """What of the candidates is personal data, by row; may overlap. `languages` has those that are known."""
    judge = _Judge(wanted)
    for row, shape, one in candidates(text, found, _worth_a_look(found)):
        for judged in judge.kinds_of(one, shape, languages.get(row)):
            if judged.kind in wanted.kinds:
                yield row, judged


LEAST_DIGITS = 6
"""Of a number that is no address of four."""


def _worth_a_look(found: Found) -> Offsets:
    """Numbers and tokens that no validator can take are passed over together: most of a table's are."""
    detail, context = found.details, found.contexts
    number = found.shapes == shapes.NUMBER
    digits, groups, bits = digits_of(detail), groups_of(detail), separators_of(detail)
    spoken = context & _TOLD != 0
    strange = detail & (shapes.JOINED | shapes.QUIET | shapes.INNER) != 0
    quad = (groups == 4) & (bits == BY_DOT)
    able = (
        spoken
        | (detail & shapes.WITH_PLUS != 0)
        | (detail & shapes.LUHN != 0)
        | quad
        | ((digits >= 8) & (groups > 1) & ~strange & ~((groups == 2) & (bits == BY_DOT)))
    )
    mixed = found.shapes == shapes.MIXED
    size = found.stops - found.starts
    long = (size >= 17) | spoken
    other = ~number & ~mixed & (found.shapes != shapes.PREFIXED) & (found.shapes != shapes.BLOCK)
    return np.flatnonzero((number & able) | (mixed & long) | other)


class _Judge:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        national = [(1 << (FIRST_COUNTRY + list(NATIONAL).index(country)), country) for country in wanted.countries]
        self.national: list[tuple[int, tuple[NationalId, ...]]] = [(bit, ids_of(country)) for bit, country in national]
        self._by_shape: dict[int, Callable[[Candidate], Judged | None]] = {
            shapes.EMAIL: email,
            shapes.SPELT_EMAIL: spelt_email,
            shapes.HANDLE: handle,
            shapes.HARDWARE: mac,
            shapes.ACCOUNT: iban,
            shapes.PLACE: coordinates,
            shapes.BORN: birth_date,
        }

    def kinds_of(self, one: Candidate, shape: int, language: str | None) -> Collection[Judged]:
        if shape in self._by_shape:
            return _some(self._by_shape[shape](one))
        if shape == shapes.NUMBER:
            return self._number(one, self.wanted.regions or regions_of(language))
        if shape == shapes.MIXED:
            return _some(self._mixed(one))
        if shape == shapes.NETWORK:
            return _some(ipv6(one, self.wanted.public))
        if shape == shapes.URL:
            return url_values(one)
        return _some(_named(one)) if shape == shapes.ASSIGNED else ()

    def _number(self, one: Candidate, regions: Collection[str]) -> Collection[Judged]:
        if one.detail >> 16 & 0xFF == BY_DOT and one.detail >> 8 & 0xFF == 4 and len(digits(one.raw)) <= 12:
            found = ipv4(one, self.wanted.public)
            if found or one.detail & 0xFF < LEAST_DIGITS:
                return _some(found)
        if not one.context & _TOLD and not one.detail & (shapes.WITH_PLUS | shapes.LUHN) and _is_dated(one):
            return ()  # what each of the validators would say
        first = imei(one) or ssn(one) or self._national(one) or card(one) or papers_number(one)
        return (first,) if first and first.kind in self.wanted.kinds else phones(one, regions)

    def _mixed(self, one: Candidate) -> Judged | None:
        return wallet(one) or passport(one) or self._national(one) or vehicle(one) or papers_number(one) or bic(one)

    def _national(self, one: Candidate) -> Judged | None:
        """A number of a wanted country whose own words, or general ones, stand around."""
        general = one.near(IDENTITY, SOCIAL)
        if not self.national or not (general or one.context & _COUNTRIES) or is_date(digit_groups(one.raw)):
            return None
        for bit, ids in self.national:
            if one.context & bit or general:
                for number in ids:
                    if number.valid(one.raw):
                        return Judged("national_id", one.start, one.stop)
        return None


def _is_dated(one: Candidate) -> bool:
    """Whether a number that is not too long for one phone number begins with a date."""
    return one.detail & 0xFF <= MOST_DIGITS and is_date(digit_groups(one.raw))


def _some(judged: Judged | None) -> tuple[Judged, ...]:
    return (judged,) if judged else ()


def _named(one: Candidate) -> Judged | None:
    """A value that its name says to be personal: `username: jo_doe`."""
    name = one.before(one.detail + _PHRASE).lower()
    for pattern, kind, value in _NAMED_AS:
        if pattern.search(name):
            fits = value.match(one.raw) and not _PLACEHOLDER.match(one.raw) and "<" not in one.raw
            spoken = kind != "handle" or _USER.search(name)
            return Judged(kind, one.start, one.stop) if fits and spoken else None
    return None
