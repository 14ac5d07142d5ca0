"""Validates what people are reached by: e-mail addresses, phone numbers, names of users."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

import phonenumbers

from gristmill.protect._candidate import Candidate, Judged, digit_groups, digits, phone_digits
from gristmill.protect._contexts import BOOK, PHONE, REFERENCE, SOCIAL, VERSION
from gristmill.protect._domains import is_host, top_level_domains
from gristmill.protect._message_ids import is_identifier
from gristmill.protect._quoted_printable import without_breaks, without_last_piece
from gristmill.text.found_identifiers import INNER, JOINED, QUIET, SUFFIX, WITH_PLUS
from gristmill.text.number_shapes import BY_BRACKET, BY_DASH, BY_DOT, BY_SLASH, BY_SPACE, WIDE

_SERVICES = frozenset(("git", "hg", "svn", "ssh", "root", "localhost"))
"""Users of logins that are written as an address and are no person's."""

_AT = re.compile(
    r"[\s]*(?:\(|\[|\{|<)[\s]?(?:at|ät|arroba|@|aet)[\s]?(?:\)|\]|\}|>)[\s]*|\s(?:at|ät|arroba|AT)\s", re.I
)
_DOT = re.compile(
    r"\s*(?:\(|\[|\{|<)\s?(?:dot|punkt|point|punto|ponto|\.)\s?(?:\)|\]|\}|>)\s*|\s(?:dot|punkt|punto|ponto)\s", re.I
)
_CODED_BEFORE = re.compile(r"=(?:3D|3C|3A|2C|3B|A0)|%(?:25){0,4}(?:0[9AD]|2[026CF]|3[A-F]|7C)", re.I)
"""Signs that stand before an address in quoted-printable or in a url, coded."""
_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_+-]|\.(?=[A-Za-z0-9])){0,62}$")
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST_DIGITS = 15
"""Of a phone number with its country code: ITU-T E.164."""
_BEFORE_AT, _LONGEST_AT = 76, 12  # bytes

STAND_IN_USER = "user_"
"""What the pseudonyms of names of users begin with: they are left alone."""

_AT_RULES = _words(
    """media import charset font keyframes supports namespace page layer include mixin extend use forward param
    params return returns throws exception see since author version deprecated override overrides test before
    after todo file brief class link code property type typedef template interface example private public
    protected static final abstract async module package internal ignore api var global license copyright
    suppresswarnings autowired entity table column id getter setter staticmethod classmethod pytest app
    dataclass property cached types babel angular end implementation synthesize selector protocol interface try
    catch if else elseif foreach for while switch case break section yield functools abstractmethod
    contextmanager wraps cache lru_cache overload inheritdoc note warning nbsp all everyone here channel"""
)
"""What code and markup have behind an @."""

_REGIONS = {
    "en": ("US", "GB"), "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX", "AR"), "it": ("IT",),
    "pt": ("BR", "PT"), "nl": ("NL", "BE"), "pl": ("PL",), "ru": ("RU",), "ja": ("JP",), "zh": ("CN", "TW"),
    "ko": ("KR",), "tr": ("TR",), "sv": ("SE",), "da": ("DK",), "no": ("NO",), "nb": ("NO",), "fi": ("FI",),
    "cs": ("CZ",), "hu": ("HU",), "ro": ("RO",), "el": ("GR",), "uk": ("UA",), "vi": ("VN",), "id": ("ID",),
    "th": ("TH",), "he": ("IL",), "ar": ("EG", "SA"), "fa": ("IR",), "hi": ("IN",),
}  # fmt: skip


def regions_of(language: str | None) -> tuple[str, ...]:
    """Where a number without a country code may be dialled, by the language of its text."""
    return _REGIONS.get(language or "en", ("US",))


