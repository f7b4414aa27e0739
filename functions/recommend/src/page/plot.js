// How the map is drawn: points, marks and the line of a path on a canvas.

const MARGIN = 14;
// A single track far out would leave the others little of the plane: beyond this share, tracks lie on its edge.
const CORE = 0.001;

/** The plane of a canvas: where points lie on it, and what is drawn there. */
class Plot {
  #canvas;
  #bounds = null;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** Takes the bounds from the points of a catalogue. */
  fit(points) {
    this.#bounds = [0, 1].map((axis) => coreOf(points.map((point) => point[axis])));
  }

  /** Where on the canvas a point lies. */
  place([x, y]) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const along = (value, [low, high], size) =>
      MARGIN + Math.max(0, Math.min(1, (value - low) / (high - low))) * (size - 2 * MARGIN);
    return [along(x, this.#bounds[0], width), height - along(y, this.#bounds[1], height)];
  }

  /** Draws all of it. `only` is the cluster whose points stand out, or null; `pointed` is a mark or point that does. */
  draw({ points, marks, line, only, pointed }) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!this.#bounds || !width || !height) return;
    const dots = Math.max(1, devicePixelRatio);
    this.#canvas.width = Math.round(width * dots);
    this.#canvas.height = Math.round(height * dots);
    const context = this.#canvas.getContext('2d');
    context.scale(dots, dots);
    const style = getComputedStyle(this.#canvas);
    this.#drawPoints(context, style, points, marks.length ? 0.38 : 0.62, only);
    this.#drawMarks(context, style, marks, line, pointed);
  }

  #drawPoints(context, style, points, faint, only) {
    const colours = Array.from({ length: COLOURS }, (_, colour) => style.getPropertyValue(`--colour-${colour}`));
    const shapes = SHAPES.map((shape) => new Path2D(shape));
    // The sample goes by cluster: drawn in that order, the last cluster would lie on top of all others.
    for (let index = 0; index < points.length; index += 1) {
      const [x, y, cluster] = points[(index * 7919) % points.length];
      const shown = only === null || only === cluster;
      context.globalAlpha = shown ? faint : 0.06;
      context.fillStyle = colours[colourOf(cluster)];
      const [left, top] = this.place([x, y]);
      context.save();
      context.translate(left, top);
      context.scale(0.42, 0.42);
      context.translate(-8, -8);
      context.fill(shapes[Math.floor(cluster / COLOURS) % shapes.length]);
      context.restore();
    }
    context.globalAlpha = 1;
  }

  #drawMarks(context, style, marks, line, pointed) {
    const [ink, paper, accent] = ['--ink', '--surface', '--accent'].map((name) => style.getPropertyValue(name));
    const circle = ({ point }, radius, fill, edge) => {
      context.beginPath();
      context.arc(...this.place(point), radius, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = edge;
      context.stroke();
    };
    const seeds = marks.filter(({ isSeed }) => isSeed);
    const results = marks.filter(({ isSeed }) => !isSeed);
    if (line) this.#drawLine(context, [seeds[0], ...results, seeds[1]], ink);
    for (const result of results) circle(result, 5.5, accent, paper);
    for (const seed of seeds) {
      circle(seed, 8, paper, ink);
      circle(seed, 3.5, ink, ink);
    }
    if (pointed && !pointed.isSeed) circle(pointed, pointed.isPoint ? 6 : 8.5, pointed.isPoint ? paper : accent, ink);
  }

  #drawLine(context, marks, colour) {
    context.beginPath();
    for (const { point } of marks) context.lineTo(...this.place(point));
    context.lineWidth = 2;
    context.lineJoin = 'round';
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** From the lowest value to the highest, without the few that lie farthest out. */
function coreOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(CORE), at(1 - CORE)];
  return high > low ? [low, high] : [low - 1, low + 1];
}

