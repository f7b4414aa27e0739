"""The nearest neighbours of hnswlib and voyager: how quick, how exact, and how long their indexes take to build.

    python neighbors.py vectors.f32 --features 11 --seeds 2000 --k 10 50

`vectors.f32` has the vector of every track, little-endian, of length 1. The indexes hold the distinct ones, as segue's
graphs do. M = 16 and ef_construction = 200 are what the libraries' own examples take. Vectors of length 1 are in the same order
by squared Euclidean distance as by cosine, and the former asks for less.

Queries are the vectors of tracks spread evenly through the file. The nearest to such a vector is itself: k + 1 are asked for,
and the recall is that of the others, held against every vector. Each query is timed by itself, as a Python program asks; and
all of them in one call, on one thread, divided by their number, which leaves Python out: that is processor time.

Vectors are added in the order of the catalogue, where those that are near one another are near in memory too: that is quicker to
search than the order of a table. Figures as JSON on stdout.
"""

import argparse
import json
import statistics
import sys
import time
from importlib.metadata import version

import hnswlib
import numpy as np
import voyager

M = 16
EF_CONSTRUCTION = 200
# How many candidates a search keeps. Neither library keeps fewer than are asked for.
EFS = [11, 12, 14, 16, 20, 24, 28, 32, 40, 51, 60, 80, 100, 120, 160, 200, 300, 400]
BATCHES = 3
# Queries that are compared with every vector at once.
BLOCK = 64
# Candidates beyond k that are compared in double precision: single cancels where vectors are nearly equal.
SPARE = 32
# Twice the rounding of a squared distance of vectors in single precision.
TOLERANCE = 1e-6


class Hnswlib:
    name = "hnswlib"

    def build(self, vectors: np.ndarray, threads: int) -> None:
        self.index = hnswlib.Index(space="l2", dim=vectors.shape[1])
        self.index.init_index(max_elements=len(vectors), M=M, ef_construction=EF_CONSTRUCTION, random_seed=1)
        self.index.add_items(vectors, num_threads=threads)

    def keep(self, ef: int) -> None:
        self.index.set_ef(ef)

    def query(self, queries: np.ndarray, k: int) -> np.ndarray:
        return self.index.knn_query(queries, k=k, num_threads=1)[0]


class Voyager:
    name = "voyager"

    def build(self, vectors: np.ndarray, threads: int) -> None:
        self.index = voyager.Index(
            voyager.Space.Euclidean,
            num_dimensions=vectors.shape[1],
            M=M,
            ef_construction=EF_CONSTRUCTION,
            random_seed=1,
            max_elements=len(vectors),
        )
        self.index.add_items(vectors, num_threads=threads)

    def keep(self, ef: int) -> None:
        self.ef = ef

    def query(self, queries: np.ndarray, k: int) -> np.ndarray:
        return self.index.query(queries, k=k, num_threads=1, query_ef=self.ef)[0]


def squared_distances(vectors: np.ndarray, ids: np.ndarray, query: np.ndarray) -> np.ndarray:
    return ((vectors[ids].astype(np.float64) - query.astype(np.float64)) ** 2).sum(axis=1)


def exact(vectors: np.ndarray, seeds: np.ndarray, most: int) -> np.ndarray:
    """Squared distances of the `most` nearest to each seed but for itself, nearest first."""
    nearest = np.empty((len(seeds), most))
    squares = (vectors**2).sum(axis=1)
    for start in range(0, len(seeds), BLOCK):
        block = seeds[start : start + BLOCK]
        rough = squares - 2.0 * (vectors[block] @ vectors.T)
        candidates = np.argpartition(rough, most + SPARE, axis=1)[:, : most + SPARE]
        for at, (seed, ids) in enumerate(zip(block, candidates)):
            others = ids[ids != seed]
            nearest[start + at] = np.sort(squared_distances(vectors, others, vectors[seed]))[:most]
    return nearest


def measure(peer: Hnswlib | Voyager, vectors: np.ndarray, seeds: np.ndarray, nearest: np.ndarray, k: int) -> list[dict]:
    queries = vectors[seeds]
    figures = []
    for ef in (ef for ef in EFS if ef > k):
        peer.keep(ef)
        peer.query(queries[:100], k + 1)
        calls = []
        for query in queries:
            begun = time.perf_counter_ns()
            peer.query(query, k + 1)
            calls.append(time.perf_counter_ns() - begun)
        batches = []
        for _ in range(BATCHES):
            begun = time.process_time_ns()
            found = peer.query(queries, k + 1)
            batches.append(time.process_time_ns() - begun)
        right = 0
        for seed, ids, bound in zip(seeds, found, nearest[:, k - 1]):
            # A graph may fail to find the vector itself: the first k of the others count either way.
            others = ids[ids != seed][:k]
            right += int((squared_distances(vectors, others, vectors[seed]) <= bound + TOLERANCE).sum())
        figures.append(
            {
                "ef": ef,
                "recall": right / (k * len(seeds)),
                "call_p50_ns": statistics.median(calls),
                # Processor time, and the best: what else the machine does is not the query's time.
                "batch_ns": min(batches) / len(seeds),
            }
        )
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(description="The nearest neighbours of hnswlib and voyager.")
    arguments.add_argument("vectors")
    arguments.add_argument("--features", type=int, required=True)
    arguments.add_argument("--seeds", type=int, required=True)
    arguments.add_argument("--k", type=int, nargs="+", required=True)
    given = arguments.parse_args()

    tracks = np.fromfile(given.vectors, dtype="<f4").reshape(-1, given.features)
    vectors, of_track = np.unique(tracks, axis=0, return_inverse=True)
    # In the order of their first track: sorted vectors are an order of insertion that nobody has.
    first = np.full(len(vectors), len(tracks))
    np.minimum.at(first, of_track.reshape(-1), np.arange(len(tracks)))
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    vectors = np.ascontiguousarray(vectors[order])
    rows = np.arange(given.seeds) * len(tracks) // given.seeds
    seeds = place[of_track.reshape(-1)[rows]]
    nearest = exact(vectors, seeds, max(given.k))

    peers = []
    for peer in (Hnswlib(), Voyager()):
        seconds = {}
        for threads, name in ((1, "one_thread"), (-1, "all_threads")):
            print(f"{peer.name}: building, {name}", file=sys.stderr)
            begun = time.perf_counter()
            peer.build(vectors, threads)
            seconds[name] = time.perf_counter() - begun
        peers.append(
            {
                "name": peer.name,
                "version": version(peer.name),
                "build_seconds": seconds,
                "queries": {str(k): measure(peer, vectors, seeds, nearest, k) for k in given.k},
            }
        )
    print(
        json.dumps(
            {
                "m": M,
                "ef_construction": EF_CONSTRUCTION,
                "vectors": len(vectors),
                "tolerance": TOLERANCE,
                "nearest": {str(k): nearest[:, k - 1].tolist() for k in given.k},
                "peers": peers,
            }
        )
    )


if __name__ == "__main__":
    main()