def email(one: Candidate) -> Judged | None:
    """An address whose host may be there, without what stands before it in a url or in quoted-printable."""
    raw = one.raw
    if "=" in raw:
        raw = _bare(one)
        one = one._replace(raw=raw, start=one.start + len(one.raw.encode()) - len(raw.encode()))
        if not is_host(_host(without_breaks(raw))):  # the line that follows is another
            raw = without_last_piece(raw)
    written = without_breaks(raw)
    local = written.lower().partition("@")[0]
    if not is_host(_host(written)) or (local in _SERVICES and not one.after(1).isspace()) or ".." in local:
        return None
    found = one._replace(raw=written, stop=one.start + len(raw.encode()))
    return None if is_identifier(found) else Judged("email", found.start, found.stop)


def _host(address: str) -> str:
    return address.rpartition("@")[2]


def _bare(one: Candidate) -> str:
    """An address without the name of a parameter (`?email=`) and coded signs (`=3D`) before it."""
    local, sign, host = one.raw.rpartition("@")
    if one.before(1) in ("?", "&", ";"):
        local = local.partition("=")[2] or local
    codes = list(_CODED_BEFORE.finditer(local))
    if codes and codes[-1].end() < len(local):
        local = local[codes[-1].end() :]
    return local + sign + host


def spelt_email(one: Candidate) -> Judged | None:
    """`name (at) host (dot) org`, where the candidate begins right behind `at`."""
    before = one.before(_BEFORE_AT)
    text = before + one.raw
    sign = _AT.search(text, max(0, len(before) - _LONGEST_AT))
    if not sign or sign.start() > len(before):
        return None
    local = _LOCAL.search(text, max(0, sign.start() - 64), sign.start())
    rest = text[sign.end() :]
    host = _HOST.match(_DOT.sub(".", rest))
    bracketed = not sign.group().strip().isalpha()
    if not local or not host or not (bracketed or _DOT.search(rest)):
        return None
    name = host.group().rstrip(".-").lower()
    while name and name.rpartition(".")[2] not in top_level_domains():
        name = name.rpartition(".")[0]
    if "." not in name or not is_host(name):
        return None
    start = one.start - len(before[local.start() :].encode())
    end = sign.end() + _spelt_length(rest, len(name))
    return Judged("email", start, one.start - len(before.encode()) + len(text[:end].encode()))


def _spelt_length(rest: str, length: int) -> int:
    """How much of `rest` makes the first `length` characters of the host it spells."""
    taken = at = 0
    while taken < length:
        dot = _DOT.match(rest, at)
        at = dot.end() if dot else at + 1
        taken += 1
    return at


def handle(one: Candidate) -> Judged | None:
    name = one.raw[1:].rstrip("_")
    if (
        name.startswith(STAND_IN_USER)
        or name.lower() in _AT_RULES
        or name.isdigit()
        or not any(char.isalpha() for char in name)
    ):
        return None
    following, before = one.after(1), one.before(1)
    if following in ("(", "{", "/", "=", "@", "[", "-", "|") or (before and before not in " \n\t(,.:;\"'“‘[>、，。：@"):
        return None
    if following == "." and one.after(2)[1:2].isalnum():
        return None
    return Judged("handle", one.start, one.start + 1 + len(name))


def is_date(groups: list[str]) -> bool:
    """Whether the first three groups are a date, in any order of year, month and day."""
    if len(groups) < 3:
        return False
    sizes = [len(group) for group in groups[:3]]
    if 4 not in (sizes[0], sizes[2]) or min(sizes) > 2 or sorted(sizes)[1] > 2:
        return False
    year, first, last = (groups[0], groups[1], groups[2]) if sizes[0] == 4 else (groups[2], groups[0], groups[1])
    small, large = sorted((int(first), int(last)))
    return 1000 <= int(year) <= 2100 and 1 <= small <= 12 and large <= 31


def _plausible(groups: list[str], bits: int) -> bool:
    """Whether groups of digits without words around can be a phone number: no range and no amount."""
    sizes = [len(group) for group in groups]
    if len(sizes) == 2 and bits in (BY_DASH, BY_SLASH) and sizes[0] == sizes[1] == 4:
        return not all("1500" <= group <= "2100" for group in groups)
    if bits in (BY_SPACE, BY_DOT) and 1 <= sizes[0] <= 3 and all(size == 3 for size in sizes[1:]):
        return groups[0].startswith("0")  # thousands
    return True


