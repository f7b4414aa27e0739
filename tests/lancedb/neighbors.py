"""Compares the neighbours that LanceDB finds in an exported Parquet file with the answers of the function.

    neighbors.py docs/scale.md URL

Runs the Python of docs/scale.md in the current folder, where `tracks.parquet` is. URL is where the function answers from the
model that was exported. See tests/lancedb.sh.
"""

import collections
import json
import pathlib
import re
import sys
import time
import unicodedata
import urllib.parse
import urllib.request

import lancedb
import numpy as np
import pyarrow.parquet as pq

SEEDS = 50
LIMIT = 10
# Releases of one song, and the seed itself, are among LanceDB's tracks.
MORE = 100
# The function rounds to six decimals; both compute in 32-bit floats.
TOLERANCE = 2e-6


def python_of(markdown):
    """The Python blocks of a document, in order."""
    return re.findall(r"^```python\n(.*?)^```$", open(markdown).read(), re.MULTILINE | re.DOTALL)


def answer(url, seed, same_cluster):
    """What the function recommends: tracks, compared with every track."""
    # LanceDB knows nothing of versions of a song.
    query = {"track_id": seed["id"], "limit": LIMIT, "search": "exact", "versions": "true"}
    query["same_cluster"] = str(same_cluster).lower()
    with urllib.request.urlopen(f"{url}/v1/recommendations?{urllib.parse.urlencode(query)}", timeout=30) as response:
        answer = json.load(response)
    assert answer["search"] == "exact", answer["search"]
    return answer


def song(track):
    """What two releases of a song have in common."""
    def normalize(text):
        return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return normalize(track["song"]), normalize(track["artist"])


def songs(seed, tracks):
    """Each song by its nearest release, without the seed's, as the function answers."""
    seen, found = {song(seed)}, []
    for track in tracks:
        if song(track) not in seen:
            seen.add(song(track))
            found.append(track)
    return found


def differences(seed, expected, tracks, by_id):
    """What is not the same in the function's answer and in LanceDB's tracks. Equal similarities may be in any order."""
    found = songs(seed, tracks)[:LIMIT]
    if len(expected) != LIMIT or len(found) != LIMIT:
        yield f"{len(expected)} songs expected, {len(found)} found"
    for place, (ours, theirs) in enumerate(zip(expected, found)):
        similarity = 1 - theirs["_distance"]
        if abs(ours["similarity"] - similarity) > TOLERANCE:
            yield f"similarity {place}: {ours['similarity']} expected, {similarity} found"
    for ours in expected:
        row = by_id.get(ours["id"])
        if row is None:
            yield f"{ours['id']} is not in the file"
            continue
        cosine = float(np.dot(np.float64(seed["vector"]), np.float64(row["vector"])))
        if abs(ours["similarity"] - cosine) > TOLERANCE:
            yield f"{ours['id']}: {ours['similarity']} expected, vectors have {cosine}"
        # The answer omits what is unknown.
        values = {name: ours.get(name) for name in ("song", "artist", "genre", "year", "explicit")}
        values |= {"cluster": ours["cluster"]["id"], "cluster_name": ours["cluster"]["name"], **ours["features"]}
        for name, value in values.items():
            if row.get(name) != value:
                yield f"{ours['id']}: {name} {value!r} expected, {row.get(name)!r} found"


def main():
    markdown, url = sys.argv[1:]
    load, search, index = python_of(markdown)
    document = {}

    start = time.perf_counter()
    exec(load, document)
    table = document["table"]
    print(f"lancedb: loaded in {time.perf_counter() - start:.2f} s: {table.count_rows()} tracks, {table.schema.field('vector').type}")
    size = sum(file.stat().st_size for file in pathlib.Path("lance").rglob("*") if file.is_file())
    print(f"lancedb: its table has {size} bytes")
    rows = table.to_arrow().to_pylist()
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(rows) == pq.ParquetFile("tracks.parquet").metadata.num_rows
    lengths = np.linalg.norm(np.array([row["vector"] for row in rows], dtype=np.float64), axis=1)
    assert np.allclose(lengths, 1, atol=1e-6), (lengths.min(), lengths.max())

    exec(search, document)
    neighbors = document["neighbors"]
    seeds = [rows[at * len(rows) // SEEDS] for at in range(SEEDS)]
    version = pq.ParquetFile("tracks.parquet").schema_arrow.metadata[b"model_version"].decode()
    exact, answers, wrong = {}, {}, []
    seconds = collections.Counter()
    for number, seed in enumerate(seeds):
        for same_cluster in (True, False):
            start = time.perf_counter()
            answers[number, same_cluster] = answer(url, seed, same_cluster)
            seconds["segue", same_cluster] += time.perf_counter() - start
            start = time.perf_counter()
            exact[number, same_cluster] = neighbors(seed, MORE, same_cluster)
            seconds["LanceDB", same_cluster] += time.perf_counter() - start
            got = answers[number, same_cluster]["model"]["version"]
            assert got == version, f"the file is of model {version}, the function answers from {got}"
            found = differences(seed, answers[number, same_cluster]["tracks"], exact[number, same_cluster], by_id)
            wrong += [f"{seed['id']}, same_cluster={same_cluster}: {what}" for what in found]
    if wrong:
        print("\n".join(wrong[:20]))
        sys.exit(f"lancedb: FAILED: {len(wrong)} differences")
    print(f"lancedb: exact search: {len(exact)} answers are the same")
    for (name, same_cluster), total in seconds.items():
        where = "in the cluster" if same_cluster else "in all"
        print(f"lancedb: exact search {where}: {name} {1000 * total / SEEDS:.1f} ms")

    # A comparison that cannot fail says nothing: each track gets the vector of the one before it.
    vectors = [row["vector"] for row in rows]
    moved = [{**row, "vector": vectors[at - 1]} for at, row in enumerate(rows)]
    document["table"] = lancedb.connect("lance").create_table("moved", moved, schema=table.schema, mode="overwrite")
    moved = {row["id"]: row for row in moved}
    noticed = 0
    for number, seed in enumerate(seeds):
        seed = moved[seed["id"]]
        found = differences(seed, answers[number, False]["tracks"], neighbors(seed, MORE, False), moved)
        noticed += any(True for _ in found)
    assert noticed == SEEDS, f"of {SEEDS} answers by wrong vectors, the comparison found {noticed}"
    print(f"lancedb: wrong vectors: all {noticed} answers differ")
    document["table"] = table

    start = time.perf_counter()
    exec(index, document)
    built = time.perf_counter() - start
    start = time.perf_counter()
    same = 0
    for (number, same_cluster), nearest in exact.items():
        approximate = {track["id"] for track in neighbors(seeds[number], LIMIT, same_cluster)}
        same += len(approximate & {track["id"] for track in nearest[:LIMIT]})
    took = 1000 * (time.perf_counter() - start) / len(exact)
    recall = same / (LIMIT * len(exact))
    print(f"lancedb: indices built in {built:.2f} s: recall@{LIMIT} {recall:.3f}, {took:.1f} ms for each search")
    assert recall >= 0.8, recall


main()
