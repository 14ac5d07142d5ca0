"""Keep one of all records that have the same url once it is written in one way."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.step import CorpusStep, Evidence, Keep, Keys, Nodes, Settled, Sketch, threshold
from gristmill.contracts.view import View
from gristmill.dedup._equal import settle_equal
from gristmill.dedup._tracking import TRACKING
from gristmill.text.clusters import to_lowest
from gristmill.text.flat import Flat
from gristmill.text.mixing import hash_rows
from gristmill.text.url_canonical import Form, canonical_urls, form


class UrlDuplicates(CorpusStep):
    """Drops records whose url leads to the same page as another's; the newest stays. Looks at no text.

    Urls are compared in a canonical form: host in lower case and Punycode, no user, default port or fragment (but
    those of `#!`), percent-encoding and dot segments resolved, the query by the names of its parameters and without
    those that only say how a visitor came. So far RFC 3986, 6.2, WHATWG's `URLSearchParams.sort` and the lists named
    in `dedup/_tracking.py`; that http and https, `www.` and a trailing slash make no difference is common, not
    certain, and can be turned off. A record without a url, or with one that has no host, is left alone.

    It may stand before `extract`, so that pages which go are never made texts.
    """

    version: ClassVar[int] = 2
    reason: ClassVar[str] = "url_duplicate"
    reads_text: ClassVar[bool] = False

    keep: Keep = threshold("newest", description="Which copy stays; ties go to the lowest record id.")
    scheme: Literal["ignore", "keep"] = Field("ignore", description="Whether http and https are two pages.")
    www: Literal["ignore", "keep"] = Field("ignore", description="Whether www.example.org is another than example.org.")
    trailing_slash: Literal["ignore", "keep"] = Field("ignore", description="Whether /a/ is another page than /a.")
    tracking: Literal["drop", "keep"] = Field(
        "drop", description="What becomes of parameters that say how a visitor came: utm_*, gclid, fbclid ..."
    )
    drop_parameters: tuple[str, ...] = Field(
        (), description="Further parameters that say nothing of the page; a * at the end stands for any ending."
    )
    index_pages: tuple[str, ...] = Field(
        (), description="Last steps of a path that mean the folder: index.html, index.php ..."
    )

    def sketch(self, view: View) -> Sketch:
        urls = self._canonical(view)
        some = np.flatnonzero(np.diff(urls.offsets) > 0)
        return Sketch(view.rows[some], hash_rows(*urls, some, 1))

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        return to_lowest(keys, rows)

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        urls = self._canonical(view)
        every = np.arange(len(urls))
        return hash_rows(*urls, every, 2), np.arange(len(urls) + 1, dtype=np.int64)

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        # Nobody has compared the texts.
        return settle_equal(a, b, rank, evidence, similarity=np.nan)

    def _canonical(self, view: View) -> Flat:
        urls = view.column("url")
        parameters = self.drop_parameters + (TRACKING if self.tracking == "drop" else ())
        wanted = _form(self.scheme, self.www, self.trailing_slash, parameters, self.index_pages)
        return canonical_urls(pa.nulls(len(view), pa.string()) if urls is None else urls, wanted)


@cache
def _form(scheme: str, www: str, slash: str, parameters: tuple[str, ...], index_pages: tuple[str, ...]) -> Form:
    return form(
        scheme=scheme == "keep",
        www=www == "keep",
        slash=slash == "keep",
        parameters=parameters,
        index_pages=index_pages,
    )
