"""cleanlab over scikit-learn, run by `bench/label_errors.py` in an environment of their own.

    PYTHON peers/label_errors.py examples.json

The file has `texts` and `labels` (a number for each). Prints which are found and the processor's seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from cleanlab.filter import find_label_issues
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline


def main(path: Path) -> None:
    given = json.loads(path.read_text())
    labels = np.array(given["labels"])
    began = time.process_time()
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True), LogisticRegression(max_iter=400)
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=1)  # sets come in an order that unshuffled folds suffer from
    shares = cross_val_predict(model, given["texts"], labels, cv=folds, method="predict_proba")
    found = find_label_issues(labels, shares, filter_by="both", n_jobs=1)
    print(json.dumps({"found": np.flatnonzero(found).tolist(), "seconds": time.process_time() - began}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
