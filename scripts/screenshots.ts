/**
 * Takes the pictures of the inspector that the README and docs/inspector.md show, of a real server under the demonstration
 * load. Needs Chromium (CHROMIUM_PATH), and `unshare` for the disk that is full. What is on them differs from run to run;
 * what they are about does not.
 *
 *     npm run screenshots
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { needs } from '../test/support/can-run.ts';
import { onTmpfs } from '../test/support/sandbox.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import { Tenant } from '../test/support/tenant.ts';
import { endOnSignals } from './support/end-on-signals.ts';

const SEEN_MS_MAX = 60_000;
/** A laptop's window, and one on its side: what is below the statechart is seen as well. */
const WIDE = { width: 1280, height: 800 };
const TALL = { width: 1280, height: 1000 };
const CONTENDED_KEY = 'stock:concert-tickets';
/** Small blocks, so that merges are seen as well. */
const SERVER = ['--inspect', '--max-block-size', '256 KiB', '--max-blocks', '6'];

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/pictures');

endOnSignals();
needs('chromium');
needs('unshare');
mkdirSync(pictures, { recursive: true });
const browser = await launchBrowser();
try {
  await takeContention(browser);
  await takeFullDisk(browser);
} finally {
  await browser.close();
}

async function takeContention(browser: Browser): Promise<void> {
  await using server = await ServerProcess.start({ args: SERVER });
  using _load = startLoad(server.url, 64);
  const page = await openInspector(browser, server.url);
  // All puts of this key are shown: those that were refused, and those that stood in their way.
  await page.getByRole('searchbox').fill(CONTENDED_KEY);
  await page.keyboard.press('Enter');
  await seen(page.locator('#status'), `following ${CONTENDED_KEY}`);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await seen(page.getByRole('region', { name: 'Why puts were refused' }), 'Last 10 seconds');
  await seen(page.getByRole('region', { name: 'Blocks' }), '→');
  await page.mouse.move(0, 0);

  await page.keyboard.press('3');
  await page.keyboard.press('f');
  await page.setViewportSize(WIDE);
  await take(page, 'flusher');
  await page.keyboard.press('f');
  await page.setViewportSize(TALL);
  await page.keyboard.press('1');

  await page.keyboard.press('Space');
  await seen(page.locator('#status'), 'paused');
  await take(page, 'page-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await take(page, 'page-light');

  await openTelling(page, /^stale, stock:concert-tickets, /, 'stale');
  await take(page, 'stale');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await openTelling(page, /^in flight, stock:concert-tickets, /, 'in flight');
  await take(page, 'in-flight');
}

async function takeFullDisk(browser: Browser): Promise<void> {
  const mountPoint = mkdtempSync(join(tmpdir(), 'concave-pictures-'));
  try {
    await using server = await ServerProcess.start({
      dataDir: join(mountPoint, 'data'),
      args: SERVER,
      ...onTmpfs(mountPoint, 'size=64m'),
    });
    using _load = startLoad(server.url, 16);
    const page = await openInspector(browser, server.url);
    const explanation = page.getByRole('region', { name: 'Why puts were refused' });
    await page.keyboard.press('3');
    await seen(explanation, 'Last 5 seconds');
    new Tenant(server.pid, mountPoint).takeAll();
    await seen(explanation, 'rolled back');
    await seen(page.getByRole('tab', { name: 'Flusher' }), 'waitingForRoom');
    await seen(explanation, 'Last 8 seconds');
    await page.keyboard.press('Space');
    await take(page, 'full-disk');
  } finally {
    rmSync(mountPoint, { recursive: true });
  }
}

async function openInspector(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: TALL, colorScheme: 'dark' });
  page.setDefaultTimeout(SEEN_MS_MAX);
  await page.goto(`${url}/inspect`);
  await seen(page.locator('#status'), 'live');
  return page;
}

/** The newest of those whose rival was recorded too: its sentence ends in a link. */
async function openTelling(page: Page, name: RegExp, outcome: string): Promise<void> {
  await page.getByRole('button', { name: outcome, exact: true }).click();
  const detail = page.getByRole('region', { name: 'One put' });
  const rows = page.getByRole('row', { name });
  await rows.first().waitFor();
  const count = await rows.count();
  for (let at = 0; at < count; at += 1) {
    await rows.nth(at).click();
    await detail.waitFor();
    await page.mouse.move(0, 0);
    const sentence = detail.getByRole('paragraph').filter({ hasText: /^Refused: / });
    if ((await sentence.getByRole('button').count()) > 0) return;
    await page.keyboard.press('Escape');
  }
  throw new Error(`none of ${count} puts that ended as ${outcome} has a rival that was recorded`);
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  console.log(`docs/pictures/${name}.png: ${Math.round(statSync(path).size / 1024)} KiB`);
}

async function seen(where: Locator, words: string): Promise<void> {
  await where.filter({ hasText: words }).waitFor();
}

function startLoad(url: string, clients: number): Disposable {
  const flags = ['--url', url, '--clients', String(clients), '--seconds', '300'];
  const child = spawn(process.execPath, ['scripts/demo-load.ts', ...flags], { cwd: root, stdio: 'ignore' });
  const end = () => child.kill();
  process.on('exit', end);
  return {
    [Symbol.dispose]: () => {
      process.off('exit', end);
      end();
    },
  };
}
