// What an answer looks like: results, a choice, or what went wrong.

/** The heading of the answer, which takes the focus when the answer is new. */
function headingOf(...children) {
  return element('h1', { id: 'answer-heading', tabindex: '-1' }, ...children);
}

/** The songs to follow, as text: one by its title, several by the first one and how many others. */
function songsInWords(seeds) {
  const [first, ...others] = seeds;
  return others.length ? sayCount('seed.others', others.length, first) : first.song;
}

/** Songs that follow one or several. */
function resultsView(model, { seeds, tracks, affinity }, place) {
  const [seed] = seeds;
  const single = seeds.length === 1;
  const name = single ? foreign('span', 'song', seed.song) : element('span', { class: 'song', dir: 'auto' }, songsInWords(seeds));
  const heading = headingOf(element('span', { class: 'kicker' }, say('seed.heading')), ' ', name);
  const about = single ? element('p', { class: 'about' }, foreign('span', 'artist', seed.artist), ' ', badgeOf(seed.cluster)) : null;
  if (tracks.length === 0) {
    const wider = linkTo({ ...place, sameCluster: false }, { class: 'button' }, say('results.widen'));
    return [heading, about, element('p', {}, say('results.none')), place.sameCluster ? wider : null];
  }
  const before = single ? seed : { features: meanOf(seeds) };
  const items = tracks.map((track, index) => resultOf(model, before, track, index + 1, place, addLink(place, seeds, track)));
  const list = element('ol', { class: 'results', 'aria-labelledby': 'answer-heading' }, ...items);
  const key = say(single ? 'profile.key' : 'profile.key.several');
  return [heading, about, element('p', { class: 'hint' }, `${rankedBy(affinity)} ${key}`), list];
}

/** What the songs are in the order of. */
function rankedBy(affinity) {
  const counted = Object.entries(affinity ?? {}).filter(([, weight]) => weight > 0).map(([kind]) => say(`affinity.${kind}`));
  return counted.length ? say('ranked.affinities', { affinities: LIST.format(counted) }) : say('ranked.sound');
}

/** The mean of the seeds' features. */
function meanOf(seeds) {
  const names = Object.keys(seeds[0].features);
  return Object.fromEntries(names.map((name) => [name, seeds.reduce((sum, seed) => sum + seed.features[name], 0) / seeds.length]));
}

/** Songs that lead from the first to the last. */
function pathView(model, tracks, place) {
  const [from, to] = [tracks[0], tracks.at(-1)];
  const heading = headingOf(element('span', { class: 'kicker' }, say('path.heading')), ' ',
    foreign('span', 'song', from.song), ' → ', foreign('span', 'song', to.song));
  const items = tracks.map((track, index) => resultOf(model, tracks[index - 1] ?? track, track, index + 1, place, null));
  return [heading, element('p', { class: 'hint' }, say('path.key')),
    element('ol', { class: 'results', 'aria-labelledby': 'answer-heading' }, ...items)];
}

function resultOf(model, before, track, rank, place, add) {
  const link = linkTo(placeWith(place, { tracks: [track.id] }), { class: 'song', dir: 'auto' }, track.song);
  const about = element('p', { class: 'about' }, foreign('span', 'artist', track.artist), ' ', badgeOf(track.cluster));
  const similarity = Number.isFinite(track.similarity) ? element('p', { class: 'similarity' },
    element('span', { class: 'label' }, say('similarity')), ' ', element('span', { class: 'figure' }, RATIO.format(track.similarity))) : null;
  const item = element('li', { 'data-track': track.id },
    element('span', { class: 'rank', 'aria-hidden': 'true' }, String(rank)),
    element('div', { class: 'words' }, link, about), similarity, compareOf(model, before, track), add);
  return item;
}

