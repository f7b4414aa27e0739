// What is under way: said once it has taken long enough to be noticed, and explained once it has taken long.

const PATIENCE_MILLISECONDS = 200;
const LONG_MILLISECONDS = 3_000;

/** `box` is where the answer will be, `bar` moves meanwhile, and `announce` tells a screen reader. */
class Progress {
  #box;
  #bar;
  #announce;
  #timers = [];

  constructor(box, bar, announce) {
    this.#box = box;
    this.#bar = bar;
    this.#announce = announce;
  }

  /** Begins to wait. `text` says for what; it stands in for an answer where there is none yet. */
  begin(text) {
    this.#clear();
    this.#box.setAttribute('aria-busy', 'true');
    this.#timers = [
      setTimeout(() => {
        this.#bar.hidden = false;
        this.#announce(text);
        if (this.#isEmpty()) this.#say(text, null);
      }, PATIENCE_MILLISECONDS),
      setTimeout(() => {
        this.#announce(say('loading.long'));
        if (this.#isEmpty()) this.#say(text, say('loading.long'));
      }, LONG_MILLISECONDS),
    ];
  }

  /** Says why it takes long, in place of what is there. */
  explain(text, reason) {
    this.#clear();
    this.#bar.hidden = false;
    this.#announce(reason);
    this.#say(text, reason);
  }

  end() {
    this.#clear();
    this.#bar.hidden = true;
    this.#box.removeAttribute('aria-busy');
  }

  #clear() {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  #isEmpty() {
    return this.#box.childElementCount === 0 || this.#box.querySelector('.awaited') !== null;
  }

  /** The heading, rows that are still empty, and the reason. */
  #say(text, reason) {
    const rows = Array.from({ length: 5 }, () => element('span'));
    this.#box.replaceChildren(...[headingOf(text), reason && element('p', { class: 'notice' }, reason),
      element('div', { class: 'awaited', 'aria-hidden': 'true' }, ...rows)].filter(Boolean));
  }
}

