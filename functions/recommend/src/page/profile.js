// Feature profiles: a song against the one it follows, feature by feature.

const FARTHEST_DEVIATIONS = 2.5;

function bounded(deviations) {
  return Math.max(-FARTHEST_DEVIATIONS, Math.min(FARTHEST_DEVIATIONS, deviations)) / FARTHEST_DEVIATIONS;
}

/** Where the two are nearest and where they are farthest from each other, in words. */
function profileInWords(model, seed, track) {
  const [from, to] = [model.scaled(seed.features), model.scaled(track.features)];
  const order = to.map((_, feature) => feature);
  order.sort((a, b) => Math.abs(to[a] - from[a]) - Math.abs(to[b] - from[b]));
  const name = (feature) => featureName(model.features[feature].name);
  return say('profile.alike', { feature: name(order[0]), other: name(order[order.length - 1]) });
}

/** A row for each feature: its name, both values with their unit, and a bar. */
function comparisonOf(model, seed, track) {
  const [from, to] = [model.scaled(seed.features), model.scaled(track.features)];
  const heading = (key) => element('th', { scope: 'col' }, say(key));
  const rows = model.features.map(({ name }, feature) => element('tr', {},
    element('th', { scope: 'row' }, featureName(name)),
    element('td', {}, model.valueInWords(name, seed.features[name])),
    element('td', {}, model.valueInWords(name, track.features[name])),
    element('td', { 'aria-hidden': 'true' }, scaleOf(from[feature], to[feature]))));
  const ends = element('td', { 'aria-hidden': 'true' }, element('span', { class: 'ends' },
    element('span', {}, say('profile.less')), element('span', {}, say('profile.more'))));
  const head = element('tr', {}, heading('profile.feature'), heading('profile.seed'), heading('profile.song'), ends);
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
}

/** One feature on a line from far below the mean to far above it. */
function scaleOf(from, to) {
  const at = (value) => 60 + bounded(value) * 56;
  const width = Math.max(Math.abs(at(to) - 60), 0.75);
  return drawing('svg', { class: 'profile', viewBox: '0 0 120 14', width: 120, height: 14 },
    drawing('line', { class: 'mean', x1: 60, x2: 60, y1: 0, y2: 14 }),
    drawing('rect', { class: 'bar', x: Math.min(at(to), 60), y: 4, width, height: 6, rx: 1 }),
    drawing('line', { class: 'followed', x1: at(from), x2: at(from), y1: 1, y2: 13 }));
}

/** What opens to the figures: how alike the two are in words, and every feature. */
function compareView(model, seed, track) {
  const label = `${say('profile.compare')}: ${track.song}, ${profileInWords(model, seed, track)}`;
  const chevron = drawing('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, drawing('path', { d: 'M3 6l5 5l5-5' }));
  const details = element('details', {}, element('summary', { 'aria-label': label, title: say('profile.compare') }, chevron));
  details.addEventListener('toggle', () => {
    if (!details.open || details.querySelector('table')) return;
    const alike = Number.isFinite(track.similarity) ? `${similarityInWords(track)} ` : '';
    details.append(element('p', { class: 'hint' }, `${alike}${say('profile.sentence', { alike: profileInWords(model, seed, track) })}`),
      comparisonOf(model, seed, track), element('p', { class: 'hint' }, say('profile.key')));
  });
  return details;
}

