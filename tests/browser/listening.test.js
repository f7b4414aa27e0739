// What an answer helps with: links to listen, more songs, filters, playlists, and how alike the songs are.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { NIGHT_DRIVE, URL_OF_PAGE, answer, browser, clean, picture, settled, tracks, visit } from './visit.js';

afterEach(() => browser.close());

const BALANCED = 'v1/recommendations?song=Night+Drive&affinity=balanced&max_per_artist=2';

/** The parameters of the last request for songs. */
function lastAsked(page) {
  const asked = [];
  page.on('request', (request) => request.url().includes('/v1/recommendations') && asked.push(new URL(request.url()).searchParams));
  return () => asked.at(-1);
}

test('each_song_has_its_facts_and_a_link_to_listen', async () => {
  const page = await visit(NIGHT_DRIVE);
  const { tracks: songs } = await answer(BALANCED);
  const rows = await tracks(page).all();
  assert.equal(rows.length, songs.length);
  const kinds = new Set();
  for (const [index, { id, song, album, year, genre, features }] of songs.entries()) {
    const facts = await rows[index].locator('.facts').innerText();
    for (const fact of [album, String(year), genre, `${Math.round(features.tempo)} BPM`]) assert.ok(facts.includes(fact), `${facts}: ${fact}`);
    const link = rows[index].getByRole('link', { name: `Listen to ${song} on Spotify` });
    const href = await link.getAttribute('href');
    const known = /^[0-9A-Za-z]{22}$/.test(id);
    kinds.add(known);
    if (known) assert.equal(href, `https://open.spotify.com/track/${id}`);
    else assert.ok(href.startsWith(`https://open.spotify.com/search/${encodeURIComponent(song)}`), href);
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
  }
  assert.equal(kinds.size, 2, 'both kinds of ids are looked at');
  clean(page);
});

test('how_alike_a_song_is_is_said_against_what_is_usual', async () => {
  const page = await visit(`${NIGHT_DRIVE}&affinity=none`);
  const { tracks: songs } = await answer('v1/recommendations?song=Night+Drive');
  const levels = { 'a twin': [97, 100], 'closer than usual': [75, 96], 'as usual': [30, 74], 'a little less': [5, 29], 'less alike': [0, 4] };
  const said = await page.locator('.results .figure').allInnerTexts();
  assert.equal(said.length, songs.length);
  for (const [index, { similarity_percentile: percentile }] of songs.entries()) {
    const [low, high] = levels[said[index]];
    assert.ok(percentile >= low && percentile <= high, `${said[index]}: ${percentile}`);
  }
  await page.locator('.results summary').first().click();
  await page.getByText(new RegExp(`tenth match of ${songs[0].similarity_percentile}% of the songs \\(cosine 0\\.`)).waitFor();
  clean(page);
});

test('what_else_than_sound_brings_a_song_is_named', async () => {
  const page = await visit(NIGHT_DRIVE);
  const { tracks: songs, seeds: [seed] } = await answer(BALANCED);
  const near = ({ year }) => Math.abs(year - seed.year) < 3;
  assert.ok(songs.some(near) && !songs.every(near));
  for (const [index, song] of songs.entries()) {
    const reasons = await tracks(page).nth(index).locator('.reasons span').allInnerTexts();
    if (near(song)) assert.ok(reasons.includes('close in time'));
    assert.ok(!reasons.includes('same genre'), 'what all have in common is said once');
  }
  assert.ok(songs.every(({ genre }) => genre === seed.genre));
  await page.getByText('All: same genre.').waitFor();
  clean(page);
});

test('more_songs_follow_and_the_focus_goes_to_the_first_of_them', async () => {
  const page = await visit(NIGHT_DRIVE);
  const asked = lastAsked(page);
  const first = await page.locator('.results .song').allInnerTexts();
  await page.getByRole('button', { name: 'Show more songs' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.results > li').length === 30);
  await settled(page);
  assert.ok(asked().get('cursor') && asked().get('limit') === '20', 'only further songs are asked for');
  const all = await page.locator('.results .song').evaluateAll((links) => links.map(({ href }) => href));
  assert.equal(new Set(all).size, 30);
  assert.deepEqual((await page.locator('.results .song').allInnerTexts()).slice(0, 10), first);
  assert.equal(await page.evaluate(() => document.activeElement.closest('li').querySelector('.rank').textContent), '11');
  await picture(page, 'more');
  clean(page);
});

test('what_fails_to_come_can_be_asked_for_again', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.route('**/v1/recommendations?*', (route) => route.abort());
  await page.getByRole('button', { name: 'Show more songs' }).click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  assert.equal(await tracks(page).count(), 10, 'what is there stays');
  await page.unroute('**/v1/recommendations?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.results > li').length === 30);
  clean(page);
});

