"""The destinations of RTF: groups whose text is a fact, is passed over, or is text all the same."""

from __future__ import annotations

FACTS = {
    b"title": "title", b"author": "author", b"subject": "subject", b"keywords": "keywords", b"doccomm": "description",
    b"company": "publisher",
}  # fmt: skip
SKIPPED = frozenset((
    b"colortbl", b"pict", b"object", b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl",
    b"footerr", b"footerf", b"ftnsep", b"ftnsepc", b"ftncn", b"aftnsep", b"aftnsepc", b"aftncn", b"xe", b"tc", b"tcn",
    b"rxe", b"txe", b"nonshppict", b"annotation", b"atnid", b"atnauthor", b"sp", b"nonesttables", b"upr", b"filetbl",
    b"revtbl", b"listtable", b"listoverridetable", b"fldinst", b"private",
))  # fmt: skip
OPTIONAL = frozenset((b"shpinst", b"shptxt", b"ud", b"listtext", b"pntext", b"footnote", b"result", b"fldrslt"))
"""Destinations that an older program would pass over, and that hold text."""
