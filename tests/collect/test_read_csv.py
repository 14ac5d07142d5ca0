"""Separated values: quotes and newlines as RFC 4180 has them, each bad row named."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect.csv import Csv
from gristmill.errors import InputError

CELL = st.text(alphabet='ab ,"\n\t;ü', max_size=6)


def test_columns_are_mapped_and_the_rest_is_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text,n\r\nx,"one, ""quoted""\r\nline",1\r\n\r\ny,two,\r\n', newline="")
    one, two = Got(Csv(paths=("a.csv",)), tmp_path).rows
    assert (one["id"], one["text"], one["metadata"]) == ("x", 'one, "quoted"\r\nline', '{"n":"1"}')
    assert (two["id"], two["text"], two["metadata"]) == ("y", "two", '{"n":""}')
    assert (one["position"], two["position"]) == (0, 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_pythons_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    root = tmp_path_factory.mktemp("csv")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([("text", "b", "c"), *rows])
    (root / "a.csv").write_bytes(out.getvalue().encode())
    got = Got(Csv(paths=("a.csv",), delimiter=delimiter), root)
    found = [(row["text"], *orjson.loads(str(row["metadata"])).values()) for row in got.rows]
    assert found == rows
    assert got.problems == []


def test_a_tsv_file_is_parted_by_tabs_and_may_be_without_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress(b'text\tn\n"as is\t1\n5" pipe\t2\n'))
    got = Got(Csv(paths=(".",), quote=None), tmp_path)
    assert got.column("text") == ['"as is', '5" pipe']


def test_bad_rows_are_named_and_the_next_is_read(tmp_path: Path) -> None:
    rows = [b"text,n", b"good,1", b"too,many,fields", b"few", b"b\xffd,1", b"good,2", b'in"side,3', b'"open,4']
    (tmp_path / "a.csv").write_bytes(b"\n".join(rows))
    got = Got(Csv(paths=("a.csv",)), tmp_path)
    assert got.column("text") == ["good", "good", 'in"side']
    assert [(problem.position, problem.error) for problem in got.problems] == [
        (1, "the row has 3 fields, the header 2"),
        (2, "the row has 1 fields, the header 2"),
        (3, "the row is not UTF-8 (byte 1 of its line)"),
        (6, "the file ends inside a quoted field"),
    ]


def test_a_quote_left_open_costs_no_more_than_the_bound(tmp_path: Path) -> None:
    rows = [b"text", b'"open', *(b"line %d" % i for i in range(1000))]
    (tmp_path / "a.csv").write_bytes(b"\n".join(rows))
    got = Got(Csv(paths=("a.csv",), max_record_bytes=100), tmp_path)
    assert got.errors == ["the row is longer than max_record_bytes (100 bytes); is a quote left open?"]
    assert len(got.rows) > 980


def test_a_field_of_many_quotes_and_lines_takes_linear_time(tmp_path: Path) -> None:
    field = '""\n' * 200_000
    (tmp_path / "a.csv").write_text(f'text,n\n"{field}",1\n')
    (row,) = Got(Csv(paths=("a.csv",)), tmp_path).rows
    assert row["text"] == '"\n' * 200_000


def test_a_table_without_a_header_gets_its_names_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,rye\n2,oats,3\n3,wheat\n")
    got = Got(Csv(paths=("a.csv",), columns=("id", "text")), tmp_path)
    assert got.column("text") == ["rye", "wheat"] and got.column("position") == [0, 2]
    assert [problem.error for problem in got.problems] == ["the row has 3 fields, `columns` 2"]


def test_a_header_without_the_text_column_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("body,n\nx,1\n")
    with pytest.raises(InputError) as error:
        Csv(paths=("a.csv",)).units(str(tmp_path))
    assert str(error.value) == "a.csv: it has no column 'text' (it has body, n); set `text`"
    (tmp_path / "b.csv").write_bytes(b"te\xffxt\n")
    with pytest.raises(InputError, match=r"^b.csv: its header cannot be read: the row is not UTF-8"):
        Csv(paths=("b.csv",)).units(str(tmp_path))


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbftext\nx\n")
    assert Got(Csv(paths=("a.csv",)), tmp_path).column("text") == ["x"]
