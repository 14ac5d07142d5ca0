"""`gristmill train-extractor`: a model for the step `extract`, with its card, from pages whose main text is known."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from gristmill import __version__
from gristmill.clean._extractor_card import markdown
from gristmill.clean._extractor_model import NAME
from gristmill.clean._extractor_pages import LabelledPage, page_files, read_labelled
from gristmill.clean._extractor_tables import FEWEST_PAGES
from gristmill.clean._extractor_training import FOLDS, Settings, Trained, calibration_error, fit
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli._trained_folder import may_write, write_trained
from gristmill.cli.figures import several, size


def train_extractor(
    pages: Path,
    to: Path,
    force: bool,
    licence: str,
    seed: int,
    trees: int,
    second_trees: int,
    leaves: int,
    rate: float,
    dropout: float,
    workers: int,
) -> None:
    """Train a model of main content, measure it on sites not trained on, and write it with its card."""
    may_write(to, NAME, force)
    settings = Settings(trees, second_trees, leaves, rate, dropout, seed)
    with heard():
        files = page_files(pages)
        terminal.say(f"reading {several(len(files), 'page')} ...")
        labelled = _read(files, workers)
        terminal.say(f"training, {FOLDS} times on four fifths of the sites and once on all ...")
        trained = fit(labelled, settings)
    _write(to, trained, _card(to.name, licence, files, settings, trained))
    for row in trained.figures:
        if row["pages"] == "all":
            terminal.say(f"{row['system']}: precision {row['precision']}, recall {row['recall']}, F1 {row['f1']}")
    terminal.say(f"wrote {to} ({size((to / NAME).stat().st_size)}); card.md says what it is")


def _read(files: Sequence[tuple[Path, Path]], workers: int) -> list[LabelledPage]:
    if workers == 1 or len(files) < 2 * workers:
        return [read_labelled(*pair) for pair in files]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        return list(pool.map(read_labelled, *zip(*files, strict=True), chunksize=8))


def _card(
    name: str, licence: str, files: Sequence[tuple[Path, Path]], settings: Settings, trained: Trained
) -> dict[str, Any]:
    digest = hashlib.sha256()
    for pair in files:
        for path in pair:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    about = {
        "pages": len(files),
        "licence of the data": licence,
        "data": f"sha256 {digest.hexdigest()}",
        "settings": ", ".join(f"{key} {value}" for key, value in asdict(settings).items()),
    }
    command = shlex.join(["gristmill", *sys.argv[1:]])
    common = {"name": name, "version": __version__, "folds": FOLDS, "fewest pages": FEWEST_PAGES}
    return common | {
        "about": about,
        "figures": trained.figures,
        "calibration": trained.calibration,
        "calibration error": round(calibration_error(trained.calibration), 4),
        "command": command,
    }


def _write(to: Path, trained: Trained, card: dict[str, Any]) -> None:
    data = trained.model.dump()
    card["about"]["model"] = f"sha256 {hashlib.sha256(data).hexdigest()}"
    write_trained(to, NAME, data, card, markdown(card))
