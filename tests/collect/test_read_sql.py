"""Rows of SQL databases: read in stretches, told apart by their key, and no password anywhere."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import duckdb
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collecting import Got
from gristmill.build.fingerprint import unit_key
from gristmill.collect._sql_columns import RowHash, batch_of
from gristmill.collect.sql import Sql
from gristmill.errors import InputError, MissingExtra

pytest.importorskip("sqlalchemy")
QUERY = "SELECT * FROM docs ORDER BY n"


def _sqlite(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "a.db")) as database, database:
        for statement in statements:
            database.execute(statement)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    _sqlite(tmp_path, "CREATE TABLE docs (n INTEGER, text, page, seen, score, raw)")
    _sqlite(tmp_path, "INSERT INTO docs VALUES (7, 'seven', 'http://x/7', '2026-11-27', 0.5, x'00ff')")
    _sqlite(tmp_path, "INSERT INTO docs VALUES (3, 'three', NULL, NULL, NULL, NULL), (250, NULL, 'p', 'soon', 1, NULL)")
    return tmp_path


def _sql(**settings: object) -> Sql:
    return Sql.model_validate({"database": "sqlite:///a.db", "query": QUERY, **settings})


def test_columns_become_records_and_the_rest_metadata_without_nulls(root: Path) -> None:
    got = Got(_sql(id="n", url="page", time="seen"), root)
    three, seven = got.rows
    assert (three["text"], three["id"], three["position"], three["metadata"]) == ("three", "3", 0, None)
    assert (seven["text"], seven["url"], str(seven["time"])) == ("seven", "http://x/7", "2026-11-27 00:00:00+00:00")
    assert orjson.loads(str(seven["metadata"])) == {"raw": "AP8=", "score": 0.5}
    assert seven["source"] == "sqlite:///a.db#rows"
    assert got.errors == ["'text' is null"]


def test_with_a_key_only_stretches_whose_rows_changed_are_others(root: Path) -> None:
    reader = _sql(query="SELECT * FROM docs;", key="n", key_span=100)
    before = {unit.start: unit_key(unit) for unit in reader.units(str(root))}
    assert list(before) == [0, 200]
    assert Got(reader, root).column("position") == [3, 7]
    _sqlite(root, "INSERT INTO docs (n, text) VALUES (120, 'new')", "UPDATE docs SET text = 'now' WHERE n = 250")
    after = {unit.start: unit_key(unit) for unit in reader.units(str(root))}
    assert list(after) == [0, 100, 200]
    assert after[0] == before[0]
    assert after[200] != before[200]
    assert Got(reader, root).column("text") == ["three", "seven", "new", "now"]


def test_a_version_spares_the_reading_of_all_rows_beforehand(root: Path) -> None:
    for settings in ({}, {"key": "n", "key_span": 100}):
        reader = _sql(version_query="SELECT max(n) FROM docs", **settings)
        before = [unit_key(unit) for unit in reader.units(str(root))]
        _sqlite(root, "UPDATE docs SET score = 3 WHERE n = 7")
        assert [unit_key(unit) for unit in reader.units(str(root))] == before
        assert len(Got(reader, root).column("text")) >= 2
    _sqlite(root, "INSERT INTO docs (n, text) VALUES (299, 'new')")
    assert set(before).isdisjoint(unit_key(unit) for unit in reader.units(str(root)))


@pytest.mark.parametrize("settings", [{}, {"key": "n"}, {"version_query": "SELECT count(*) FROM docs"}])
def test_rows_that_change_while_they_are_read_are_told(root: Path, settings: dict[str, object]) -> None:
    reader = _sql(**settings)
    (unit,) = reader.units(str(root))
    _sqlite(root, "DELETE FROM docs WHERE n = 3")
    with pytest.raises(InputError, match=r"sqlite:///a.db#rows: its rows changed while they were being read"):
        list(reader.read(unit))


def test_duckdb_reads_its_own_files_and_others(tmp_path: Path) -> None:
    made = "SELECT range AS n, 'text ' || range AS text, {'a': 1.5::DECIMAL(9, 1)} AS s FROM range(5000)"
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute(f"CREATE TABLE docs AS {made}")
        database.execute(f"COPY docs TO '{tmp_path}/a.parquet'")
    for url, query in (("duckdb:///a.duckdb", QUERY), ("duckdb://", "SELECT * FROM 'a.parquet' ORDER BY n")):
        got = Got(_sql(database=url, query=query), tmp_path)
        assert got.column("text")[4999] == "text 4999"
        assert got.column("metadata")[3] == '{"n":3,"s":{"a":"1.5"}}'


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"database": "sqlite:///none.db"}, "sqlite:///none.db#rows: there is no such file"),
        ({"database": "duckdb:///none.db"}, "duckdb:///none.db#rows: there is no such file"),
        ({"database": "nodb://x"}, "nodb://x#rows: this is no url of a database that is known here"),
        ({"database": "oracle://x"}, "no package that speaks to such databases is installed"),
        ({"query": "SELECT * FROM nowhere"}, "the database says: no such table: nowhere"),
        ({"query": "SELEC"}, "the database says: near"),
        ({"query": "DELETE FROM docs"}, "the database says: attempt to write a readonly database"),
        ({"text": "body"}, r"its rows have no column 'body' \(they have n, text, page, seen, score, raw\); set `text`"),
        ({"key": "m"}, r"its rows have no column 'm' .* set `key`"),
        ({"key": "score"}, "its key 'score' is null in 1 rows"),
        ({"key": "page", "query": "SELECT * FROM docs WHERE page IS NOT NULL"}, "must be a whole number from 0 on"),
        ({"key": "k", "query": "SELECT *, 5 AS k FROM docs"}, "must be another in each row, and 5 comes twice"),
        ({"key": "k", "query": "SELECT *, -n AS k FROM docs"}, "whole number from 0 on, and one is -250"),
        ({"password_env": "NO_SUCH_VARIABLE"}, "its password is in the environment variable NO_SUCH_VARIABLE"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(root: Path, settings: dict[str, object], error: str) -> None:
    with pytest.raises(InputError, match=error):
        Got(_sql(**settings), root)


@pytest.mark.parametrize(
    "database",
    ["postgresql://me:secret@host/db", "mysql://host/db?password=secret", "mysql://:secret@host/x", "grain.db"],
)
def test_a_password_in_a_recipe_is_refused(database: str) -> None:
    with pytest.raises(ValidationError, match=r"a recipe holds no password|a database is a url"):
        _sql(database=database)


def test_the_password_stays_in_the_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver is a module of ours that tells what it was given."""
    driver = "def connect(*args, **named):\n    raise DatabaseError(f'refused {named}')\n"
    kinds = ("Database", "Interface", "Operational", "Integrity", "Programming", "Data", "Internal", "NotSupported")
    classes = "class Error(Exception): pass\n" + "".join(f"class {kind}Error(Error): pass\n" for kind in kinds)
    (root / "pymysql.py").write_text(f"{classes}paramstyle = 'format'\n__version__ = '1.1.0'\n{driver}")
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setenv("GRAIN_PASSWORD", "hunter2")
    reader = _sql(database="mysql+pymysql://me@127.0.0.1/db", password_env="GRAIN_PASSWORD")
    with pytest.raises(InputError) as raised:
        reader.units(str(root))
    assert "refused" in str(raised.value)
    assert "'password': '***'" in str(raised.value)
    told = "".join(traceback.format_exception(raised.value))
    assert "hunter2" not in f"{told} {raised.value!r} {reader!r} {reader.computing_settings()}"


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtra, match=r"reading SQL databases needs .* pip install 'gristmill\[sql\]'"):
        _sql().units(str(root))


