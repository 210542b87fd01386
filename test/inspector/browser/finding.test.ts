import { describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { until } from '../../support/until.ts';
import { InspectedServer } from '../support/inspected-server.ts';
import { HeldDisk } from './support/held-disk.ts';
import { type InspectorPage, TEST_MS_MAX } from './support/inspector-page.ts';
import { visiting } from './support/visitor.ts';

describe.skipIf(!mayUse('chromium'))('finding a put on the page of the inspector', { timeout: TEST_MS_MAX }, () => {
  const visitor = visiting();

  test('filters by key, outcome and duration narrow the list, and the status line says how many puts are shown', async () => {
    await using server = await InspectedServer.start();
    const inspector = await visitor.open(server.url);
    const { page } = inspector;
    await inspector.seeStatus('every put shown (auto)');
    await server.watched.put(['apples', 1, 0]);
    await server.watched.put(['pears', 1, 0]);
    await server.watched.put(['pears', 2, 0]);
    using disk = new HeldDisk(server);
    const slow = server.watched.put(['plums', 1, 0]);
    await inspector.row(/^under way, plums, /).waitFor();
    await see(inspector, 4);

    await inspector.filterText.fill('PEAR');
    await see(inspector, 2);
    await page.getByRole('button', { name: 'stale', exact: true }).click();
    await see(inspector, 1);
    await inspector.row(/^stale, pears, /).waitFor();
    await inspector.filterText.fill('apples');
    await page.getByText('None of the 4 puts recorded fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await see(inspector, 4);

    // Only what the disk holds up takes that long.
    await page.getByRole('spinbutton', { name: 'at least' }).fill('1500');
    await see(inspector, 1);
    await inspector.row(/^under way, plums, /).waitFor();
    disk.release();
    await slow;
    await inspector.row(/^committed, plums, /).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();

    await page.getByRole('combobox', { name: 'show' }).selectOption('1 in 1,000');
    await inspector.seeStatus('1 in 1,000 shown');
    await page.getByRole('combobox', { name: 'show' }).selectOption('every put');
    await inspector.seeStatus(/every put shown(?! \(auto\))/);
    await inspector.filterText.fill('apples');
    await inspector.filterText.press('Enter');
    await inspector.seeStatus('following apples');
  });

  test('time can be stopped, gone back in, and caught up with, while recording goes on', async () => {
    await using server = await InspectedServer.start();
    const inspector = await visitor.open(server.url);
    // A first moment, of before the put.
    await inspector.seeStatus('every put shown');
    await server.watched.put(['apples', 1, 0]);
    await see(inspector, 1);

    await inspector.press('Space');
    await inspector.seeStatus('paused at');
    await server.watched.put(['pears', 1, 0]);
    // Frames that tell of it come, and change nothing of what is shown.
    const pausedMs = await secondsBehind(inspector);
    await until(async () => (await secondsBehind(inspector)) > pausedMs + 0.5, 'recording goes on');
    await see(inspector, 1);
    await inspector.row(/^committed, apples, /).waitFor();
    await inspector.seeState('committed', 1);

    await inspector.press('Home');
    await see(inspector, 0);
    await inspector.seeState('committed', 0);
    const oldest = await momentShown(inspector);
    await inspector.press('ArrowRight', 'ArrowRight');
    await until(async () => (await momentShown(inspector)) === oldest + 2, 'two frames on');
    await inspector.press('ArrowLeft');
    await until(async () => (await momentShown(inspector)) === oldest + 1, 'one frame back');

    // From a moment of the past, time goes on at its own pace.
    await inspector.press('Space');
    await inspector.seeStatus('replaying at');
    await inspector.row(/^committed, pears, /).waitFor();
    await inspector.press('End');
    await inspector.seeStatus('live');
    await see(inspector, 2);
    await inspector.seeState('committed', 2);
  });

  test('a moment that is held is the same in every part of the page, and when it is come back to', async () => {
    await using server = await InspectedServer.start();
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    await using _load = endlessPuts(server);
    await inspector.see(inspector.machine('Key locks'), /[1-9][\d.]*k? messages\/s/);
    // The chart changes less often than frames come: more than one moment is needed to be sure.
    for (let time = 0; time < 3; time += 1) {
      await inspector.press('Space');
      await inspector.seeStatus('paused at');
      const moment = await momentShown(inspector);
      const committed = await inspector.state('committed').textContent();
      await inspector.press('ArrowLeft');
      await until(async () => (await momentShown(inspector)) === moment - 1, 'one frame back');
      await inspector.press('ArrowRight');
      await until(async () => (await momentShown(inspector)) === moment, 'one frame on');
      expect(await inspector.state('committed').textContent()).toBe(committed);
      await inspector.press('End');
      await inspector.seeStatus('live');
    }
  });

  test('everything can be done without a mouse', async () => {
    await using server = await InspectedServer.start();
    const inspector = await visitor.open(server.url);
    const { page } = inspector;
    await inspector.seeStatus('live');
    await server.watched.put(['apples', 1, 0]);
    await server.watched.put(['pears', 1, 0]);
    await see(inspector, 2);

    await inspector.press('/');
    await seeFocus(inspector, /^Filter by key or id/);
    await page.keyboard.type('a');
    await see(inspector, 2);
    for (let stop = 0; stop < 20 && !(await focused(inspector)).startsWith('committed, '); stop += 1)
      await inspector.press('Tab');
    await seeFocus(inspector, /^committed, pears, /);
    await inspector.press('ArrowDown');
    await seeFocus(inspector, /^committed, apples, /);
    await inspector.press('Enter');
    await inspector.see(inspector.detail, 'Committed as seq 1');
    await seeFocus(inspector, /^Back to all puts$/);
    await inspector.press('Escape');
    await inspector.detail.waitFor({ state: 'hidden' });

    await inspector.press('?');
    const help = page.getByRole('dialog', { name: 'How to read this page' });
    await inspector.see(help, 'Refused: a key has another version than the client expected.');
    await inspector.press('Escape');
    await help.waitFor({ state: 'detached' });

    await inspector.press('3');
    await page.getByRole('tab', { name: 'Flusher', selected: true }).waitFor();
    await inspector.state('waitingForRoom').waitFor();
    await inspector.press('f');
    await inspector.rows().first().waitFor({ state: 'hidden' });
    await inspector.press('Escape');
    await inspector.rows().first().waitFor();
  });
});

async function see(inspector: InspectorPage, count: number): Promise<void> {
  // Rows that are not needed stay in the document, hidden.
  await until(async () => (await inspector.rows().count()) === count, `${count} puts are in the list`);
}

/** One put after the other, until it is disposed of. */
function endlessPuts({ watched }: InspectedServer): AsyncDisposable {
  let isOver = false;
  const run = async () => {
    for (let version = 0; !isOver; version += 1) await watched.put(['apples', 1, version]);
  };
  const done = run();
  return {
    [Symbol.asyncDispose]: () => {
      isOver = true;
      return done;
    },
  };
}

async function secondsBehind({ page }: InspectorPage): Promise<number> {
  const [, seconds] = /paused at −([\d.]+) s/.exec((await page.locator('#status').textContent())!) ?? [];
  return Number(seconds);
}

async function momentShown({ page }: InspectorPage): Promise<number> {
  return Number(await page.getByRole('slider', { name: 'Moment shown' }).inputValue());
}

async function seeFocus(inspector: InspectorPage, name: RegExp): Promise<void> {
  await until(async () => name.test(await focused(inspector)), `the focus is on ${name}`);
}

function focused({ page }: InspectorPage): Promise<string> {
  return page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent');
}
