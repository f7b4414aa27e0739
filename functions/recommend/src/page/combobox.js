// The search box: an editable combobox with a list, after the ARIA Authoring Practices Guide.

const TYPING_MILLISECONDS = 150;
const SUGGESTIONS = 8;
const ARTIST_SUGGESTIONS = 1;
// More characters than this are not searched for.
const LONGEST_QUERY = 64;

/** `choose` is called with a suggestion, which is `{ track }` or `{ artist }`, `announce` with what a screen reader should say. */
class Combobox {
  #input;
  #list;
  #choose;
  #announce;
  #options = [];
  #active = -1;
  #request = new AbortController();
  #suggestSoon = debounced(TYPING_MILLISECONDS, () => this.#suggest());

  constructor(input, list, { choose, announce }) {
    this.#input = input;
    this.#list = list;
    this.#choose = choose;
    this.#announce = announce;
    input.addEventListener('input', () => this.#typed());
    input.addEventListener('keydown', (event) => this.#pressed(event));
    input.addEventListener('blur', () => this.dismiss());
    // The box keeps the focus while its list is used.
    list.addEventListener('pointerdown', (event) => event.preventDefault());
    list.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => this.#clicked(event));
  }

  /** Closes the list, and forgets what is being asked for. */
  dismiss() {
    this.#suggestSoon.cancel();
    this.#request.abort();
    this.#show([]);
  }

  #typed() {
    this.#request.abort();
    if (this.#input.value.trim()) this.#suggestSoon();
    else this.dismiss();
  }

  async #suggest() {
    const q = searchable(this.#input.value);
    if (!q) return;
    this.#request.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      const { tracks } = await ask('v1/tracks', { q, limit: SUGGESTIONS }, { signal: request.signal });
      if (request.signal.aborted || document.activeElement !== this.#input) return;
      const artists = artistsNamed(q, tracks).slice(0, ARTIST_SUGGESTIONS);
      const options = [...artists.map((artist) => ({ artist })), ...tracks.map((track) => ({ track }))];
      this.#show(options.slice(0, SUGGESTIONS));
      this.#announce(options.length ? sayCount('suggestions.count', this.#options.length) : say('suggestions.none'));
    } catch {
      // Suggestions are a help: the title can be sent without them, and that answer says what is wrong.
      if (!request.signal.aborted) this.#show([]);
    }
  }

  #show(options) {
    this.#options = options;
    this.#list.replaceChildren(...options.map(optionOf));
    this.#list.hidden = options.length === 0;
    this.#input.setAttribute('aria-expanded', String(options.length > 0));
    this.#activate(-1);
  }

  #activate(option) {
    this.#active = option;
    for (const [index, item] of [...this.#list.children].entries()) {
      item.setAttribute('aria-selected', String(index === option));
    }
    const active = this.#list.children[option];
    if (active) {
      this.#input.setAttribute('aria-activedescendant', active.id);
      active.scrollIntoView({ block: 'nearest' });
    } else {
      this.#input.removeAttribute('aria-activedescendant');
    }
  }

  /** Steps through the list; beside its ends lies the box itself. */
  #step(by) {
    const places = this.#options.length + 1;
    this.#activate((this.#active + 1 + by + places) % places - 1);
  }

  #pressed(event) {
    // Enter and arrows of an input method are its own.
    if (event.isComposing) return;
    const open = this.#options.length > 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) this.#suggest();
      else if (!event.altKey) this.#step(event.key === 'ArrowDown' ? 1 : -1);
      else if (event.key === 'ArrowUp') this.dismiss();
    } else if (event.key === 'Enter' && this.#active >= 0) {
      event.preventDefault();
      this.#take(this.#active);
    } else if (event.key === 'Escape') {
      if (open) this.dismiss();
      else this.#input.value = '';
    }
  }

  #clicked(event) {
    const item = event.target.closest('[role=option]');
    if (item) this.#take([...this.#list.children].indexOf(item));
  }

  #take(option) {
    const chosen = this.#options[option];
    this.#input.value = chosen.artist ?? chosen.track.song;
    this.dismiss();
    this.#choose(chosen);
  }
}

function optionOf({ artist, track }, index) {
  const mark = track ? markOf(track.cluster.id)
    : drawing('svg', { class: 'mark person', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, drawing('path', { d: 'M8 8a3 3 0 1 0 0-6a3 3 0 0 0 0 6zm0 1.5c-3 0-5.5 1.8-5.5 4.5h11c0-2.7-2.5-4.5-5.5-4.5z' }));
  const words = track
    ? [foreign('span', 'song', track.song), foreign('span', 'artist', [artistInWords(track), track.year].filter(Boolean).join(' · '))]
    : [foreign('span', 'song', artist), element('span', { class: 'artist' }, say('artist'))];
  return element('li', { id: `suggestion-${index}`, role: 'option', 'aria-selected': 'false' }, mark, element('span', { class: 'words' }, ...words));
}

