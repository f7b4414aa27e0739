// A Chromium to look at the page with, and what every page must not do.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
// The browser reports every answer that is an error; some of them are what a test asks for.
const EXPECTED = /^Failed to load resource: .*(400|401|404|409|503|net::ERR_FAILED)/;

/** Opens pages with settings of their own, each in a new profile; `close` ends what it opened. */
export class Browser {
  #opened = [];

  /** `settings` are those of Playwright's browser contexts. */
  async open(settings = {}) {
    const profile = mkdtempSync(join(tmpdir(), 'segue-page-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: FLAGS,
      locale: 'en-GB',
      viewport: { width: 1200, height: 900 },
      ...settings,
    });
    this.#opened.push({ context, profile });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
    });
    const page = context.pages()[0] ?? await context.newPage();
    page.setDefaultTimeout(10_000);
    page.complaints = [];
    page.on('console', (message) => {
      const text = `${message.text()} ${message.location().url}`;
      if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) page.complaints.push(text);
    });
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      page.complaints.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    return page;
  }

  async close() {
    for (const { context, profile } of this.#opened.splice(0)) {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    }
  }
}
