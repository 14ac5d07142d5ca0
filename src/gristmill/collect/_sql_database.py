"""Databases that are asked for rows: DuckDB by itself, all others through SQLAlchemy; nothing is ever written."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, unquote

import duckdb
import pyarrow as pa

from gristmill.collect._sql_columns import batch_of
from gristmill.errors import InputError, MissingExtra

_ROWS = 1000
_DUCKDB = "duckdb://"
_LONGEST_MESSAGE = 300
_SECRETS = frozenset(("password", "passwd", "pwd", "sslpassword", "token", "motherduck_token"))

Answer = tuple[list[str], Iterator[pa.RecordBatch]]
"""The names of the columns of an answer, and its rows, which are fetched as they are asked for."""


class Database(ABC):
    """An open database; rows are read in one transaction that is never committed."""

    @abstractmethod
    def answer(self, sql: str, key: str | None = None) -> Answer:
        """The answer to a query; `key` names the column whose values must stay whole numbers."""

    @abstractmethod
    def row(self, sql: str) -> tuple[Any, ...] | None:
        """The first row of an answer; None where there is none."""

    @abstractmethod
    def quoted(self, name: str) -> str:
        """A column's name as the database quotes it."""

    def value(self, sql: str) -> object:
        """The first value of an answer; None where there is none."""
        row = self.row(sql)
        return row[0] if row else None


class _DuckDB(Database):
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def answer(self, sql: str, key: str | None = None) -> Answer:
        relation = self._connection.cursor().sql(sql)
        if relation is None:  # no SELECT
            return [], iter(())
        # Before 2.0 the same goes by another name.
        reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
        return list(relation.columns), iter(reader(_ROWS))

    def row(self, sql: str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.cursor().execute(sql).fetchone()
        return row

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'


class _SqlAlchemy(Database):
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def answer(self, sql: str, key: str | None = None) -> Answer:
        answer = self._executed(sql)
        names = list(answer.keys())
        return names, (batch_of(names, rows, key) for rows in answer.partitions(_ROWS))

    def row(self, sql: str) -> tuple[Any, ...] | None:
        row = self._executed(sql).first()
        return None if row is None else tuple(row)

    def quoted(self, name: str) -> str:
        quoted: str = self._connection.dialect.identifier_preparer.quote(name)
        return quoted

    def _executed(self, sql: str) -> Any:
        options = {"stream_results": True, "yield_per": _ROWS, "no_parameters": True}
        return self._connection.exec_driver_sql(sql, execution_options=options)


def secret_in(url: str) -> bool:
    """Whether a url of a database has a password in it."""
    user, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    keys = {part.partition("=")[0].lower() for part in url.partition("?")[2].split("&")}
    return (bool(at) and ":" in user) or not _SECRETS.isdisjoint(keys)


def located(url: str, root: str) -> str:
    """A url whose file, where it names one, is named from the root of the file system on."""
    kind, separator, rest = url.partition(":///")
    if not separator or not kind.startswith(("duckdb", "sqlite")):
        return f"{url}?{quote(root)}" if url == _DUCKDB else url
    path, question, query = rest.partition("?")
    return f"{kind}:///{Path(root, Path(path).expanduser()).absolute()}{question}{query}"


@contextmanager
def opened_database(url: str, source: str, password_env: str | None) -> Iterator[Database]:
    """A database, by its located url. InputError, in one sentence and without the password, where it refuses."""
    password = _password(source, password_env)
    try:
        if url.startswith(_DUCKDB):
            with _duckdb(url) as connection:
                yield _DuckDB(connection)
        else:
            with _sqlalchemy(url, source, password) as connection:
                yield _SqlAlchemy(connection)
    except FileNotFoundError as error:
        raise InputError(source, str(error)) from error
    except (duckdb.Error, OSError) as error:
        _refuse(source, error, password)
    except Exception as error:
        if not _of_databases(error):
            raise
        _refuse(source, getattr(error, "orig", None) or error, password)


def _password(source: str, name: str | None) -> str | None:
    if name is None:
        return None
    if name not in os.environ:
        raise InputError(source, f"its password is in the environment variable {name}, which is not set")
    return os.environ[name]


def _refuse(source: str, error: BaseException, password: str | None) -> NoReturn:
    said = " ".join(str(error).split())
    if password:
        said = said.replace(password, "***")
    raise InputError(source, f"the database says: {said[:_LONGEST_MESSAGE]}") from None


def _of_databases(error: Exception) -> bool:
    """Whether a driver or SQLAlchemy raised this: drivers share no class, but the names that PEP 249 gives."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"SQLAlchemyError", "DatabaseError", "InterfaceError"})


@contextmanager
def _duckdb(url: str) -> Iterator[Any]:
    config = {"threads": "1", "autoinstall_known_extensions": "false"}
    path = url.removeprefix(_DUCKDB).removeprefix("/")
    if path.startswith("?"):  # no file of its own: it reads others
        connection = duckdb.connect(":memory:", config=config | {"file_search_path": unquote(path[1:])})
    else:
        if not Path(path).is_file():
            raise FileNotFoundError("there is no such file")
        connection = duckdb.connect(path, read_only=True, config=config)
    with connection:
        yield connection


@contextmanager
def _sqlalchemy(url: str, source: str, password: str | None) -> Iterator[Any]:
    try:
        from sqlalchemy import create_engine, make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool
    except ImportError as error:
        raise MissingExtra("reading SQL databases", "sqlalchemy", "sql") from error
    try:
        known = make_url(url)
        if password is not None:
            known = known.set(password=password)
        if known.get_backend_name() == "sqlite" and known.database:
            if not Path(known.database).is_file():
                raise FileNotFoundError("there is no such file")
            known = known.set(database=f"file:{quote(known.database)}").update_query_dict({"mode": "ro", "uri": "true"})
        engine = create_engine(known, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError(source, "this is no url of a database that is known here") from error
    except ImportError as error:
        raise InputError(source, f"no package that speaks to such databases is installed: {error}") from error
    with engine.connect() as connection:
        if known.get_backend_name() == "postgresql":
            connection = connection.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        yield connection  # closing rolls back
