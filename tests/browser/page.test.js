// The page's main flow, clicked through. PAGE_URL is a function that serves the table of table.js.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';

import { Browser } from './browser.js';
import { AWKWARD } from './table.js';

const URL_OF_PAGE = process.env.PAGE_URL ?? 'http://127.0.0.1:9000/';
const PICTURES = process.env.PICTURES ?? join(import.meta.dirname, '../../target/browser');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

mkdirSync(PICTURES, { recursive: true });
const browser = new Browser();
afterEach(() => browser.close());

/** A page at a deep link, with the answer there. */
async function visit(query = '', settings = {}) {
  const page = await browser.open(settings);
  await page.goto(new URL(query, URL_OF_PAGE).href);
  await settled(page);
  return page;
}

async function settled(page) {
  await page.locator('#answer:not([aria-busy]) h1').waitFor();
}

async function picture(page, name) {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

function heading(page) {
  return page.locator('h1').innerText().then((text) => text.replace(/\s+/g, ' ').trim());
}

function clean(page) {
  assert.deepEqual(page.complaints, []);
}

function tracks(page) {
  return page.locator('.results > li');
}

/** The ids of the first two songs that follow one. */
async function twoIds() {
  const answer = await fetch(new URL('v1/recommendations?song=Night+Drive&limit=2', URL_OF_PAGE));
  return (await answer.json()).tracks.map(({ id }) => id);
}

async function severalSongs() {
  return `?seed_tracks=${(await twoIds()).join(',')}`;
}

async function aPath() {
  const [from, to] = await twoIds();
  return `?from=${from}&to=${to}`;
}

const NIGHT_DRIVE = '?song=Night+Drive';

test('typing_then_arrows_and_enter_lead_to_ten_songs', async () => {
  const page = await visit();
  const box = page.getByRole('combobox');
  await box.fill('');
  await box.pressSequentially('night dr');
  const option = page.getByRole('option', { name: /Night Drive/ }).first();
  await option.waitFor();
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  await picture(page, 'suggestions');
  await box.press('ArrowDown');
  assert.equal(await box.getAttribute('aria-activedescendant'), await option.getAttribute('id'));
  assert.equal(await option.getAttribute('aria-selected'), 'true');
  await box.press('Enter');
  await tracks(page).first().waitFor();
  await settled(page);
  assert.equal(await tracks(page).count(), 10);
  assert.equal(await heading(page), 'Songs to follow Night Drive');
  assert.match(page.url(), /\?track_id=/);
  assert.equal(await box.getAttribute('aria-expanded'), 'false');
  assert.match(await page.getByRole('status').innerText(), /10 songs follow Night Drive/);
  assert.equal(await page.title(), 'Night Drive – segue');
  await picture(page, 'light');
  clean(page);
});

test('a_click_on_a_suggestion_leads_to_its_songs', async () => {
  const page = await visit();
  await page.getByRole('combobox').pressSequentially('夜に');
  await page.getByRole('option').first().click();
  await tracks(page).first().waitFor();
  assert.match(await heading(page), /夜に駆ける/);
  clean(page);
});

test('escape_closes_the_list_and_the_arrows_go_round', async () => {
  const page = await visit();
  const box = page.getByRole('combobox');
  await box.pressSequentially('song number 1');
  await page.getByRole('option').first().waitFor();
  const count = await page.getByRole('option').count();
  await box.press('ArrowUp');
  assert.equal(await box.getAttribute('aria-activedescendant'), `suggestion-${count - 1}`);
  await box.press('ArrowDown');
  assert.equal(await box.getAttribute('aria-activedescendant'), null);
  await box.press('Escape');
  assert.equal(await page.getByRole('listbox').isVisible(), false);
  assert.equal(await box.inputValue(), 'song number 1');
  clean(page);
});

test('the_switch_decides_whether_other_clusters_are_searched', async () => {
  const page = await visit(NIGHT_DRIVE);
  const clusters = async () => new Set(await page.locator('.results .badge').allInnerTexts());
  const seed = await page.locator('#answer > .about .badge').innerText();
  assert.deepEqual([...await clusters()], [seed]);
  const asked = page.waitForRequest((request) => request.url().includes('same_cluster=false'));
  await page.getByRole('switch', { name: /cluster/ }).click({ force: true });
  await asked;
  await settled(page);
  assert.match(page.url(), /same_cluster=false/);
  assert.equal(await page.getByRole('switch', { name: /cluster/ }).isChecked(), false);
  assert.equal(await tracks(page).count(), 10);
  await page.goBack();
  await settled(page);
  assert.equal(await page.getByRole('switch', { name: /cluster/ }).isChecked(), true);
  await page.getByRole('switch', { name: /cluster/ }).focus();
  await page.keyboard.press('Space');
  await page.waitForURL(/same_cluster=false/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'same-cluster');
  clean(page);
});

test('what_people_play_together_counts_unless_it_is_switched_off', async () => {
  const asked = [];
  const page = await browser.open();
  page.on('request', (request) => request.url().includes('/v1/recommendations') && asked.push(new URL(request.url()).searchParams));
  await page.goto(new URL(NIGHT_DRIVE, URL_OF_PAGE).href);
  await settled(page);
  assert.equal(asked.at(-1).get('affinity'), 'balanced');
  assert.match(await page.locator('#answer > .hint').innerText(), /In the order of sound, artist and genre\./);
  await page.getByRole('switch', { name: /play together/ }).click({ force: true });
  await page.waitForURL(/affinity=none/);
  await settled(page);
  assert.equal(asked.at(-1).get('affinity'), null);
  assert.match(await page.locator('#answer > .hint').innerText(), /how alike they sound/);
  await tracks(page).first().locator('.song').click();
  await page.waitForURL(/track_id=/);
  assert.match(page.url(), /affinity=none/, 'the switch stays as it is');
  clean(page);
});

test('several_songs_are_followed_and_two_are_the_ends_of_a_path', async () => {
  const page = await visit(NIGHT_DRIVE);
  const second = await tracks(page).nth(1).locator('.song').innerText();
  await tracks(page).nth(1).locator('.add').click();
  await page.waitForURL(/seed_tracks=/);
  await settled(page);
  assert.equal(await page.locator('.chips li').count(), 2);
  assert.equal(await heading(page), 'Songs to follow Night Drive and 1 other');
  assert.equal(await tracks(page).count(), 10);
  assert.ok(!(await page.locator('.results .song').allInnerTexts()).includes(second), 'a seed is not in the answer');
  await picture(page, 'several');
  const box = page.getByRole('combobox');
  await page.getByRole('button', { name: 'Add a song' }).click();
  await box.fill('');
  await box.pressSequentially('song number 1');
  await page.getByRole('option').first().click();
  await page.waitForFunction(() => document.querySelectorAll('.chips li').length === 3);
  await page.getByRole('link', { name: /^Remove Song Number/ }).last().click();
  await page.waitForFunction(() => document.querySelectorAll('.chips li').length === 2);
  await page.getByRole('link', { name: 'From the first to the second' }).click();
  await page.waitForURL(/from=.*&to=/);
  await settled(page);
  assert.equal(await tracks(page).count(), 10);
  assert.equal(await tracks(page).first().locator('.song').innerText(), 'Night Drive');
  assert.equal(await tracks(page).last().locator('.song').innerText(), second);
  assert.match(await page.locator('canvas').getAttribute('aria-label'), /A path with 8 songs/);
  await picture(page, 'path');
  await page.getByRole('link', { name: 'The other way round' }).click();
  await page.waitForFunction((song) => document.querySelector('.results .song').textContent === song, second);
  clean(page);
});

test('enter_takes_the_best_hit_of_the_search', async () => {
  const page = await visit();
  const box = page.getByRole('combobox');
  await box.fill('the lanterns nigth');
  await box.press('Enter');
  await tracks(page).first().waitFor();
  assert.equal(await heading(page), 'Songs to follow Night Drive');
  clean(page);
});

test('a_result_leads_on_and_back_and_forward_return', async () => {
  const page = await visit(NIGHT_DRIVE);
  const first = tracks(page).first();
  const song = await first.locator('.song').innerText();
  await first.click({ position: { x: 10, y: 10 } });
  await page.waitForURL(/track_id=/);
  await settled(page);
  await page.waitForFunction((song) => document.querySelector('h1').textContent.includes(song), song);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'answer-heading');
  const second = tracks(page).nth(1).locator('.song');
  const next = await second.innerText();
  await second.focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction((song) => document.querySelector('h1').textContent.includes(song), next);
  await page.goBack();
  await page.waitForFunction((song) => document.querySelector('h1').textContent.includes(song), song);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('h1').textContent.includes('Night Drive'));
  assert.equal(new URL(page.url()).search, NIGHT_DRIVE);
  await page.goForward();
  await page.waitForFunction((song) => document.querySelector('h1').textContent.includes(song), song);
  clean(page);
});

