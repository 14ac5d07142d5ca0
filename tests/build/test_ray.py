"""Builds on a Ray cluster: the bytes of a local build, over S3 and with nodes that die; and what goes wrong, said."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import gristmill
from gristmill.build.run import Outcome, build
from gristmill.build.unit import Progress
from gristmill.document.report import write_report
from gristmill.engine.cluster import RayTeam
from gristmill.engine.node import packages, refuse_unlike
from gristmill.engine.teams import HERE, Where
from gristmill.errors import BuildError, MissingExtra
from gristmill.recipe.model import Recipe
from real_command import command, counts, ledger, manifest, write_recipe
from s3_server import s3_server

pytest.importorskip("ray")
boto3 = pytest.importorskip("boto3")
fsspec = pytest.importorskip("fsspec")
pytest.importorskip("moto.server")
utils = pytest.importorskip("ray.cluster_utils")

STEPS = "[gopher_quality: {min_words: 30}, exact_duplicates, near_duplicates]"
NODE = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_dashboard": False}


@pytest.fixture(scope="module")
def surroundings() -> Iterator[pytest.MonkeyPatch]:
    """What nodes have in their environment before they start: silence, and an S3 server on this machine."""
    with pytest.MonkeyPatch.context() as patch, s3_server(patch):
        for name, value in {
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_memory_monitor_refresh_ms": "0",
            "RAY_worker_niceness": "0",
        }.items():
            patch.setenv(name, value)
        yield patch


@pytest.fixture(scope="module")
def cluster(surroundings: pytest.MonkeyPatch) -> Iterator[Any]:
    """A head and two more nodes on this machine, one core each."""
    made = utils.Cluster(initialize_head=True, head_node_args=NODE)
    for _ in range(2):
        made.add_node(**NODE)
    yield made
    made.shutdown()


def texts(rows: int) -> list[str]:
    words = [f"{k * 2654435761 % 2**32:x}" for k in range(700)] + ["the", "be", "to", "of", "and", "that"] * 60
    made = [" ".join(words[(row * 31 + k * k) % len(words)] for k in range(20 + row % 60)) for row in range(rows)]
    made[1::10] = [f"{text} again" for text in made[0::10]]
    made[2::20] = made[0::20]
    return made


@pytest.fixture(scope="module")
def corpus(surroundings: pytest.MonkeyPatch) -> str:
    """Texts in a bucket; some short, some near to others or the same, some broken."""
    client = boto3.client("s3")
    client.create_bucket(Bucket="corpus")
    for number in range(4):
        lines = [json.dumps({"text": text}) for text in texts(1500)[number * 300 :]]
        body = "\n".join([*lines, "{broken"]) + "\n"
        client.put_object(Bucket="corpus", Key=f"in/{number}.jsonl", Body=body.encode())
    return "jsonl: {paths: ['s3://corpus/in']}"


def recipe(folder: Path, source: str) -> Recipe:
    folder.mkdir(exist_ok=True)
    return gristmill.load(write_recipe(folder, source, steps=STEPS))


def built(made: Recipe, where: Where, on_event: Callable[[Any], None] = lambda _: None) -> Outcome:
    outcome = build(made, write_report, workers=None if where.address else 2, where=where, on_event=on_event)
    assert len(ledger(outcome.folder)) == counts(outcome.folder)["read"]
    assert not (outcome.folder / ".work" / "tmp").exists()
    return outcome


@pytest.mark.slow
def test_a_node_that_dies_in_the_middle_of_a_build_over_s3_costs_nothing(tmp_path, monkeypatch, cluster, corpus):
    monkeypatch.setattr("gristmill.collect.jsonl.UNIT_BYTES", 20_000)
    alone = built(recipe(tmp_path / "local", corpus), HERE)
    assert min(alone.manifest["counts"].values()) > 0
    chunks = 0

    def kill_one(event: Any) -> None:
        nonlocal chunks
        chunks += isinstance(event, Progress) and event.records > 0
        if chunks == 8 and len(cluster.worker_nodes) == 2:  # each node has two units in hand as long as there are any
            cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)

    together = built(recipe(tmp_path / "ray", corpus), Where("ray", cluster.address), kill_one)
    assert together.run["begun_again"] > 0
    assert together.manifest["digest"] == alone.manifest["digest"]


@pytest.mark.slow
def test_the_command_says_no_word_more_than_it_does_without_ray(tmp_path, cluster):
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts(300)))
    made = write_recipe(tmp_path, "jsonl: {paths: [in.jsonl]}", steps=STEPS)
    said, digests = [], []
    for where in ([], ["--engine", "ray", "--address", cluster.address]):
        shutil.rmtree(tmp_path / "builds", ignore_errors=True)
        done = subprocess.run(command(made, *where), capture_output=True, text=True, check=True)
        lines = (done.stdout + done.stderr).splitlines()[1:]  # the first says where
        said.append([line for line in lines if not line.startswith("in ") and "/s; " not in line])  # times and rates
        digests.append(manifest(tmp_path / "builds" / "x")["digest"])
    assert said[1] == said[0]
    assert digests[1] == digests[0]


def test_a_node_that_sees_another_folder_or_has_other_packages_is_refused_by_name():
    ours = packages()
    mark = ("/shared/build/.work/tmp/mark", "token")
    refuse_unlike("10.0.0.7", mark, "token", ours)
    for seen in (None, "of another build"):
        with pytest.raises(BuildError, match=r"the node 10.0.0.7 does not see /shared/build/.work/tmp; a build on"):
            refuse_unlike("10.0.0.7", mark, seen, ours)
    with pytest.raises(BuildError, match=r"the node 10.0.0.7 has numpy 1.0, this one \d.*; install the same on all"):
        refuse_unlike("10.0.0.7", mark, "token", {**ours, "numpy": "1.0"})
    with pytest.raises(BuildError, match=r"has duckdb \(none\), this one"):
        refuse_unlike("10.0.0.7", mark, "token", {name: found for name, found in ours.items() if name != "duckdb"})


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'gristmill\[ray\]'"):
        RayTeam(tmp_path)


def refused(tmp_path: Path, *args: str) -> tuple[int, str]:
    (tmp_path / "in.jsonl").write_text('{"text": "one"}\n')
    made = write_recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    done = subprocess.run(command(made, *args), capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr.strip().splitlines()[-1]


def test_an_address_that_does_not_answer_is_named_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said = refused(tmp_path, "--engine", "ray", "--address", address)
    assert code == BuildError.exit_code
    assert f"no Ray cluster can be used at {address}: " in said
    assert "`ray start --head` begins one" in said