/** A link to the songs to follow with one more. */
function addLink(place, seeds, track) {
  if (seeds.length >= MOST_SEEDS || seeds.some(({ id }) => !id)) return null;
  const label = say('seeds.add.song', track);
  return linkTo(placeWith(place, { tracks: [...seeds.map(({ id }) => id), track.id] }), { class: 'add', title: label, 'aria-label': label }, '+');
}

/** The profile, which opens to the figures behind it. */
function compareOf(model, seed, track) {
  const label = `${say('profile.compare')}: ${track.song}, ${profileInWords(model, seed, track)}`;
  const summary = element('summary', { 'aria-label': label, title: say('profile.compare') }, profileOf(model, seed, track));
  const details = element('details', {}, summary);
  details.addEventListener('toggle', () => {
    if (details.open && !details.querySelector('table')) details.append(comparisonOf(model, seed, track));
  });
  return details;
}

/** A song of each kind to begin with. */
function startView(clusters, place) {
  const cards = clusters.map((cluster) => element('li', {},
    element('h2', {}, badgeOf(cluster)),
    element('p', { class: 'hint' }, [sayCount('start.tracks', cluster.size), ...cluster.genres.slice(0, 3)].join(' · ')),
    element('ul', {}, ...cluster.examples.map((track) => element('li', {},
      linkTo(placeWith(place, { tracks: [track.id] }), { class: 'song', dir: 'auto' }, track.song), ' ',
      foreign('span', 'artist', track.artist))))));
  return [headingOf(say('start.heading')), element('p', {}, say('start.text')), element('ul', { class: 'start' }, ...cards)];
}

/** The artists of a title that several share. */
function artistsView(place, artists, textKey) {
  const choices = artists.map((artist) => linkTo({ ...place, artist }, { class: 'button', dir: 'auto' }, artist));
  return choiceView(headingOf(say('artists.heading', place)), say(textKey, place), choices);
}

/** Titles that may have been meant. */
function unknownView(place, suggestions) {
  const choices = suggestions.map((song) => linkTo(placeWith(place, { song }), { class: 'button', dir: 'auto' }, song));
  const text = say(choices.length ? 'unknown.text' : 'unknown.nothing');
  return choiceView(headingOf(say('unknown.heading', place)), text, choices);
}

function choiceView(heading, text, choices) {
  return [heading, element('p', {}, text), element('ul', { class: 'choices' }, ...choices.map((choice) => element('li', {}, choice)))];
}

/** What went wrong, and what can be done. */
function failureView(error, again) {
  const texts = { 'model-unavailable': say('error.unavailable'), network: say('error.network') };
  const button = element('button', { type: 'button' }, say('error.again'));
  button.addEventListener('click', again);
  return [headingOf(say('error.heading')), element('p', { class: 'notice' }, texts[error.kind] ?? error.message), button];
}

/** Asks for the token that the function wants. `again` follows once there is one. */
function tokenView(again) {
  const refused = token.value !== null;
  const input = element('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const form = element('form', { class: 'token' }, element('label', { for: 'token' }, say('token.label')),
    element('div', { class: 'field' }, input, element('button', { type: 'submit' }, say('token.button'))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // A header holds these characters alone, and a token that was copied often has white space around it.
    token.set(input.value.trim().replace(/[^!-~]/g, ''));
    again();
  });
  token.set(null);
  return [headingOf(say('token.heading')), refused ? element('p', { class: 'notice' }, say('token.refused')) : null,
    element('p', {}, say('token.text')), form];
}

/** The view of a failure: some of them are a question. */
function viewOfFailure(error, place, again) {
  switch (error.kind) {
    case 'unauthorized': return tokenView(again);
    case 'artist-needed': return artistsView(place, error.problem.artists, 'artists.text');
    case 'unknown-artist': return artistsView(place, error.problem.artists, 'artists.other');
    case 'unknown-song': return unknownView(place, error.problem.suggestions ?? []);
    case 'unknown-track': return [headingOf(say('unknown-track.heading')), element('p', {}, say('unknown-track.text'))];
    default: return failureView(error, again);
  }
}

