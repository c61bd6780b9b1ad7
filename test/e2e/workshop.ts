/** What every browser test needs: a real server with the page, and a Chromium that looks at it. */
import assert from 'node:assert/strict';
import { type TestServer, type TestServerOptions, startTestServer } from '@bottega/testing';
import { launchBrowser } from '@bottega/testing/browser';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

export type Workshop = {
  readonly server: TestServer;
  readonly browser: Browser;
  /** A page of a new visitor at `path`; whatever goes wrong in it fails the test that closes the workshop. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Draws pictures through the API. */
  draw(prompt: string, count?: number): Promise<void>;
  close(): Promise<void>;
};

export async function openWorkshop(options: TestServerOptions = {}): Promise<Workshop> {
  const server = await startTestServer({ ...options, page: true });
  const browser = await launchBrowser().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const mishaps: string[] = [];
  return {
    server,
    browser,
    visit: async (path, context) => {
      const { newPage } = await newVisitor(browser, context);
      const page = await newPage();
      page.on('pageerror', (error) => mishaps.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected.test(message.text())) mishaps.push(message.text());
      });
      await page.goto(server.url + path);
      return page;
    },
    draw: async (prompt, count = 1) => {
      for (let drawn = 0; drawn < count; drawn++) {
        const { id } = await server.client.createGeneration({ prompt, steps: 1, seed: drawn });
        await server.services.studio.finished(id);
      }
    },
    close: async () => {
      await browser.close();
      await server.stop();
      assert.deepEqual(mishaps, [], 'the page complained in the console');
    },
  };
}

/** Requests that fail on purpose are noted by Chromium. */
const expected = /Failed to load resource|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|EventSource/;

async function newVisitor(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(20_000);
  return { newPage: () => context.newPage() };
}

/** Waits until the page's own code runs: the switch for the colours appears then. */
export async function ready(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Colours|Colori)/ }).waitFor();
}

/** The field with exactly this label. */
export function field(page: Page, label: string): Locator {
  return page.getByLabel(label, { exact: true });
}

/** Waits for what no page shows. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
