// The place in the catalogue that the page shows. It is kept in the address, so that back, forward and links work.

/** The place that an address names: a track, or a song and perhaps its artist, or nothing yet. */
function placeAt(search) {
  const parameters = new URLSearchParams(search);
  const text = (name) => parameters.get(name)?.trim() || null;
  const track = text('track_id');
  return {
    track,
    song: track ? null : text('song'),
    artist: track ? null : text('artist'),
    sameCluster: parameters.get('same_cluster') !== 'false',
  };
}

/** The parameters of a place, as the address and the API both have them. */
function parametersOf({ track, song, artist, sameCluster }) {
  return {
    ...(track && { track_id: track }),
    ...(song && { song }),
    ...(song && artist && { artist }),
    ...(!sameCluster && { same_cluster: 'false' }),
  };
}

function addressOf(place) {
  const parameters = new URLSearchParams(parametersOf(place)).toString();
  return parameters ? `?${parameters}` : './';
}

function isNowhere({ track, song }) {
  return !track && !song;
}

/** A link to a place. `app.js` follows it without loading the page anew. */
function linkTo(place, attributes, ...children) {
  return element('a', { ...attributes, href: addressOf(place), 'data-go': true }, ...children);
}

