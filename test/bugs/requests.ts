/** Bugs between the text of a request and the store, and between the store's answer and its text. */
import type { PlantedBug } from './planted-bug.ts';

const putBodyTest = 'test/http/put-body.test.ts';
const putTest = 'test/http/put.test.ts';

const batchBodyTest = 'test/http/batch-body.test.ts';
const batchTest = 'test/http/batch.test.ts';

export const bugsInRequests: readonly PlantedBug[] = [
  {
    name: 'doubled-member-in-batch-accepted',
    why: 'two parsers read one request differently (D2)',
    edits: [
      {
        file: 'src/http/batch-body.ts',
        find: 'const mayBeDoubled = scan.members !== members;',
        replace: 'const mayBeDoubled = scan.members !== members && requests.length === 0;',
      },
    ],
    detectors: [batchBodyTest],
  },
  {
    name: 'numbers-of-a-refused-neighbour',
    why: 'a value is stored that stands in another put of the batch (D12)',
    edits: [
      {
        file: 'src/http/batch-body.ts',
        find: 'if (isLost && reader.followsText) {',
        replace: 'if (isLost && reader.followsText && index === 0) {',
      },
    ],
    detectors: [batchBodyTest],
  },
  {
    name: 'batch-answered-too-early',
    why: 'puts of a batch are reported before they are durable, or not at all',
    edits: [
      {
        file: 'src/http/batch-reply.ts',
        find: 'if (--this.#awaited === 0) {',
        replace: 'if (--this.#awaited <= 1) {',
      },
    ],
    detectors: [batchTest],
  },
  {
    name: 'batch-in-the-order-of-answers',
    why: 'a client takes the answer to one put for that to another',
    edits: [
      {
        file: 'src/http/batch-reply.ts',
        find: 'this.#texts[index] =',
        replace: 'this.#texts[this.#texts.length - this.#awaited + 0 * index] =',
      },
    ],
    detectors: [batchTest],
  },
  {
    name: 'doubled-member-accepted',
    why: 'two parsers read one request differently (D2)',
    edits: [
      {
        file: 'src/http/put-body.ts',
        find: '    if (doubled) {',
        replace: '    if (doubled && operations.length === 0) {',
      },
    ],
    detectors: [putBodyTest],
  },
  {
    name: 'long-integer-rounded',
    why: '9007199254740993 is stored as 9007199254740992 (D8)',
    edits: [
      {
        file: 'src/http/operation-reader.ts',
        find: 'return integerValue(integer);',
        replace: 'return integerValue(BigInt(Number(text)));',
      },
    ],
    detectors: [putBodyTest],
  },
  {
    name: 'unknown-told-as-timeout',
    why: 'a client whose put met a failed sync is not told that the server goes down',
    edits: [
      {
        file: 'src/http/put-reply.ts',
        find: "outcome.cause === 'timeout' ? 'PUT_TIMED_OUT' : 'SYNC_FAILED'",
        replace: "outcome.cause ? 'PUT_TIMED_OUT' : 'SYNC_FAILED'",
      },
    ],
    detectors: [putTest],
  },
  {
    name: 'any-host-allowed',
    why: 'a page whose name was made to point here reads and writes the store (N4)',
    edits: [
      {
        file: 'src/http/host-check.ts',
        find: 'return this.#allowed.has(host);',
        replace: "return this.#allowed.has(host) || host.includes('.');",
      },
    ],
    detectors: ['test/http/checks.test.ts'],
  },
];
