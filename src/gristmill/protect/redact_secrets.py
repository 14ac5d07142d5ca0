"""Find keys, tokens and passwords in prose and code, and mask or report them, or drop the record."""

from __future__ import annotations

from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.errors import near_miss
from gristmill.protect._redaction import Redaction, apart, redacted
from gristmill.protect._scan import secret_candidates
from gristmill.protect._secrets import KIND_NAMES, OTHER_KINDS, secrets
from gristmill.text.flat import flat


class RedactSecrets(RowStep):
    """Find secrets, and put a placeholder or nothing in their place.

    Over eighty kinds are known by the form their providers give them, and checked where the form has a check (the
    CRC-32 of GitHub's and npm's tokens, the header of a JWT); beside them private keys in PEM, passwords in urls and
    connection strings, parameters of urls, and values behind a name such as `api_key` or `Passwort` that are random
    enough. Hashes, UUIDs and base64 without such a name are left alone, and so are masks, variables and examples.

    A published secret is learnt by heart by models and must be taken for burnt. The ledger has a row for each in
    `ledger/spans`, with kind and place, never the value.
    """

    version: ClassVar[int] = 4
    edits: ClassVar[bool] = True

    action: Literal["mask", "remove", "report"] = Field("mask", description="What is done with what is found.")
    placeholder: str = Field("<{kind}>", max_length=60, description="What masks: {kind} is the kind in capitals.")
    leave: tuple[str, ...] = Field((), description="Kinds that are not looked for, as in the signal `kinds`.")
    max_found: int | None = threshold(None, ge=0, description="Most secrets in a record; 0 drops records with any.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("found", "count", "secrets that were found"),
            Signal("density", "number", "secrets in 1,000 words"),
            Signal("kinds", "label", "the kinds of them, sorted, or none"),
            Signal("spans", "spans", "where each was, and what was done"),
        )

    def rules(self) -> tuple[Rule, ...]:
        return (
            (Rule("secrets", "found", high=self.max_found, option="max_found"),) if self.max_found is not None else ()
        )

    def faults(self) -> dict[str, str]:
        unknown = sorted(set(self.leave) - set(KIND_NAMES))
        return {"leave": f"no kind is called {unknown[0]!r}; {near_miss(unknown[0], KIND_NAMES)}"} if unknown else {}

    def edit(self, view: View) -> Edit:
        column = view.column("text")
        texts = pa.nulls(len(view), pa.large_string()) if column is None else pc.cast(column, pa.large_string())
        whole = flat(texts)
        found = secrets(whole, secret_candidates(view))
        wanted = apart(((row, one) for row, one in found if one.kind not in self.leave), OTHER_KINDS)
        redaction = Redaction(
            dict.fromkeys(KIND_NAMES, self.action),
            {kind: self.placeholder.replace("{kind}", kind.upper()) for kind in KIND_NAMES},
            lambda kind, value: None,
            None,
        )
        return redacted(texts, whole, wanted, redaction)
