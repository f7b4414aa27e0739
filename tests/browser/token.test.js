// The page where the function asks for a token. GUARDED_URL is a function that serves the table of table.js to whoever bears
// TOKEN.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';

import { Browser } from './browser.js';

const { GUARDED_URL, TOKEN } = process.env;
const PICTURES = process.env.PICTURES ?? join(import.meta.dirname, '../../target/browser');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NIGHT_DRIVE = '?song=Night+Drive';

const browser = new Browser();
afterEach(() => browser.close());

async function visit(query = '', settings = {}) {
  const page = await browser.open(settings);
  await page.goto(new URL(query, GUARDED_URL).href);
  await page.getByRole('heading', { name: 'This catalogue asks for a token' }).waitFor();
  return page;
}

async function give(page, token) {
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Use this token' }).click();
}

test('the_page_asks_for_a_token_and_goes_where_its_address_says', async () => {
  const page = await visit(NIGHT_DRIVE);
  await page.screenshot({ path: join(PICTURES, 'token.png'), fullPage: true });
  await give(page, `  ${TOKEN}\n`);
  await page.locator('.results > li').first().waitFor();
  assert.equal(await page.locator('.results > li').count(), 10);
  // Suggestions and the map bear it too, and so does the page when it is loaded again.
  await page.getByRole('combobox').fill('night dr');
  await page.locator('#suggestions').getByRole('option', { name: /Night Drive/ }).first().waitFor();
  await page.locator('#map:not([hidden])').waitFor();
  await page.reload();
  await page.locator('.results > li').first().waitFor();
  assert.ok(!page.url().includes(TOKEN));
  assert.deepEqual(page.complaints, []);
});

test('a_token_that_is_refused_is_asked_for_again_and_not_kept', async () => {
  const page = await visit();
  assert.equal(await page.locator('.notice').count(), 0);
  await give(page, 'close-sesame');
  await page.getByText('This token is not accepted').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'This catalogue asks for a token' }).waitFor();
  assert.equal(await page.locator('.notice').count(), 0);
  await give(page, TOKEN);
  await page.locator('.start > li').first().waitFor();
  assert.deepEqual(page.complaints, []);
});

test('a_refusal_by_what_stands_before_the_function_asks_for_a_token_too', async () => {
  const page = await browser.open();
  const unauthorized = { status: 401, contentType: 'application/json', body: '{"message":"Unauthorized"}' };
  await page.route('**/v1/**', (route) => route.request().headers().authorization === `Bearer ${TOKEN}`
    ? route.continue() : route.fulfill(unauthorized));
  await page.goto(new URL(NIGHT_DRIVE, GUARDED_URL).href);
  await give(page, TOKEN);
  await page.locator('.results > li').first().waitFor();
});

test('a_token_is_of_one_tab_and_not_in_the_address', async () => {
  const page = await visit();
  await give(page, TOKEN);
  await page.locator('.start > li').first().waitFor();
  const other = await page.context().newPage();
  await other.goto(GUARDED_URL);
  await other.getByRole('heading', { name: 'This catalogue asks for a token' }).waitFor();
});

test('the_question_breaks_no_rule_of_accessibility', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await visit(NIGHT_DRIVE, { colorScheme, bypassCSP: true });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => axe.run());
    assert.deepEqual(violations.map(({ id }) => id), []);
  }
});