VALUES = st.one_of(
    st.none(), st.text(max_size=3), st.integers(-(1 << 64), 1 << 64), st.floats(), st.booleans(), st.binary(max_size=3),
    st.decimals(allow_nan=False), st.dates(), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
)  # fmt: skip


@given(st.lists(st.tuples(VALUES, st.text(max_size=2)), min_size=1, max_size=12), st.data())
def test_rows_hash_alike_however_they_are_cut_and_whatever_stands_beside_them(
    rows: list[tuple[object, str]], data: st.DataObject
) -> None:
    """A batch gets its types from its own rows: what a row counts as must not hang on its neighbours."""

    def identity(cuts: list[int]) -> str:
        held = RowHash()
        for start, stop in pairwise([0, *cuts, len(rows)]):
            if start < stop:
                held.add(batch_of(["a", "b"], rows[start:stop]))
        return held.identity

    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    assert identity(cuts) == identity([])
    assert identity([]) == identity([*range(len(rows))])
    before = identity([])
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = (rows[at][0], rows[at][1] + "x")
    assert identity(cuts) != before


def test_two_columns_do_not_lend_each_other_their_letters() -> None:
    found = set()
    for rows in ([("ab", "c")], [("a", "bc")], [("a", "b"), ("", "c")], [("a", None)], [("a", "")]):
        held = RowHash()
        held.add(batch_of(["a", "b"], rows))
        found.add(held.identity)
    assert len(found) == 5


