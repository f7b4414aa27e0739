// An answer as a playlist that other programs read.

const PLAYLISTS = { text: asText, csv: asCsv, m3u: asM3u };

/** A song a line, as the services that move playlists take them. */
function asText(tracks) {
  return tracks.map((track) => `${lineOf(track)}\n`).join('');
}

/** A table with a header, quoted as RFC 4180 has it. */
function asCsv(tracks) {
  // A spreadsheet would calculate a cell that begins like a formula.
  const cell = (value) => `"${String(value ?? '').replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  const rows = tracks.map((track) => [track.song, artistInWords(track), track.album, track.year, track.id, listenAddress(track)]);
  return [['song', 'artist', 'album', 'year', 'id', 'url'], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** An extended M3U with the addresses of the songs. */
function asM3u(tracks) {
  const seconds = (track) => Math.round((track.duration_ms ?? track.features.duration_ms ?? -1000) / 1000);
  return `#EXTM3U\n${tracks.map((track) => `#EXTINF:${seconds(track)},${lineOf(track)}\n${listenAddress(track)}\n`).join('')}`;
}

/** A name may have line ends, which a line has not. */
function lineOf(track) {
  return `${artistInWords(track)} - ${track.song}`.replace(/\s+/g, ' ');
}

/** Buttons that copy an answer's tracks. `announce` says that it is done. */
function playlistView(tracks, announce) {
  const box = element('div', { class: 'playlist', role: 'group', 'aria-labelledby': 'playlist-name' },
    element('span', { id: 'playlist-name' }, say('playlist')));
  for (const [kind, write] of Object.entries(PLAYLISTS)) {
    const button = element('button', { type: 'button', class: 'plain' }, say(`playlist.${kind}`));
    button.addEventListener('click', () => copy(write(tracks), box, () => {
      const said = sayCount('playlist.copied', tracks.length, { kind: say(`playlist.${kind}`) });
      box.querySelector('.copied').textContent = said;
      announce(said);
    }));
    box.append(button);
  }
  box.append(element('span', { class: 'copied', 'aria-hidden': 'true' }));
  return box;
}

/** Copies a text; where the browser does not allow it, the text is shown to be copied by hand. */
async function copy(text, box, done) {
  box.querySelector('textarea')?.remove();
  try {
    await navigator.clipboard.writeText(text);
    done();
  } catch {
    const area = element('textarea', { readonly: true, rows: 6, 'aria-label': say('playlist.byhand') });
    area.value = text;
    box.append(area);
    area.select();
  }
}

