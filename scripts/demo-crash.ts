/**
 * Shows the one promise that matters most, with a real process: it starts a server, streams puts at it, kills it with
 * SIGKILL in the middle, starts it again on the same directory, and asks for every put that was acknowledged.
 *
 *     npm run demo:crash
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `--once` crashes it a single time, to show that the demonstration still works. */
const CRASHES = process.argv.includes('--once') ? 1 : 3;
const CLIENTS = 64;
const KEYS_A_CLIENT = 5;
const RUN_MS = 1500;

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  /** Its log lines so far. */
  readonly log: Record<string, unknown>[];
}

interface Reply {
  readonly status: number;
  readonly body: { readonly value?: unknown; readonly version?: number };
}

/** What the server acknowledged last for a key, and the put that had no answer when it died, if there was one. */
interface Known {
  acknowledged: { readonly value: string; readonly version: number } | undefined;
  unanswered: { readonly value: string; readonly version: number } | undefined;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const dataDir = mkdtempSync(path.join(tmpdir(), 'concave-demo-'));
const agent = new http.Agent({ keepAlive: true });
const known = new Map<string, Known>();
let server: Server | undefined;

try {
  process.exitCode = (await demonstrate()) ? 0 : 1;
} finally {
  server?.child.kill('SIGKILL');
  agent.destroy();
  rmSync(dataDir, { recursive: true, force: true });
}

async function demonstrate(): Promise<boolean> {
  server = await start();
  say(`started a server with an empty data directory`);
  for (let crash = 1; crash <= CRASHES; crash += 1) {
    const acknowledged = await streamPutsAndKill(server);
    const unanswered = [...known.values()].filter((key) => key.unanswered).length;
    say(
      `crash ${crash}: SIGKILL after ${acknowledged} acknowledged puts by ${CLIENTS} clients; ${unanswered} puts had no answer yet`,
    );
    server = await start();
    const recovered = server.log.find((line) => line.event === 'recovered');
    const torn = server.log.find((line) => line.event === 'torn_tail');
    say(`  restarted: ${recovered?.transactions} transactions recovered in ${recovered?.tookMs} ms`);
    if (torn) say(`  ${torn.msg}`);
    if (!(await everythingIsThere(server))) return false;
  }
  server.child.kill('SIGTERM');
  await once(server.child, 'exit');
  say('stopped the server with SIGTERM: nothing was lost');
  return true;
}

/** Each client puts its own keys, one after the other, until the server is gone. Returns how many were acknowledged. */
async function streamPutsAndKill({ child, url }: Server): Promise<number> {
  let acknowledged = 0;
  const client = async (name: number) => {
    for (let step = 0; ; step += 1) {
      const key = `client-${name}/key-${step % KEYS_A_CLIENT}`;
      const before = known.get(key)?.acknowledged;
      const put = { value: `value ${step} of ${process.hrtime.bigint()}`, version: (before?.version ?? 0) + 1 };
      known.set(key, { acknowledged: before, unanswered: put });
      const reply = await request(`${url}/v1/put`, [{ key, value: put.value, version: put.version - 1 }]).catch(
        () => undefined,
      );
      if (!reply) return;
      if (reply.status !== 200) throw new Error(`a put was answered ${reply.status} ${JSON.stringify(reply.body)}`);
      known.set(key, { acknowledged: put, unanswered: undefined });
      acknowledged += 1;
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)));
  setTimeout(() => child.kill('SIGKILL'), RUN_MS);
  await clients;
  return acknowledged;
}

/** A put without an answer may be there or not; whatever is there becomes what is known. */
async function everythingIsThere({ url }: Server): Promise<boolean> {
  let survived = 0;
  for (const [key, { acknowledged, unanswered }] of known) {
    const { status, body } = await request(`${url}/v1/get?key=${encodeURIComponent(key)}`);
    const found = status === 200 ? { value: String(body.value), version: Number(body.version) } : undefined;
    if (unanswered && found?.version === unanswered.version && found.value === unanswered.value) survived += 1;
    else if (found?.version !== acknowledged?.version || found?.value !== acknowledged?.value) {
      say(`  LOST: ${key} should be ${JSON.stringify(acknowledged)} and is ${JSON.stringify(found)}`);
      return false;
    }
    known.set(key, { acknowledged: found, unanswered: undefined });
  }
  say(
    `  asked for all ${known.size} keys: every acknowledged put is there; of those without an answer, ${survived} had been written`,
  );
  return true;
}

async function start(): Promise<Server> {
  const child = spawn(process.execPath, ['src/main.ts', '--data-dir', dataDir, '--listen', '127.0.0.1:0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    log.push(JSON.parse(line));
    if (log.at(-1)?.event !== 'ready') continue;
    child.stdout.resume();
    return { child, url: String(log.at(-1)?.url), log };
  }
  throw new Error('the server ended before it was ready');
}

/** A get, or a put where there is a body. Rejects when the connection breaks. */
function request(url: string, body?: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = http.request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('aborted', () => reject(new Error('the connection broke')));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function say(line: string): void {
  console.log(line);
}
