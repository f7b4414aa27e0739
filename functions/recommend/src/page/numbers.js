// Values and names as people read them: tempo in BPM, loudness in dB, shares in percent, lengths in minutes.

const SHARES = ['danceability', 'energy', 'acousticness', 'instrumentalness', 'speechiness', 'valence', 'liveness'];

const PERCENT = new Intl.NumberFormat(LANGUAGE, { style: 'percent', maximumFractionDigits: 0 });
const WHOLE = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0, useGrouping: 'always' });
const ONE_DECIMAL = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const VALUE = new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 4 });
const LIST = new Intl.ListFormat(LANGUAGE);

/** What the shares of a catalogue are out of: some tables have them from 0 to 1, others from 0 to 100. */
function wholeOf(features) {
  return features.some(({ name, mean }) => SHARES.includes(name) && mean > 1) ? 100 : 1;
}

/** A feature's value with its unit. `whole` is what shares are out of. */
function valueInWords(name, value, whole) {
  if (!Number.isFinite(value)) return '–';
  // Tables write 0 where the tempo was not found.
  if (name === 'tempo') return value > 0 ? `${WHOLE.format(value)} BPM` : '–';
  if (name === 'loudness') return `${ONE_DECIMAL.format(value)} dB`;
  if (name === 'duration_ms') return lengthInWords(value);
  if (SHARES.includes(name)) return PERCENT.format(value / whole);
  return VALUE.format(value);
}

/** A length in milliseconds as minutes and seconds. */
function lengthInWords(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The artists of a cell, which some tables separate with semicolons. */
function artistsOf({ artist }) {
  return artist.split(';').map((name) => name.trim()).filter(Boolean);
}

/** The artists of a track as a reader would write them. */
function artistInWords(track) {
  return artistsOf(track).join(', ');
}

/** What a seed or a track is called: a song by its title, an artist by the name. */
function titleOf(seed) {
  return seed.song ?? (seed.artist === undefined ? seed.genre ?? '' : artistInWords(seed));
}

/** Song and artist in one line. */
function nameInWords(track) {
  return track.song === undefined ? titleOf(track) : `${track.song} – ${artistInWords(track)}`;
}

/** Text as it is compared: without case, accents and punctuation. */
function folded(text) {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return plain || text.trim();
}

/** Where Spotify has a track, or a search for it where the id is not Spotify's. */
function listenAddress(track) {
  const path = /^[0-9A-Za-z]{22}$/.test(track.id) ? `track/${track.id}` : `search/${encodeURIComponent(`${track.song} ${artistInWords(track)}`)}`;
  return track.url ?? `https://open.spotify.com/${path}`;
}

