/** Somebody with a browser. Each test sees the pages for the first time, and no page may do anything wrong in it. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchBrowser } from '../../../support/browser.ts';
import { InspectorPage } from './inspector-page.ts';

export interface Visitor {
  /** In a context of its own where `options` are given, else in that of the test. */
  open(url: string, options?: BrowserContextOptions): Promise<InspectorPage>;
}

/** A browser is large: it starts and ends slowly where much else runs. */
const HOOK_MS_MAX = 60_000;

/** To be called inside of `describe`. */
export function visiting(): Visitor {
  let browser: Browser;
  let context: BrowserContext | undefined;
  let pages: InspectorPage[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  }, HOOK_MS_MAX);
  afterEach(async () => {
    for (const open of browser.contexts()) await open.close();
    const faults = pages.flatMap((page) => page.faults);
    context = undefined;
    pages = [];
    expect(faults).toEqual([]);
  }, HOOK_MS_MAX);
  afterAll(() => browser.close(), HOOK_MS_MAX);
  return {
    open: async (url, options) => {
      context ??= await browser.newContext();
      const where = options ? await browser.newContext(options) : context;
      const page = await InspectorPage.open(where, url);
      pages.push(page);
      return page;
    },
  };
}
