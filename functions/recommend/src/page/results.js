// What an answer looks like: songs that follow others, or lead from one to another.

/** What an affinity adds at least to be named as a reason. */
const LEAST_REASON = 0.05;

/** The heading of the answer, which takes the focus when the answer is new. */
function headingOf(...children) {
  return element('h1', { id: 'answer-heading', tabindex: '-1' }, ...children);
}

/** What is followed, as text: one by its title, several by the first one and how many others. */
function seedsInWords(seeds) {
  const [first, ...others] = seeds;
  return others.length ? sayCount('seed.others', others.length, { song: titleOf(first) }) : titleOf(first);
}

/** Songs that follow one or several. `more` fetches further ones where there are any, `announce` is told what was done. */
function resultsView(model, { seeds, tracks, affinity, unresolved = [] }, place, { more, announce }) {
  const [seed] = seeds;
  const single = seeds.length === 1;
  const heading = headingOf(element('span', { class: 'kicker' }, say('seed.heading')), ' ', foreign('span', 'song', seedsInWords(seeds)));
  const about = [single ? aboutSeed(model, seed) : null, ...seeds.map((each) => resolvedView(place, each)),
    unresolved.length ? element('p', { class: 'hint' }, sayCount('unresolved', unresolved.length)) : null];
  if (tracks.length === 0) return [heading, ...about, ...nothingView(place)];
  const before = single ? seed : { features: meanOf(seeds) };
  const badges = new Set([...(single ? [seed] : []), ...tracks].map(({ cluster }) => cluster.id)).size > 1;
  const shared = reasonsOf(tracks[0]).filter((reason) => tracks.every((track) => reasonsOf(track).includes(reason)));
  const itemOf = (track, index) => resultOf(model, before, track, index + 1, place, { badge: badges, shared, add: addLink(place, seeds, track) });
  // Where more than sound counts, the bars say whose they are.
  const list = element('ol', { class: countedOf(affinity).length ? 'results mixed' : 'results', 'aria-labelledby': 'answer-heading' }, ...tracks.map(itemOf));
  const playable = [...seeds.filter(({ id }) => id), ...tracks];
  return [heading, ...about, element('p', { class: 'hint' }, [rankedBy(affinity), ...sharedInWords(shared)].join(' ')), list,
    element('div', { class: 'after' }, more ? moreButton(more) : null, playlistView(playable, announce))];
}

/** What is said of the one seed below its name. */
function aboutSeed(model, seed) {
  const artist = seed.song === undefined ? element('span', { class: 'artist' }, sayCount('start.tracks', seed.tracks)) : foreign('span', 'artist', artistInWords(seed));
  const listen = seed.id ? listenLink(seed, say('listen')) : null;
  return element('div', { class: 'about' }, artist, ' ', factsOf(model, seed), ' ', badgeOf(seed.cluster), listen && ' ', listen);
}

/** How a song was understood that was named otherwise. */
function resolvedView(place, { resolved }) {
  if (!resolved) return null;
  const { song } = resolved;
  const text = say(resolved.by === 'popularity' ? 'resolved.popularity' : 'resolved', { song, artist: artistInWords(resolved) });
  const others = resolved.by === 'popularity' ? linkTo(placeWith(place, { song, strict: true }), {}, say('resolved.others')) : null;
  return element('p', { class: 'hint' }, text, ' ', others);
}

/** Nothing was found: what can be taken back. */
function nothingView(place) {
  const filtered = Object.keys(place.filters).length > 0;
  return [element('p', {}, say(filtered ? 'results.filtered' : 'results.none')), element('div', { class: 'choices' },
    filtered ? linkTo({ ...place, filters: {} }, { class: 'button' }, say('filters.clear')) : null,
    place.sameCluster ? linkTo({ ...place, sameCluster: false }, { class: 'button' }, say('results.widen')) : null)];
}

function moreButton(more) {
  const button = element('button', { type: 'button', class: 'more' }, say('results.more'));
  button.addEventListener('click', () => {
    button.disabled = true;
    more();
  });
  return button;
}

/** The affinities that count, of their weights. */
function countedOf(affinity) {
  return Object.keys(affinity ?? {}).filter((kind) => affinity[kind] > 0);
}

