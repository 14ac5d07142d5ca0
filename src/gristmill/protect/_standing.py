"""Who may be used by a policy of the user's own: by source, licences that are allowed, denied, or not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from gristmill.contracts.view import View
from gristmill.protect._policies import hosts_of
from gristmill.protect._robots import matches

Standing = Literal["allowed", "denied", "unknown"]


class Policy(BaseModel):
    """What holds for some sources. The first policy that a record's source fits decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: str = Field(
        "*",
        min_length=1,
        description="A domain (and those below it), or a pattern with `*`: of hosts (`*.example.org`), files or urls.",
    )
    allow: tuple[str, ...] | None = Field(
        None, min_length=1, description="Licences that are allowed, `CC-BY-*` for all that begin so; all unless given."
    )
    deny: tuple[str, ...] = Field((), description="Licences that are denied, even where `allow` names them.")
    unknown: Standing = Field("unknown", description="What records without a known licence are: one of the three.")

    def fits(self, source: str | None, url: str | None, host: str | None) -> bool:
        """Whether a record is of these sources."""
        if self.sources == "*":
            return True
        wanted = self.sources.lower().strip(".")
        if "*" in self.sources or "/" in self.sources:
            patterns = ((self.sources, source), (self.sources, url), (wanted, host))
            return any(one is not None and matches(f"{pattern}$", one) for pattern, one in patterns)
        return host is not None and (host == wanted or host.endswith(f".{wanted}"))

    def standing(self, license: str | None) -> Standing:
        """Of a record with this licence, or expression of several: denied where one name in it is."""
        if license is None:
            return self.unknown
        names = [name for name in license.replace("(", " ").replace(")", " ").split() if name not in _JOINS]
        options = [names] if " OR " not in license else [[name] for name in names]
        if any(not any(_listed(name, self.deny) for name in some) and self._allows(some) for some in options):
            return "allowed"
        return "denied"

    def _allows(self, names: Sequence[str]) -> bool:
        return self.allow is None or all(_listed(name, self.allow) for name in names)


_JOINS = frozenset(("AND", "OR", "WITH"))


def _listed(name: str, patterns: Sequence[str]) -> bool:
    return any(
        name.lower().startswith(one[:-1].lower()) if one.endswith("*") else name.lower() == one.lower()
        for one in patterns
    )


def standings(view: View, policies: Sequence[Policy], licenses: Sequence[str | None]) -> list[Standing | None]:
    """The standing of each record; None where no policy speaks of its source."""
    if not policies:
        return [None] * len(licenses)
    sources, urls = (_column(view, name) for name in ("source", "url"))
    hosts = hosts_of(urls)
    out: list[Standing | None] = []
    for license, source, url, host in zip(
        licenses, sources.to_pylist(), urls.to_pylist(), hosts.to_pylist(), strict=True
    ):
        policy = next((one for one in policies if one.fits(source, url, host)), None)
        out.append(policy.standing(license) if policy else None)
    return out


def _column(view: View, name: str) -> pa.Array:
    found = view.column(name)
    return pa.nulls(len(view), pa.string()) if found is None else found
