// The map: an even sample of the catalogue on a plane, with what is followed and what follows it, or a path. Each point is a song.

const NEAR = 14;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `go` is called with the track of a mark or point that is chosen, `names` fetches the tracks of the points when they are first
 * wanted, and `announce` says a name to a screen reader. */
class CatalogueMap {
  #aside;
  #plane;
  #canvas;
  #tip;
  #plot;
  #calls;
  #model = null;
  #points = [];
  /** What can be pointed at: those of what is followed come first, then what follows. */
  #marks = [];
  /** The tracks of the points, once they are there. */
  #tracks = null;
  #line = false;
  #only = null;
  #pointed = null;
  /** What a finger pointed at before its last tap. */
  #before = null;

  constructor(aside, calls) {
    this.#aside = aside;
    this.#plane = aside.querySelector('.plane');
    this.#canvas = aside.querySelector('canvas');
    this.#tip = aside.querySelector('.tip');
    this.#plot = new Plot(this.#canvas);
    this.#calls = calls;
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    this.#canvas.addEventListener('pointermove', (event) => this.#pointTo(this.#at(event)));
    this.#canvas.addEventListener('pointerdown', (event) => this.#pressed(event));
    this.#canvas.addEventListener('pointerleave', (event) => event.pointerType !== 'touch' && this.#pointTo(null));
    this.#canvas.addEventListener('click', (event) => this.#clicked(event));
    this.#plane.addEventListener('keydown', (event) => this.#keyed(event));
    this.#plane.addEventListener('blur', () => this.#pointTo(null));
  }

  /** Shows another catalogue. */
  open(model, points) {
    this.#model = model;
    this.#points = points;
    this.#tracks = null;
    this.#plot.fit(points);
    this.#only = null;
    this.#aside.hidden = false;
    this.#aside.querySelector('.legend').replaceChildren(...model.clusters.map((cluster) => this.#entry(cluster)));
    const axes = [['map.right', 0], ['map.up', 1]].map(([key, axis]) => [key, model.strongest(axis).map(featureName)]);
    const said = axes.filter(([, names]) => names.length).map(([key, names]) => say(key, { features: LIST.format(names) }));
    this.#aside.querySelector('.axes').textContent = said.join('; ');
    this.mark([], [], false);
  }

  /** Marks what is followed and what follows it; with `line`, a path from the first to the last. */
  mark(followed, results, line) {
    const markOf = (isSeed) => (track) => ({ track, isSeed, cluster: track.cluster.id, point: this.#model.point(track.features) });
    this.#marks = this.#model ? [...followed.map(markOf(true)), ...results.map(markOf(false))] : [];
    this.#line = line;
    const [seedMark, resultMark] = this.#aside.querySelectorAll('.marks li');
    seedMark.hidden = followed.length === 0;
    resultMark.hidden = results.length === 0;
    seedMark.querySelector('span').textContent = say(line ? 'map.ends' : 'map.seed');
    resultMark.querySelector('span').textContent = say(line ? 'map.between' : followed.length ? 'map.result' : 'map.examples');
    if (this.#model) this.#canvas.setAttribute('aria-label', this.#label(followed.length, results.length));
    this.#pointTo(null);
  }

  /** Makes the mark of one track stand out; null for none. */
  point(id) {
    this.#pointed = this.#marks.find(({ track }) => track.id === id) ?? null;
    this.#tip.hidden = true;
    this.#draw();
  }

  #label(followed, count) {
    const counts = { points: WHOLE.format(this.#points.length), tracks: WHOLE.format(this.#model.tracks) };
    const answer = followed ? say(this.#line ? 'map.label.path' : 'map.label.answer', { count }) : '';
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
    this.#plot.draw({ points: this.#points, marks: this.#marks, line: this.#line, only: this.#only, pointed: this.#pointed });
  }

  /** The mark at a place of the canvas, otherwise the point there, otherwise nothing. */
  #at({ offsetX, offsetY }) {
    return this.#nearest(this.#marks, offsetX, offsetY) ?? this.#nearest(this.#shownPoints(), offsetX, offsetY);
  }

  #shownPoints() {
    const points = this.#points.map((point, index) => ({ point, index, isPoint: true, cluster: point[2] }));
    return this.#only === null ? points : points.filter(({ cluster }) => cluster === this.#only);
  }

  #nearest(items, x, y) {
    let [best, nearest] = [null, NEAR * NEAR];
    for (const item of items) {
      const [left, top] = this.#plot.place(item.point);
      const distance = (left - x) ** 2 + (top - y) ** 2;
      if (distance < nearest) [best, nearest] = [item, distance];
    }
    return best;
  }

  #pressed(event) {
    this.#before = this.#pointed;
    this.#pointTo(this.#at(event));
  }

  /** A click goes to the song; under a finger, which does not hover, the first tap only names it. */
  #clicked(event) {
    const item = this.#at(event);
    const named = event.pointerType !== 'touch' || this.#before?.point === item?.point;
    if (item && named) this.#choose(item);
  }

