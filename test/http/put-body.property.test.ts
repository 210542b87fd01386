import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../../src/http/failures.ts';
import { decodePut } from '../../src/http/put-body.ts';
import type { PutOperation } from '../../src/outcome.ts';
import { valueText } from '../../src/value-text.ts';
import { defaultSettings } from './support/http-fixture.ts';
import { jsonText } from './support/json-texts.ts';
import { putText } from './support/put-texts.ts';

const decode = (text: string) => decodePut(Buffer.from(text), defaultSettings);

test('D12 however a put is written, its operations are read as they were meant', () => {
  fc.assert(
    fc.property(putText, ({ text, operations }) => {
      expect(decode(text)).toStrictEqual(operations);
    }),
    { numRuns: 2000 },
  );
});

test('D12 a value that is written and read again is the same', () => {
  fc.assert(
    fc.property(putText, ({ operations }) => {
      const members = ({ key, value, version }: PutOperation) =>
        `{"key":${JSON.stringify(key)},"value":${valueText(value)},"version":${version}}`;
      expect(decode(`[${operations.map(members).join()}]`)).toStrictEqual(operations);
    }),
    { numRuns: 1000 },
  );
});

test('D1 a put with one of its operations twice is refused', () => {
  fc.assert(
    fc.property(putText, fc.nat(), ({ text, operations }, at) => {
      const { key } = operations[at % operations.length]!;
      const doubled = text.replace(/\]\s*$/, () => `,{"key":${JSON.stringify(key)},"value":0,"version":0}]`);
      expect(decode(doubled)).toMatchObject({ failure: 'DUPLICATE_KEY' });
    }),
  );
});

test.each(['key', 'value', 'version'])('D2 a put with a second member %s somewhere is refused', (name) => {
  fc.assert(
    fc.property(putText, fc.constantFrom('"a"', '1.5', '0', '[1]'), ({ text }, value) => {
      // Behind the first brace that opens an operation, so in front of the member that JSON.parse would keep.
      const doubled = text.replace('{', `{"${name}":${value},`);
      expect(decode(doubled)).toMatchObject({ failure: 'BAD_MEMBER', error: expect.stringContaining(`"${name}"`) });
    }),
  );
});

test('no JSON text makes the reader throw', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      for (const body of [text, `[${text}]`, `[{"key":"k","value":${text},"version":0}]`, `[{"version":${text}}]`]) {
        const result = decode(body);
        expect(result instanceof Refusal || result.length > 0).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

test('D7 D11 what JSON.parse does not take is refused as bad JSON or encoding, cut or changed anywhere', () => {
  fc.assert(
    fc.property(putText, fc.nat(), fc.nat(255), ({ text }, position, byte) => {
      const changed = Buffer.from(text);
      changed[position % changed.length] = byte;
      for (const body of [changed, Buffer.from(text).subarray(0, position % changed.length)]) {
        const result = decodePut(body, defaultSettings);
        if (parses(body)) continue;
        expect(result).toMatchObject({ failure: expect.stringMatching(/^BAD_JSON$|^BAD_ENCODING$|^LIMIT_EXCEEDED$/) });
      }
    }),
    { numRuns: 1000 },
  );
});

function parses(body: Buffer): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return true;
  } catch {
    return false;
  }
}
