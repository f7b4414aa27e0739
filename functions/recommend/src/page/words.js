// What is said in the reader's language: words, and names of clusters.

const WORDS = { en: ENGLISH, es: SPANISH };

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

/** A cluster's name in the reader's language, where all of it but genres and numbers is made of the trainer's phrases, which stand
 * before this file: rows of what a phrase says and what it is in each language. */
function clusterName(name) {
  const [languages, ...rows] = CLUSTER_PHRASES;
  const [from, to] = ['en', LANGUAGE].map((language) => languages.indexOf(language));
  const [, said, rest = ''] = /^(.*?)( \(.*\)| \d+)?$/s.exec(name);
  const phrase = (text) => rows.find((row) => row[from] === text)?.[to];
  const parts = said.toLowerCase().split(', ').map((part) => {
    const words = part.split(' and ').map(phrase);
    return phrase(part) ?? (words.includes(undefined) ? undefined : LIST.format(words));
  });
  if (from === to || parts.includes(undefined)) return name;
  const joined = parts.join(', ');
  return joined[0].toUpperCase() + joined.slice(1) + rest;
}

/** Puts the words of the reader's language into the page as it was delivered. */
function translatePage() {
  document.documentElement.lang = LANGUAGE;
  document.title = say('title');
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text);
}

