"""Drop records by their url: by lists of domains, urls and words that you keep yourself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
from pydantic import Field

from gristmill.contracts.list_files import Found, ListFile, find_lists
from gristmill.contracts.list_step import ListStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import threshold
from gristmill.contracts.url_lists import listed, listed_subwords
from gristmill.contracts.url_matches import categories, matches, said
from gristmill.contracts.view import View
from gristmill.errors import near_miss

SOURCE = (
    "Penedo et al. 2023, app. G.1, https://arxiv.org/abs/2306.01116; "
    "datatrove 0.10, https://github.com/huggingface/datatrove/blob/main/src/datatrove/pipeline/filters/url_filter.py"
)
_CALLED = {"domains": "domains", "urls": "urls", "hard_words": None, "soft_words": None, "subwords": None}
"""What the files of each option are called in a folder; None where folders are not taken."""

_ENTRIES = {"domains": "domain", "urls": "url"}
_SIGNALS = {
    "domains": "domain_hits",
    "urls": "url_hits",
    "hard_words": "hard_words",
    "soft_words": "soft_words",
    "subwords": "subwords",
}


class UrlFilter(ListStep):
    """Drop records whose url stands in lists of yours: of domains, of urls, or of words in them.

    A list is a text file with an entry a line, letter case aside, gzipped or not; blank lines and lines that begin with
    `#` are passed over. Paths begin at the recipe's folder. A folder stands for all files called `domains` (or `urls`)
    in it, `.txt` or `.gz` behind that or not, as in the blacklists of Toulouse,
    https://dsi.ut-capitole.fr/blacklists/. No list comes with Gristmill.

    Lines of public lists of domains and urls are read as they are: hosts files (`0.0.0.0 host`), AdBlock (`||host^`),
    dnsmasq (`address=/host/`), Unbound (`local-zone: "host" static`), CSV of URLhaus and PhishTank; comments also begin
    with `!`, or with ` #` behind an entry. AdBlock's exceptions and rules on parts of pages are passed over. In a file
    that the recipe names itself, a line that is none of this is refused with its number.

    A domain matches a host and every host below it, an IP address only itself; Unicode and Punycode are one. A url
    matches whatever its scheme, `www.`, default port, fragment and trailing slash, and with it all that lies below:
    `example.com/bad` for `example.com/bad/x`, not for `example.com/badge`. Words are whole stretches of ASCII letters
    and digits. A subword may be part of one, or reach over signs. A record without a url stays.

    The reasons are `listed_domain`, `listed_url`, `hard_word`, `too_many_soft_words` and `subword`, of the lists given.
    datatrove looks up the registered domain and the full host alone, no level between; a url must be listed to the
    letter; its whole words heed letter case; and it gives the first reason only.
    """

    version: ClassVar[int] = 2  # lists in more formats, and the category
    reads_text: ClassVar[bool] = False

    domains: tuple[str, ...] = Field((), description="Files of domains, and folders with files called `domains`.")
    urls: tuple[str, ...] = Field((), description="Files of urls without or with scheme, and folders, as for domains.")
    categories: tuple[str, ...] | None = Field(
        None, min_length=1, description="Which sub-folders count, by name (adult, phishing ...); all unless given."
    )
    hard_words: tuple[str, ...] = Field((), description="Files of words of which none may be in a url.")
    soft_words: tuple[str, ...] = Field((), description="Files of words of which a few may be in a url.")
    subwords: tuple[str, ...] = Field((), description="Files of words that may not even be parts of words in a url.")
    max_soft_words: int = threshold(1, ge=0, description="Most different soft words in a url.")

    def found_below(self, root: Path) -> Mapping[str, Found]:
        return {
            option: find_lists(root, getattr(self, option), called, self.categories)
            for option, called in _CALLED.items()
        }

    def read_lists(self, option: str, files: tuple[ListFile, ...]) -> object:
        return listed_subwords(files) if option == "subwords" else listed(_ENTRIES.get(option, "word"), files)

    def faults(self) -> Mapping[str, str]:
        wrong = dict(super().faults())
        known = frozenset[str]().union(*(one.categories for one in self.found_below(self._root).values()))
        strange = [name for name in self.categories or () if name not in known]
        if strange:
            wrong["categories"] = f"no folder has a category {strange[0]!r}: {near_miss(strange[0], known)}"
        return wrong

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("domain_hits", "count", "listed domains that its host is or lies below"),
            Signal("url_hits", "count", "listed urls that it is or lies below"),
            Signal("hard_words", "count", "different hard words in it"),
            Signal("soft_words", "count", "different soft words in it"),
            Signal("subwords", "count", "different subwords in it, of those that end alike the longest"),
            Signal("matched", "label", "what of it stands in which list"),
            Signal(
                "category", "label", "the folder of the list that the first match is from; of a named file, its name"
            ),
        )

    def rules(self) -> tuple[Rule, ...]:
        most = self.max_soft_words
        rules = {
            "domains": Rule("listed_domain", "domain_hits", high=0, source=SOURCE, option="domains"),
            "urls": Rule("listed_url", "url_hits", high=0, source=SOURCE, option="urls"),
            "hard_words": Rule("hard_word", "hard_words", high=0, source=SOURCE, option="hard_words"),
            "soft_words": Rule("too_many_soft_words", "soft_words", high=most, source=SOURCE, option="max_soft_words"),
            "subwords": Rule("subword", "subwords", high=0, source=SOURCE, option="subwords"),
        }
        return tuple(rule for option, rule in rules.items() if getattr(self, option))

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        urls = view.column("url")
        if urls is None:
            urls = pa.nulls(len(view), pa.string())
        found = matches(urls, {option: self.lists_of(option) for option in _CALLED})
        missing = urls.is_null().to_numpy(zero_copy_only=False)
        counts = {
            _SIGNALS[option]: pa.array(match.hits.counts(len(view)), mask=missing) for option, match in found.items()
        }
        return {**counts, "matched": said(found, len(view)), "category": categories(found, len(view))}
