// What is typed: songs, artists, and both.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { NIGHT_DRIVE, URL_OF_PAGE, browser, clean, heading, picture, settled, tracks, visit } from './visit.js';

afterEach(() => browser.close());

/** Where Enter leads from the start. */
async function enter(text) {
  const page = await visit();
  const box = page.getByRole('combobox');
  await box.fill(text);
  await box.press('Enter');
  await page.locator('.results, .choices').waitFor();
  await settled(page);
  return page;
}

test('enter_takes_a_title_and_its_artist_in_any_order', async () => {
  for (const text of ['night drive the lanterns', 'LANTERNS night drive']) {
    const page = await enter(text);
    assert.equal(await heading(page), 'Songs to follow Night Drive', text);
    assert.match(page.url(), /track_id=/);
    clean(page);
    await browser.close();
  }
});

test('enter_starts_from_an_artist_whose_name_is_typed', async () => {
  for (const text of ['The Lanterns', 'lanterns', 'the  LANTERNS']) {
    const page = await enter(text);
    assert.equal(await heading(page), 'Songs to follow The Lanterns', text);
    assert.equal(new URL(page.url()).searchParams.get('seed_artists'), 'The Lanterns');
    assert.equal(await tracks(page).count(), 10);
    assert.equal(await page.locator('.chips .words').innerText(), 'The Lanterns');
    assert.equal(await page.title(), 'The Lanterns – segue');
    await picture(page, 'artist');
    clean(page);
    await browser.close();
  }
});

test('an_artist_is_suggested_and_joins_a_song', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.getByRole('button', { name: 'Add a song or an artist' }).click();
  const box = page.getByRole('combobox');
  await box.fill('');
  await box.pressSequentially('artist 5');
  await page.locator('#suggestions').getByRole('option', { name: /^Artist 5 ?Artist$/ }).click();
  await page.waitForURL(/seed_artists=Artist\+5/);
  await settled(page);
  assert.equal(await page.locator('.chips li').count(), 2);
  assert.match(page.url(), /seed_tracks=/);
  assert.equal(await page.getByRole('link', { name: 'From the first to the second' }).count(), 0, 'a path leads between songs');
  await page.getByRole('link', { name: 'Remove Night Drive' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.chips li').length === 1);
  assert.equal(await heading(page), 'Songs to follow Artist 5');
  await tracks(page).first().locator('.add').click();
  await page.waitForFunction(() => document.querySelectorAll('.chips li').length === 2);
  assert.match(page.url(), /seed_artists=Artist\+5/);
  clean(page);
});

test('a_link_may_have_what_would_be_typed', async () => {
  const page = await visit('?q=the+lanterns&affinity=none');
  await tracks(page).first().waitFor();
  assert.equal(await heading(page), 'Songs to follow The Lanterns');
  assert.equal(new URL(page.url()).search, '?seed_artists=The+Lanterns&affinity=none');
  clean(page);
});

test('an_unknown_artist_in_a_link_suggests_others', async () => {
  const page = await visit('?seed_artists=Artist+5x');
  assert.match(await heading(page), /No track is by “Artist 5x”/);
  await page.locator('.choices a').first().click();
  await tracks(page).first().waitFor();
  clean(page);
});

test('several_artists_have_commas_between_them', async () => {
  const page = await visit('?song=Two+Voices');
  assert.equal(await page.locator('#answer > .about .artist').innerText(), 'Ann, Dee');
  assert.equal(await page.locator('.chips .words').innerText(), 'Two Voices – Ann, Dee');
  clean(page);
});

test('a_slow_link_says_what_it_waits_for_and_why', async () => {
  const page = await browser.open();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/v1/recommendations?*', (route) => held.then(() => route.continue()));
  await page.goto(new URL(NIGHT_DRIVE, URL_OF_PAGE).href);
  await page.getByRole('heading', { name: 'Looking for “Night Drive” and what follows it' }).waitFor();
  await page.getByText('The first answer takes a few seconds').first().waitFor();
  await picture(page, 'slow');
  release();
  await tracks(page).first().waitFor();
  assert.equal(await heading(page), 'Songs to follow Night Drive');
  assert.equal(await page.locator('.awaited').count(), 0);
  assert.equal(await page.locator('#progress').isVisible(), false);
  clean(page);
});

test('what_is_typed_is_looked_for_again_where_it_could_not_be_reached', async () => {
  const page = await visit();
  await page.route('**/v1/tracks?*', (route) => route.abort());
  await page.getByRole('combobox').fill('the lanterns');
  await page.getByRole('combobox').press('Enter');
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await page.unroute('**/v1/tracks?*');
  await again.click();
  await tracks(page).first().waitFor();
  assert.equal(await heading(page), 'Songs to follow The Lanterns');
  clean(page);
});
