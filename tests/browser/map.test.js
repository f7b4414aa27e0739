// The page's map: each dot is a song.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { NIGHT_DRIVE, answer, browser, clean, heading, picture, settled, visit } from './visit.js';

afterEach(() => browser.close());

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
        await pointAt(page, box, x, y);
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

/** Points at a place, and waits until the page has seen it: a browser hands on movements once a frame. */
async function pointAt(page, box, x, y) {
  await page.mouse.move(box.x + x, box.y + y);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** A place of the canvas at which no result or seed lies, and the song there. */
async function aDot(page, box) {
  const marked = [...await page.locator('.results .song').allInnerTexts(), await page.locator('.chips .words').first().innerText()];
  for (let y = 4; y < box.height; y += 12) {
    for (let x = 4; x < box.width; x += 12) {
      await pointAt(page, box, x, y);
      const name = page.locator('.tip .name');
      // The text of what is hidden would be that of the dot before.
      const text = await name.isVisible() ? await name.innerText() : '';
      if (text && !marked.some((song) => text.startsWith(song))) return { x, y, text };
    }
  }
  return null;
}

test('a_dot_has_a_name_and_starts_from_its_song', async () => {
  const page = await visit(NIGHT_DRIVE);
  const asked = [];
  page.on('request', (request) => request.url().includes('/v1/map') && asked.push(new URL(request.url()).searchParams));
  const canvas = page.locator('canvas');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  const named = page.waitForResponse((response) => response.url().includes('tracks=true'));
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.4);
  await named.catch(() => {});
  const dot = await aDot(page, box);
  assert.ok(dot, 'a dot has a name');
  assert.match(await page.locator('.tip .cluster').innerText(), /./);
  assert.equal(asked.length, 1, 'names are fetched once');
  await picture(page, 'dot');
  await canvas.click({ position: dot });
  await page.waitForURL(/track_id=/);
  await settled(page);
  assert.ok(dot.text.startsWith((await heading(page)).replace('Songs to follow ', '')), dot.text);
  clean(page);
});

test('the_keyboard_goes_from_dot_to_dot', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.locator('.plane').focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('.tip .name', { hasText: 'Night Drive' }).waitFor();
  const names = new Set();
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp']) {
    await page.keyboard.press(key);
    const name = page.locator('.tip .name');
    await name.waitFor();
    names.add(await name.innerText());
  }
  assert.ok(names.size >= 3, [...names].join());
  await page.keyboard.press('ArrowLeft');
  await page.waitForTimeout(100);
  const said = await page.getByRole('status').innerText();
  const name = await page.locator('.tip .name').innerText();
  assert.ok(said.startsWith(name), `${said} is said of ${name}`);
  await page.keyboard.press('Enter');
  await page.waitForURL(/track_id=/);
  await page.waitForFunction((name) => name.startsWith(document.querySelector('h1 .song').textContent), name);
  await page.locator('.plane').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.tip').isVisible(), false);
  clean(page);
});

test('under_a_finger_the_first_tap_names_a_dot_and_the_second_goes_there', async () => {
  const page = await visit(NIGHT_DRIVE, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const canvas = page.locator('canvas');
  await canvas.scrollIntoViewIfNeeded();
  const { width, height } = await canvas.boundingBox();
  const position = { x: width * 0.72, y: height * 0.35 };
  await canvas.tap({ position });
  await page.locator('.tip').waitFor();
  await page.waitForTimeout(300);
  assert.equal(new URL(page.url()).search, NIGHT_DRIVE);
  await canvas.tap({ position });
  await page.waitForURL(/track_id=/);
  clean(page);
});

test('the_start_marks_and_lists_the_best_known_songs', async () => {
  const page = await visit();
  const { clusters } = await answer('v1/clusters');
  const listed = await page.locator('.start .song').allInnerTexts();
  assert.deepEqual(listed, clusters.flatMap(({ examples }) => examples.map(({ song }) => song)));
  assert.match(await page.locator('.marks').innerText(), /well-known songs/);
  for (const { examples, means } of clusters) {
    assert.ok(examples.every(({ features }) => features.popularity > means.popularity));
  }
  await picture(page, 'start');
  clean(page);
});
