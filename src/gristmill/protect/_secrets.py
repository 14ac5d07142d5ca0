"""Judges what the scan has found: which of it is a key, a token, a password or a connection with one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gristmill.protect._candidate import Candidate, Judged, candidates
from gristmill.protect._quoted_printable import decoded
from gristmill.protect._randomness import is_random
from gristmill.protect._secret_patterns import SECRETS
from gristmill.protect._urls import logins, parameters, within
from gristmill.text import found_identifiers as shapes
from gristmill.text.address_shapes import ASKS, USER
from gristmill.text.flat import Flat
from gristmill.text.found_identifiers import Found

OTHER_KINDS = ("private_key", "connection_string", "password", "assigned_secret", "url_secret")
"""Kinds beside those of providers."""

KIND_NAMES = tuple(dict.fromkeys((*(secret.kind for secret in SECRETS), *OTHER_KINDS)))

_SECRET_SHAPES = (shapes.PREFIXED, shapes.ASSIGNED, shapes.BLOCK, shapes.URL)

_PASSWORD = re.compile(
    r"pass|pwd|passwort|kennwort|contrase|senha|wachtwoord|has[lł]o|l[öo]senord|парол|密|비밀|パス|mot|clave"
    r"|db|root|admin|wifi|smtp|mysql|pg"
)
_EXAMPLE = re.compile(
    r"(?i)x{3,}|\*{3,}|\.{3,}|•|<[^>]*>|\$\{|\$\(|\{\{|%\(|%[sd]|your[_\- ]?|my[_\- ]?(?:password|secret|token|key)|"
    r"example|change[_\-]?me|placeholder|redacted|dummy|sample|insert|replace|todo|foo|secret[_\- ]?(?:key|here)|"
    r"password|passwd|null|none|undefined|true|false|test(?:ing)?$|abc123|1234|qwert|deadbeef"
)
"""Values that stand for one: masks, variables, examples."""

_CODE = re.compile(
    r"^(?:[A-Za-z_][\w.]*\(|[A-Za-z_]\w*\.[A-Za-z_]\w*|self\.|this\.|os\.|process\.|env\.|config\.|get\w*\("
    r"|function|lambda|new |[@&*$#%]|/|~|\\|\[|\{|\(|-{1,2}[a-z]|[a-z]+://)"
)
"""Values that are expressions, paths or options, not what they are worth."""

_VARIABLE = re.compile(r"[<$%{\[*]")
_NOWHERE = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|invalid|test)(?::|$)")
_URL_NAMES = frozenset(
    [
        "key",
        "api_key",
        "apikey",
        "api-key",
        "access_key",
        "accesskey",
        "secret",
        "client_secret",
        "token",
        "access_token",
        "accesstoken",
        "auth",
        "auth_token",
        "authtoken",
        "password",
        "passwd",
        "pwd",
        "pass",
        "sig",
        "signature",
        "x-amz-signature",
        "x-amz-credential",
        "x-amz-security-token",
        "x-goog-signature",
        "private_token",
        "refresh_token",
        "id_token",
        "jwt",
        "code",
        "sas",
    ]
)


def secrets(text: Flat, found: Found) -> Iterator[tuple[int, Judged]]:
    """What of the candidates is a secret, by row; may overlap."""
    keep = np.flatnonzero(np.isin(found.shapes, _SECRET_SHAPES))
    for row, shape, one in candidates(text, found, keep):
        for judged in _judged(one, shape):
            yield row, judged


def _judged(one: Candidate, shape: int) -> Iterator[Judged]:
    if shape == shapes.BLOCK:
        if len(one.raw) > 100 or "\n" in one.raw.strip():
            yield Judged("private_key", one.start, one.stop)
    elif shape == shapes.PREFIXED:
        secret = SECRETS[one.detail]
        before = one.before(1)
        inside = before.isascii() and (before.isalnum() or before in ("-", "_", "."))
        bounded = not inside and not one.after(1)[:1].isalnum()
        if bounded and "EXAMPLE" not in one.raw and secret.check(one.raw):
            yield Judged(secret.kind, one.start, one.stop)
    elif shape == shapes.ASSIGNED:
        yield from _assigned(one)
    else:
        yield from _in_url(one)


def _assigned(one: Candidate) -> Iterator[Judged]:
    """A value behind a name of a secret: random enough for its length, and no word, variable or example."""
    named = one.before(one.detail)
    value = one.raw.rstrip(").]}>,;:")
    if named.lower().startswith(("authorization", "bearer")) and " " in value:
        value = value.split(" ", 1)[1]
    quoted = named[-1:] in "\"'`" and named != ""
    if not 6 <= len(value) <= 512 or " " in value.strip() or _EXAMPLE.search(value) or _CODE.match(value):
        return
    begin = one.start + len(one.raw[: one.raw.index(value)].encode())
    span = (begin, begin + len(value.encode()))
    classes = sum(bool(re.search(pattern, value)) for pattern in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9\s]"))
    if _PASSWORD.match(named.lower()):
        spelt = quoted and classes >= 2 and not value.isidentifier()
        if classes >= 3 or spelt or is_random(value):
            yield Judged("password", *span)
    elif is_random(value):
        yield Judged("assigned_secret", *span)


def _in_url(one: Candidate) -> Iterator[Judged]:
    """Passwords before the hosts of a url and of those inside it; values of parameters that are named as secrets."""
    if not one.detail & (USER | ASKS):
        return
    read = decoded(one.raw)
    for _, password, server, begin in logins(read.text):
        known = _EXAMPLE.search(password) or _VARIABLE.match(password) or _NOWHERE.search(server)
        if len(password) >= 3 and not known:
            yield Judged("connection_string", *within(one, read, begin, len(password)))
    for name, value, begin in parameters(read.text):
        if name in _URL_NAMES and len(value) >= 12 and not _EXAMPLE.search(value) and is_random(value):
            yield Judged("url_secret", *within(one, read, begin, len(value)))
