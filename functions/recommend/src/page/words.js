// Words: everything that the page says, in English and Spanish.

const WORDS = {
  en: {
    'title': 'segue: from one song to the next',
    'title.song': '{song} – segue',
    'skip': 'Skip to the songs',
    'tagline': 'From one song to the next',
    'catalogue': '{tracks} tracks',
    'search.label': 'Song or artist',
    'search.button': 'Find songs',
    'search.hint': 'Type a few letters and choose, or a whole title and press Enter.',
    'suggestions': 'Suggestions',
    'suggestions.count.one': '{count} suggestion; choose with the arrow keys',
    'suggestions.count.other': '{count} suggestions; choose with the arrow keys',
    'suggestions.none': 'No suggestions',
    'same-cluster': 'Stay in the song’s cluster',
    'balanced': 'More like what people play together',
    'seed.others.one': '{song} and {count} other',
    'seed.others.other': '{song} and {count} others',
    'seeds.label': 'Songs to follow',
    'seeds.remove': 'Remove {song}',
    'seeds.add': 'Add a song',
    'seeds.adding': 'Choose a song to add',
    'seeds.add.song': 'Follow {song}, too',
    'seeds.path': 'From the first to the second',
    'seeds.both': 'Songs like both',
    'seeds.swap': 'The other way round',
    'path.heading': 'From here to there',
    'path.key': 'Each song is a step from the one before it, which is the line in its columns.',
    'path.said': '{count} songs lead from {from} to {to}',
    'ranked.sound': 'In the order of how alike they sound.',
    'ranked.affinities': 'In the order of sound, {affinities}.',
    'affinity.artist': 'artist',
    'affinity.year': 'year',
    'affinity.genre': 'genre',
    'affinity.playlists': 'what shares playlists',
    'profile.key.several': 'Each column is a feature: the bar is the song, the line is the mean of those it follows, the middle is the catalogue’s mean.',
    'map.label.path': 'A path with {count} songs between its two ends is drawn.',
    'loading': 'Searching…',
    'waiting': 'The model is still being loaded. Trying again, {attempt} of {attempts}…',
    'start.heading': 'Start from any song',
    'start.text': 'Search for a song above, or begin with one of the best known of each cluster.',
    'start.tracks.one': '{count} track',
    'start.tracks.other': '{count} tracks',
    'seed.heading': 'Songs to follow',
    'results.count.one': '{count} song follows {song}',
    'results.count.other': '{count} songs follow {song}',
    'results.none': 'No other song is in this cluster.',
    'results.widen': 'Search all clusters',
    'similarity': 'Similarity',
    'profile.key': 'Each column is a feature: the bar is the song, the line is the one it follows, the middle is the catalogue’s mean.',
    'profile.compare': 'Compare features',
    'profile.alike': 'most alike in {feature}, least in {other}',
    'profile.feature': 'Feature',
    'profile.seed': 'Before',
    'profile.song': 'This song',
    'artists.heading': 'Which “{song}”?',
    'artists.text': 'Several artists have a song with this title. Choose one:',
    'artists.other': 'No song with this title is by {artist}. It is by:',
    'unknown.heading': 'No song is called “{song}”',
    'unknown.text': 'Did you mean one of these?',
    'unknown.nothing': 'Nothing in this catalogue looks like it. Try another title, or a part of it.',
    'unknown-track.heading': 'This song is not in the catalogue',
    'unknown-track.text': 'The link may be from an older catalogue. Search for the song instead.',
    'error.heading': 'That did not work',
    'error.unavailable': 'The model is not there yet. It may take a moment after a new deployment.',
    'error.network': 'The service cannot be reached. Is the connection working?',
    'error.again': 'Try again',
    'token.heading': 'This catalogue asks for a token',
    'token.text': 'Whoever runs this service has one for you. It is kept until this tab is closed.',
    'token.refused': 'This token is not accepted. It may have expired.',
    'token.label': 'Token',
    'token.button': 'Use this token',
    'map.heading': 'Map of the catalogue',
    'map.clusters': 'Clusters',
    'map.seed': 'the song to follow',
    'map.result': 'what follows',
    'map.label': 'Scatter plot of {points} of {tracks} tracks, coloured by cluster. Tracks that sound alike are near each other.',
    'map.label.answer': 'The song to follow and {count} results are marked.',
    'map.right': 'to the right more {features}',
    'map.up': 'upwards more {features}',
    'map.show': 'Show only {cluster} on the map',
    'and': '{one} and {other}',
    'danceability': 'danceability', 'energy': 'energy', 'variance': 'variance', 'tempo': 'tempo',
    'loudness': 'loudness', 'acousticness': 'acousticness', 'instrumentalness': 'instrumentalness',
    'speechiness': 'speechiness', 'valence': 'valence', 'popularity': 'popularity', 'liveness': 'liveness',
    'duration_ms': 'duration (ms)',
  },
  es: {
    'title': 'segue: de una canción a la siguiente',
    'title.song': '{song} – segue',
    'skip': 'Ir a las canciones',
    'tagline': 'De una canción a la siguiente',
    'catalogue': '{tracks} pistas',
    'search.label': 'Canción o artista',
    'search.button': 'Buscar',
    'search.hint': 'Escribe unas letras y elige, o un título entero y pulsa Intro.',
    'suggestions': 'Sugerencias',
    'suggestions.count.one': '{count} sugerencia; elige con las flechas',
    'suggestions.count.other': '{count} sugerencias; elige con las flechas',
    'suggestions.none': 'No hay sugerencias',
    'same-cluster': 'Quedarse en el grupo de la canción',
    'balanced': 'Más como lo que se escucha junto',
    'seed.others.one': '{song} y {count} más',
    'seed.others.other': '{song} y {count} más',
    'seeds.label': 'Canciones a seguir',
    'seeds.remove': 'Quitar {song}',
    'seeds.add': 'Añadir una canción',
    'seeds.adding': 'Elige una canción para añadir',
    'seeds.add.song': 'Seguir también {song}',
    'seeds.path': 'De la primera a la segunda',
    'seeds.both': 'Canciones como ambas',
    'seeds.swap': 'En sentido contrario',
    'path.heading': 'De aquí a allí',
    'path.key': 'Cada canción es un paso desde la anterior, que es la línea en sus columnas.',
    'path.said': '{count} canciones llevan de {from} a {to}',
    'ranked.sound': 'En orden de cuánto se parecen al oído.',
    'ranked.affinities': 'En orden de sonido, {affinities}.',
    'affinity.artist': 'artista',
    'affinity.year': 'año',
    'affinity.genre': 'género',
    'affinity.playlists': 'listas compartidas',
    'profile.key.several': 'Cada columna es un rasgo: la barra es la canción, la línea es la media de las que sigue y el centro es la media del catálogo.',
    'map.label.path': 'Está dibujado un camino con {count} canciones entre sus dos extremos.',
    'loading': 'Buscando…',
    'waiting': 'El modelo aún se está cargando. Nuevo intento, {attempt} de {attempts}…',
    'start.heading': 'Empieza por cualquier canción',
    'start.text': 'Busca una canción arriba, o empieza por una de las más conocidas de cada grupo.',
    'start.tracks.one': '{count} pista',
    'start.tracks.other': '{count} pistas',
    'seed.heading': 'Canciones para seguir a',
    'results.count.one': '{count} canción sigue a {song}',
    'results.count.other': '{count} canciones siguen a {song}',
    'results.none': 'No hay otra canción en este grupo.',
    'results.widen': 'Buscar en todos los grupos',
    'similarity': 'Similitud',
    'profile.key': 'Cada columna es un rasgo: la barra es la canción, la línea es la canción a la que sigue y el centro es la media del catálogo.',
    'profile.compare': 'Comparar rasgos',
    'profile.alike': 'lo más parecido: {feature}; lo menos: {other}',
    'profile.feature': 'Rasgo',
    'profile.seed': 'Antes',
    'profile.song': 'Esta',
    'artists.heading': '¿Qué «{song}»?',
    'artists.text': 'Varios artistas tienen una canción con este título. Elige uno:',
    'artists.other': 'Ninguna canción con este título es de {artist}. Es de:',
    'unknown.heading': 'Ninguna canción se llama «{song}»',
    'unknown.text': '¿Querías decir una de estas?',
    'unknown.nothing': 'Nada en este catálogo se le parece. Prueba con otro título, o con una parte.',
    'unknown-track.heading': 'Esta canción no está en el catálogo',
    'unknown-track.text': 'El enlace puede ser de un catálogo anterior. Busca la canción.',
    'error.heading': 'No ha funcionado',
    'error.unavailable': 'El modelo aún no está disponible. Puede tardar un momento tras un nuevo despliegue.',
    'error.network': 'No se puede contactar con el servicio. ¿Funciona la conexión?',
    'error.again': 'Reintentar',
    'token.heading': 'Este catálogo pide un token',
    'token.text': 'Quien ofrece este servicio tiene uno para ti. Se guarda hasta que se cierre esta pestaña.',
    'token.refused': 'Este token no se acepta. Puede haber caducado.',
    'token.label': 'Token',
    'token.button': 'Usar este token',
    'map.heading': 'Mapa del catálogo',
    'map.clusters': 'Grupos',
    'map.seed': 'la canción a seguir',
    'map.result': 'lo que sigue',
    'map.label': 'Diagrama de puntos de {points} de {tracks} pistas, con un color por grupo. Las pistas que suenan parecido están cerca.',
    'map.label.answer': 'Están marcadas la canción a seguir y {count} resultados.',
    'map.right': 'a la derecha más {features}',
    'map.up': 'arriba más {features}',
    'map.show': 'Mostrar solo {cluster} en el mapa',
    'and': '{one} y {other}',
    'danceability': 'bailabilidad', 'energy': 'energía', 'variance': 'varianza', 'tempo': 'tempo',
    'loudness': 'volumen', 'acousticness': 'acústica', 'instrumentalness': 'instrumentalidad',
    'speechiness': 'habla', 'valence': 'positividad', 'popularity': 'popularidad', 'liveness': 'directo',
    'duration_ms': 'duración (ms)',
  },
};

const LANGUAGE = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in WORDS) ?? 'en';
const PLURALS = new Intl.PluralRules(LANGUAGE);
const WHOLE = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0, useGrouping: 'always' });
const VALUE = new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 4 });
const LIST = new Intl.ListFormat(LANGUAGE);
const RATIO = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** What the page says under a key; `{name}` stands for the value of that name. */
function say(key, values = {}) {
  const words = WORDS[LANGUAGE][key] ?? WORDS.en[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** As `say`, in the form that a count asks for. */
function sayCount(key, count, values = {}) {
  const form = PLURALS.select(count) === 'one' ? 'one' : 'other';
  return say(`${key}.${form}`, { ...values, count: WHOLE.format(count) });
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

