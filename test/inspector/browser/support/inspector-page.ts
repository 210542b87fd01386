/** The inspector's page in a browser, with verbs for what a person looks for and does. Every wait is for what is seen. */
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';

/** A wait longer than that is a failure, on a busy machine as well. */
const SEEN_MS_MAX = 30_000;
/** For tests: a few such waits. */
export const TEST_MS_MAX = 90_000;

export class InspectorPage {
  readonly page: Page;
  /** What went wrong in the page, or was asked of anybody but its server, in words. */
  readonly faults: string[] = [];
  /** Every URL that was asked for. */
  readonly urls: string[] = [];
  /** Every message of the server, as it came. */
  readonly heard: string[] = [];
  readonly #ownUrls: readonly string[];

  /** `url` of a server, or of a file. */
  static async open(context: BrowserContext, url: string): Promise<InspectorPage> {
    const isFile = url.startsWith('file:');
    const page = await context.newPage();
    page.setDefaultTimeout(SEEN_MS_MAX);
    const own = isFile ? [url] : [`${url}/`, `${url.replace(/^http/, 'ws')}/`];
    const inspector = new InspectorPage(page, own);
    await page.goto(isFile ? url : `${url}/inspect`);
    return inspector;
  }

  private constructor(page: Page, ownUrls: readonly string[]) {
    this.page = page;
    this.#ownUrls = ownUrls;
    page.on('request', (request) => this.#checkUrl(request.url()));
    page.on('websocket', (socket) => {
      this.#checkUrl(socket.url());
      socket.on('framereceived', ({ payload }) => this.heard.push(String(payload)));
    });
    page.on('pageerror', ({ message }) => this.faults.push(`an error that nobody caught: ${message}`));
    page.on('dialog', (dialog) => {
      this.faults.push(`a dialog of a script: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      // A server that is gone is told of in the page; the browser tells of it as well.
      const isLostServer = /^WebSocket connection to '.*' failed: /.test(message.text());
      if (message.type() === 'error' && !isLostServer) this.faults.push(`in the console: ${message.text()}`);
    });
  }

  get detail(): Locator {
    return this.page.getByRole('region', { name: 'One put' });
  }

  get explanation(): Locator {
    return this.page.getByRole('region', { name: 'Why puts were refused' });
  }

  get blocks(): Locator {
    return this.page.getByRole('region', { name: 'Blocks' });
  }

  get filterText(): Locator {
    return this.page.getByRole('searchbox', { name: 'Filter by key or id' });
  }

  /** A put in the list; its name is outcome, key and short id. */
  row(name: string | RegExp): Locator {
    return this.page.getByRole('row', { name });
  }

  rows(): Locator {
    return this.row(/^(committed|stale|in flight|refused|rolled back|unknown|under way), /);
  }

  /** A state of the chart that is shown. */
  state(name: string): Locator {
    return this.page.getByRole('img', { name: `State ${name}`, exact: true });
  }

  machine(title: string): Locator {
    return this.page.getByRole('tab', { name: title });
  }

  async seeStatus(words: string | RegExp): Promise<void> {
    await this.page.locator('#status').filter({ hasText: words }).waitFor();
  }

  /** How many are in a state, or ended in it, is written below its name. */
  async seeState(name: string, count: number): Promise<void> {
    await this.see(this.state(name), new RegExp(`^\\D+${count}(\\D|$)`));
  }

  async see(where: Locator, words: string | RegExp): Promise<void> {
    await where.filter({ hasText: words }).first().waitFor();
  }

  /** Chooses a file where the page asks for one. */
  async choose(file: string, ask: () => Promise<void>): Promise<void> {
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), ask()]);
    await chooser.setFiles(file);
  }

  /** What the page gives to be kept, in a file in `directory`. */
  async save(directory: string, ask: () => Promise<void>): Promise<string> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), ask()]);
    const path = join(directory, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async openPut(row: Locator): Promise<void> {
    await row.click();
    await this.detail.waitFor();
  }

  async goBack(): Promise<void> {
    // The list is held as it is under a pointer.
    await this.page.mouse.move(0, 0);
    await this.press('Escape');
    await this.detail.waitFor({ state: 'hidden' });
  }

  /** The lines of the sequence diagram, without their times: who says what to whom. */
  async messages(): Promise<string[]> {
    const words = await this.detail.getByRole('img', { name: 'HTTP to transaction' }).getAttribute('aria-label');
    return words!
      .split('; ')
      .filter((line) => !line.endsWith(' of waiting'))
      .map((line) => line.replace(/^[^:]*: /, ''));
  }

  #checkUrl(url: string): void {
    this.urls.push(url);
    if (url.startsWith('data:') || url.startsWith('blob:') || this.#ownUrls.some((own) => url.startsWith(own))) return;
    this.faults.push(`a request to ${url}`);
  }
}

export function shortId(id: unknown): string {
  const text = String(id);
  return `${text.slice(0, 4)}…${text.slice(-4)}`;
}
