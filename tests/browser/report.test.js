// The trainer's report, opened as a file. REPORT is the report of the table of table.js.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { Browser } from './browser.js';

const PICTURES = process.env.PICTURES ?? join(import.meta.dirname, '../../target/browser');
const REPORT = process.env.REPORT ?? join(PICTURES, 'model/report/index.html');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SECTIONS = ['answers', 'recommendations', 'clusters', 'map', 'k', 'classifier', 'search', 'data', 'timings'];

mkdirSync(PICTURES, { recursive: true });
const browser = new Browser();
afterEach(() => browser.close());

async function visit(settings = {}) {
  const page = await browser.open(settings);
  page.requests = [];
  page.on('request', (request) => page.requests.push(request.url()));
  await page.goto(pathToFileURL(REPORT).href);
  return page;
}

test('the_report_opens_from_a_file_and_asks_for_nothing_else', async () => {
  const page = await visit();
  assert.equal(await page.title(), 'segue model report');
  assert.equal(await page.locator('h1').innerText(), 'Model report');
  assert.deepEqual(await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id)), SECTIONS);
  assert.equal(await page.locator('.cards > li').count(), 6);
  assert.equal(await page.locator('section svg[role=img]').count(), 7 + 5);
  assert.equal(await page.locator('script, img').count(), 0);
  assert.deepEqual(page.requests, [pathToFileURL(REPORT).href]);
  await page.screenshot({ path: join(PICTURES, 'report-light.png'), fullPage: true });
  assert.deepEqual(page.complaints, []);
});

test('the_report_never_scrolls_sideways_and_wide_things_have_boxes_that_do', async () => {
  for (const width of [360, 390, 768, 1200]) {
    const page = await visit({ viewport: { width, height: 800 } });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide at ${width}`);
    if (width === 390) await page.screenshot({ path: join(PICTURES, 'report-phone.png'), fullPage: true });
    assert.deepEqual(page.complaints, []);
    await browser.close();
  }
});

test('what_the_model_answers_comes_first_for_five_songs_both_ways', async () => {
  const page = await visit();
  const answers = page.locator('#answers .answer');
  assert.equal(await answers.count(), 5);
  for (const answer of await answers.all()) {
    assert.deepEqual(await answer.locator('.way').allInnerTexts(), ['Own cluster', 'Any cluster']);
    assert.deepEqual(await answer.locator('ol').evaluateAll((lists) => lists.map((list) => list.children.length)), [10, 10]);
    const [own, ...clusters] = await answer.locator('h3 .id, ol:first-of-type .id').allInnerTexts();
    assert.ok(clusters.slice(0, 10).every((cluster) => cluster === own), `${own}: ${clusters}`);
  }
  assert.match(await page.locator('#recommendations').innerText(), /By chance[^]*By audio[^]*With the artist/);
});

test('what_is_wider_than_the_screen_has_a_sign_and_what_is_not_has_none', async () => {
  for (const width of [360, 1200]) {
    const page = await visit({ viewport: { width, height: 800 } });
    const boxes = await page.locator('.scroll').evaluateAll((all) => all.map((box) => ({
      name: box.getAttribute('aria-label'),
      cut: box.scrollWidth > box.clientWidth,
      shadow: getComputedStyle(box).backgroundAttachment === 'local, local, scroll, scroll',
      hint: box.matches('figure') ? box.nextElementSibling.offsetWidth > 0 : null,
    })));
    assert.ok(boxes.some(({ cut }) => cut) || width > 1000, `nothing is wider than ${width}`);
    for (const { name, cut, shadow, hint } of boxes) assert.ok(shadow && (hint === null || hint === cut), `${name} at ${width}: ${cut}, ${hint}`);
    await browser.close();
  }
});

test('charts_follow_the_colours_of_the_page', async () => {
  const colours = {};
  for (const colorScheme of ['light', 'dark']) {
    const page = await visit({ colorScheme });
    colours[colorScheme] = await page.evaluate(() => {
      const fill = (element) => getComputedStyle(element).fill;
      const text = [...document.querySelectorAll('#k text')].map(fill);
      return { ground: fill(document.querySelector('#k rect')), text: text[0], surface: getComputedStyle(document.querySelector('#k')).backgroundColor };
    });
    if (colorScheme === 'dark') await page.screenshot({ path: join(PICTURES, 'report-dark.png'), fullPage: true });
    await browser.close();
  }
  assert.notDeepEqual(colours.light, colours.dark);
  for (const { ground, surface } of Object.values(colours)) assert.equal(ground, surface);
  assert.notEqual(colours.light.text, colours.dark.text);
});

test('the_report_breaks_no_rule_of_accessibility', async () => {
  for (const colorScheme of ['light', 'dark']) {
    // A policy that allows no script would keep axe out.
    const page = await visit({ colorScheme, bypassCSP: true });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => axe.run());
    const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
    assert.deepEqual(said, [], colorScheme);
    await browser.close();
  }
});
