"""The recipe for code, on a repository and a package that have one file of each kind that it is about."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow.dataset as ds

from code_repositories import commit, tar
from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.load import loads

RECIPE = Path(__file__).parents[2] / "recipes" / "code.yaml"
PACKAGE = '{"name": "mill", "license": "MIT"}\n'
WORDS = [first + second for first in ("oat", "rye", "wheat", "corn", "spelt") for second in ("sack", "bran", "meal")]
BODY = "def grind(corn: str) -> str:\n    " + "\n    ".join(f"part_{word} = corn.strip()" for word in WORDS) + "\n"
KEY = "AKIA" + "QYLPMN5HFIQR7XYA"


def test_it_keeps_permissive_code_of_the_project_once_and_without_its_secrets(tmp_path: Path) -> None:
    folder = tmp_path / "repositories"
    commit(
        folder / "mill",
        {
            "package.json": PACKAGE,
            "src/mill.py": BODY,
            "src/copy.py": BODY,
            "src/near.py": BODY + "ground = True\n",
            "src/keys.py": f'ACCESS = "{KEY}"  # of ada.lovelace@mill.org\n' + BODY.replace("part", "share"),
            "src/free.py": "# SPDX-License-Identifier: GPL-3.0-only\n" + BODY.replace("part", "portion"),
            "vendor/wind.py": BODY.replace("part", "sail"),
            "src/wind.min.js": "var windmill = 1;\n",
            "src/api_pb2.py": BODY.replace("part", "field"),
        },
    )
    tar(folder / "copyleft-1.0.tar.gz", {"c-1.0/package.json": '{"license": "AGPL-3.0-only"}', "c-1.0/a.py": BODY * 2})
    tar(folder / "unlicensed-1.0.tar.gz", {"u-1.0/a.py": BODY.replace("corn", "rye")})

    made = build(loads(RECIPE.read_text(), "code.yaml", tmp_path), write_report, workers=1)

    rows = ds.dataset(sorted((made.folder / "data").glob("*.parquet"))).to_table().to_pylist()
    texts = {orjson.loads(row["metadata"])["path"]: row["text"] for row in rows}
    assert len(texts) == 3
    assert {"package.json", "src/keys.py"} < set(texts)
    assert len({"src/mill.py", "src/copy.py", "src/near.py"} & set(texts)) == 1
    assert KEY not in texts["src/keys.py"]
    assert "ada.lovelace" not in texts["src/keys.py"]
    assert {row["license"] for row in rows} == {"MIT"}
    assert {row["programming_language"] for row in rows} == {"JSON", "Python"}
    counts = made.manifest["counts"]
    assert counts["read"] == sum(counts[fate] for fate in ("kept", "dropped", "merged", "quarantined"))
    assert counts["quarantined"] == 0
