// What is asked back, and what went wrong.

/** The artists of a title that several share. */
function artistsView(place, artists, textKey) {
  const choices = artists.map((artist) => linkTo({ ...place, artist }, { class: 'button', dir: 'auto' }, artistInWords({ artist })));
  return choiceView(headingOf(say('artists.heading', place)), say(textKey, place), choices);
}

/** Artists that may have been meant. */
function unknownArtistView(place, suggestions) {
  const choices = suggestions.map((artist) => linkTo(placeWith(place, { artists: [artist] }), { class: 'button', dir: 'auto' }, artist));
  const text = say(choices.length ? 'unknown.text' : 'unknown.nothing');
  return choiceView(headingOf(say('unknown-artist.heading', { artist: place.artists.join(', ') })), text, choices);
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

/** What the function does not take, mostly a filter. */
function refusedView(error, place) {
  const clear = Object.keys(place.filters).length ? linkTo({ ...place, filters: {} }, { class: 'button' }, say('filters.clear')) : null;
  // What the function says is English.
  const text = LANGUAGE === 'en' || !clear ? error.message : say('results.filtered');
  return [headingOf(say('error.heading')), element('p', { class: 'notice' }, text), clear];
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
    case 'unknown-artist':
      if (place.artists.length) return unknownArtistView(place, error.problem.suggestions ?? []);
      return artistsView(place, error.problem.artists ?? [], 'artists.other');
    case 'unknown-song': return unknownView(place, error.problem.suggestions ?? []);
    case 'unknown-track': return [headingOf(say('unknown-track.heading')), element('p', {}, say('unknown-track.text'))];
    case 'bad-parameter':
    case 'unknown-genre': return refusedView(error, place);
    default: return failureView(error, again);
  }
}

