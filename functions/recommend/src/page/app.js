// The page: the address says what to show, an answer is fetched and shown, and links lead on.

const LIMIT = 10;
/** How many songs "show more" adds. */
const MORE = 20;

const form = document.getElementById('search');
const input = document.getElementById('song');
const sameCluster = document.getElementById('same-cluster');
const balanced = document.getElementById('balanced');
const switches = document.getElementById('switches');
const filterBox = document.getElementById('filters');
const answer = document.getElementById('answer');
const status = document.getElementById('status');

let request = new AbortController();
let model = null;

translatePage();
const progress = new Progress(answer, document.getElementById('progress'), announce);
const seeds = new Seeds(document.getElementById('seeds'), { search: () => input.focus(), announce });
const combobox = new Combobox(input, document.getElementById('suggestions'), { choose, announce });
const filters = new Filters(filterBox, { change: (chosen) => go({ ...here(), filters: chosen }, { focus: false }), genres });
const map = new CatalogueMap(document.getElementById('map'), {
  go: (track) => go(placeWith(here(), { tracks: [track.id] })),
  names: (version, limit) => ask('v1/map', { limit, tracks: true }).then((found) => (found.model.version === version ? found.tracks : null)),
  announce,
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  combobox.dismiss();
  const text = input.value.trim();
  if (text) find(text);
  else input.focus();
});
for (const control of [sameCluster, balanced]) control.addEventListener('change', () => go(here(), { focus: false }));
addEventListener('popstate', () => show(placeAt(location.search), { focus: false }));
document.addEventListener('click', follow);
for (const [event, target] of [['pointerover', true], ['focusin', true], ['pointerout', false], ['focusout', false]]) {
  answer.addEventListener(event, ({ target: at }) => map.point(target ? at.closest('[data-track]')?.dataset.track : null));
}
show(placeAt(location.search), { focus: false });

/** The place that the address names, with the switches as they stand. */
function here() {
  return { ...placeAt(location.search), sameCluster: sameCluster.checked, soundOnly: !balanced.checked };
}

/** Takes a track or an artist from the search box: as one more of those to follow where one is asked for, otherwise alone. */
function choose({ track, artist }, options) {
  const chosen = track ?? { artist };
  go(placeOfSeeds(here(), seeds.adding ? [...seeds.list, chosen] : [chosen]), options);
}

/** Goes to what was typed: an artist, a song, or the best hit of a search for it. */
async function find(text, options) {
  const { signal } = renew();
  const awaiting = say('loading.song', { song: text });
  progress.begin(awaiting);
  const waiting = (attempt, attempts) => progress.explain(awaiting, say('waiting', { attempt, attempts }));
  let meaning;
  try {
    meaning = await meaningOf(text, { signal, waiting });
  } catch (error) {
    return fail(error, here(), signal, () => find(text, options));
  }
  if (signal.aborted) return;
  progress.end();
  const { song, track, artist } = meaning;
  if (artist !== undefined) choose({ artist }, options);
  else if (song === undefined || (seeds.adding && track)) choose({ track }, options);
  else go(placeWith(here(), { song }), options);
}

/** The genres of the catalogue, for the filter. */
function genres() {
  return ask('v1/genres').then((found) => found.genres.map(({ genre }) => genre), () => []);
}

/** Says a thing to a screen reader. */
function announce(text) {
  status.textContent = text;
}

/** Follows a link within the page. One that is to open elsewhere is the browser's. */
function follow(event) {
  const link = event.target.closest('a[data-go]');
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(placeAt(link.search));
}

/** Goes to a place, and remembers the one that is left, unless it only named this one otherwise. */
function go(place, { replace = false, ...options } = {}) {
  if (replace) history.replaceState(null, '', addressOf(place));
  else if (addressOf(place) !== addressOf(placeAt(location.search))) history.pushState(null, '', addressOf(place));
  show(place, options);
}

/** Gives up what was being fetched for another place. */
function renew() {
  request.abort();
  request = new AbortController();
  return request;
}

/** Shows a place. What was being fetched for another one is no longer wanted. */
async function show(place, { focus = true } = {}) {
  sameCluster.checked = place.sameCluster;
  balanced.checked = !place.soundOnly;
  for (const box of [switches, filterBox]) box.hidden = place.path !== null;
  if (place.song ?? place.query) input.value = place.song ?? place.query;
  if (place.query) return find(place.query, { replace: true, focus });
  const { signal } = renew();
  progress.begin(awaited(place));
  try {
    const view = await viewOf(place, signal);
    if (!signal.aborted) present(view, focus);
  } catch (error) {
    fail(error, place, signal, () => show(place), focus);
  }
}

/** Shows what went wrong, or what is asked back. */
function fail(error, place, signal, again, focus = true) {
  if (signal.aborted) return;
  if (!(error instanceof Failure)) console.error(error);
  const children = viewOfFailure(error, place, again);
  present({ children, said: children[0].textContent }, focus);
  fill({ text: place.song ?? input.value, title: say('title'), place });
  // Where there is an answer there is a model; the map is there while a choice is made.
  if (error.problem?.type && error.kind !== 'unauthorized') prepare(null, signal).catch(() => {});
}

