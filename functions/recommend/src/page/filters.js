// Filters: which songs may follow. They are part of the place, under the names that the API has for them.

const BOUNDS = ['min_tempo', 'max_tempo', 'min_year', 'max_year'];

/** The filters that an address has; what is no filter is left out. */
function filtersAt(parameters) {
  const filters = {};
  for (const name of BOUNDS) {
    const text = parameters.get(name)?.trim();
    if (text && Number.isFinite(Number(text))) filters[name] = text;
  }
  for (const kind of ['tempo', 'year']) swapWhereReversed(filters, `min_${kind}`, `max_${kind}`);
  if (['true', 'false'].includes(parameters.get('explicit'))) filters.explicit = parameters.get('explicit');
  if (parameters.get('genre')?.trim()) filters.genre = parameters.get('genre').trim();
  if (parameters.get('exclude_seed_artists') === 'true') filters.exclude_seed_artists = 'true';
  return filters;
}

/** Bounds that are the wrong way round are meant the other way. */
function swapWhereReversed(filters, low, high) {
  if (low in filters && high in filters && Number(filters[low]) > Number(filters[high])) {
    [filters[low], filters[high]] = [filters[high], filters[low]];
  }
}

/** The form of the filters. `change` is called with them; `genres` fetches the catalogue's genres when they are first wanted. */
class Filters {
  #box;
  #count;
  #genres;
  #change;
  #seen = new Set();
  /** The control that is being edited: what comes meanwhile leaves it alone. */
  #edited = null;
  #shown = '';

  constructor(box, { change, genres }) {
    this.#box = box;
    this.#count = box.querySelector('.count');
    this.#genres = genres;
    this.#change = change;
    box.addEventListener('input', ({ target }) => (this.#edited = target));
    box.addEventListener('change', () => this.#changed());
    box.querySelector('.clear').addEventListener('click', () => change({}));
    box.addEventListener('toggle', () => box.open && this.#fetchGenres());
    // Enter in a field of the form would search for what is in the search box.
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.target.tagName !== 'INPUT') return;
      event.preventDefault();
      this.#changed();
    });
  }

  /** Shows the filters of a place, and offers those that the catalogue has: `tracks` are some of its tracks. */
  show(filters, model, tracks) {
    const has = (name) => tracks.some((track) => track[name] !== undefined);
    const known = { tempo: model?.features.some(({ name }) => name === 'tempo'), year: has('year'), explicit: has('explicit'), genre: has('genre') };
    for (const [name, is] of Object.entries(known)) if (is) this.#seen.add(name);
    for (const field of this.#box.querySelectorAll('[data-filter]')) {
      const name = field.dataset.filter;
      field.hidden = !this.#seen.has(name) && ![name, `min_${name}`, `max_${name}`].some((given) => given in filters);
    }
    this.#shown = JSON.stringify(filters);
    for (const control of this.#controls()) {
      if (control === this.#edited) continue;
      if (control.type === 'checkbox') control.checked = filters[control.name] === 'true';
      else control.value = filters[control.name] ?? '';
    }
    const count = Object.keys(filters).length;
    this.#count.textContent = count ? String(count) : '';
    this.#box.querySelector('.clear').hidden = count === 0;
  }

  /** A field says twice that it has changed: at Enter, and when it is left. */
  #changed() {
    this.#edited = null;
    const filters = this.#read();
    if (JSON.stringify(filters) === this.#shown) return;
    this.#shown = JSON.stringify(filters);
    this.#change(filters);
  }

  #controls() {
    return this.#box.querySelectorAll('input, select');
  }

  #read() {
    const parameters = new URLSearchParams();
    for (const { name, type, checked, value } of this.#controls()) {
      if (type === 'checkbox' ? checked : value) parameters.set(name, type === 'checkbox' ? 'true' : value);
    }
    return filtersAt(parameters);
  }

  async #fetchGenres() {
    const list = this.#box.querySelector('datalist');
    if (list.childElementCount || this.#box.querySelector('[data-filter=genre]').hidden) return;
    list.replaceChildren(...(await this.#genres()).map((genre) => element('option', { value: genre })));
  }
}

