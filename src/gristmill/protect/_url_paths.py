"""Finds pieces of the paths of urls that tell one reader from another: `/unsubscribe/7fk2l9x`, `/r/q8W2e5R7t9Y1u3/`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BETWEEN = re.compile(r"(?:[/?#&;=]|%(?:25){0,4}(?:2[F36]|3[FBD]))+", re.I)
"""What stands between two pieces of a url, as it is or coded."""
_SLASH = re.compile(r"/|%(?:25){0,4}2F", re.I)
_SLASHES = re.compile(r"(?:/|%(?:25){0,4}2F){2}$", re.I)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTS = _words(
    """unsub unsubscribe unsubscribed unsubscription optout confirm confirmed confirmation confirmations verify
    verification verifications activate activation activations invite invites invitation invitations reset click
    clicks clickthru clickthrough clicktrack abmelden abmeldung abbestellen austragen bestaetigen desinscription
    desabonnement desabonner darsedebaja afmelden disiscriviti avregistrera"""
)
"""What only one reader is sent for."""
_BESIDE = _words(
    """opt out thru through track password passwd pw email mail account user link my form registration register signup
    subscription subscribe newsletter list join login token new change address request me php asp aspx cgi html jsp do
    index"""
)
"""Words that may stand beside those in a piece: `email-verification`, `unsubscribe.php`."""
_MAYBE = _words(
    """r c l t u ls tl tr go link links tracking trk newsletter newsletters mailing mailings
    subscribe subscription subscriptions open opens pixel beacon preferences magic magiclink auth login token"""
)
"""Pieces behind which nothing but what looks drawn by a machine tells one reader from another."""
_MAILING_HOSTS = _words("click clicks link links tracking trk unsubscribe email mailer newsletter newsletters go em")
_CODE_HOSTS = _words(
    """github githubusercontent gitlab bitbucket codeberg sr sourceforge gerrit git cgit gitweb svn hg code review
    source phabricator gitea salsa launchpad savannah huggingface npmjs pypi jsdelivr unpkg"""
)
"""First labels of hosts that mailings are counted by; labels of those where a random piece names a file or a change."""

_WORD, _PARTS = re.compile(r"[a-z]+"), re.compile(r"[^-_.~:+]+")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|woff2?|ttf|css|js|mp[34]|pdf|zip|gz|xml|html?)$", re.I)
_DIGEST = re.compile(r"I?(?:[0-9a-f]{24}|[0-9a-f]{40}|[0-9a-f]{64})$")
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9])?$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_HEXADECIMAL = re.compile(r"[0-9a-f]{16,}$")
_LEAST, _LEAST_DRAWN, _LONGEST_WORD = 6, 16, 40  # characters


def tokens_of_path(url: str) -> Iterator[tuple[int, int]]:
    """Where such pieces begin in a url and in those inside it, and their sizes."""
    before = host = ""
    acts = token = False  # a word that only one reader is sent for stands before; so does one of its tokens
    marks = list(_BETWEEN.finditer(url))
    for mark, end in zip(marks, [*(following.start() for following in marks[1:]), len(url)], strict=True):
        piece = url[mark.end() : end].rstrip(".,)")
        if not _SLASH.fullmatch(mark[0]):
            acts = token = False
            before = host = piece.lower() if _SLASHES.search(mark[0]) else ""
            continue
        found = _is_token(piece, before, host, acts, token)
        if found:
            yield mark.end(), len(piece)
        acts |= _is_act(piece)
        token, before = found, piece.lower()


def _is_token(piece: str, before: str, host: str, acts: bool, token: bool) -> bool:
    if len(piece) < _LEAST or not any(map(str.isdigit, piece)) or _is_of_code(host):
        return False
    if acts:
        return _is_drawn(piece) or ((token or _is_act(before)) and _is_number_of_one(piece))
    letters = len(before) == 1 or before == host
    known = before in _MAYBE or (before == host and host.partition(".")[0] in _MAILING_HOSTS)
    return known and _is_drawn(piece) and not _DIGEST.match(piece) and not (letters and _FILE.search(piece))


def _is_act(piece: str) -> bool:
    words = set(_WORD.findall(piece.lower())) if len(piece) <= _LONGEST_WORD else set()
    return not words.isdisjoint(_ACTS) and words <= _ACTS | _BESIDE


def _is_of_code(host: str) -> bool:
    return not _CODE_HOSTS.isdisjoint(host.split("."))


def _is_number_of_one(piece: str) -> bool:
    """A number, or one word of digits and letters mixed: no date, no title with hyphens, no name of a file."""
    if piece.isascii() and piece.isdigit():
        return not _DAY.match(piece)
    return _changes(piece) >= 2 and not any(part.isalpha() and len(part) > 2 for part in _PARTS.findall(piece))


def _is_drawn(piece: str) -> bool:
    """Whether a machine drew it: letters and digits mixed all over."""
    if _UUID.match(piece) or (_HEXADECIMAL.match(piece) and _changes(piece) >= 2):
        return True
    named = "%" in piece or "@" in piece
    return len(piece) >= _LEAST_DRAWN and piece.isascii() and not named and _changes(piece) * 5 >= len(piece)


def _changes(piece: str) -> int:
    """How often a digit stands beside a letter, or a small letter before a capital."""
    kinds = "".join(
        "0" if char.isdigit() else "a" if char.islower() else "A" if char.isupper() else " " for char in piece
    )
    return sum(kinds.count(pair) for pair in ("0a", "0A", "a0", "A0", "aA"))