  async #choose(item) {
    if (item.isSeed && !this.#marks[1]?.isSeed) return;
    const track = await this.#trackOf(item);
    if (track?.id) this.#calls.go(track);
  }

  /** The track of a mark or point: the points' are fetched when first wanted. */
  async #trackOf(item) {
    if (!item.isPoint) return item.track;
    this.#tracks ??= this.#calls.names(this.#model.version, this.#points.length).catch(() => (this.#tracks = null));
    return (await this.#tracks)?.[item.index];
  }

  async #pointTo(item, aloud = false) {
    if (item && item.point === this.#pointed?.point) return;
    this.#pointed = item;
    this.#canvas.classList.toggle('choosable', item !== null && (!item.isSeed || this.#marks[1]?.isSeed === true));
    this.#draw();
    this.#tip.hidden = true;
    if (!item) return;
    const cluster = clusterName(this.#model.clusters[item.cluster].name);
    if (item.isPoint) this.#tell(null, cluster, item.point);
    const track = await this.#trackOf(item);
    if (this.#pointed !== item) return;
    const name = track ? nameInWords(track) : null;
    this.#tell(name, cluster, item.point);
    if (aloud) this.#calls.announce([name, cluster].filter(Boolean).join(', '));
  }

  #tell(name, cluster, point) {
    const [left, top] = this.#plot.place(point);
    this.#tip.replaceChildren(...[name && foreign('span', 'name', name), foreign('span', 'cluster', cluster)].filter(Boolean));
    this.#tip.hidden = false;
    const room = this.#canvas.clientWidth - this.#tip.offsetWidth;
    this.#tip.style.left = `${Math.max(0, Math.min(room, left - this.#tip.offsetWidth / 2))}px`;
    this.#tip.style.top = `${top < 70 ? top + 16 : top - this.#tip.offsetHeight - 14}px`;
  }

  #keyed(event) {
    if (event.key in ARROWS) {
      event.preventDefault();
      this.#pointTo(this.#next(ARROWS[event.key]), true);
    } else if (event.key === 'Enter' && this.#pointed) {
      event.preventDefault();
      this.#choose(this.#pointed);
    } else if (event.key === 'Escape') {
      this.#pointTo(null);
    }
  }

  /** The nearest mark or point in a direction; from nowhere, the first mark or what is nearest to the middle. */
  #next([right, down]) {
    const items = [...this.#marks, ...this.#shownPoints()];
    if (!this.#pointed && this.#marks.length) return this.#marks[0];
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const [x, y] = this.#pointed ? this.#plot.place(this.#pointed.point) : [width / 2, height / 2];
    let [best, least] = [this.#pointed, Infinity];
    for (const item of items) {
      const [left, top] = this.#plot.place(item.point);
      const along = (left - x) * right + (top - y) * down;
      const aside = Math.abs((left - x) * down + (top - y) * right);
      // Within 45 degrees of the direction; from nowhere, anywhere.
      if (this.#pointed && (along < 1 || aside > along)) continue;
      const distance = Math.hypot(along, aside);
      if (distance < least) [best, least] = [item, distance];
    }
    return best;
  }
}

