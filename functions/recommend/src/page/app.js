// The page: the address says what to show, an answer is fetched and shown, and links lead on.

const LIMIT = 10;
const PATIENCE_MILLISECONDS = 200;

const form = document.getElementById('search');
const input = document.getElementById('song');
const sameCluster = document.getElementById('same-cluster');
const balanced = document.getElementById('balanced');
const switches = document.getElementById('switches');
const answer = document.getElementById('answer');
const progress = document.getElementById('progress');
const status = document.getElementById('status');

let request = new AbortController();
let model = null;

translatePage();
const seeds = new Seeds(document.getElementById('seeds'), { search: () => input.focus(), announce });
const combobox = new Combobox(input, document.getElementById('suggestions'), { choose, announce });
const map = new CatalogueMap(document.getElementById('map'), (track) => go(placeWith(here(), { tracks: [track.id] })));

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

/** Takes a track from the search box: as one more of the songs to follow where one is asked for, otherwise alone. */
function choose(track) {
  const tracks = seeds.adding ? [...new Set([...seeds.tracks.map(({ id }) => id), track.id])] : [track.id];
  go(placeWith(here(), { tracks: tracks.slice(0, MOST_SEEDS) }));
}

/** Goes to what was typed: the song of that title, or the best hit of a search for it. */
async function find(text) {
  const same = (title) => title.localeCompare(text, undefined, { sensitivity: 'base' }) === 0;
  const hits = await ask('v1/tracks', { q: text, limit: 1 }).then(({ tracks }) => tracks, () => []);
  if (hits.length && (seeds.adding || !same(hits[0].song))) choose(hits[0]);
  else go(placeWith(here(), { song: text }));
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

/** Goes to a place, and remembers the one that is left. */
function go(place, options) {
  if (addressOf(place) !== addressOf(placeAt(location.search))) history.pushState(null, '', addressOf(place));
  show(place, options);
}

/** Shows a place. What was being fetched for another one is no longer wanted. */
async function show(place, { focus = true } = {}) {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  sameCluster.checked = place.sameCluster;
  balanced.checked = !place.soundOnly;
  switches.hidden = place.path !== null;
  const patience = begin();
  try {
    const view = await viewOf(place, signal);
    if (!signal.aborted) present(view, focus);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Failure)) console.error(error);
    const children = viewOfFailure(error, place, () => show(place));
    present({ children, said: children[0].textContent }, focus);
    fill({ text: place.song ?? input.value, title: say('title') });
    // Where there is an answer there is a model; the map is there while a choice is made.
    if (error.problem?.type && error.kind !== 'unauthorized') prepare(null, signal).catch(() => {});
  } finally {
    clearTimeout(patience);
    if (!signal.aborted) answer.removeAttribute('aria-busy');
  }
}

function viewOf(place, signal) {
  if (place.path) return path(place, signal);
  return isNowhere(place) ? start(place, signal) : recommend(place, signal);
}

/** Says that something is under way, once that has taken long enough to be noticed. */
function begin() {
  answer.setAttribute('aria-busy', 'true');
  return setTimeout(() => {
    progress.hidden = false;
    announce(say('loading'));
  }, PATIENCE_MILLISECONDS);
}

function waiting(attempt, attempts) {
  const text = say('waiting', { attempt, attempts });
  progress.hidden = false;
  announce(text);
  answer.replaceChildren(headingOf(say('loading')), element('p', { class: 'notice' }, text));
}

function present({ children, said }, focus) {
  // Whoever stood on what is replaced would otherwise stand nowhere.
  const lost = answer.contains(document.activeElement);
  progress.hidden = true;
  answer.replaceChildren(...children.filter((child) => child !== null));
  announce(said);
  if (focus || lost) document.getElementById('answer-heading').focus();
}

/** What stands around the answer: the search box, the title, the songs to follow, and the marks of the map. */
function fill({ text, title, place = null, followed = [], results = [], line = false }) {
  input.value = text;
  document.title = title;
  seeds.show(place, followed);
  map.mark(followed, results, line);
}

async function recommend(place, signal) {
  const parameters = { ...parametersOf(place), limit: LIMIT };
  const found = await ask('v1/recommendations', parameters, { signal, waiting });
  await prepare(found.model.version, signal);
  const followed = found.seeds;
  if (!signal.aborted) {
    const text = followed.length === 1 ? followed[0].song : '';
    fill({ text, title: say('title.song', { song: songsInWords(followed) }), place, followed, results: found.tracks });
  }
  const said = sayCount('results.count', found.tracks.length, { song: songsInWords(followed) });
  return { children: resultsView(model, found, place), said };
}

async function path(place, signal) {
  const found = await ask('v1/path', { ...parametersOf(place), length: LIMIT }, { signal, waiting });
  await prepare(found.model.version, signal);
  const { tracks } = found;
  const ends = [tracks[0], tracks.at(-1)];
  if (!signal.aborted) {
    const title = say('title.song', { song: `${ends[0].song} → ${ends[1].song}` });
    fill({ text: '', title, place, followed: ends, results: tracks.slice(1, -1), line: true });
  }
  return { children: pathView(model, tracks, place), said: say('path.said', { count: WHOLE.format(tracks.length), from: ends[0].song, to: ends[1].song }) };
}

async function start(place, signal) {
  const found = await ask('v1/clusters', {}, { signal, waiting });
  await prepare(found.model.version, signal);
  if (!signal.aborted) fill({ text: '', title: say('title') });
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
