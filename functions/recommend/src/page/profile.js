// Feature profiles: a song against the one it follows, in deviations from the catalogue's mean.

const FARTHEST_DEVIATIONS = 2.5;
const WIDTH = 132;
const HALF = 22;

function bounded(deviations) {
  return Math.max(-FARTHEST_DEVIATIONS, Math.min(FARTHEST_DEVIATIONS, deviations)) / FARTHEST_DEVIATIONS;
}

/** A column for each feature: the bar is the song, the line the one it follows. */
function profileOf(model, seed, track) {
  const [from, to] = [model.scaled(seed.features), model.scaled(track.features)];
  const column = WIDTH / to.length;
  const bar = Math.min(8, column * 0.55);
  const columns = to.flatMap((value, feature) => {
    const middle = (feature + 0.5) * column;
    const height = Math.abs(bounded(value)) * HALF;
    const line = HALF + 2 - bounded(from[feature]) * HALF;
    return [
      drawing('rect', { class: 'bar', x: middle - bar / 2, width: bar, y: HALF + 2 - (value > 0 ? height : 0), height: Math.max(height, 0.75), rx: 1 }),
      drawing('line', { class: 'followed', x1: middle - bar / 2 - 2, x2: middle + bar / 2 + 2, y1: line, y2: line }),
    ];
  });
  const mean = drawing('line', { class: 'mean', x1: 0, x2: WIDTH, y1: HALF + 2, y2: HALF + 2 });
  const view = `0 0 ${WIDTH} ${2 * HALF + 4}`;
  return drawing('svg', { class: 'profile', viewBox: view, width: WIDTH, height: 2 * HALF + 4, 'aria-hidden': 'true' }, mean, ...columns);
}

/** The same in words: where the two are nearest and where they are farthest from each other. */
function profileInWords(model, seed, track) {
  const [from, to] = [model.scaled(seed.features), model.scaled(track.features)];
  const order = to.map((_, feature) => feature);
  order.sort((a, b) => Math.abs(to[a] - from[a]) - Math.abs(to[b] - from[b]));
  const name = (feature) => featureName(model.features[feature].name);
  return say('profile.alike', { feature: name(order[0]), other: name(order[order.length - 1]) });
}

/** A row for each feature, with the figures in the catalogue's own units. */
function comparisonOf(model, seed, track) {
  const [from, to] = [model.scaled(seed.features), model.scaled(track.features)];
  const heading = (key) => element('th', { scope: 'col' }, say(key));
  const rows = model.features.map(({ name }, feature) => element('tr', {},
    element('th', { scope: 'row' }, featureName(name)),
    element('td', {}, VALUE.format(seed.features[name])),
    element('td', {}, VALUE.format(track.features[name])),
    element('td', { 'aria-hidden': 'true' }, scaleOf(from[feature], to[feature]))));
  const head = element('tr', {}, heading('profile.feature'), heading('profile.seed'), heading('profile.song'), element('td'));
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

