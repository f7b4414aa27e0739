// What an answer looks like: results, a choice, or what went wrong.

/** The heading of the answer, which takes the focus when the answer is new. */
function headingOf(...children) {
  return element('h1', { id: 'answer-heading', tabindex: '-1' }, ...children);
}

/** Songs that follow a song. */
function resultsView(model, { seeds: [seed], tracks }, place) {
  const heading = headingOf(element('span', { class: 'kicker' }, say('seed.heading')), ' ', foreign('span', 'song', seed.song));
  const about = element('p', { class: 'about' }, foreign('span', 'artist', seed.artist), ' ', badgeOf(seed.cluster));
  if (tracks.length === 0) {
    const wider = linkTo({ ...place, sameCluster: false }, { class: 'button' }, say('results.widen'));
    return [heading, about, element('p', {}, say('results.none')), place.sameCluster ? wider : null];
  }
  const items = tracks.map((track, index) => resultOf(model, seed, track, index + 1, place.sameCluster));
  const list = element('ol', { class: 'results', 'aria-labelledby': 'answer-heading' }, ...items);
  return [heading, about, element('p', { class: 'hint' }, say('profile.key')), list];
}

function resultOf(model, seed, track, rank, sameCluster) {
  const link = linkTo({ track: track.id, sameCluster }, { class: 'song', dir: 'auto' }, track.song);
  const about = element('p', { class: 'about' }, foreign('span', 'artist', track.artist), ' ', badgeOf(track.cluster));
  const similarity = element('p', { class: 'similarity' },
    element('span', { class: 'label' }, say('similarity')), ' ', element('span', { class: 'figure' }, RATIO.format(track.similarity)));
  const item = element('li', { 'data-track': track.id },
    element('span', { class: 'rank', 'aria-hidden': 'true' }, String(rank)),
    element('div', { class: 'words' }, link, about), similarity, compareOf(model, seed, track));
  return item;
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
function startView(clusters, sameCluster) {
  const cards = clusters.map((cluster) => element('li', {},
    element('h2', {}, badgeOf(cluster)),
    element('p', { class: 'hint' }, [sayCount('start.tracks', cluster.size), ...cluster.genres.slice(0, 3)].join(' · ')),
    element('ul', {}, ...cluster.central_tracks.map((track) => element('li', {},
      linkTo({ track: track.id, sameCluster }, { class: 'song', dir: 'auto' }, track.song), ' ',
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
  const choices = suggestions.map((song) => linkTo({ song, sameCluster: place.sameCluster }, { class: 'button', dir: 'auto' }, song));
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

