/** How the tests run; `npm test` is the command. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with one line for programs: `12 passed, 0 failed`. A file that could not be loaded is a failure. */
const totals: Reporter = {
  onTestRunEnd(modules, errors) {
    const failedOutside = errors.length + modules.filter(hasFailedOutsideTests).length;
    const states = modules.flatMap((module) => [...module.children.allTests()]).map((test) => test.result().state);
    const count = (wanted: string) => states.filter((state) => state === wanted).length;
    process.stdout.write(`${count('passed')} passed, ${count('failed') + failedOutside} failed\n`);
  },
};

function hasFailedOutsideTests(module: TestModule): boolean {
  return module.errors().length > 0;
}

/** The tests that talk to a server of HTTP, and find it in a thread of its own where they are told so. */
const SERVED = [
  'batch',
  'batch.property',
  'bugs-and-logs',
  'checks',
  'corpus/corpus',
  'disconnects',
  'fuzz',
  'get',
  'health',
  'inspect',
  'media-type',
  'pipelining',
  'put',
  'routes',
  'slow-clients',
  'smuggling',
  'stopping',
  'transfer',
].map((name) => `test/http/${name}.test.ts`);
SERVED.push('test/inspector/stock-receiver.test.ts');

export default defineConfig({
  test: {
    // Files share the process of their worker, which saves 240 ms each: tests leave no handler, timer or variable behind.
    isolate: false,
    // Vitest leaves one processor free; of two that is half, and most of our tests wait for disks and other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Modules are loaded by Node itself, as in production: Vitest's runner makes calls across modules many times slower.
    experimental: { viteModuleRunner: false },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', totals],
    projects: [
      { extends: true, test: { name: 'tests', include: ['test/**/*.test.ts'] } },
      // What is asked of HTTP is asked a second time of servers that are in other threads than their stores.
      { extends: true, test: { name: 'threads', include: SERVED, provide: { serving: 'threads' } } },
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/wal/generated/**'] },
  },
});