/** What the songs are in the order of. */
function rankedBy(affinity) {
  const counted = countedOf(affinity).map((kind) => say(`affinity.${kind}`));
  return counted.length ? say('ranked.affinities', { affinities: LIST.format(counted) }) : say('ranked.sound');
}

/** What all songs have in common with what they follow. */
function sharedInWords(shared) {
  return shared.length ? [say('reasons.all', { reasons: LIST.format(shared.map((affinity) => say(`reason.${affinity}`))) })] : [];
}

/** The mean of the seeds' features. */
function meanOf(seeds) {
  const names = Object.keys(seeds[0].features);
  return Object.fromEntries(names.map((name) => [name, seeds.reduce((sum, seed) => sum + seed.features[name], 0) / seeds.length]));
}

/** Songs that lead from the first to the last. */
function pathView(model, tracks, place, { announce }) {
  const [from, to] = [tracks[0], tracks.at(-1)];
  const heading = headingOf(element('span', { class: 'kicker' }, say('path.heading')), ' ',
    foreign('span', 'song', from.song), ' → ', foreign('span', 'song', to.song));
  const badge = new Set(tracks.map(({ cluster }) => cluster.id)).size > 1;
  const items = tracks.map((track, index) => resultOf(model, tracks[index - 1] ?? track, track, index + 1, place, { badge, shared: [], add: null }));
  return [heading, element('p', { class: 'hint' }, say('path.key')),
    element('ol', { class: 'results', 'aria-labelledby': 'answer-heading' }, ...items),
    element('div', { class: 'after' }, playlistView(tracks, announce))];
}

/** A row. `badge` is whether its cluster is said, `shared` are the reasons that all rows have, `add` is a link to follow it, too. */
function resultOf(model, before, track, rank, place, { badge, shared, add }) {
  const link = linkTo(placeWith(place, { tracks: [track.id] }), { class: 'song', dir: 'auto' }, track.song);
  const artist = element('p', { class: 'about' }, foreign('span', 'artist', artistInWords(track)), badge ? ' ' : null, badge ? badgeOf(track.cluster) : null);
  return element('li', { 'data-track': track.id },
    element('span', { class: 'rank', 'aria-hidden': 'true' }, String(rank)),
    element('div', { class: 'words' }, link, artist, factsOf(model, track), reasonsView(reasonsOf(track).filter((reason) => !shared.includes(reason)))),
    similarityView(track),
    element('div', { class: 'actions' }, listenLink(track), add),
    compareView(model, before, track));
}

/** What is known of a track: album, year, genre, tempo, length. */
function factsOf(model, track) {
  const { album, year, genre, duration_ms: length, explicit, features } = track;
  const facts = [
    album === track.song ? null : album,
    year > 0 ? String(year) : null,
    track.song === undefined ? null : genre,
    features.tempo > 0 ? model.valueInWords('tempo', features.tempo) : null,
    length > 0 ? lengthInWords(length) : null,
    explicit ? say('explicit') : null,
  ];
  const spans = facts.filter(Boolean).map((fact) => foreign('span', null, fact));
  return element('p', { class: 'facts' }, ...spans.flatMap((span, index) => (index ? [' ', span] : [span])));
}

/** What else than its sound brings a song here: the affinities that add to its score. */
function reasonsOf({ explanation }) {
  return (explanation?.affinities ?? []).filter(({ share }) => share >= LEAST_REASON).map(({ affinity }) => affinity);
}

function reasonsView(reasons) {
  return reasons.length ? element('p', { class: 'reasons' }, ...reasons.map((affinity) => element('span', {}, say(`reason.${affinity}`)))) : null;
}

/** A link to where a track can be heard. */
function listenLink(track, text = null) {
  const label = say('listen.to', { song: track.song });
  const icon = drawing('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, drawing('path', { class: 'solid', d: 'M4.5 2.5v11l9-5.5z' }));
  return element('a', { class: text ? 'listen' : 'round listen', href: listenAddress(track), target: '_blank', rel: 'noopener noreferrer', title: label, 'aria-label': label }, icon, text);
}

/** A link to what is followed with one more. */
function addLink(place, seeds, track) {
  if (seeds.length >= MOST_SEEDS) return null;
  const label = say('seeds.add.song', track);
  return linkTo(placeOfSeeds(place, [...seeds, track]), { class: 'round add', title: label, 'aria-label': label }, '+');
}