test('a_profile_opens_to_its_figures', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('table').waitFor();
  assert.equal(await page.getByRole('table').getByRole('rowheader').count(), 7);
  assert.match(page.url(), /song=Night/, 'opening it does not lead on');
  await picture(page, 'profile');
  clean(page);
});

test('a_shared_title_asks_which_artist', async () => {
  const page = await visit();
  await page.getByRole('combobox').fill('shared title');
  await page.getByRole('combobox').press('Enter');
  await page.getByRole('link', { name: 'Bob & Cy' }).waitFor();
  assert.equal(await page.locator('.choices a').count(), 2);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'answer-heading');
  await picture(page, 'artists');
  await page.getByRole('link', { name: 'Bob & Cy' }).click();
  await tracks(page).first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get('artist'), 'Bob & Cy');
  assert.equal(await page.locator('#answer > .about .artist').innerText(), 'Bob & Cy');
  await page.goto(new URL('?song=Shared+Title&artist=Nobody', URL_OF_PAGE).href);
  await settled(page);
  assert.equal(await page.locator('.choices a').count(), 2);
  clean(page);
});

test('a_choice_has_the_map_beside_it', async () => {
  const page = await visit('?song=Shared+Title');
  assert.equal(await page.getByRole('combobox').inputValue(), 'Shared Title');
  await page.locator('.legend button').first().waitFor();
  clean(page);
});

