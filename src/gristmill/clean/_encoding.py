"""Bytes of a page to text: byte-order mark, UTF-8, what the page declares, what its bytes look like.

Labels mean what the WHATWG Encoding Standard says (`latin1` is windows-1252), as in browsers. Unlike there,
valid UTF-8 is UTF-8 whatever the page declares: other encodings do not look like it by accident.
"""

from __future__ import annotations

import codecs
import contextlib

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

from gristmill.records.encoding import BOMS, PYTHON_NAMES

HEAD = 4096  # bytes searched for a <meta>; browsers search 1024
SAMPLE = 1 << 17  # bytes that detection looks at
TOLERATED = 0.02  # share of undecodable characters among the non-ASCII ones that a declaration survives
ESCAPE, NUL = b"\x1b", b"\0"


def codec(label: str | None) -> str | None:
    """Python's name of the decoder that a browser would use for a label, None where there is none."""
    if not label:
        return None
    name = map_encoding_to_html5(label.strip(" \t\r\n\f\"'").lower(), fallback_utf8=False)
    if name is None:
        return None
    try:
        return codecs.lookup(PYTHON_NAMES.get(name.lower(), name)).name
    except LookupError:
        return None


def _after(text: str, word: str) -> str | None:
    """The value of `word = value`, with or without quotes."""
    at = text.find(word)
    while at >= 0:
        rest = text[at + len(word) : at + len(word) + 80].lstrip()
        if rest.startswith("="):
            rest = rest[1:].lstrip()
            if rest[:1] in ("'", '"'):
                return rest[1:].partition(rest[0])[0]
            for end, char in enumerate(rest):
                if char in " \t\r\n\f;,>\"'/":
                    return rest[:end]
            return rest
        at = text.find(word, at + 1)
    return None


def declared(payload: bytes, content_type: str | None) -> str | None:
    """The decoder that the header names, else the one that the head of the page names."""
    named = codec(_after(content_type.lower(), "charset")) if content_type else None
    if named is not None:
        return named
    head = payload[:HEAD].decode("latin-1").lower()
    named = codec(_after(head, "charset")) or (codec(_after(head, "encoding")) if "<?xml" in head[:64] else None)
    # A page whose <meta> could be read as ASCII is not in UTF-16, whatever the <meta> says.
    return "utf-8" if named is not None and named.startswith("utf-16") else named


def _wide(payload: bytes) -> str | None:
    """UTF-16 and UTF-32 without a mark: Latin text has NULs at every second (or three in four) bytes."""
    head = payload[:HEAD]
    size = len(head)
    if size < 8 or head.count(NUL) * 4 < size:
        return None
    share = [head[i::4].count(NUL) * 4 / size for i in range(4)]
    if min(share[1:]) > 0.7:
        return "utf-32-le"
    if min(share[:3]) > 0.7:
        return "utf-32-be"
    odd, even = share[1] + share[3], share[0] + share[2]
    return "utf-16-le" if odd > even else "utf-16-be"


def _bad_share(payload: bytes, text: str) -> float:
    """Replacement characters for each non-ASCII byte; the last character may have been cut."""
    bad = text.count("\ufffd") - text.endswith("\ufffd")
    return bad / max(len(payload) - len(payload.translate(None, _HIGH)), 1) if bad > 0 else 0.0


_HIGH = bytes(range(128, 256))


def _detected(payload: bytes) -> str:
    raw = detect_encoding(payload[:SAMPLE], html5_compatible=False)
    name = codec(raw)
    if name is None and raw:
        with contextlib.suppress(LookupError):
            name = codecs.lookup(raw).name  # known to Python though no browser reads it: IBM855, ISO-2022-KR
    return name if name and name != "utf-8" else "cp1252"


def encoding(payload: bytes, content_type: str | None = None) -> str:
    """Python's name of the encoding that these bytes are best read in."""
    for mark, name in BOMS:
        if payload.startswith(mark):
            return name
    wide = _wide(payload)
    if wide is not None:
        return wide
    named = declared(payload, content_type)
    found = None
    if ESCAPE in payload:  # ISO-2022-JP and -KR are valid UTF-8, being ASCII
        found = named or _detected(payload)
        if found.startswith("iso2022"):
            return found
    for likely in ("utf-8", named):
        if likely and _bad_share(payload, payload.decode(likely, "replace")) < TOLERATED:
            return likely
    return found if found and found != named else _detected(payload)


def decode(payload: bytes, content_type: str | None = None) -> str:
    """The text of any bytes at all; what cannot be decoded becomes U+FFFD."""
    try:
        if ESCAPE not in payload and NUL not in payload:
            text = payload.decode()
            return text.removeprefix("\ufeff")
    except UnicodeDecodeError:
        pass
    return payload.decode(encoding(payload, content_type), "replace").removeprefix("\ufeff")
