// How alike a song is, against what is usual in this catalogue: a cosine of 0.96 may be a twin or quite ordinary.

/** From which percentile on a song is called what. Half of all tenth songs are below 50. */
const LEVELS = [[97, 'twin'], [75, 'close'], [30, 'usual'], [5, 'loose'], [0, 'far']];

function levelOf(percentile) {
  return LEVELS.find(([from]) => percentile >= from)[1];
}

/** A bar from far to twin with a mark at what is usual, and the word for it. A path's steps have no percentile: the cosine itself is shown. */
function similarityView({ similarity, similarity_percentile: percentile }) {
  if (!Number.isFinite(similarity)) return null;
  const label = element('span', { class: 'away' }, say('similarity'), ' ');
  if (!Number.isFinite(percentile)) return element('p', { class: 'similarity' }, label, element('span', { class: 'figure' }, VALUE.format(similarity)));
  const bar = drawing('svg', { class: 'gauge', viewBox: '0 0 96 10', width: 96, height: 10, 'aria-hidden': 'true' },
    drawing('rect', { class: 'whole', x: 0, y: 2, width: 96, height: 6, rx: 3 }),
    drawing('rect', { class: 'bar', x: 0, y: 2, width: Math.max(3, 0.96 * percentile), height: 6, rx: 3 }),
    drawing('line', { class: 'mean', x1: 48, x2: 48, y1: 0, y2: 10 }));
  return element('p', { class: 'similarity', title: similarityInWords({ similarity, similarity_percentile: percentile }) },
    label, bar, element('span', { class: 'figure' }, say(`level.${levelOf(percentile)}`)));
}

/** The same in a sentence. */
function similarityInWords({ similarity, similarity_percentile: percentile }) {
  const cosine = VALUE.format(similarity);
  return Number.isFinite(percentile) ? say('similarity.percentile', { cosine, percentile: PERCENT.format(percentile / 100) }) : say('similarity.cosine', { cosine });
}

