"""The tags of a page that say how it may be used, as the step `extract` keeps them in columns when the page goes.

The steps that read pages for them (`license`, `consent`) read these columns where there is no page any more.
"""

from __future__ import annotations

from collections.abc import Iterable

from gristmill.contracts import page_licenses as licenses
from gristmill.contracts import page_robots as robots
from gristmill.contracts.page_tags import Tag, written

KEPT = ("stated_license", "stated_robots")
"""The columns. Null where there was no page, empty where it said nothing."""

WORDS = (*robots.WORDS, *licenses.WORDS)
"""A tag that says anything of use or licence has one of them in it."""

LINK_WORDS = licenses.WORDS
"""The same of a link: those to robots are to pages of their own."""

_MOST, _LONGEST = 50, 4000  # tags of a page that are kept, characters of one


def kept_tags(tags: Iterable[Tag]) -> tuple[str, str]:
    """What the two columns say of a page with these tags: each different tag once, one a line."""
    said = list(tags)
    stated = (one.tag for tag in said for one in licenses.stated_licenses(tag) if one.value.strip())
    told = filter(None, map(robots.tells_robots, said))
    return _lines(stated), _lines(told)


def _lines(tags: Iterable[Tag]) -> str:
    different = dict.fromkeys(line for line in map(written, tags) if len(line) <= _LONGEST)
    return "\n".join(list(different)[:_MOST])
