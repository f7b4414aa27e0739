"""The service that usually goes with such an artifact: FastAPI over joblib, loaded at the start.

    MODEL=model.joblib uvicorn serve:app --host 127.0.0.1 --port 8000

`GET /recommend/{song}?n=10` asks for the n + 50 nearest songs and keeps those of the song's own cluster: an answer can
come back short.
"""

import os

import joblib
from fastapi import FastAPI, HTTPException, Query

# Beyond n, for those that the cluster filter takes away.
MARGIN = 50

model = joblib.load(os.environ["MODEL"])
table = model["table"]
features = model["features"]
titles = table["song"].str.lower()
app = FastAPI(title="Recommendations")


@app.get("/recommend/{song}")
def recommend(song: str, n: int = Query(10, ge=1, le=100)):
    found = table.index[titles == song.lower()]
    if len(found) == 0:
        raise HTTPException(status_code=404, detail=f"{song!r} is not in the catalogue")
    seed = found[0]
    scaled = model["scaler"].transform(table.loc[[seed], features].to_numpy())
    wanted = min(n + MARGIN, len(table))
    distances, rows = model["neighbors"].kneighbors(scaled, n_neighbors=wanted)
    cluster = table.at[seed, "cluster"]
    recommendations = []
    for distance, row in zip(distances[0], rows[0]):
        track = table.iloc[row]
        if row != seed and track["cluster"] == cluster:
            recommendations.append(
                {"song": track["song"], "artist": track["artist"], "similarity": float(1 - distance)}
            )
    return {
        "song": table.at[seed, "song"],
        "artist": table.at[seed, "artist"],
        "cluster": int(cluster),
        "recommendations": recommendations[:n],
    }
