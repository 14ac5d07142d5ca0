"""A finished build opened: records beside their signals, and how many records each signal was measured of."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from gristmill.build.finished import Finished
from real_command import build_of, built

STEPS = "[language, gopher_quality, exact_duplicates]"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    inputs = []
    for name in ("a", "b", "c"):
        path = folder / f"{name}.jsonl"
        lines = [json.dumps({"text": f"{name} the mill of {'word ' * (number % 90)}"}) for number in range(1500)]
        path.write_text("\n".join(lines))
        inputs.append(f"jsonl: {{paths: [{path.name}]}}")
    build_of(folder, *inputs, steps=STEPS)
    return built(folder)


def test_records_and_signals_are_the_same_in_the_same_order(build: Path) -> None:
    with Finished(build) as opened:
        assert len(opened.query("SELECT DISTINCT filename FROM records")) == 3
        apart = "records r POSITIONAL JOIN signals s WHERE r.rid IS DISTINCT FROM s.rid"
        assert opened.query(f"SELECT count(*) FROM {apart}") == [(0,)]


@pytest.mark.parametrize("asked", ['fate, step, "language.language"', 'words, "gopher_quality.words"'])
def test_side_by_side_is_as_joined(build: Path, asked: str) -> None:
    with Finished(build) as opened:
        joined = opened.query(f"SELECT rid, {asked} FROM records JOIN signals USING (rid) ORDER BY rid")
        assert opened.query(f"SELECT rid, {asked} FROM measured ORDER BY rid") == joined
        assert opened.query("SELECT count(*) FROM measured WHERE fate = 'dropped'") == opened.query(
            "SELECT count(*) FROM records WHERE fate = 'dropped'"
        )


def test_a_part_whose_signals_are_gone_is_joined_by_its_records(build: Path) -> None:
    gone = sorted((build / "ledger" / "signals").glob("*.parquet"))[0]
    content = gone.read_bytes()
    gone.unlink()
    try:
        with Finished(build) as opened:
            assert opened.query("SELECT count(*) FROM measured") == [(3000,)]
            assert opened.query("SELECT count(*) FROM records") == [(4500,)]
    finally:
        gone.write_bytes(content)


def test_footers_tell_how_many_were_measured(build: Path) -> None:
    table = pq.read_table(build / "ledger" / "signals")
    with Finished(build) as opened:
        columns = sorted(opened.signal_columns)
        assert len(columns) > 3
        assert opened.measured(columns) == {name: len(table) - table.column(name).null_count for name in columns}
        assert opened.measured([]) == {}
