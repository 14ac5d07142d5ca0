"""Where everything lies in a build folder.

BUILD/
  data/part-00000.parquet ...           the records that stayed, one file a part; of splits, data/train-00000.parquet
  data/openai/part-00000.jsonl ...      of an output whose files would be called like those of one before it
  ready/hub/ ...                        an output as another program takes it: links to data/, and texts beside them
  dropped/STEP/part-00000.parquet ...   the records a step dropped, with their text, under a size cap
  ledger/records/part-00000.parquet     one row for every record read: what became of it
  ledger/signals/part-00000.parquet     one row for every record read: every signal that was computed
  ledger/cuts/part-00000.parquet        one row for every stretch cut out of a text because it stands elsewhere
  ledger/spans/part-00000.parquet       one row for every stretch that a step named in a text: personal data, secrets
  ledger/splits/part-00000.parquet      one row for every record that was split: where it went, and with whom
  ledger/selection/part-00000.parquet   one row for every record that was ranked: its score, its rank, its neighbour
  ATTRIBUTION.csv                       whom licences of kept records ask to name, a row a record
  certificate.json                      what leaks from one split into another, beside a random split
  rejected/                             data and certificate of a split that leaks more than was allowed
  manifest.json                         what the build is: recipe, versions, counts, files and their digests
  run.json                              how it went: times, rates, memory, the prediction and the outcome
  recipe.yaml  README.md  report.html
  .work/                                parts in progress and stored signals; may be deleted
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def dropped(self) -> Path:
        return self.root / "dropped"

    @property
    def records(self) -> Path:
        return self.root / "ledger" / "records"

    @property
    def signals(self) -> Path:
        return self.root / "ledger" / "signals"

    @property
    def cuts(self) -> Path:
        return self.root / "ledger" / "cuts"

    @property
    def spans(self) -> Path:
        return self.root / "ledger" / "spans"

    @property
    def splits(self) -> Path:
        return self.root / "ledger" / "splits"

    @property
    def selection(self) -> Path:
        return self.root / "ledger" / "selection"

    @property
    def certificate(self) -> Path:
        return self.root / "certificate.json"

    @property
    def rejected(self) -> Path:
        return self.root / "rejected"

    @property
    def manifest(self) -> Path:
        return self.root / "manifest.json"

    @property
    def run(self) -> Path:
        return self.root / "run.json"

    @property
    def recipe(self) -> Path:
        return self.root / "recipe.yaml"

    @property
    def report(self) -> Path:
        return self.root / "report.html"

    @property
    def work(self) -> Path:
        return self.root / ".work"
