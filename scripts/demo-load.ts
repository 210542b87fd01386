/**
 * Something to watch: clients that fill carts and count stock, some of which everybody wants at once. Each reads, decides, and
 * puts with the versions that it read, as a careful client does; what is refused is read and decided again.
 * A token is taken from the environment variable CONCAVE_TOKEN.
 */
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { misuse, readCommandLine, wholeNumber } from './support/command-line.ts';

const usage = `\
    npm run demo:load -- --url http://127.0.0.1:8080
    npm run demo:load -- --clients 64 --seconds 60 --url http://127.0.0.1:8080`;
const { values: options } = readCommandLine(usage, {
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    clients: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '60' },
  },
});

/** One key that everybody wants, some that many do, and a long tail. */
const SHARE_OF_HOTTEST = 0.1;
const SHARE_OF_WARM = 0.3;
const WARM_KEYS = 20;
const COLD_KEYS = 5000;
/** How often a client puts with the version that it remembers instead of reading first. */
const SHARE_FROM_MEMORY = 0.3;

interface Reply {
  readonly status: number;
  readonly body: { readonly code?: string; readonly version?: number; readonly value?: number };
}

const counts: Record<string, number> = {};
let isOver = false;

const clients = wholeNumber(usage, 'clients', options.clients, 1, 1000);
const seconds = wholeNumber(usage, 'seconds', options.seconds, 1, 3600);
const agent = new Agent({ keepAlive: true, maxSockets: clients });
const { url } = options;
if (URL.parse(url)?.protocol !== 'http:')
  misuse(usage, `--url is ${JSON.stringify(url)}; allowed is a URL like http://127.0.0.1:8080`);
const server = new URL(url);

await main();

async function main(): Promise<void> {
  console.log(`${clients} clients for ${seconds} s on ${server.origin}; watch them on ${server.origin}/inspect`);
  const timers = [
    setInterval(report, 1000),
    setTimeout(() => {
      isOver = true;
    }, seconds * 1000),
  ];
  process.once('SIGINT', () => {
    isOver = true;
  });
  try {
    await Promise.all(Array.from({ length: clients }, () => shop()));
  } catch (error) {
    console.error(`${server.origin} does not answer: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    agent.destroy();
    report();
  }
}

/** One client. It remembers what it saw of each key, which may be old by the time it is used. */
async function shop(): Promise<void> {
  const seen = new Map<string, { version: number; value: number }>();
  while (!isOver) {
    const keys = new Set([anyKey()]);
    while (Math.random() < 0.3) keys.add(anyKey());
    for (const key of keys) if (!seen.has(key) || Math.random() >= SHARE_FROM_MEMORY) seen.set(key, await read(key));
    const operations = [...keys].map((key) => {
      const { version, value } = seen.get(key)!;
      return { key, value: value + 1, version };
    });
    const { status, body } = await send('POST', '/v1/put', JSON.stringify(operations));
    count(status === 200 ? 'committed' : (body.code ?? String(status)));
    if (status === 401) throw new Error('it wants a token: set CONCAVE_TOKEN');
    for (const { key, version, value } of operations) {
      if (status === 200) seen.set(key, { version: version + 1, value });
      else if (status === 412) seen.delete(key);
    }
    if (seen.size > 200) seen.clear();
  }
}

async function read(key: string): Promise<{ version: number; value: number }> {
  const { status, body } = await send('GET', `/v1/get?key=${encodeURIComponent(key)}`);
  count('reads');
  return status === 200 ? { version: body.version!, value: body.value! } : { version: 0, value: 0 };
}

function anyKey(): string {
  const luck = Math.random();
  if (luck < SHARE_OF_HOTTEST) return 'stock:concert-tickets';
  if (luck < SHARE_OF_HOTTEST + SHARE_OF_WARM) return `stock:item-${Math.floor(Math.random() * WARM_KEYS)}`;
  return `cart:${Math.floor(Math.random() * COLD_KEYS)}`;
}

function send(method: string, path: string, text = ''): Promise<Reply> {
  const { CONCAVE_TOKEN: token } = process.env;
  const headers: OutgoingHttpHeaders = {
    ...(text !== '' && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, server), { method, agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(body) }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function count(what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

function report(): void {
  const names: Record<string, string> = { STALE_VERSION: 'stale', KEY_IN_FLIGHT: 'in flight' };
  const line = Object.entries(counts).map(([what, number]) => `${number} ${names[what] ?? what}`);
  if (line.length > 0) console.log(line.join(', '));
  for (const what of Object.keys(counts)) delete counts[what];
}
