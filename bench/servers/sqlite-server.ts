/**
 * Fastify on SQLite as Node has it, with a write-ahead log that is synced with every transaction (`synchronous=FULL`).
 *
 *     node sqlite-server.ts DIRECTORY put     each put is a transaction, and holds the thread while the disk works
 *     node sqlite-server.ts DIRECTORY turn    the puts of a turn of the event loop share one
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Put, type PutStore, type Stored, serve } from './put-server.ts';

const [directory, grouping] = process.argv.slice(2);
const database = new DatabaseSync(path.join(directory!, 'data.sqlite'));
database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
database.exec('CREATE TABLE pairs (key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID');
const insert = database.prepare('INSERT INTO pairs VALUES (?, ?, 1) ON CONFLICT DO NOTHING');
const update = database.prepare('UPDATE pairs SET value = ?, version = version + 1 WHERE key = ? AND version = ?');
const select = database.prepare('SELECT key, value, version FROM pairs WHERE key = ?');

function write({ key, value, version }: Put): boolean {
  const { changes } = version === 0 ? insert.run(key, value) : update.run(value, key, version);
  return changes === 1;
}

let waiting: { readonly put: Put; readonly answer: (isWritten: boolean) => void }[] = [];

function putInTurn(put: Put): Promise<boolean> {
  if (waiting.length === 0) setImmediate(writeTurn);
  return new Promise((answer) => waiting.push({ put, answer }));
}

function writeTurn(): void {
  const turn = waiting;
  waiting = [];
  database.exec('BEGIN');
  const written = turn.map(({ put }) => write(put));
  database.exec('COMMIT');
  for (const [index, { answer }] of turn.entries()) answer(written[index]!);
}

const get: PutStore['get'] = (key) => select.get(key) as Stored | undefined;
await serve({ put: grouping === 'turn' ? putInTurn : write, get });
