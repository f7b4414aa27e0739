// The search box: an editable combobox with a list, after the ARIA Authoring Practices Guide.

const TYPING_MILLISECONDS = 150;
const SUGGESTIONS = 8;
// More characters than this are not searched for.
const LONGEST = 64;

/** `choose` is called with the track of a suggestion, `announce` with what a screen reader should say. */
class Combobox {
  #input;
  #list;
  #choose;
  #announce;
  #tracks = [];
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
    const q = [...this.#input.value.trim()].slice(0, LONGEST).join('').trim();
    if (!q) return;
    this.#request.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      const { tracks } = await ask('v1/tracks', { q, limit: SUGGESTIONS }, { signal: request.signal });
      if (request.signal.aborted || document.activeElement !== this.#input) return;
      this.#show(tracks);
      this.#announce(tracks.length ? sayCount('suggestions.count', tracks.length) : say('suggestions.none'));
    } catch {
      // Suggestions are a help: the title can be sent without them, and that answer says what is wrong.
      if (!request.signal.aborted) this.#show([]);
    }
  }

  #show(tracks) {
    this.#tracks = tracks;
    this.#list.replaceChildren(...tracks.map(optionOf));
    this.#list.hidden = tracks.length === 0;
    this.#input.setAttribute('aria-expanded', String(tracks.length > 0));
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
    const places = this.#tracks.length + 1;
    this.#activate((this.#active + 1 + by + places) % places - 1);
  }

  #pressed(event) {
    // Enter and arrows of an input method are its own.
    if (event.isComposing) return;
    const open = this.#tracks.length > 0;
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
    const track = this.#tracks[option];
    this.#input.value = track.song;
    this.dismiss();
    this.#choose(track);
  }
}

function optionOf(track, index) {
  const words = element('span', { class: 'words' }, foreign('span', 'song', track.song), foreign('span', 'artist', track.artist));
  return element('li', { id: `suggestion-${index}`, role: 'option', 'aria-selected': 'false' }, markOf(track.cluster.id), words);
}