test('filters_are_part_of_the_address_and_of_the_request', async () => {
  const page = await visit(`${NIGHT_DRIVE}&same_cluster=false`);
  const asked = lastAsked(page);
  await page.locator('#filters summary').click();
  await page.getByRole('group', { name: 'Tempo (BPM)' }).getByLabel('from').fill('140');
  await page.getByRole('group', { name: 'Tempo (BPM)' }).getByLabel('to').fill('110');
  await page.keyboard.press('Enter');
  await page.waitForURL(/min_tempo=110&max_tempo=140/);
  await settled(page);
  assert.equal(await page.getByRole('group', { name: 'Tempo (BPM)' }).getByLabel('from').inputValue(), '110', 'bounds the wrong way round are turned');
  const tempos = (await page.locator('.results .facts').allInnerTexts()).map((facts) => Number(/(\d+) BPM/.exec(facts)[1]));
  assert.ok(tempos.length === 10 && tempos.every((tempo) => tempo >= 110 && tempo <= 140), tempos.join());
  await page.getByRole('group', { name: 'Year' }).getByLabel('from').fill('1990');
  await page.keyboard.press('Tab');
  await page.waitForURL(/min_year=1990/);
  await page.getByLabel('Lyrics').selectOption('nothing explicit');
  await page.waitForURL(/explicit=false/);
  await page.getByLabel('Other artists only').check();
  await page.waitForURL(/exclude_seed_artists=true/);
  await page.getByLabel('Genre').fill('rock');
  await page.keyboard.press('Enter');
  await page.waitForURL(/genre=rock/);
  await settled(page);
  await page.waitForFunction(() => [...document.querySelectorAll('.results .facts')].every((facts) => facts.textContent.includes('rock')));
  const parameters = { min_tempo: '110', max_tempo: '140', min_year: '1990', explicit: 'false', exclude_seed_artists: 'true', genre: 'rock' };
  for (const [name, value] of Object.entries(parameters)) assert.equal(asked().get(name), value, name);
  assert.equal(await page.locator('#filters .count').innerText(), '6');
  await picture(page, 'filters');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.waitForFunction(() => !location.search.includes('genre'));
  await settled(page);
  assert.equal(new URL(page.url()).search, `${NIGHT_DRIVE}&same_cluster=false`);
  clean(page);
});

test('what_no_song_passes_can_be_taken_back', async () => {
  const page = await visit(`${NIGHT_DRIVE}&genre=techno`);
  await page.getByText('No song passes these filters.').waitFor();
  await page.locator('#answer .choices a', { hasText: 'Search all clusters' }).click();
  await tracks(page).first().waitFor();
  assert.match(page.url(), /genre=techno&same_cluster=false/);
  for (const [filter, said] of [['min_tempo=300', /tempo/], ['genre=polka', /polka/]]) {
    await page.goto(new URL(`${NIGHT_DRIVE}&${filter}`, URL_OF_PAGE).href);
    await settled(page);
    assert.match(await page.locator('#answer .notice').innerText(), said);
    await page.locator('#answer > a', { hasText: 'Clear filters' }).click();
    await tracks(page).first().waitFor();
    assert.equal(new URL(page.url()).search, NIGHT_DRIVE);
  }
  clean(page);
});

test('the_filter_offers_the_genres_of_the_catalogue', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.locator('#filters summary').click();
  await page.locator('#genres option').first().waitFor({ state: 'attached' });
  const offered = await page.locator('#genres option').evaluateAll((options) => options.map(({ value }) => value));
  assert.deepEqual(offered.toSorted(), ['ambient', 'disco', 'folk', 'hip hop', 'rock', 'techno']);
  clean(page);
});

test('an_answer_is_copied_as_a_playlist', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(URL_OF_PAGE).origin });
  const { seeds, tracks: songs } = await answer(BALANCED);
  const all = [...seeds, ...songs];
  const copied = async (name) => {
    await page.getByRole('group', { name: 'Copy as playlist' }).getByRole('button', { name }).click();
    await page.getByText(`11 songs copied (${name})`).first().waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied('Text'), all.map(({ song, artist }) => `${artist} - ${song}\n`).join(''));
  const csv = (await copied('CSV')).split(/\r?\n/);
  assert.equal(csv[0], '"song","artist","album","year","id","url"');
  assert.ok(csv[1].startsWith(`"Night Drive","The Lanterns","${seeds[0].album}","${seeds[0].year}","${seeds[0].id}","https://open.spotify.com/`));
  assert.equal(csv.length, 13);
  const m3u = (await copied('M3U')).split('\n');
  assert.equal(m3u[0], '#EXTM3U');
  assert.equal(m3u[1], `#EXTINF:${Math.round(seeds[0].duration_ms / 1000)},The Lanterns - Night Drive`);
  assert.match(m3u[2], /^https:\/\/open\.spotify\.com\//);
  clean(page);
});

test('a_playlist_that_cannot_be_copied_is_shown', async () => {
  const page = await browser.open();
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.goto(new URL(NIGHT_DRIVE, URL_OF_PAGE).href);
  await settled(page);
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  assert.match(await page.getByLabel('Playlist to copy').inputValue(), /^The Lanterns - Night Drive\n/);
  clean(page);
});
