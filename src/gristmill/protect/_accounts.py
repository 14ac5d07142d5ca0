"""Validates numbers of accounts and papers: cards, banks, social security, passports, vehicles, births, places."""

from __future__ import annotations

import re
from datetime import date

from gristmill.protect._candidate import Candidate, Judged, digit_groups, digits
from gristmill.protect._contexts import BANK, CARD, PASSPORT, PLACE, REFERENCE, SOCIAL, VEHICLE
from gristmill.text.found_identifiers import INNER, JOINED, LUHN, QUIET, SUFFIX, WITH_PLUS
from gristmill.text.identifier_lists import NAMED
from gristmill.text.number_shapes import BY_DASH, BY_SPACE

IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip
"""Characters of an IBAN by country: SWIFT IBAN registry."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio janeiro januari stycznia января",
            "feb february februar février febrero febbraio fevereiro februari lutego февраля",
            "mar march märz mars marzo março maart marca марта",
            "apr april avril abril aprile kwietnia апреля",
            "may mai mayo maggio maio mei maja мая",
            "jun june juni juin junio giugno junho czerwca июня",
            "jul july juli juillet julio luglio julho lipca июля",
            "aug august août agosto augustus sierpnia августа",
            "sep sept september septembre septiembre settembre setembro września сентября",
            "oct okt october oktober octobre octubre ottobre outubro października октября",
            "nov november novembre noviembre novembro listopada ноября",
            "dec dez december dezember décembre diciembre dicembre dezembro grudnia декабря",
        ),
        1,
    )
    for name in names.split()
}
_DATE = re.compile(
    r"^(?:\s*(?:on|am|le|el|il|em|the|is|was|:|=|-|\(|,)){0,4}\s*"
    r"(?:(?P<first>\d{1,4})(?:st|nd|rd|th|\.|er)?(?:\s?de\s|[\s\-/.年])++"
    r"(?P<month>\d{1,2}|[^\W\d_]{3,12})\.?,?(?:\s?de\s|[\s\-/.月])++(?P<last>\d{1,4})日?"
    r"|(?P<named>[^\W\d_]{3,12})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4}))(?!\d)",
    re.I,
)
"""What stands between day, month and year is taken as a whole: it could be read in more ways than there is time for."""


def _issuer(number: str) -> bool:
    """Whether a number has a beginning and a length that are given to cards (ISO/IEC 7812; lists of the schemes)."""
    size, two, three, four = len(number), int(number[:2]), int(number[:3]), int(number[:4])
    six = int(number[:6])
    return (
        (number[0] == "4" and size in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in (34, 37) and size == 15)
        or ((three in range(300, 306) or two in (36, 38, 39) or four == 3095) and size in (14, 16, 19))
        or ((four == 6011 or 644 <= three <= 649 or two == 65 or 622126 <= six <= 622925) and 16 <= size <= 19)
        or (3528 <= four <= 3589 and 16 <= size <= 19)
        or (four in (1800, 2131) and size == 15)
        or (two == 62 and 16 <= size <= 19)
        or ((two in (50, 63, 67) or 56 <= two <= 58) and 12 <= size <= 19)
        or (2200 <= four <= 2204 and 16 <= size <= 19)
    )


def card_number(text: str) -> bool:
    """Whether the digits of a text pass Luhn's test (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, digit in enumerate(reversed(digits(text))):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card(one: Candidate) -> Judged | None:
    number = digits(one.raw)
    if not one.detail & LUHN or one.detail & (WITH_PLUS | QUIET | SUFFIX) or not 12 <= len(number) <= 19:
        return None
    if not (_issuer(number) or one.near(CARD)):
        return None
    bits, groups = one.detail >> 16 & 0xFF, one.detail >> 8 & 0xFF
    if bits & ~(BY_SPACE | BY_DASH) or bits == BY_SPACE | BY_DASH or len(set(number)) < 2:
        return None
    if groups > 1:
        sizes = [len(group) for group in digit_groups(one.raw)]
        if set(sizes[:-1]) != {4} and sizes not in ([4, 6, 4], [4, 6, 5]):
            return None
    elif not one.near(CARD) and (len(number) < 15 or one.detail & (JOINED | INNER) or one.near(REFERENCE)):
        return None
    return Judged("payment_card", one.start, one.stop)


def iban(one: Candidate) -> Judged | None:
    return Judged("iban", one.start, one.stop)  # checked where it was found


_OTHER_BANKS = frozenset(["US", "CA", "JP", "CN", "IN", "AU", "SG", "HK", "KR", "ZA", "MX"])
_BIC = re.compile(r"[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?$")


def bic(one: Candidate) -> Judged | None:
    found = _BIC.match(one.raw)
    if found and (found[1] in IBAN_LENGTHS or found[1] in _OTHER_BANKS) and one.near(BANK, NAMED):
        return Judged("bic", one.start, one.stop)
    return None


