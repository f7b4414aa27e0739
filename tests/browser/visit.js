// Pages of the function at PAGE_URL, which serves the table of table.js, and what the tests look at in them.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Browser } from './browser.js';

export const URL_OF_PAGE = process.env.PAGE_URL ?? 'http://127.0.0.1:9000/';
export const NIGHT_DRIVE = '?song=Night+Drive';
const PICTURES = process.env.PICTURES ?? join(import.meta.dirname, '../../target/browser');

mkdirSync(PICTURES, { recursive: true });
export const browser = new Browser();

/** A page at a deep link, with the answer there. */
export async function visit(query = '', settings = {}) {
  const page = await browser.open(settings);
  await page.goto(new URL(query, URL_OF_PAGE).href);
  await settled(page);
  return page;
}

export async function settled(page) {
  await page.locator('#answer:not([aria-busy]) h1').waitFor();
}

export async function picture(page, name) {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

export function heading(page) {
  return page.locator('h1').innerText().then((text) => text.replace(/\s+/g, ' ').trim());
}

export function clean(page) {
  assert.deepEqual(page.complaints, []);
}

export function tracks(page) {
  return page.locator('.results > li');
}

/** What the function answers. */
export async function answer(path) {
  const response = await fetch(new URL(path, URL_OF_PAGE));
  assert.equal(response.status, 200, path);
  return response.json();
}