@lru_cache(1 << 14)
def _valid(raw: str, regions: tuple[str | None, ...], possible: bool) -> bool:
    for region in regions:
        try:
            parsed = phonenumbers.parse(raw, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed) or (possible and phonenumbers.is_possible_number(parsed)):
            return True
    return False


def phones(one: Candidate, regions: Collection[str]) -> list[Judged]:
    """Phone numbers in a number: all of it, or where that has too many digits as many of its groups as are not."""
    raw = one.raw[:-2] if one.detail & SUFFIX else one.raw
    found = []
    begin = 0
    while begin < len(raw):
        end = _end_of_digits(raw, begin)
        flags = one.detail if not begin else one.detail & ~WITH_PLUS
        piece = one._replace(raw=raw[begin:end], start=one.start + len(raw[:begin].encode()), detail=flags)
        if _is_phone(piece, regions):
            found.append(Judged("phone", piece.start, piece.start + len(piece.raw.encode())))
        begin = end
        while begin < len(raw) and not raw[begin].isdigit() and raw[begin] not in "(+":
            begin += 1
    return found


_EXTENDED = re.compile(r"[0-9]+(?:[xX][0-9]+)?")


def _end_of_digits(raw: str, begin: int) -> int:
    """Where the last group ends with which there are no more than 15 digits (ITU-T E.164) from `begin` on."""
    end = begin
    size = 0
    for group in _EXTENDED.finditer(raw[begin:]):
        size += len(group[0].lower().partition("x")[0])
        if size > MOST_DIGITS and end > begin:
            break
        end = begin + group.end()
    return end if end > begin else len(raw)


def _is_phone(one: Candidate, regions: Collection[str]) -> bool:
    """A number of 7 to 15 digits: with a country code, by the plan of a region, or with words that speak of a phone."""
    detail, spoken = one.detail, one.near(PHONE)
    raw = re.split("[xX]", one.raw, maxsplit=1)[0]
    groups, bits = digit_groups(raw), detail >> 16 & 0xFF
    size = sum(map(len, groups))
    if not 7 <= size <= MOST_DIGITS or detail & (QUIET | JOINED) or _is_stand_in(phone_digits(raw)):
        return False
    if detail & WITH_PLUS:
        return spoken or _valid(raw, (None,), possible=True)
    bracketed = bits & BY_BRACKET  # `v: (212) 664-7665` is no version
    if not spoken and (one.near(BOOK, SOCIAL) or detail & INNER or (one.near(VERSION) and not bracketed)):
        return False
    if is_date(groups) or (bits == BY_DOT and len(groups) == 2) or len(set(digits(raw))) == 1:
        return False
    if bits & WIDE:  # or a row of a table
        return spoken and not one.before(3).strip()[-1:].isdigit() and _valid(raw, ("US",), possible=False)
    if spoken:
        return len(groups) > 1 or not one.near(REFERENCE, BOOK)
    if len(groups) < 2 or not _plausible(groups, bits) or not bits & (BY_DASH | BY_BRACKET | BY_DOT | BY_SPACE):
        return False
    american = [len(group) for group in groups[-3:]] == [3, 3, 4] and len(groups) <= 4
    shaped = bool(bits & (BY_DASH | BY_BRACKET | BY_DOT))
    if american and (shaped or "US" in regions) and _valid(raw, ("US",), possible=False):
        return True
    national = not one.near(REFERENCE) and groups[0].startswith("0") and size >= 9 and len(groups) < 7
    return national and _valid(raw, tuple(regions), possible=False)


def _is_stand_in(number: str) -> bool:
    """Numbers that pseudonyms are made of: country code 999 is not given out (ITU-T E.164), 555-01 is for fiction."""
    return number.startswith(("999", "55501"))
