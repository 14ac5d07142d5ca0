"""Rows of SQL databases: read in stretches, told apart by their key, and no password anywhere."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from contextlib import closing
from pathlib import Path

import duckdb
import orjson
import pytest
from pydantic import ValidationError

from collecting import Got
from gristmill.build.fingerprint import unit_key
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
