"""The recipe for sites that one crawls: a site on this machine is crawled, asked what it allows, and built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from gristmill.build.run import build
from gristmill.cli import main
from gristmill.document.report import write_report
from gristmill.recipe.load import loads
from loopback_site import loopback_site

pytest.importorskip("scrapy")

RECIPE = Path(__file__).parents[2] / "recipes" / "sites.yaml"
MILL = (
    "The old mill by the river has been turning since the days of my grandfather, and nobody in the village can say "
    "who built it. In summer the water is low and the wheel stands still for weeks, but in autumn it turns day and "
    "night. We bring the grain in sacks, and the miller takes a tenth of the flour for his work, as it always was."
)
WIND = (
    "A windmill needs a hill or an open field, where nothing stands in the way of the wind. Its cap is turned by hand "
    "or by a small wheel at the back, so that the sails face the weather. When a storm comes up, the sails are tied "
    "down, and the miller stays inside with his lamp and listens to the timber until the morning. Write to {}."
)
BREAD = (
    "Flour that is ground between stones keeps the taste of the corn, some bakers say, and they drive far to buy it. "
    "Others laugh at them and take what the steel rollers of the big plants make, for it is cheap and always the same. "
    "Both are right about what they want: one sells bread to neighbours, the other to a whole city every night."
)
LIST = """\
agent: TestBot
contact: mailto:owner@example.org
private_addresses: true
sites:
  - {start: ['ROOT'], delay: 0.01}
"""


def test_a_site_is_built_without_what_its_owner_reserves_and_without_copies(tmp_path: Path) -> None:
    with loopback_site() as site:
        site.link("/", "/mill", "/wind", "/copy", "/short", "/training-not/bread", "/reserved/bread", "/private/bread")
        site.link("/mill", text=MILL)
        site.link("/wind", text=WIND.format("ann.miller@millers-guild.org"))
        site.link("/copy", text=MILL)
        site.link("/short", text="Closed on Mondays.")
        for path in ("/training-not/bread", "/reserved/bread", "/private/bread"):
            site.link(path, text=BREAD)
        (tmp_path / "list.yaml").write_text(LIST.replace("ROOT", site.root))
        command = [sys.executable, "-m", "gristmill", "crawl", "list.yaml", "--out", "2026-11"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60, capture_output=True)
    policies = tmp_path / "sites.policies"
    assert main(["policies", str(tmp_path / "2026-11" / "policies-00000.warc.gz"), "--to", str(policies)]) == 0
    written = RECIPE.read_text()
    line = "  # - consent: {policies: [sites.policies]}\n  - consent  # what headers and pages say\n"
    assert line in written
    recipe = loads(written.replace(line, "  - consent: {policies: [sites.policies]}\n"), "sites.yaml", tmp_path)

    manifest = build(recipe, write_report, workers=1).manifest

    fates = duckdb.sql(
        f"SELECT url, fate, step FROM '{tmp_path}/builds/sites/ledger/records/*.parquet' WHERE url NOT LIKE '%/' "
        "AND url NOT LIKE '%map%'"
    ).fetchall()
    told = {url.removeprefix(site.root): (fate, step) for url, fate, step in fates}
    assert {told.pop("/mill"), told.pop("/copy")} == {("kept", None), ("merged", "exact_duplicates")}
    assert told == {
        "/wind": ("kept", None),
        "/short": ("dropped", "extract"),
        "/training-not/bread": ("dropped", "consent"),
        "/reserved/bread": ("dropped", "consent"),
    }
    texts = duckdb.sql(f"SELECT text FROM '{tmp_path}/builds/sites/data/*.parquet'").fetchall()
    assert any("Write to <EMAIL>." in text for (text,) in texts)
    assert manifest["counts"]["quarantined"] == 0