function viewOf(place, signal) {
  if (place.path) return path(place, signal);
  return isNowhere(place) ? start(place, signal) : recommend(place, signal);
}

/** What a place waits for, as far as its address says it. */
function awaited(place) {
  if (place.song) return say('loading.song', { song: place.song });
  if (place.artists.length) return say('loading.song', { song: place.artists.join(', ') });
  if (place.path) return say('loading.path');
  return say(isNowhere(place) ? 'loading.start' : 'loading.link');
}

/** Tells of each attempt to reach a model that is still being loaded. */
function waitingFor(place) {
  return (attempt, attempts) => progress.explain(awaited(place), say('waiting', { attempt, attempts }));
}

function present({ children, said }, focus) {
  // Whoever stood on what is replaced would otherwise stand nowhere.
  const lost = answer.contains(document.activeElement);
  progress.end();
  answer.replaceChildren(...children.filter((child) => child !== null));
  announce(said);
  if (focus || lost) document.getElementById('answer-heading').focus();
}

/** What stands around the answer: the search box, the title, what is followed, the filters, and the marks of the map. */
function fill({ text, title, place, followed = [], results = [], line = false }) {
  input.value = text;
  document.title = title;
  seeds.show(place, followed);
  filters.show(place.filters, model, [...followed, ...results]);
  map.mark(followed, results, line);
}

async function recommend(place, signal) {
  const parameters = { ...parametersOf(place), limit: LIMIT, explain: true };
  const found = await ask('v1/recommendations', parameters, { signal, waiting: waitingFor(place) });
  await prepare(found.model.version, signal);
  return signal.aborted ? null : recommended(place, found);
}

/** The view of an answer, and what stands around it. */
function recommended(place, found) {
  const { seeds: followed, tracks, next } = found;
  const text = followed.length === 1 ? titleOf(followed[0]) : '';
  fill({ text, title: say('title.song', { song: seedsInWords(followed) }), place, followed, results: tracks });
  const more = next === undefined ? null : () => showMore(place, found);
  const said = sayCount('results.count', tracks.length, { song: seedsInWords(followed) });
  return { children: resultsView(model, found, place, { more, announce }), said };
}

/** Shows further songs below those that are there, and leads the focus to the first of them. */
async function showMore(place, found) {
  const { signal } = renew();
  progress.begin(say('loading.more'));
  try {
    const parameters = { ...parametersOf(place), limit: MORE, explain: true, cursor: found.next };
    const { tracks, next } = await ask('v1/recommendations', parameters, { signal });
    if (signal.aborted) return;
    present(recommended(place, { ...found, tracks: [...found.tracks, ...tracks], next }), false);
    answer.querySelectorAll('.results > li')[found.tracks.length]?.querySelector('.song').focus();
  } catch (error) {
    if (signal.aborted) return;
    // What was to be continued is of a model that has been replaced since.
    if (error.kind === 'bad-parameter') return show(place);
    progress.end();
    announce(say('error.heading'));
    const button = answer.querySelector('.more');
    button.disabled = false;
    button.textContent = say('error.again');
  }
}

async function path(place, signal) {
  const found = await ask('v1/path', { ...parametersOf(place), length: LIMIT }, { signal, waiting: waitingFor(place) });
  await prepare(found.model.version, signal);
  const { tracks } = found;
  const ends = [tracks[0], tracks.at(-1)];
  if (!signal.aborted) {
    const title = say('title.song', { song: `${ends[0].song} → ${ends[1].song}` });
    fill({ text: '', title, place, followed: ends, results: tracks.slice(1, -1), line: true });
  }
  const said = say('path.said', { count: WHOLE.format(tracks.length), from: ends[0].song, to: ends[1].song });
  return { children: pathView(model, tracks, place, { announce }), said };
}

async function start(place, signal) {
  const found = await ask('v1/clusters', {}, { signal, waiting: waitingFor(place) });
  await prepare(found.model.version, signal);
  const examples = found.clusters.flatMap((cluster) => cluster.examples);
  if (!signal.aborted) fill({ text: '', title: say('title'), place, results: examples });
  return { children: startView(found.clusters, place), said: '' };
}

/** Fetches the model that an answer is of, and its map: a new one may have been published since the last answer. Any
 * model will do for `null`. */
async function prepare(version, signal) {
  if (model && (version === null || model.version === version)) return;
  const [about, drawn] = await Promise.all([ask('v1/model', {}, { signal }), ask('v1/map', {}, { signal })]);
  if (signal.aborted) return;
  model = new Model(about);
  document.getElementById('catalogue').textContent = say('catalogue', { tracks: WHOLE.format(model.tracks) });
  map.open(model, drawn.points);
}
