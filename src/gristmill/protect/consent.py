"""Drop records whose owners say that they may not be used to train models, and keep the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.list_files import Found, ListFile, find_lists
from gristmill.contracts.list_step import ListStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import threshold
from gristmill.contracts.url_lists import listed
from gristmill.contracts.url_matches import matches, said
from gristmill.contracts.view import View
from gristmill.protect._agents import TRAINING_AGENTS
from gristmill.protect._directives import DIRECTIVES, of_header, of_meta
from gristmill.protect._findings import Findings, named
from gristmill.protect._policies import UNREACHABLE, Site, hosts_of, path_of, policies
from gristmill.protect._robots import training_refused
from gristmill.protect._statements import metadata_fields, statements
from gristmill.text.tags import META

Voice = Literal[
    "robots_txt", "ai_txt", "training_signal", "noai", "noimageai", "noindex", "tdm_reservation", "opted_out"
]

_SOURCES: dict[str, str] = {
    "robots_txt": "RFC 9309, https://www.rfc-editor.org/rfc/rfc9309",
    "ai_txt": "Spawning, https://spawning.ai/ai-txt",
    "training_signal": "https://contentsignals.org; draft-ietf-aipref-attach, https://datatracker.ietf.org/wg/aipref",
    "noai": "https://www.deviantart.com/team/journal/UPDATE-All-Deviations-Are-Opted-Out-of-AI-Datasets-934500371",
    "noimageai": "https://www.deviantart.com/team/journal/UPDATE-All-Deviations-Are-Opted-Out-of-AI-Datasets-934500371",
    "noindex": "https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag",
    "tdm_reservation": "TDMRep, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510",
    "opted_out": "a list of your own",
}
_VOICES: dict[str, str] = {
    "robots_txt": "training crawlers that robots.txt keeps from this path",
    "ai_txt": "whether ai.txt keeps everyone from this path",
    "training_signal": "statements in robots.txt or a header that it may not be trained on",
    "noai": "robots tags, in headers and in the page, that say noai",
    "noimageai": "robots tags that say noimageai",
    "noindex": "robots tags that say noindex or none",
    "tdm_reservation": "places (header, page, tdmrep.json) that reserve text and data mining",
    "opted_out": "entries of your own opt-out lists that its url matches",
}
_BY_DEFAULT: tuple[Voice, ...] = (
    "robots_txt",
    "ai_txt",
    "training_signal",
    "noai",
    "noimageai",
    "tdm_reservation",
    "opted_out",
)
_LISTS = {"policies": "policy", "opt_out_domains": "domain", "opt_out_urls": "url"}
"""Options that name files, and what an entry of those is."""

_ROBOTS_TAG, _TDM, _USAGE = "x_robots_tag", "tdm_reservation", "content_usage"


class Consent(ListStep):
    """Heed what sites and pages say against training, by record and with dated evidence.

    It hears robots.txt for the crawlers that train models, ai.txt, Content Signals and AI preferences, robots tags
    (`noai` and the like) in headers and pages, TDMRep in all three places, and lists of your own. Each is a signal;
    which of them a record goes by is `obey`, and can be changed without looking again. A count is null where there
    was nothing that could have said it: no policy of the host was fetched, no page or header is there.

    What was said is kept as `consent_evidence`, a column of the record: which file of which host as of which day,
    which line, which tag. Policies come from files that `gristmill policies` makes of fetched robots.txt,
    /.well-known/tdmrep.json and ai.txt (a crawl's robots.txt archives, say); of two for one host the newer counts.
    A robots.txt that could not be had for an error of the server (5xx) keeps everyone out, as RFC 9309 has it, unless
    another fetch got one. Where several say different things, one that refuses is enough. Stands before
    `extract`, so that no refused page is worked on, or behind it: the tags are then those that it kept
    (`stated_robots`).
    """

    version: ClassVar[int] = 3
    reads_text: ClassVar[bool] = False
    reads_payload: ClassVar[bool] = True
    reads_kept: ClassVar[bool] = True

    policies: tuple[str, ...] = Field((), description="Files of site policies, as `gristmill policies` makes them.")
    agents: tuple[str, ...] = Field(
        TRAINING_AGENTS, min_length=1, description="Crawlers whose exclusion counts, as robots.txt names them."
    )
    unreachable: Literal["disallow", "unknown"] = Field(
        "disallow", description="What a robots.txt means that a server answered with 5xx (RFC 9309, 2.3.1.4)."
    )
    opt_out_domains: tuple[str, ...] = Field((), description="Your own lists of domains that opted out, as files.")
    opt_out_urls: tuple[str, ...] = Field((), description="Your own lists of urls that opted out, as files.")
    obey: tuple[Voice, ...] = threshold(_BY_DEFAULT, description="What a record goes by; the rest is only noted.")

    def found_below(self, root: Path) -> Mapping[str, Found]:
        return {option: find_lists(root, getattr(self, option), None, None) for option in _LISTS}

    def read_lists(self, option: str, files: tuple[ListFile, ...]) -> object:
        return policies(files) if option == "policies" else listed(_LISTS[option], files)

    def signals(self) -> tuple[Signal, ...]:
        counts = (Signal(name, "count", text) for name, text in _VOICES.items())
        return (*counts, Signal("consent_evidence", "label", "what was said against its use, and where", column=True))

    def rules(self) -> tuple[Rule, ...]:
        return tuple(Rule(name, name, high=0, source=_SOURCES[name], option="obey") for name in self.obey)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        found = Findings(len(view), _VOICES)
        agents = {agent.lower() for agent in self.agents}
        self._hear_headers(view, found, agents)
        self._hear_pages(view, found, agents)
        urls = view.column("url")
        if urls is not None:
            self._hear_sites(urls, found)
            self._hear_lists(urls, found)
        return {**found.counts(), "consent_evidence": found.evidence()}

    def _hear_headers(self, view: View, found: Findings, agents: set[str]) -> None:
        for row, values in metadata_fields(view, (_ROBOTS_TAG, _TDM, _USAGE)):
            if _ROBOTS_TAG in values:
                for name in DIRECTIVES:
                    found.looked(name, (row,))
                for name in of_header(values[_ROBOTS_TAG], agents):
                    found.add(name, row, 1, f'header "X-Robots-Tag: {values[_ROBOTS_TAG]}"')
            if _TDM in values:
                found.looked("tdm_reservation", (row,))
                if values[_TDM].strip() == "1":
                    found.add("tdm_reservation", row, 1, 'header "tdm-reservation: 1"')
            if _USAGE in values:
                found.looked("training_signal", (row,))
                if training_refused("content-usage", values[_USAGE]):
                    found.add("training_signal", row, 1, f'header "Content-Usage: {values[_USAGE]}"')

    def _hear_pages(self, view: View, found: Findings, agents: set[str]) -> None:
        said = statements(view)
        for name in (*DIRECTIVES, "tdm_reservation"):
            found.looked(name, said.heard)
        for row, some in said.tags.items():
            for tag in (one.attributes for one in some if one.kind == META):
                name, content = tag.get("name", ""), tag.get("content", "")
                for directive in of_meta(name, content, agents):
                    found.add(directive, row, 1, f'<meta name="{name}" content="{content}">')
                if name.lower() == "tdm-reservation" and content == "1":
                    found.add("tdm_reservation", row, 1, '<meta name="tdm-reservation" content="1">')

    def _hear_sites(self, urls: pa.Array, found: Findings) -> None:
        known = policies(self.lists_of("policies"))
        if not known:
            return
        hosts = hosts_of(urls)
        sites = {host: known.site(host) for host in pc.unique(hosts).to_pylist() if host}
        for row, host in enumerate(hosts.to_pylist()):
            site = sites.get(host)
            if site is not None:
                self._hear_site(site, path_of(urls[row].as_py()), row, found)

    def _hear_site(self, site: Site, path: str, row: int, found: Findings) -> None:
        if site.robots is not None:
            name = site.files["robots.txt"].name
            refusals = site.robots.refusals(self.agents, path)
            found.looked("robots_txt", (row,))
            if refusals:
                lines = sorted({f'line {rule.line} "{rule.said}"' for _, rule in refusals})
                who = named([agent for agent, _ in refusals])
                found.add("robots_txt", row, len(refusals), f"{name}: {who}, {named(lines)}")
            found.looked("training_signal", (row,))
            for _, rule in site.robots.reserved(self.agents, path)[:1]:
                found.add("training_signal", row, 1, f'{name}: line {rule.line} "{rule.said}"')
        elif UNREACHABLE in site.files and self.unreachable == "disallow":
            file = site.files[UNREACHABLE]
            found.looked("robots_txt", (row,))
            said = f"{file.name}: unreachable, HTTP {file.text.decode()}"
            found.add("robots_txt", row, len(self.agents), said)
        if site.ai is not None:
            found.looked("ai_txt", (row,))
            for _, rule in site.ai.refusals(("*",), path):
                found.add("ai_txt", row, 1, f'{site.files["ai.txt"].name}: line {rule.line} "{rule.said}"')
        if site.locations is not None:
            found.looked("tdm_reservation", (row,))
            location = site.location(path)
            if location is not None and location.reserved:
                where = f"{site.files['tdmrep.json'].name}: {location.pattern}"
                found.add("tdm_reservation", row, 1, f"{where}, policy {location.policy}" if location.policy else where)

    def _hear_lists(self, urls: pa.Array, found: Findings) -> None:
        files = {"domains": self.lists_of("opt_out_domains"), "urls": self.lists_of("opt_out_urls")}
        if not any(files.values()):
            return
        hits = matches(urls, files)
        found.looked("opted_out", pc.indices_nonzero(urls.is_valid()).to_pylist())
        labels = said(hits, len(urls))
        counts = np.sum([match.hits.counts(len(urls)) for match in hits.values()], axis=0)
        for row in pc.indices_nonzero(labels.is_valid()).to_pylist():
            found.add("opted_out", row, int(counts[row]), f"opted out: {labels[row].as_py()}")
