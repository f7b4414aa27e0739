// The place in the catalogue that the page shows. It is kept in the address, so that back, forward and links work.

// More seeds than this are not taken by the function.
const MOST_SEEDS = 100;

/** The place that an address names: tracks to follow, or a song and perhaps its artist, or the two ends of a path, or nothing yet. */
function placeAt(search) {
  const parameters = new URLSearchParams(search);
  const text = (name) => parameters.get(name)?.trim() || null;
  const [from, to] = [text('from'), text('to')];
  const path = from && to ? { from, to } : null;
  const one = text('track_id');
  const several = (text('seed_tracks') ?? '').split(',').map((id) => id.trim()).filter(Boolean).slice(0, MOST_SEEDS);
  const tracks = path ? [] : one ? [one] : [...new Set(several)];
  const song = path || tracks.length ? null : text('song');
  return {
    path,
    tracks,
    song,
    artist: song && text('artist'),
    sameCluster: parameters.get('same_cluster') !== 'false',
    soundOnly: parameters.get('affinity') === 'none',
  };
}

/** What names a place, as the address and the API both have it. */
function nameOf({ path, tracks, song, artist }) {
  if (path) return path;
  if (tracks.length === 1) return { track_id: tracks[0] };
  if (tracks.length) return { seed_tracks: tracks.join(',') };
  return { ...(song && { song }), ...(song && artist && { artist }) };
}

function addressOf(place) {
  const parameters = new URLSearchParams({
    ...nameOf(place),
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
    ...(!place.sameCluster && { same_cluster: 'false' }),
    ...(!place.soundOnly && { affinity: 'balanced' }),
  };
}

function isNowhere({ path, tracks, song }) {
  return !path && !tracks.length && !song;
}

/** A place with the same switches. */
function placeWith(place, { path = null, tracks = [], song = null, artist = null }) {
  return { ...place, path, tracks, song, artist };
}

/** A link to a place. `app.js` follows it without loading the page anew. */
function linkTo(place, attributes, ...children) {
  return element('a', { ...attributes, href: addressOf(place), 'data-go': true }, ...children);
}
