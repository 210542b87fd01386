/** Every Mermaid diagram under docs/ can be drawn. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
const diagrams = globSync('**/*.md', { cwd: docs }).flatMap((file) => {
  const blocks = readFileSync(`${docs}/${file}`, 'utf8').matchAll(/^```mermaid\n(.*?)^```$/gms);
  return [...blocks].map(([, text], at) => ({ file, number: at + 1, text: text! }));
});
let parse: (text: string) => Promise<unknown>;

beforeAll(async () => {
  // Mermaid takes its page from here when it is imported.
  const { window } = parseHTML('<html><body></body></html>');
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', window.document);
  const { default: mermaid } = await import('mermaid');
  parse = (text) => mermaid.parse(text);
});
afterAll(() => void vi.unstubAllGlobals());

test.each(diagrams)('diagram $number of docs/$file', async ({ text }) => {
  await expect(parse(text)).resolves.toBeTruthy();
});

test('a diagram with a mistake is found', async () => {
  expect(diagrams.length).toBeGreaterThan(0);
  await expect(parse('stateDiagram-v2\n    idle --> \n')).rejects.toThrow('Parse error on line 2');
});
