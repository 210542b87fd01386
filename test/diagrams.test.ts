/** docs/state-diagrams: what the machines are and do, and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagramPages } from '../scripts/support/diagram-pages.ts';
import { messageRows } from '../scripts/support/message-words.ts';
import { playStories } from '../scripts/support/stories.ts';
import { outlineOf, readableTypes } from '../src/inspector/machine-outline.ts';
import { machines } from '../src/inspector/machines.ts';

const directory = new URL('../docs/state-diagrams/', import.meta.url);
const outOfDate = 'docs/state-diagrams is out of date: run `npm run diagrams`';

test('the pages are those that the machines give, the sequences those of real runs', async () => {
  const pages = await diagramPages();
  expect(readdirSync(directory).toSorted(), outOfDate).toEqual(pages.map(([file]) => file).toSorted());
  for (const [file, text] of pages) expect(readFileSync(new URL(file, directory), 'utf8'), outOfDate).toBe(text);
});

test.each(Object.entries(machines))('every message that %s handles has its words, and no other', (name, machine) => {
  const itsOwn = readableTypes(machine);
  const handled = outlineOf(machine).edges.flatMap(({ eventType }) =>
    eventType === '' || itsOwn.has(eventType) ? [] : [eventType],
  );
  const rows = messageRows().filter(({ to }) => to === name);
  expect(rows.map(({ type }) => type).toSorted()).toEqual([...new Set(handled)].toSorted());
});

test('every message is sent in a real run, by whom its words say', async () => {
  const types = new Set(messageRows().map(({ type }) => type));
  const actor = (participant: string) => (participant.startsWith('put ') ? 'transaction' : participant);
  const sent = (await playStories()).flatMap(({ happenings }) =>
    happenings.flatMap((happening) => {
      if (happening.kind !== 'message' || !types.has(happening.text)) return [];
      return [`${actor(happening.from)} sends ${happening.text} to ${actor(happening.to)}`];
    }),
  );
  const said = messageRows().map(({ from, type, to }) => `${from} sends ${type} to ${to}`);
  expect([...new Set(sent)].toSorted()).toEqual(said.toSorted());
});
