"""The method, the scikit-learn way: a track table in, one joblib artifact out, figures as JSON on stdout.

    python train.py tracks.csv model.joblib [--elbow 2-8 | --no-elbow]

What a good notebook does, in one file: nothing here is slower than it has to be, and nothing is tuned. Both cores are
used as scikit-learn uses them by default. The clusters are fitted once more after the elbow, as notebooks do; what that
takes stands apart, under `kmeans`.
"""

import argparse
import json
import os
import resource
import sys
import time

import joblib
import pandas as pd
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

SEED = 42
K = 6
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
# What tables call the columns, where they do not call them by their own names. Lower case.
ALIASES = {
    "positiveness": "valence",
    "track_name": "song",
    "artists": "artist",
    "track_id": "id",
    "album_name": "album",
    "track_genre": "genre",
    "release date": "year",
    "release_date": "year",
}
KEPT = ["id", "song", "artist", "album", "genre", "year", "explicit"]


def load(path: str) -> tuple[pd.DataFrame, list[str], int]:
    """The table's tracks, the features that it has, and how many rows lack something that is needed."""
    table = pd.read_csv(path, low_memory=False)
    columns = table.columns.str.lower()
    table.columns = [ALIASES.get(column, column) for column in columns]
    features = [feature for feature in FEATURES if feature in table.columns]
    kept = [column for column in KEPT if column in table.columns]
    whole = table[kept + features].dropna(subset=["song", "artist", *features])
    return whole.reset_index(drop=True), features, len(table) - len(whole)


def main() -> None:
    arguments = argparse.ArgumentParser(description="The method, the scikit-learn way.")
    arguments.add_argument("csv")
    arguments.add_argument("out")
    arguments.add_argument("--elbow", default="2-8", metavar="FROM-TO")
    arguments.add_argument("--no-elbow", action="store_true", help="the model alone, where only serving is measured")
    given = arguments.parse_args()
    first, last = (int(end) for end in given.elbow.split("-"))

    seconds: dict[str, float] = {}
    begun = time.perf_counter()

    def done(stage: str) -> None:
        nonlocal begun
        now = time.perf_counter()
        seconds[stage] = now - begun
        begun = now
        print(f"{stage:<10} {seconds[stage]:7.2f} s", file=sys.stderr)

    table, features, dropped = load(given.csv)
    done("read")

    scaler = StandardScaler()
    scaled = scaler.fit_transform(table[features].to_numpy())
    done("scale")

    inertia: dict[int, float] = {}
    if not given.no_elbow:
        for k in range(first, last + 1):
            inertia[k] = float(KMeans(n_clusters=k, n_init=10, random_state=SEED).fit(scaled).inertia_)
        done("elbow")

    kmeans = KMeans(n_clusters=K, n_init=10, random_state=SEED).fit(scaled)
    table["cluster"] = kmeans.labels_
    done("kmeans")

    train, test, train_labels, test_labels = train_test_split(
        scaled, kmeans.labels_, test_size=0.2, stratify=kmeans.labels_, random_state=SEED
    )
    bayes = GaussianNB().fit(train, train_labels)
    accuracy = float(accuracy_score(test_labels, bayes.predict(test)))
    done("classify")

    neighbors = NearestNeighbors(metric="cosine", algorithm="brute").fit(scaled)
    done("index")

    model = {
        "features": features,
        "scaler": scaler,
        "kmeans": kmeans,
        "bayes": bayes,
        "neighbors": neighbors,
        "table": table,
    }
    joblib.dump(model, given.out)
    done("write")

    figures = {
        "tracks": len(table),
        "dropped": dropped,
        "features": features,
        "k": K,
        "inertia": inertia,
        "accuracy": accuracy,
        "seconds": seconds,
        "artifact_bytes": os.path.getsize(given.out),
        # Kilobytes, on Linux.
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "python": sys.version.split()[0],
        "scikit_learn": sklearn.__version__,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
