// The songs to follow, as chips: each can be taken away, one can be added, and two are the ends of a path.

/** `search` is called when a song is to be added, `announce` with what a screen reader should say. */
class Seeds {
  /** The songs to follow. */
  tracks = [];
  /** Whether the next song that is chosen joins them. */
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
  show(place, tracks) {
    this.tracks = tracks;
    this.adding = false;
    this.#box.hidden = tracks.length === 0 || tracks.some(({ id }) => !id);
    if (this.#box.hidden) return;
    const isPath = place.path !== null;
    const chips = tracks.map((track) => this.#chip(place, track, tracks.length > 1 && !isPath));
    const list = element('ul', { class: 'chips', 'aria-label': say('seeds.label') }, ...chips);
    const actions = isPath ? this.#ofPath(place) : this.#ofSongs(place);
    this.#box.replaceChildren(list, ...actions);
  }

  #chip(place, track, removable) {
    const rest = this.tracks.filter(({ id }) => id !== track.id).map(({ id }) => id);
    const label = say('seeds.remove', track);
    const remove = removable ? linkTo(placeWith(place, { tracks: rest }), { class: 'remove', title: label, 'aria-label': label }, '×') : null;
    return element('li', {}, markOf(track.cluster.id),
      element('span', { class: 'words', dir: 'auto' }, `${track.song} – ${track.artist}`), remove);
  }

  #ofSongs(place) {
    const add = element('button', { type: 'button', class: 'plain', 'aria-pressed': 'false' }, say('seeds.add'));
    add.addEventListener('click', () => {
      this.adding = !this.adding;
      add.setAttribute('aria-pressed', String(this.adding));
      if (!this.adding) return;
      this.#announce(say('seeds.adding'));
      this.#search();
    });
    const [from, to] = this.tracks.map(({ id }) => id);
    const path = linkTo(placeWith(place, { path: { from, to } }), { class: 'button plain' }, say('seeds.path'));
    return this.tracks.length === 2 ? [add, path] : [add];
  }

  #ofPath(place) {
    const { from, to } = place.path;
    return [
      linkTo(placeWith(place, { path: { from: to, to: from } }), { class: 'button plain' }, say('seeds.swap')),
      linkTo(placeWith(place, { tracks: [from, to] }), { class: 'button plain' }, say('seeds.both')),
    ];
  }
}
