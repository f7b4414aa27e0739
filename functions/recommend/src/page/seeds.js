// The songs and artists to follow, as chips: each can be taken away, one can be added, and two songs are the ends of a path.

/** `search` is called when one is to be added, `announce` with what a screen reader should say. */
class Seeds {
  /** What is followed: tracks, and artists without an id. */
  list = [];
  /** Whether the next that is chosen joins them. */
  adding = false;
  #box;
  #search;
  #announce;

  constructor(box, { search, announce }) {
    this.#box = box;
    this.#search = search;
    this.#announce = announce;
  }

  /** Shows those of an answer. */
  show(place, seeds) {
    this.list = seeds;
    this.adding = false;
    this.#box.hidden = seeds.length === 0;
    if (this.#box.hidden) return;
    const isPath = place.path !== null;
    const chips = seeds.map((seed) => this.#chip(place, seed, seeds.length > 1 && !isPath));
    const list = element('ul', { class: 'chips', 'aria-label': say('seeds.label') }, ...chips);
    const actions = isPath ? this.#ofPath(place) : this.#ofSeeds(place);
    this.#box.replaceChildren(list, ...actions);
  }

  #chip(place, seed, removable) {
    const rest = placeOfSeeds(place, this.list.filter((other) => other !== seed));
    const label = say('seeds.remove', { song: titleOf(seed) });
    const remove = removable ? linkTo(rest, { class: 'remove', title: label, 'aria-label': label }, '×') : null;
    return element('li', {}, markOf(seed.cluster.id), element('span', { class: 'words', dir: 'auto' }, nameInWords(seed)), remove);
  }

  #ofSeeds(place) {
    const add = element('button', { type: 'button', class: 'plain', 'aria-pressed': 'false' }, say('seeds.add'));
    add.addEventListener('click', () => {
      this.adding = !this.adding;
      add.setAttribute('aria-pressed', String(this.adding));
      if (!this.adding) return;
      this.#announce(say('seeds.adding'));
      this.#search();
    });
    const [from, to] = this.list.map(({ id }) => id);
    if (this.list.length !== 2 || !from || !to) return [add];
    return [add, linkTo(placeWith(place, { path: { from, to } }), { class: 'button plain' }, say('seeds.path'))];
  }

  #ofPath(place) {
    const { from, to } = place.path;
    return [
      linkTo(placeWith(place, { path: { from: to, to: from } }), { class: 'button plain' }, say('seeds.swap')),
      linkTo(placeWith(place, { tracks: [from, to] }), { class: 'button plain' }, say('seeds.both')),
    ];
  }
}

