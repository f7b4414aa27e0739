// Where nothing is followed yet: songs to begin with.

/** For each cluster what it is like, and its best-known songs. */
function startView(clusters, place) {
  const cards = clusters.map((cluster) => element('li', {},
    element('h2', {}, badgeOf(cluster)),
    element('p', { class: 'hint' }, [sayCount('start.tracks', cluster.size), ...cluster.genres.slice(0, 3)].join(' · ')),
    element('ul', {}, ...cluster.examples.map((track) => element('li', { 'data-track': track.id },
      linkTo(placeWith(place, { tracks: [track.id] }), { class: 'song', dir: 'auto' }, track.song), ' ',
      foreign('span', 'artist', artistInWords(track)))))));
  return [headingOf(say('start.heading')), element('p', {}, say('start.text')), element('ul', { class: 'start' }, ...cards)];
}