test('an_unknown_title_suggests_others', async () => {
  const page = await visit('?song=Nigth+Drive');
  assert.match(await heading(page), /Nigth Drive/);
  await page.getByRole('link', { name: 'Night Drive' }).click();
  await tracks(page).first().waitFor();
  assert.match(await heading(page), /Night Drive/);
  await page.goto(new URL('?track_id=not-there', URL_OF_PAGE).href);
  await settled(page);
  assert.match(await heading(page), /not in the catalogue/);
  clean(page);
});

test('titles_are_text_and_nothing_else', async () => {
  for (const [song, artist] of AWKWARD.slice(3)) {
    const page = await visit(`?${new URLSearchParams({ song, artist })}`, { viewport: { width: 360, height: 740 } });
    assert.equal(await page.locator('h1 .song').innerText(), song);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, song);
    clean(page);
    await browser.close();
  }
  const page = await visit(`?${new URLSearchParams({ song: AWKWARD[4][0] })}`);
  assert.equal(await page.evaluate(() => document.querySelector('h1 .song').matches(':dir(rtl)')), true);
  await picture(page, 'right-to-left');
});

test('a_phone_never_scrolls_sideways', async () => {
  const page = await visit('', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(await width(), 360);
  await picture(page, 'phone-start');
  await page.getByRole('combobox').pressSequentially('a very');
  await page.getByRole('option').first().waitFor();
  assert.equal(await width(), 360);
  await page.getByRole('option').first().tap();
  await tracks(page).first().waitFor();
  assert.equal(await width(), 360);
  await page.locator('summary').first().tap();
  await page.getByRole('table').waitFor();
  assert.equal(await width(), 360);
  await picture(page, 'phone');
  clean(page);
});

test('the_dark_scheme_is_dark', async () => {
  const page = await visit(NIGHT_DRIVE, { colorScheme: 'dark' });
  const [red, green, blue] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.ok(red + green + blue < 120);
  await picture(page, 'dark');
  clean(page);
});

test('a_spanish_browser_is_answered_in_spanish', async () => {
  const page = await visit(NIGHT_DRIVE, { locale: 'es-AR' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
  assert.match(await heading(page), /Canciones para seguir a/);
  assert.equal(await page.getByRole('button', { name: 'Buscar' }).count(), 1);
  assert.match(await page.getByRole('status').innerText(), /10 canciones/);
  // Every name is made of the trainer's phrases.
  const { clusters } = await (await fetch(new URL('v1/clusters', URL_OF_PAGE))).json();
  const legend = await page.locator('.legend .name').allInnerTexts();
  assert.equal(legend.length, clusters.length);
  for (const { name } of clusters) assert.ok(name.startsWith('Vocal') || name.startsWith('Popular') || !legend.includes(name), name);
  await picture(page, 'spanish');
  clean(page);
});

test('another_language_is_answered_in_english', async () => {
  const page = await visit('', { locale: 'fi-FI' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  clean(page);
});

test('a_model_that_is_not_there_yet_is_waited_for', async () => {
  const page = await browser.open();
  let refused = 0;
  await page.route('**/v1/recommendations?*', (route) => {
    refused += 1;
    return refused > 2 ? route.continue() : route.fulfill({ status: 503, headers: { 'retry-after': '1' }, body: '{}' });
  });
  await page.goto(new URL(NIGHT_DRIVE, URL_OF_PAGE).href);
  await page.getByText('Trying again, 2 of 5').first().waitFor();
  await picture(page, 'waiting');
  await tracks(page).first().waitFor();
  assert.equal(refused, 3);
  clean(page);
});

test('what_cannot_be_reached_can_be_tried_again', async () => {
  const page = await browser.open();
  await page.route('**/v1/recommendations?*', (route) => route.abort());
  await page.goto(new URL(NIGHT_DRIVE, URL_OF_PAGE).href);
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await picture(page, 'error');
  await page.unroute('**/v1/recommendations?*');
  await again.click();
  await tracks(page).first().waitFor();
  clean(page);
});

test('a_late_answer_never_replaces_a_later_question', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.route('**/v1/recommendations?*track_id*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue().catch(() => {});
  });
  await tracks(page).first().locator('.song').click();
  await page.waitForURL(/track_id=/);
  await page.getByRole('combobox').fill('夜に駆ける');
  await page.getByRole('combobox').press('Enter');
  await page.waitForFunction(() => document.querySelector('h1').textContent.includes('夜に駆ける'));
  await page.waitForTimeout(1_000);
  assert.match(await heading(page), /夜に駆ける/);
  clean(page);
});

test('the_map_names_its_marks_and_leads_on', async () => {
  const page = await visit(NIGHT_DRIVE);
  const canvas = page.locator('canvas');
  await canvas.scrollIntoViewIfNeeded();
  assert.match(await canvas.getAttribute('aria-label'), /600 of 600 tracks.*10 results/);
  const box = await canvas.boundingBox();
  const songs = await page.locator('.results .song').allInnerTexts();
  const found = async () => {
    for (let y = 4; y < box.height; y += 8) {
      for (let x = 4; x < box.width; x += 8) {
        await page.mouse.move(box.x + x, box.y + y);
        const tip = await page.locator('.tip').innerText();
        const song = songs.find((song) => tip.startsWith(`${song} –`));
        if (song) return { song, x, y };
      }
    }
    return null;
  };
  const mark = await found();
  assert.ok(mark, 'a result has its mark');
  await canvas.click({ position: mark });
  await page.waitForURL(/track_id=/);
  await page.waitForFunction((song) => document.querySelector('h1').textContent.includes(song), mark.song);
  const only = page.locator('.legend button').first();
  await only.click();
  assert.equal(await only.getAttribute('aria-pressed'), 'true');
  await picture(page, 'one-cluster');
  clean(page);
});

test('no_view_breaks_a_rule_of_accessibility', async () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const query of ['', NIGHT_DRIVE, '?song=Shared+Title', '?song=Nigth+Drive', await severalSongs(), await aPath()]) {
      const page = await visit(query, { colorScheme, bypassCSP: true });
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => axe.run());
      const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
      assert.deepEqual(said, [], `${colorScheme} ${query}`);
      await browser.close();
    }
  }
});
