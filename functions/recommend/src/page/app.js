// The page: the address says what to show, an answer is fetched and shown, and links lead on.

const LIMIT = 10;
const PATIENCE_MILLISECONDS = 200;

const form = document.getElementById('search');
const input = document.getElementById('song');
const sameCluster = document.getElementById('same-cluster');
const answer = document.getElementById('answer');
const progress = document.getElementById('progress');
const status = document.getElementById('status');

let request = new AbortController();
let model = null;

translatePage();
const combobox = new Combobox(input, document.getElementById('suggestions'), {
  choose: (track) => go({ track: track.id, sameCluster: sameCluster.checked }),
  announce,
});
const map = new CatalogueMap(document.getElementById('map'), (track) => go({ track: track.id, sameCluster: sameCluster.checked }));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  combobox.dismiss();
  const song = input.value.trim();
  if (song) go({ song, sameCluster: sameCluster.checked });
  else input.focus();
});
sameCluster.addEventListener('change', () => go({ ...placeAt(location.search), sameCluster: sameCluster.checked }, { focus: false }));
addEventListener('popstate', () => show(placeAt(location.search), { focus: false }));
document.addEventListener('click', follow);
for (const [event, target] of [['pointerover', true], ['focusin', true], ['pointerout', false], ['focusout', false]]) {
  answer.addEventListener(event, ({ target: at }) => map.point(target ? at.closest('[data-track]')?.dataset.track : null));
}
show(placeAt(location.search), { focus: false });

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
  const patience = begin();
  try {
    const view = isNowhere(place) ? await start(place, signal) : await recommend(place, signal);
    if (!signal.aborted) present(view, focus);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Failure)) console.error(error);
    const children = viewOfFailure(error, place, () => show(place));
    present({ children, said: children[0].textContent }, focus);
    fill(place.song ?? input.value, say('title'), []);
    // Where there is an answer there is a model; the map is there while a choice is made.
    if (error.problem?.type && error.kind !== 'unauthorized') prepare(null, signal).catch(() => {});
  } finally {
    clearTimeout(patience);
    if (!signal.aborted) answer.removeAttribute('aria-busy');
  }
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

/** What stands around the answer. */
function fill(text, title, marked) {
  input.value = text;
  document.title = title;
  map.mark(marked);
}

async function recommend(place, signal) {
  const parameters = { ...parametersOf(place), limit: LIMIT };
  const found = await ask('v1/recommendations', parameters, { signal, waiting });
  await prepare(found.model.version, signal);
  const [seed] = found.seeds;
  if (!signal.aborted) {
    fill(seed.song, say('title.song', seed), [seed, ...found.tracks]);
  }
  return { children: resultsView(model, found, place), said: sayCount('results.count', found.tracks.length, seed) };
}

async function start(place, signal) {
  const found = await ask('v1/clusters', {}, { signal, waiting });
  await prepare(found.model.version, signal);
  if (!signal.aborted) {
    fill('', say('title'), []);
  }
  return { children: startView(found.clusters, place.sameCluster), said: '' };
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
