// The model: what its features mean and where its tracks lie.

/** `answer` is that of /v1/model. */
class Model {
  /** What shares are out of. */
  #whole;

  constructor(answer) {
    this.version = answer.version;
    this.tracks = answer.tracks;
    this.features = answer.features;
    this.clusters = answer.clusters;
    this.projection = answer.projection;
    this.#whole = wholeOf(answer.features);
  }

  /** A feature's value with its unit. */
  valueInWords(name, value) {
    return valueInWords(name, value, this.#whole);
  }

  /** A track's features in deviations from the catalogue's mean, in the model's order. */
  scaled(features) {
    return this.features.map(({ name, mean, deviation }) =>
      deviation > 0 && Number.isFinite(features[name]) ? (features[name] - mean) / deviation : 0);
  }

  /** A track's place on the map. */
  point(features) {
    const scaled = this.scaled(features);
    return this.projection.map((axis) => axis.reduce(
      (sum, share, feature) => sum + share * this.features[feature].weight * scaled[feature], 0));
  }

  /** The features that an axis of the map has most of, the strongest first. */
  strongest(axis) {
    const weights = this.projection[axis];
    const order = weights.map((_, feature) => feature).filter((feature) => weights[feature] > 0.25);
    return order.sort((a, b) => weights[b] - weights[a]).slice(0, 2).map((feature) => this.features[feature].name);
  }
}

const COLOURS = 8;
// Circle, square, triangle, diamond: what tells clusters apart where there are more of them than colours.
const SHAPES = ['M13 8a5 5 0 1 1-10 0a5 5 0 0 1 10 0z', 'M3.5 3.5h9v9h-9z', 'M8 2.5l5.5 10h-11z', 'M8 2l6 6l-6 6l-6-6z'];

function colourOf(cluster) {
  return cluster % COLOURS;
}

function shapeOf(cluster) {
  return SHAPES[Math.floor(cluster / COLOURS) % SHAPES.length];
}

/** A cluster's mark: its colour and shape, as on the map. */
function markOf(cluster) {
  const path = drawing('path', { d: shapeOf(cluster) });
  return drawing('svg', { class: `mark colour-${colourOf(cluster)}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, path);
}

/** A cluster's mark and name. */
function badgeOf(cluster) {
  return element('span', { class: 'badge' }, markOf(cluster.id), foreign('span', 'name', clusterName(cluster.name)));
}
