/** Whatever bytes come, the server answers in its own words, ends the connection, and goes on serving. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anOperation, type HttpFixture, serve } from './support/http-fixture.ts';

const piece = fc.oneof(
  fc.constantFrom('\r\n', '\r\n\r\n', '\n', '\0', ' ', ':', '0\r\n\r\n', '5\r\nabcde\r\n', 'GET / HTTP/1.1\r\n'),
  fc.constantFrom('Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Expect: 100-continue\r\n', 'Host: a\r\n'),
  fc.constantFrom(
    'Connection: close\r\n',
    'Connection: upgrade\r\nUpgrade: h2c\r\n',
    'HEAD',
    'CONNECT',
    '[{]}',
    '"\\u',
  ),
  fc.string({ maxLength: 5 }),
);
/** At a place of the original bytes, some are replaced. */
const changes = fc.array(fc.record({ at: fc.nat(), cut: fc.nat(20), piece }), { maxLength: 4 });

test('requests with pieces cut out and others put in', async () => {
  await using http = await serve();
  await fc.assert(
    fc.asyncProperty(changes, fc.integer({ min: 1, max: 3 }), async (all, count) => {
      let text = requests(http).repeat(count);
      for (const { at, cut, piece } of all) {
        const start = at % text.length;
        text = text.slice(0, start) + piece + text.slice(start + cut);
      }
      const client = await http.connect();
      client.send(text);
      client.end();
      checkReplies(await client.ended());
      client.destroy();
    }),
    { numRuns: 400 },
  );
  expect((await http.exchange(http.get('k'))).status).toBeOneOf([200, 404]);
});

function requests(http: HttpFixture): string {
  const batch = http.batch([{ put: [anOperation] }, { get: 'k' }]);
  return http.put([anOperation]).toString() + http.get('k') + batch.toString();
}

/** By their heads alone: bytes that became a HEAD make a reply without the body that it announces. */
function checkReplies(received: string): void {
  const [nothing, ...replies] = received.split(/HTTP\/1\.1 (?=\d{3} )/);
  expect(nothing).toBe('');
  for (const reply of replies) {
    if (reply === '100 Continue\r\n\r\n') continue;
    expect(reply).toContain('\r\nContent-Type: application/json; charset=utf-8\r\n');
    expect(reply).toContain('\r\nX-Content-Type-Options: nosniff\r\n');
  }
}
