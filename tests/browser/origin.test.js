// Pages of other origins ask a demo: a front end on another port, and one that is a file. PAGE_URL is a demo that serves
// the table of table.js.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { Browser } from './browser.js';

const API = new URL(process.env.PAGE_URL ?? 'http://127.0.0.1:9000/').origin;
const FRONT_END = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A front end</title>';

const browser = new Browser();
afterEach(() => browser.close());
const folder = mkdtempSync(join(tmpdir(), 'segue-origin-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A server on another port, which says nothing of other origins: its URL. It ends with the test. */
async function serve(t, type, body) {
  const server = createServer((request, response) => response.setHeader('content-type', type).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

async function visit(url) {
  const page = await browser.open();
  await page.goto(url);
  assert.notEqual(await page.evaluate(() => origin), API);
  return page;
}

/** What the page gets of a fetch: the status, headers that it may read, and the body; or why it gets nothing. */
function ask(page, url, init = {}) {
  return page.evaluate(async ({ url, init }) => {
    try {
      const answer = await fetch(url, init);
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() };
    } catch (error) {
      return { refused: String(error) };
    }
  }, { url: new URL(url, API).href, init });
}

function clean(page) {
  assert.deepEqual(page.complaints, []);
}

/** The requests of the Python service's own page, in its order. */
async function pythonServicesPage(page) {
  const shared = await ask(page, `/recommend/${encodeURIComponent('Shared Title')}?n=5&same_cluster=true`);
  assert.deepEqual([shared.status, shared.body?.status], [200, 'Artista_Necesario'], JSON.stringify(shared));
  const artist = shared.body.options.artists.at(-1);
  const answer = await ask(page, `/recommend/${encodeURIComponent('Shared Title')}?n=5&same_cluster=true&artist=${encodeURIComponent(artist)}`);
  assert.deepEqual([answer.status, answer.body?.status, answer.body?.original_song.artist], [200, 'ok', 'Bob & Cy']);
  assert.equal(answer.body.recommendations.length, 5);
  const search = await ask(page, '/search?song=Shared%20Title');
  assert.deepEqual([search.status, search.body?.count], [200, 2], JSON.stringify(search));
  clean(page);
}

test('the_python_services_page_works_from_another_port', async (t) => {
  await pythonServicesPage(await visit(await serve(t, 'text/html', FRONT_END)));
});

test('the_python_services_page_works_as_a_file', async () => {
  const file = join(folder, 'front end.html');
  writeFileSync(file, FRONT_END);
  const page = await visit(pathToFileURL(file).href);
  await pythonServicesPage(page);
});

test('a_page_of_another_port_reads_answers_problems_and_their_headers', async (t) => {
  const page = await visit(await serve(t, 'text/html', FRONT_END));
  const answer = await ask(page, '/v1/recommendations?song=Night+Drive&limit=3');
  assert.deepEqual([answer.status, answer.body?.tracks.length], [200, 3], JSON.stringify(answer));
  assert.equal(answer.headers['x-model-version'], answer.body.model.version);
  assert.ok(answer.headers.etag && answer.headers['x-request-id']);
  const problem = await ask(page, '/v1/recommendations?song=Shared+Title&strict=true');
  assert.deepEqual([problem.status, problem.body?.artists], [409, ['Bob & Cy', 'Ann']], JSON.stringify(problem));
  clean(page);
});

test('a_preflight_lets_a_page_of_another_port_post_json_and_send_a_token', async (t) => {
  const page = await visit(await serve(t, 'text/html', FRONT_END));
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const preflights = [];
  network.on('Network.requestWillBeSent', ({ request }) => {
    if (request.method === 'OPTIONS') preflights.push(new URL(request.url).pathname);
  });
  const post = (headers) => ask(page, '/v1/recommendations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ seeds: [{ song: 'Night Drive' }], limit: 4 }),
  });
  for (const headers of [{}, { authorization: 'Bearer of-anybody', 'x-request-id': 'mine-7' }]) {
    const answer = await post(headers);
    assert.deepEqual([answer.status, answer.body?.tracks.length], [200, 4], JSON.stringify(answer));
    if (headers['x-request-id']) assert.equal(answer.headers['x-request-id'], headers['x-request-id']);
  }
  assert.equal(preflights[0], '/v1/recommendations', 'the browser asked first');
  const refused = await post({ 'x-anything-else': 'x' });
  assert.match(refused.refused ?? '', /Failed to fetch/, JSON.stringify(refused));
});

test('the_browser_keeps_from_a_page_what_another_origin_does_not_share', async (t) => {
  const page = await visit(await serve(t, 'text/html', FRONT_END));
  const answer = await ask(page, await serve(t, 'application/json', '{}'));
  assert.match(answer.refused ?? '', /Failed to fetch/, JSON.stringify(answer));
});