def ssn(one: Candidate) -> Judged | None:
    """Three, two and four digits that may be given out (SSA: no area 000, 666 or 9xx, no group 00, no serial 0000)."""
    number = digits(one.raw)
    bits, groups = one.detail >> 16 & 0xFF, one.detail >> 8 & 0xFF
    if len(number) != 9 or one.detail & (WITH_PLUS | QUIET | JOINED | SUFFIX):
        return None
    if number[:3] in ("000", "666") or number[0] == "9" or number[3:5] == "00" or number[5:] == "0000":
        return None
    if number in ("123456789", "078051120", "219099999"):
        return None
    shaped = groups == 3 and [len(group) for group in digit_groups(one.raw)] == [3, 2, 4]
    spoken = one.near(SOCIAL)
    if (shaped and bits == BY_DASH and not one.detail & INNER) or (spoken and (groups == 1 or shaped)):
        return None if one.near(REFERENCE) and not spoken else Judged("ssn", one.start, one.stop)
    return None


def _mrz(field: str, check: str) -> bool:
    """ICAO 9303-3, 4.9: weights 7, 3, 1."""
    total = 0
    for at, char in enumerate(field):
        value = 0 if char == "<" else int(char, 36)
        total += value * (7, 3, 1)[at % 3]
    return check.isdigit() and total % 10 == int(check)


_MRZ = re.compile(r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9]")


def passport(one: Candidate) -> Judged | None:
    """The second line of a passport's machine-readable zone, and the first before it."""
    if len(one.raw) < 20:
        return None
    line = (one.raw + one.after(44 - len(one.raw)))[:44]
    if not _MRZ.match(line) or not (
        _mrz(line[:9], line[9]) and _mrz(line[13:19], line[19]) and _mrz(line[21:27], line[27])
    ):
        return None
    before = one.before(46)
    name = re.search(r"P[A-Z<][A-Z<]{42}\r?\n$", before)
    filler = len(line) - len(line.rstrip("<"))
    stop = one.start + len(line.split("\n")[0].rstrip()) if filler or line.isascii() else one.stop
    return Judged("passport", one.start - (len(before) - name.start() if name else 0), stop)


_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}$")
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vehicle_number(text: str) -> bool:
    """Whether a text looks like a vehicle identification number: 17 characters, without I, O and Q."""
    return _VIN.match(text) is not None


def vehicle(one: Candidate) -> Judged | None:
    """A vehicle identification number: ISO 3779, with the check digit of 49 CFR 565.15 or words around."""
    if not vehicle_number(one.raw):
        return None
    total = sum(
        weight * (int(char) if char.isdigit() else _VIN_VALUES[char])
        for char, weight in zip(one.raw, _VIN_WEIGHTS, strict=True)
    )
    checked = one.raw[8] == "0123456789X"[total % 11] and one.raw[-4:].isdigit()
    stands = one.near(VEHICLE) or (checked and sum(map(str.isalpha, one.raw)) >= 4)
    return Judged("vehicle", one.start, one.stop) if stands else None


def papers_number(one: Candidate) -> Judged | None:
    """A passport's number beside its word: one or two letters and 6 to 8 digits, or 9 digits."""
    if one.near(PASSPORT) and re.match(r"(?:[A-Z]{1,2}[0-9]{6,8}|[0-9]{9}|[0-9]{2}[A-Z]{2}[0-9]{5})$", one.raw):
        return Judged("passport", one.start, one.stop)
    return None


def coordinates(one: Candidate) -> Judged | None:
    first, second = (float(part) for part in re.findall(r"-?\d+\.\d+", one.raw))
    fits = (abs(first) <= 90 and abs(second) <= 180) or (abs(second) <= 90 and abs(first) <= 180)
    return Judged("coordinates", one.start, one.stop) if fits and one.near(PLACE) else None


def birth_date(one: Candidate) -> Judged | None:
    """A date right behind a word of birth."""
    found = _DATE.match(one.raw)
    if not found:
        return None
    if found["named"]:
        begin, month = found.start("named"), _MONTHS.get(found["named"].lower())
        year, day = int(found["year"]), int(found["day"])
    else:
        begin = found.start("first")
        first, last = int(found["first"]), int(found["last"])
        month = int(found["month"]) if found["month"].isdigit() else _MONTHS.get(found["month"].lower())
        year, day = (first, last) if first > 31 else (last, first)
    if month and month > 12 and day <= 12:
        month, day = day, month
    if year < 100:
        year += 1900
    try:
        date(year, month or 0, day)
    except ValueError:
        return None
    before = len(one.raw[:begin].encode())
    return Judged("birth_date", one.start + before, one.start + before + len(one.raw[begin : found.end()].encode()))
