"""Say under which licence each record is, by what it says of itself, with the evidence; drop what may not be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.page_licenses import stated_licenses
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.protect._findings import printable
from gristmill.protect._license_files import Found, in_files
from gristmill.protect._license_sentences import said
from gristmill.protect._standing import Policy, Standing, standings
from gristmill.protect._statements import metadata_fields, pages, statements
from gristmill.records.licenses.identifiers import Terms, by_header, by_url, terms
from gristmill.records.licenses.names import misspelt, misspelt_pattern, named
from gristmill.text.flat import flat

Fate = Literal["keep", "drop"]

_FIELDS = ("license", "licence", "license_id", "rights")
_OF_REPOSITORY, _WHOLE_REPOSITORY = ("repository_license",), 0.75
"""What a file stands under that says nothing itself: less sure than a notice in it, surer than a sentence."""

_HEAD_CHARACTERS = 4096
_REFUSABLE = ("noncommercial", "no_derivatives", "share_alike", "reserved")
_RESERVED = "all rights reserved"


class License(RowStep):
    """Adds a column `license` with an SPDX identifier, by what a page or a file says of itself.

    It looks, the surest first, at a field of the record (`license`), `SPDX-License-Identifier` near the beginning of
    the text, texts of whole licences (compared with those of the SPDX list), metadata of packages (package.json,
    pyproject.toml, Cargo.toml, pom.xml), `rel=license` in a `Link` header, a `<link>` or an `<a>`, schema.org's
    `license` in linked data, `<meta>` of Dublin Core, notices as licences ask for them, the licence of the repository
    that a file of code is in (`repository_license`, which the reader `git` gives), links to a Creative Commons
    licence, which may speak of a picture alone, and sentences ('licensed under ...'), which may speak of another work.
    Of several the surest counts, of two as sure the first; `licenses` says how many different ones there were. A
    licence that is not known by its url, text or name is none. Nothing is dropped unless asked for.

    `policies` judges by source: the first one that a record's source fits gives its `standing`. Stands best
    before `extract`: behind it, tags are those that `extract` kept (`stated_license`), and sentences those of the text.
    """

    version: ClassVar[int] = 5
    reads_text: ClassVar[bool] = False
    reads_payload: ClassVar[bool] = True
    reads_kept: ClassVar[bool] = True

    allow: tuple[str, ...] | None = threshold(
        None, min_length=1, description="Licences that are let through, as SPDX identifiers; all unless given."
    )
    min_confidence: float = threshold(
        0, ge=0, le=1, description="How sure it must be; 0.7 asks for more than a link somewhere in the page."
    )
    unknown: Fate = threshold("keep", description="What becomes of records that state no known licence.")
    noncommercial: Fate = threshold("keep", description="Of those that may not be used commercially.")
    no_derivatives: Fate = threshold("keep", description="Of those that may not be changed.")
    share_alike: Fate = threshold("keep", description="Of those whose derivatives must carry their licence.")
    reserved: Fate = threshold(
        "keep", description="Of those that say 'all rights reserved' in a meta element or field."
    )

    policies: tuple[Policy, ...] = Field(
        (), description="By source: `{sources, allow, deny, unknown}`; the first that fits gives the standing."
    )
    standings: tuple[Standing, ...] = threshold(
        ("allowed", "unknown"), min_length=1, description="Standings that stay, where a policy speaks of the source."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("license", "label", "SPDX identifier or expression", column=True),
            Signal("license_evidence", "label", "what was stated, and where", column=True),
            Signal("licenses", "count", "different licences that are stated"),
            Signal("confidence", "share", "how sure the place of the statement makes us"),
            Signal("attribution", "count", "1 where the licence asks for attribution"),
            Signal("share_alike", "count", "1 where derivatives must carry it"),
            Signal("noncommercial", "count", "1 where commercial use is not allowed"),
            Signal("no_derivatives", "count", "1 where changes are not allowed"),
            Signal("reserved", "count", "1 where all rights are said to be reserved"),
            Signal("standing", "label", "allowed, denied or unknown, by the policy for its source"),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = []
        if self.allow is not None:
            rules.append(Rule("license_not_allowed", "license", values=self.allow, option="allow"))
        if self.min_confidence > 0:
            rules.append(Rule("license_unsure", "confidence", low=self.min_confidence, option="min_confidence"))
        if self.unknown == "drop":
            rules.append(Rule("license_unknown", "licenses", low=1, option="unknown"))
        if self.policies:
            rules.append(Rule("license_standing", "standing", values=self.standings, option="standings"))
        refused = (name for name in _REFUSABLE if getattr(self, name) == "drop")
        return (*rules, *(Rule(name, name, high=0, option=name) for name in refused))

    def faults(self) -> Mapping[str, str]:
        strange = next(filter(None, map(misspelt, self.allow or ())), None)
        faults = {} if strange is None else {"allow": strange}
        names = (name for policy in self.policies for name in (*(policy.allow or ()), *policy.deny))
        strange = next(filter(None, map(misspelt_pattern, names)), None)
        return faults if strange is None else {**faults, "policies": strange}

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        found: list[list[Found]] = [[] for _ in range(len(view))]
        reserved = [0] * len(view)
        for row, one in _all(view):
            if one is None:
                reserved[row] = 1
            else:
                found[row].append(one)
        best = [max(some, key=lambda one: one.confidence, default=None) for some in found]
        licenses = [one and one.license for one in best]
        asked = [terms(one.license if one else None) for one in best]
        return {
            "license": pa.array(licenses, pa.string()),
            "license_evidence": pa.array([one and printable(one.evidence) for one in best], pa.string()),
            "licenses": pa.array([len({one.license for one in some}) for some in found], pa.int64()),
            "confidence": pa.array([one and one.confidence for one in best], pa.float64()),
            **{name: pa.array([_number(one, name) for one in asked], pa.int64()) for name in Terms._fields},
            "reserved": pa.array(reserved, pa.int64()),
            "standing": pa.array(standings(view, self.policies, licenses), pa.string()),
        }


def _number(asked: Terms, name: str) -> int | None:
    value = getattr(asked, name)
    return None if value is None else int(value)


def _all(view: View) -> Iterator[tuple[int, Found | None]]:
    """Every statement of every row; None where one reserves all rights."""
    for row, fields in metadata_fields(view, _FIELDS):
        for name, value in fields.items():
            yield from ((row, one) for one in _stated(value, 1.0, f"field {name}"))
    for row, values in metadata_fields(view, _OF_REPOSITORY):
        for value in values.values():
            yield from ((row, one) for one in _stated(value, _WHOLE_REPOSITORY, "licence of the repository"))
    for row, values in metadata_fields(view, ("link",)):
        for target in _linked_as_license(values["link"]):
            yield from ((row, one) for one in _stated(target, 0.95, "header Link"))
    for row, text in _heads(view):
        expression = by_header(text)
        if expression:
            yield row, Found(expression, 1.0, f"SPDX-License-Identifier: {expression}")
    yield from in_files(view)
    for row, tags in statements(view).tags.items():
        for stated in (one for tag in tags for one in stated_licenses(tag)):
            yield from ((row, one) for one in _stated(stated.value, stated.confidence, stated.place))
    readable = pages(view)
    if readable is not None:
        for one in said(flat(readable), view.rows, pages=True):
            if one.license is not None:
                yield one.row, Found(one.license, one.confidence, f"page: {one.quote}")


def _stated(value: str, confidence: float, place: str) -> Iterator[Found | None]:
    license = by_url(value) or named(value)
    if license:
        yield Found(license, confidence, f"{place}: {value}")
    elif _RESERVED in value.lower():
        yield None


def _linked_as_license(header: str) -> Iterator[str]:
    """Targets of a Link header with rel=license (RFC 8288)."""
    for piece in header.split(","):
        target, *parameters = piece.split(";")
        rels = [p.partition("=")[2].strip(' "').lower() for p in parameters if p.strip().lower().startswith("rel")]
        if any("license" in rel.split() for rel in rels):
            yield target.strip(" <>")


def _heads(view: View) -> Iterator[tuple[int, str]]:
    """The beginnings of texts that may have an SPDX line."""
    text = view.column("text")
    if text is None:
        return
    heads = pc.utf8_slice_codeunits(text, 0, _HEAD_CHARACTERS)
    some = pc.fill_null(pc.match_substring(heads, "SPDX-License-Identifier"), False)
    for row in pc.indices_nonzero(some).to_pylist():
        yield row, heads[row].as_py()