def test_columns_of_many_kinds_are_read_row_by_row(tmp_path: Path) -> None:
    """SQLite holds any kind in any column; what does not fit a column of ours stays in the metadata or is named."""
    _sqlite(tmp_path, "CREATE TABLE docs (n, text, page, seen)")
    _sqlite(tmp_path, "INSERT INTO docs VALUES (1, 'one', 'http://x', '2026-11-27'), ('two', 2, 2, 1764201600)")
    _sqlite(tmp_path, "INSERT INTO docs VALUES (x'00ff', 'three', NULL, 'soon'), (4, NULL, NULL, NULL)")
    got = Got(_sql(id="n", url="page", time="seen", query="SELECT * FROM docs ORDER BY rowid"), tmp_path)
    assert got.column("text") == ["one", "three"]
    assert (got.rows[0]["id"], got.rows[0]["metadata"]) == ("1", None)
    assert orjson.loads(str(got.rows[1]["metadata"])) == {"seen": "soon"}
    assert got.errors == ["'text' is a number, not a string", "'text' is null"]
    assert got.column("position") == [0, 2]


def test_a_text_in_bytes_is_utf_8_or_named(tmp_path: Path) -> None:
    """MediaWiki and others keep texts in BLOBs."""
    _sqlite(tmp_path, "CREATE TABLE docs (n INTEGER, text BLOB)", "INSERT INTO docs VALUES (1, x'c3a9'), (2, x'ff')")
    got = Got(_sql(), tmp_path)
    assert (got.column("text"), got.errors) == (["é"], ["'text' is not UTF-8 (byte 0 of it)"])


@pytest.mark.parametrize("skip", [1, 999, 1000, 1001, 1500, 2999])
def test_reading_goes_on_where_it_was_left(tmp_path: Path, skip: int) -> None:
    _sqlite(tmp_path, "CREATE TABLE docs (n INTEGER, text)")
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.executemany(
            "INSERT INTO docs VALUES (?, ?)", [(at, f"text {at}" if at % 7 else at) for at in range(3000)]
        )
    reader = _sql()
    (unit,) = reader.units(str(tmp_path))
    whole = Got(reader, tmp_path)
    rest = list(reader.read(unit, skip=skip))
    problems = [problem.position for chunk in rest for problem in chunk.problems]
    read = sorted(problems + [position for chunk in rest for position in chunk.batch["position"].to_pylist()])
    assert read == [*range(skip, 3000)]
    assert rest[-1].seen == whole.chunks[-1].seen == 3000
