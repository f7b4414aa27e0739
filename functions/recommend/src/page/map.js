// The map: an even sample of the catalogue on a plane, with the songs to follow and what follows them, or a path.

const MARGIN = 14;
const NEAR = 14;
// A single track far out would leave the others little of the plane: beyond this share, tracks lie on its edge.
const CORE = 0.001;

/** `go` is called with a track whose mark is chosen. */
class CatalogueMap {
  #aside;
  #canvas;
  #tip;
  #go;
  #model = null;
  #points = [];
  #bounds = null;
  /** Those of the songs to follow come first. */
  #marks = [];
  #line = false;
  #only = null;
  #pointed = null;

  constructor(aside, go) {
    this.#aside = aside;
    this.#canvas = aside.querySelector('canvas');
    this.#tip = aside.querySelector('.tip');
    this.#go = go;
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    this.#canvas.addEventListener('pointermove', (event) => this.#explain(event));
    this.#canvas.addEventListener('pointerdown', (event) => this.#explain(event));
    this.#canvas.addEventListener('pointerleave', () => this.#pointTo(null));
    this.#canvas.addEventListener('click', (event) => this.#chosen(event));
  }

  /** Shows another catalogue. */
  open(model, points) {
    this.#model = model;
    this.#points = points;
    this.#bounds = [0, 1].map((axis) => coreOf(points.map((point) => point[axis])));
    this.#only = null;
    this.#aside.hidden = false;
    this.#aside.querySelector('.legend').replaceChildren(...model.clusters.map((cluster) => this.#entry(cluster)));
    const axes = [['map.right', 0], ['map.up', 1]].map(([key, axis]) => [key, model.strongest(axis).map(featureName)]);
    const said = axes.filter(([, names]) => names.length).map(([key, names]) => say(key, { features: both(names) }));
    this.#aside.querySelector('.axes').textContent = said.join('; ');
    this.mark([], [], false);
  }

