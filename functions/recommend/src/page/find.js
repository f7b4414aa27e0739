// What was typed, and what it means: an artist or a song.

/** How many hits of a search are looked at. */
const HITS = 10;
/** With as many tracks an artist is meant by the name, and not a song of that title. */
const KNOWN_ARTIST_TRACKS = 10;

/** The artists that hits name and whose names begin with what was typed, the most frequent first. */
function artistsNamed(text, hits, { whole = false } = {}) {
  const typed = withoutThe(folded(text));
  const counts = new Map();
  for (const hit of hits) {
    for (const name of namesIn(hit)) {
      const known = withoutThe(folded(name));
      if (typed && (whole ? known === typed : known.startsWith(typed))) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** The names that an artist cell may hold: a comma separates artists, or is part of a name. */
function namesIn(hit) {
  const names = artistsOf(hit);
  return [...new Set([...names, ...names.flatMap((name) => name.split(/, | feat\. | & /))])];
}

function withoutThe(text) {
  return text.replace(/^the /, '');
}

/** What was typed, as the function finds it: `{ artist }`, or `{ track }`, the best hit, with `{ song }` where several artists may share that title. */
async function meaningOf(text, { signal, waiting }) {
  const search = ask('v1/tracks', { q: searchable(text), limit: HITS }, { signal, waiting });
  const [{ tracks: hits }, artist] = await Promise.all([search, artistOf(text, signal)]);
  const titled = hits.length > 0 && folded(hits[0].song) === folded(text);
  if (artist && (!titled || artist.tracks >= KNOWN_ARTIST_TRACKS)) return { artist: artist.artist };
  if (titled) return { song: hits[0].song, track: hits[0] };
  const [named] = artistsNamed(text, hits, { whole: true });
  if (named && (await artistOf(named, signal))) return { artist: named };
  return hits.length ? { track: hits[0] } : { song: text };
}

/** The artist of a name as a seed of an answer has it, or nothing. */
function artistOf(name, signal) {
  if (name.includes(';')) return null;
  return ask('v1/recommendations', { seed_artists: name, limit: 1, same_cluster: false }, { signal }).then(({ seeds }) => seeds[0], () => null);
}

/** As much of a text as is searched for. */
function searchable(text) {
  return [...text.trim()].slice(0, LONGEST_QUERY).join('').trim();
}

