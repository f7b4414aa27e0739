// An invented track table for the page's tests, on standard output: six kinds of tracks, and titles that are awkward.

const FEATURES = ['danceability', 'energy', 'tempo', 'loudness', 'acousticness', 'speechiness', 'valence', 'popularity'];
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KINDS = [
  ['rock', [45, 85, 128, -5, 8, 6, 45, 60]],
  ['ambient', [25, 15, 74, -19, 90, 4, 15, 30]],
  ['disco', [85, 75, 118, -7, 20, 6, 90, 55]],
  ['folk', [55, 35, 96, -12, 75, 5, 60, 35]],
  ['hip hop', [75, 65, 88, -6, 15, 35, 55, 70]],
  ['techno', [70, 92, 138, -8, 4, 7, 20, 25]],
];

/** Titles that the tests ask for. */
export const AWKWARD = [
  ['Night Drive', 'The Lanterns'],
  ['Shared Title', 'Ann'],
  ['Shared Title', 'Bob & Cy'],
  ['<img src=x onerror=alert(1)>', '<script>alert(2)</script>'],
  ['أغنية الليل الطويل', 'فرقة المدينة'],
  ['夜に駆ける', '夜の合唱団'],
  ['A Very Long Title That Goes On and On, As If Nobody Had Ever Told Its Author That a Row Has an End (Remastered 2011, Live at the Old Harbour, Extended Version)', 'An Orchestra With a Name of Remarkable and Altogether Unnecessary Length'],
  ['Pneumonoultramicroscopicsilicovolcanoconiosispneumonoultramicroscopicsilicovolcanoconiosis', 'Unbreakable'],
  ['Two Voices', 'Ann;Dee'],
];

function cell(text) {
  return `"${text.replaceAll('"', '""')}"`;
}

/** The ids of half the tracks have Spotify's form. */
function idOf(track) {
  if (track % 4 > 1) return `track-${track}`;
  return Array.from({ length: 22 }, (_, place) => BASE62[(place < 3 ? Math.floor(track / 62 ** place) : track * 7 + place * 13) % 62]).join('');
}

export function table() {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const lines = [['track_id', 'song', 'artist', 'album', 'genre', 'year', 'explicit', 'duration_ms', ...FEATURES].join(',')];
  for (let track = 0; track < 600; track += 1) {
    const [genre, means] = KINDS[track % KINDS.length];
    const [song, artist] = AWKWARD[track] ?? [`Song Number ${track}`, `Artist ${track % 83}`];
    const features = means.map((mean, feature) =>
      FEATURES[feature] === 'loudness' ? (mean + (random() - 0.5) * 4).toFixed(2) : Math.max(0, Math.round(mean + (random() - 0.5) * 26)));
    const about = [cell(`Album ${track % 90}`), genre, 1970 + (track * 7) % 50, track % 5 === 0, 150_000 + 321 * track];
    lines.push([idOf(track), cell(song), cell(artist), ...about, ...features].join(','));
  }
  return `${lines.join('\n')}\n`;
}

if (import.meta.filename === process.argv[1]) process.stdout.write(table());