  /** Marks the songs to follow and what follows them; with `line`, a path from the first to the last. */
  mark(followed, results, line) {
    const markOf = (isSeed) => (track) => ({ track, isSeed, point: this.#model.point(track.features) });
    this.#marks = this.#model ? [...followed.map(markOf(true)), ...results.map(markOf(false))] : [];
    this.#line = line;
    this.#aside.querySelector('.marks').hidden = followed.length === 0;
    if (this.#model) this.#canvas.setAttribute('aria-label', this.#label());
    this.#pointTo(null);
  }

  /** Makes the mark of one track stand out; null for none. */
  point(id) {
    this.#pointTo(this.#marks.find(({ track }) => track.id === id) ?? null, false);
  }

  #label() {
    const counts = { points: WHOLE.format(this.#points.length), tracks: WHOLE.format(this.#model.tracks) };
    const results = this.#marks.filter(({ isSeed }) => !isSeed).length;
    const answer = this.#marks.length ? say(this.#line ? 'map.label.path' : 'map.label.answer', { count: results }) : '';
    return `${say('map.label', counts)} ${answer}`.trim();
  }

  /** A cluster in the legend: pressed, the map shows only its tracks. */
  #entry(cluster) {
    const label = say('map.show', { cluster: clusterName(cluster.name) });
    const button = element('button', { type: 'button', 'aria-pressed': 'false', title: label },
      markOf(cluster.id), foreign('span', 'name', clusterName(cluster.name)), element('span', { class: 'size' }, WHOLE.format(cluster.size)));
    button.addEventListener('click', () => {
      this.#only = this.#only === cluster.id ? null : cluster.id;
      for (const other of this.#aside.querySelectorAll('.legend button')) other.setAttribute('aria-pressed', 'false');
      button.setAttribute('aria-pressed', String(this.#only === cluster.id));
      this.#draw();
    });
    return element('li', {}, button);
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!this.#bounds || !width || !height) return;
    const dots = Math.max(1, devicePixelRatio);
    this.#canvas.width = Math.round(width * dots);
    this.#canvas.height = Math.round(height * dots);
    const context = this.#canvas.getContext('2d');
    context.scale(dots, dots);
    const style = getComputedStyle(this.#canvas);
    const colours = Array.from({ length: COLOURS }, (_, colour) => style.getPropertyValue(`--colour-${colour}`));
    this.#drawPoints(context, colours);
    this.#drawMarks(context, style);
  }

  #drawPoints(context, colours) {
    const shapes = SHAPES.map((shape) => new Path2D(shape));
    const faint = this.#marks.length ? 0.38 : 0.62;
    // The sample goes by cluster: drawn in that order, the last cluster would lie on top of all others.
    for (let index = 0; index < this.#points.length; index += 1) {
      const [x, y, cluster] = this.#points[(index * 7919) % this.#points.length];
      const shown = this.#only === null || this.#only === cluster;
      context.globalAlpha = shown ? faint : 0.06;
      context.fillStyle = colours[colourOf(cluster)];
      const [left, top] = this.#place([x, y]);
      context.save();
      context.translate(left, top);
      context.scale(0.42, 0.42);
      context.translate(-8, -8);
      context.fill(shapes[Math.floor(cluster / COLOURS) % shapes.length]);
      context.restore();
    }
    context.globalAlpha = 1;
  }

  #drawMarks(context, style) {
    const [ink, paper, accent] = ['--ink', '--surface', '--accent'].map((name) => style.getPropertyValue(name));
    const circle = ({ point }, radius, fill, edge) => {
      context.beginPath();
      context.arc(...this.#place(point), radius, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = edge;
      context.stroke();
    };
    const seeds = this.#marks.filter(({ isSeed }) => isSeed);
    const results = this.#marks.filter(({ isSeed }) => !isSeed);
    if (this.#line) this.#drawLine(context, [seeds[0], ...results, seeds[1]], ink);
    for (const result of results) circle(result, 5.5, accent, paper);
    for (const seed of seeds) {
      circle(seed, 8, paper, ink);
      circle(seed, 3.5, ink, ink);
    }
    if (this.#pointed && !this.#pointed.isSeed) circle(this.#pointed, 8.5, accent, ink);
  }

  #drawLine(context, marks, colour) {
    context.beginPath();
    for (const { point } of marks) context.lineTo(...this.#place(point));
    context.lineWidth = 2;
    context.lineJoin = 'round';
    context.strokeStyle = colour;
    context.stroke();
  }

  /** Where on the canvas a point lies. */
  #place([x, y]) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const along = (value, [low, high], size) =>
      MARGIN + Math.max(0, Math.min(1, (value - low) / (high - low))) * (size - 2 * MARGIN);
    return [along(x, this.#bounds[0], width), height - along(y, this.#bounds[1], height)];
  }

  #explain({ offsetX, offsetY }) {
    this.#pointTo(this.#markAt(offsetX, offsetY));
    if (this.#pointed) return;
    const near = this.#nearest(this.#points, (point) => point, offsetX, offsetY);
    if (near) this.#tell(clusterName(this.#model.clusters[near[2]].name), [near[0], near[1]]);
  }

  #chosen({ offsetX, offsetY }) {
    const mark = this.#markAt(offsetX, offsetY);
    if (mark && (!mark.isSeed || this.#marks[1]?.isSeed)) this.#go(mark.track);
  }

  #markAt(x, y) {
    return this.#nearest(this.#marks, ({ point }) => point, x, y);
  }

  #nearest(items, pointOf, x, y) {
    let [best, nearest] = [null, NEAR * NEAR];
    for (const item of items) {
      const [left, top] = this.#place(pointOf(item));
      const distance = (left - x) ** 2 + (top - y) ** 2;
      if (distance < nearest) [best, nearest] = [item, distance];
    }
    return best;
  }

  #pointTo(mark, tell = true) {
    this.#pointed = mark;
    this.#tip.hidden = true;
    this.#canvas.classList.toggle('choosable', tell && mark !== null && (!mark.isSeed || this.#marks[1]?.isSeed));
    if (mark && tell) this.#tell(`${mark.track.song} – ${mark.track.artist}`, mark.point);
    this.#draw();
  }

  #tell(text, point) {
    const [left, top] = this.#place(point);
    this.#tip.textContent = text;
    this.#tip.hidden = false;
    const room = this.#canvas.clientWidth - this.#tip.offsetWidth;
    this.#tip.style.left = `${Math.max(0, Math.min(room, left - this.#tip.offsetWidth / 2))}px`;
    this.#tip.style.top = `${top < 60 ? top + 16 : top - this.#tip.offsetHeight - 14}px`;
  }
}

/** From the lowest value to the highest, without the few that lie farthest out. */
function coreOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(CORE), at(1 - CORE)];
  return high > low ? [low, high] : [low - 1, low + 1];
}

function both([one, other]) {
  return other === undefined ? one : say('and', { one, other });
}

