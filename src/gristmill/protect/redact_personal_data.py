"""Find personal data in texts, check it, and mask it, replace it by stand-ins, remove it or report it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, ClassVar

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.model_files import ModelStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, threshold
from gristmill.contracts.view import View
from gristmill.errors import InputError, MissingExtra, near_miss
from gristmill.protect._candidate import Judged
from gristmill.protect._kinds import BY_DEFAULT, KINDS, TAGGED, KindName
from gristmill.protect._national_ids import NATIONAL, ids_of
from gristmill.protect._personal import Wanted, personal
from gristmill.protect._pseudonyms import LEAST_KEY, key_check, pseudonym
from gristmill.protect._redaction import Action, Redaction, apart, redacted
from gristmill.protect._scan import personal_candidates
from gristmill.protect._taggers import files_of, is_pipeline, tagger
from gristmill.protect._tagging import Tagged
from gristmill.text.flat import Flat, flat

_STOOD_IN = re.compile(rf"(?:^|[<_])(?:{'|'.join(KINDS)})(?:$|[>_])", re.I)
_STAND_IN = re.compile(r"(?:Person|Organisation) [A-Z2-7]{6}$")
"""What a tagger may take for a name and is a placeholder, or the end of a stand-in."""
_LONGEST_STAND_IN = 19


class RedactPersonalData(ModelStep):
    """Find identifiers of persons, and put a placeholder, a stand-in or nothing in their place.

    All kinds are found in one scan of the bytes and then checked: checksums, numbering plans, ranges, lengths, and the
    words around in some thirty languages (a number near `fax` or `Rufnummer` is judged otherwise than one near `ISBN`).
    What fails its check stays. Everything outside the spans stays to the byte, and what has been redacted is left alone
    when it is redacted again.

    The ledger has a row for each span in `ledger/spans`: kind, place and action, and with a `key` a keyed hash, by
    which the same value can be told in two records; never the value. A stand-in (`pseudonym`) has the form of the
    value, is the same wherever the value is, and cannot be traced back without the key; birth dates, coordinates,
    wallets and papers have none and are masked. The key is read from the environment and is not written anywhere.

    Steps that stand before see the values: records that those drop are kept with them. Put it early.
    """

    version: ClassVar[int] = 6
    edits: ClassVar[bool] = True

    kinds: tuple[KindName, ...] = Field(BY_DEFAULT, min_length=1, description="What is looked for.")
    action: Action = Field("mask", description="What is done with what is found.")
    actions: dict[KindName, Action] = Field({}, description="What is done with some kinds instead.")
    placeholder: str = Field(
        "<{kind}>", max_length=60, description="What masks: {kind} is the kind, in capitals as here or {Kind} as it is."
    )
    countries: tuple[str, ...] = Field(
        (), description="Countries (ISO 3166, lower case) whose national_id is looked for, or all; needs the extra ids."
    )
    regions: tuple[str, ...] = Field(
        (),
        description="Countries (ISO 3166) where numbers without country code are dialled; by language unless given.",
    )
    public_addresses: bool = Field(True, description="Only IP addresses that are public are personal.")
    key: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="The environment variable that holds the key, of 16 bytes or more, for stand-ins and hashes.",
    )
    tagger: str | None = Field(
        None,
        min_length=1,
        description="What tags names and addresses: an ONNX model, with tokenizer.json and config.json (extra "
        "semantic), or the folder of a pipeline of spaCy (extra spacy).",
    )
    min_tag_score: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Least score of what the tagger finds: its chance of being right, where calibrate-tagger was run.",
    )
    max_density: float | None = threshold(None, ge=0, description="Most identifiers in 1,000 words.")
    max_found: int | None = threshold(None, ge=0, description="Most identifiers in a record.")

    def libraries(self) -> tuple[str, ...]:
        national = ("python-stdnum",) if self._countries() else ()
        return ("phonenumbers", *national, *self._tagger_libraries())

    def _tagger_libraries(self) -> tuple[str, ...]:
        if self.tagger is None:
            return ()
        return ("spacy", "thinc", "blis") if is_pipeline(self._root, self.tagger) else ("onnxruntime", "tokenizers")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("found", "count", "identifiers that were found, whatever was done with them"),
            Signal("density", "number", "identifiers in 1,000 words"),
            Signal("kinds", "label", "the kinds of them, sorted, or none"),
            Signal("spans", "spans", "where each was, and what was done"),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = []
        if self.max_density is not None:
            rules.append(Rule("personal_data_density", "density", high=self.max_density, option="max_density"))
        if self.max_found is not None:
            rules.append(Rule("personal_data", "found", high=self.max_found, option="max_found"))
        return tuple(rules)

    def faults(self) -> Mapping[str, str]:
        faults = {}
        unknown = sorted(set(self.countries) - {*NATIONAL, "all"})
        if unknown:
            faults["countries"] = f"no numbers are known of {unknown[0]!r}; {near_miss(unknown[0], [*NATIONAL, 'all'])}"
        else:
            try:
                for country in self._countries():
                    ids_of(country)
            except MissingExtra as error:
                faults["countries"] = str(error)
        strange = sorted(set(self.regions) - phonenumbers.SUPPORTED_REGIONS)
        if strange:
            told = near_miss(strange[0].upper(), phonenumbers.SUPPORTED_REGIONS)
            faults["regions"] = f"no phone numbers are known of {strange[0]!r}; {told}"
        key = self._key()
        if "pseudonym" in (self.action, *self.actions.values()) and self.key is None:
            faults["key"] = "stand-ins need a key: name the environment variable that holds one, say key: GRISTMILL_KEY"
        elif self.key is not None and (key is None or len(key) < LEAST_KEY):
            what = "is not set" if key is None else f"has {len(key)} bytes"
            faults["key"] = (
                f"the environment variable {self.key} {what}; it must hold at least {LEAST_KEY} bytes "
                f"that stay secret, as by export {self.key}=$(openssl rand -hex 32)"
            )
        wanted = [kind for kind in self.kinds if kind in TAGGED]
        if self.tagger is None and wanted and "kinds" in self.model_fields_set:
            faults["kinds"] = f"{wanted[0]} is found by a tagger alone: name an ONNX model or a spaCy pipeline"
        if self.tagger is not None:
            try:
                tagger(self.model_files())
            except (InputError, MissingExtra) as error:
                faults["tagger"] = str(error)
        return faults

    def computing_settings(self) -> dict[str, Any]:
        key = self._key()
        return {**super().computing_settings(), "key_check": key and key_check(key)}

    def edit(self, view: View) -> Edit:
        column = view.column("text")
        texts = pa.nulls(len(view), pa.large_string()) if column is None else pc.cast(column, pa.large_string())
        whole = flat(texts)
        wanted = Wanted(frozenset(self.kinds), self._countries(), self.regions, self.public_addresses)
        identified = personal(whole, personal_candidates(view), wanted, _languages(view))
        found = apart(chain(identified, self._tagged(texts, whole)))
        return redacted(texts, whole, found, self._redaction())

    def _tagged(self, texts: pa.Array, whole: Flat) -> Iterator[tuple[int, Judged]]:
        """What the tagger finds, by row."""
        if self.tagger is None:
            return
        given = [text or "" for text in texts.to_pylist()]
        for row, (text, tagged) in enumerate(zip(given, tagger(self.model_files())(given), strict=True)):
            at, place = 0, int(whole.offsets[row])
            for one in tagged:
                if one.kind in self.kinds and one.score >= self.min_tag_score and not _is_stand_in(text, one):
                    start = place + len(text[at : one.start].encode())
                    at, place = one.stop, start + len(text[one.start : one.stop].encode())
                    yield row, Judged(one.kind, start, place)

    def spelled_files(self) -> tuple[str, ...]:
        return () if self.tagger is None else files_of(self._root, self.tagger)

    def _countries(self) -> tuple[str, ...]:
        if "national_id" not in self.kinds:
            return ()
        return tuple(NATIONAL) if "all" in self.countries else self.countries

    def _key(self) -> bytes | None:
        value = os.environ.get(self.key) if self.key else None
        return None if value is None else value.encode()

    def _redaction(self) -> Redaction:
        key = self._key()
        return Redaction(
            {kind: self.actions.get(kind, self.action) for kind in self.kinds},
            {kind: self.placeholder.replace("{kind}", kind.upper()).replace("{Kind}", kind) for kind in self.kinds},
            _stand_ins(key, self._countries()),
            key,
        )


def _is_stand_in(text: str, one: Tagged) -> bool:
    begin = max(0, one.stop - _LONGEST_STAND_IN)
    return bool(_STOOD_IN.search(text[one.start : one.stop]) or _STAND_IN.search(text[begin : one.stop]))


def _stand_ins(key: bytes | None, countries: tuple[str, ...]) -> Callable[[str, str], str | None]:
    def is_national(value: str) -> bool:
        return any(number.valid(value) for country in countries for number in ids_of(country))

    return partial(pseudonym, key, is_national=is_national) if key else lambda kind, value: None


def _languages(view: View) -> dict[int, str]:
    """The language of each row, where a step before has said it."""
    column = view.column("language")
    if column is None:
        return {}
    return {row: label for row, label in enumerate(column.to_pylist()) if label}
