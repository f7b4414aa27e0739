// The place in the catalogue that the page shows. It is kept in the address, so that back, forward and links work.

// More seeds than this are not taken by the function.
const MOST_SEEDS = 100;
// What people play together is by one artist in the first place: more than these would leave no room for others.
const MOST_PER_ARTIST = 2;

/** The place that an address names: tracks and artists to follow, or a song and perhaps its artist, or the two ends of a path, or
 * what was typed, or nothing yet. */
function placeAt(search) {
  const parameters = new URLSearchParams(search);
  const text = (name) => parameters.get(name)?.trim() || null;
  const listed = (name, separator) => [...new Set((text(name) ?? '').split(separator).map((part) => part.trim()).filter(Boolean))];
  const [from, to] = [text('from'), text('to')];
  const path = from && to ? { from, to } : null;
  const one = text('track_id');
  const tracks = path ? [] : one ? [one] : listed('seed_tracks', ',').slice(0, MOST_SEEDS);
  const artists = path ? [] : listed('seed_artists', ';').slice(0, MOST_SEEDS - tracks.length);
  const seeded = path || tracks.length || artists.length;
  const song = seeded ? null : text('song');
  return {
    path,
    tracks,
    artists,
    song,
    artist: song && text('artist'),
    // The question which artist is meant, though one is far better known.
    strict: song !== null && parameters.get('strict') === 'true',
    query: seeded || song ? null : text('q'),
    filters: filtersAt(parameters),
    sameCluster: parameters.get('same_cluster') !== 'false',
    soundOnly: parameters.get('affinity') === 'none',
  };
}

/** What names a place, as the address and the API both have it. */
function nameOf({ path, tracks, artists, song, artist, strict }) {
  if (path) return path;
  return {
    ...(tracks.length === 1 && !artists.length && { track_id: tracks[0] }),
    ...((tracks.length > 1 || (tracks.length && artists.length)) && { seed_tracks: tracks.join(',') }),
    ...(artists.length && { seed_artists: artists.join(';') }),
    ...(song && { song }),
    ...(song && artist && { artist }),
    ...(song && strict && { strict: 'true' }),
  };
}

function addressOf(place) {
  const parameters = new URLSearchParams({
    ...nameOf(place),
    ...(place.query && { q: place.query }),
    ...place.filters,
    ...(!place.sameCluster && { same_cluster: 'false' }),
    ...(place.soundOnly && { affinity: 'none' }),
  }).toString();
  return parameters ? `?${parameters}` : './';
}

/** The parameters of a place's request. */
function parametersOf(place) {
  // A path leads from one cluster to another.
  if (place.path) return place.path;
  return {
    ...nameOf(place),
    ...place.filters,
    ...(!place.sameCluster && { same_cluster: 'false' }),
    ...(!place.soundOnly && { affinity: 'balanced', max_per_artist: MOST_PER_ARTIST }),
  };
}

function isNowhere({ path, tracks, artists, song }) {
  return !path && !tracks.length && !artists.length && !song;
}

/** A place with the same switches and filters. */
function placeWith(place, { path = null, tracks = [], artists = [], song = null, artist = null, strict = false }) {
  return { ...place, path, tracks, artists, song, artist, strict, query: null };
}

/** The place of some seeds of answers: tracks and artists. */
function placeOfSeeds(place, seeds) {
  const tracks = [...new Set(seeds.filter(({ id }) => id).map(({ id }) => id))].slice(0, MOST_SEEDS);
  const artists = [...new Set(seeds.filter(({ id }) => !id).map(({ artist }) => artist))].slice(0, MOST_SEEDS - tracks.length);
  return placeWith(place, { tracks, artists });
}

/** A link to a place. `app.js` follows it without loading the page anew. */
function linkTo(place, attributes, ...children) {
  return element('a', { ...attributes, href: addressOf(place), 'data-go': true }, ...children);
}

