"""The figures of scikit-learn for tracks.csv.gz, as JSON: what the tests hold the trainer against, without Python.

In the workspace's folder, the table and then its figures are made by

    cargo run --package trainer -- synth --tracks 2000 --seed 1 --out tests/reference/tracks.csv
    gzip -9 -n -f tests/reference/tracks.csv
    python3 -m venv target/reference
    target/reference/bin/pip install --requirement tests/reference/requirements.txt
    target/reference/bin/python tests/reference/scikit_learn.py > tests/reference/scikit_learn.json

Python 3.11 or later.
"""

import csv
import gzip
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

# The trainer's default features, in its order.
FEATURES = [
    "danceability",
    "energy",
    "variance",
    "tempo",
    "loudness",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "valence",
    "popularity",
    "liveness",
]
# Clusters that naive Bayes learns.
K = 6
# Every fifth track is held out from naive Bayes.
HELD_OUT = 5
# Every so many tracks, one whose scaled features are written out.
SAMPLE = 40


def main() -> None:
    with gzip.open(pathlib.Path(__file__).with_name("tracks.csv.gz"), "rt", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    values = np.array([[float(row[feature]) for feature in FEATURES] for row in rows])
    tracks = np.arange(len(rows))

    scaler = StandardScaler()
    scaled = scaler.fit_transform(values)

    inertia, labels = {}, None
    for k in range(2, 9):
        best = KMeans(n_clusters=k, n_init=10, random_state=0).fit(scaled)
        inertia[k] = best.inertia_
        if k == K:
            labels = best.labels_

    held_out = tracks % HELD_OUT == 0
    bayes = GaussianNB().fit(scaled[~held_out], labels[~held_out])
    predicted = bayes.predict(scaled)
    likelihoods = np.sort(bayes.predict_joint_log_proba(scaled), axis=1)
    margin = (likelihoods[:, -1] - likelihoods[:, -2]).min()
    # No prediction hangs on how a sum is rounded.
    assert margin > 1e-6, margin
    truth, guess = labels[held_out], predicted[held_out]

    figures = {
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scikit_learn": sklearn.__version__},
        "tracks": len(rows),
        "features": FEATURES,
        # StandardScaler's mean_ and scale_.
        "mean": scaler.mean_.tolist(),
        "deviation": scaler.scale_.tolist(),
        # Scaled features of a sample of the tracks, by row from 0.
        "scaled": {int(row): scaled[row].tolist() for row in tracks[::SAMPLE]},
        # KMeans(k, n_init=10, random_state=0), by k.
        "inertia": inertia,
        # A digit for each track: the cluster, of K, by the first of these.
        "labels": "".join(map(str, labels)),
        # GaussianNB(), fitted on the tracks whose row HELD_OUT does not divide, with these labels.
        "naive_bayes": {
            "held_out": HELD_OUT,
            "priors": bayes.class_prior_.tolist(),
            "means": bayes.theta_.tolist(),
            "variances": bayes.var_.tolist(),
            # A digit for each track, held out or not.
            "predicted": "".join(map(str, predicted)),
            # Of those held out.
            "confusion_matrix": confusion_matrix(truth, guess, labels=range(K)).tolist(),
            "report": classification_report(truth, guess, labels=range(K), output_dict=True, zero_division=0),
        },
    }
    print(to_json(figures))


def to_json(value: object, indent: str = "") -> str:
    """Objects, and arrays of arrays, with an entry on each line; the rest on one."""
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(str(key))}: {to_json(entry, inner)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(inner + json.dumps(entry) for entry in value) + f"\n{indent}]"
    return json.dumps(value)


if __name__ == "__main__":
    main()
