// What is said in the reader's language: words, and names of clusters.

const WORDS = { en: ENGLISH, es: SPANISH };

// The words that the trainer makes names of clusters from, in other languages; what is said twice over comes first.
const CLUSTER_WORDS = {
  es: {
    'rhythmic spoken word': 'palabra rítmica', 'middle of the road': 'término medio', 'all tracks': 'todas las pistas',
    'dark and driving': 'oscura e intensa', 'calm and quiet': 'tranquila y suave', 'loud and energetic': 'fuerte y enérgica',
    'high energy': 'mucha energía', 'spoken word': 'palabra hablada', 'deep cuts': 'rarezas', 'little-known': 'poco conocida',
    'quiet acoustic': 'acústica suave', 'happy dance': 'baile alegre',
    danceable: 'bailable', dance: 'baile', drifting: 'errante', energetic: 'enérgica', calm: 'tranquila', varied: 'variada',
    even: 'uniforme', fast: 'rápida', slow: 'lenta', loud: 'fuerte', quiet: 'suave', acoustic: 'acústica', electric: 'eléctrica',
    instrumental: 'instrumental', vocal: 'vocal', spoken: 'hablada', sung: 'cantada', happy: 'alegre', dark: 'oscura',
    popular: 'popular', hits: 'éxitos', live: 'en vivo', studio: 'estudio', long: 'larga', short: 'corta', and: 'y',
  },
};

const LANGUAGE = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in WORDS) ?? 'en';
const PLURALS = new Intl.PluralRules(LANGUAGE);
const COUNT = new Intl.NumberFormat(LANGUAGE, { useGrouping: 'always' });

/** What the page says under a key; `{name}` stands for the value of that name. */
function say(key, values = {}) {
  const words = WORDS[LANGUAGE][key] ?? WORDS.en[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** As `say`, in the form that a count asks for. */
function sayCount(key, count, values = {}) {
  const form = PLURALS.select(count) === 'one' ? 'one' : 'other';
  return say(`${key}.${form}`, { ...values, count: COUNT.format(count) });
}

/** A feature's name for people; one that is not known is shown as the model has it. */
function featureName(feature) {
  return say(feature);
}

/** A cluster's name in the reader's language, where all of it but the genres in brackets is made of known words. */
function clusterName(name) {
  const words = CLUSTER_WORDS[LANGUAGE];
  const [, said, rest] = /^(.*?)( \(.*\)| \d+)?$/s.exec(name) ?? [];
  let left = said?.toLowerCase();
  if (!words || !left) return name;
  const terms = [];
  while (left) {
    const term = Object.keys(words).find((word) => left === word || left.startsWith(`${word} `));
    if (!term) return name;
    terms.push(words[term]);
    left = left.slice(term.length + 1);
  }
  const joined = terms.join(', ').replaceAll(', y, ', ' y ');
  return joined[0].toUpperCase() + joined.slice(1) + (rest ?? '');
}

/** Puts the words of the reader's language into the page as it was delivered. */
function translatePage() {
  document.documentElement.lang = LANGUAGE;
  document.title = say('title');
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text);
}

