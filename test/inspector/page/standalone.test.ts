import { expect, test } from 'vitest';
import { pageSources } from '../../../scripts/support/page-sources.ts';
import { importsOf, sourcesFrom, standalonePage } from '../../../src/inspector/page/standalone.ts';
import { frame, recordingOf, transaction } from './samples.ts';

const html =
  '<head><link rel="stylesheet" href="/inspect/page/style.css"></head><script type="module" src="/x.ts"></script>';
const modules = new Map([
  ['main.ts', `import { a } from './a.ts';\nimport './b.ts';\nconst s = 'from here';`],
  ['a.ts', `export const a = '</script>$&'; // 100 %`],
  ['b.ts', `export * from "./a.ts";`],
]);
const sources = { html, css: 'a::after { content: "</style>"; }', modules };

const texts = (page: string, attribute: string) =>
  [...page.matchAll(new RegExp(`<script [^>]*${attribute}[^>]*>([\\s\\S]*?)</script>`, 'g'))].map((match) => match[1]!);

test('no key and no module can end an element early', () => {
  const key = '</script><script>alert(1)</script><!--';
  const recording = recordingOf([frame(1, { transactions: [transaction('a', { keys: [{ key, expected: 1 }] })] })]);
  const page = standalonePage({ ...sources, recording });
  expect(page.match(/<script/g)).toHaveLength(4);
  expect(page.match(/<\/script>/g)).toHaveLength(4);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(page).not.toContain('<!--');
  expect(JSON.parse(texts(page, 'id="recording"')[0]!)).toEqual(recording);
});

test('modules import each other by names that a file can have', () => {
  const { imports } = JSON.parse(texts(standalonePage(sources), 'importmap')[0]!) as {
    imports: Record<string, string>;
  };
  expect(Object.keys(imports)).toEqual(['page/main.ts', 'page/a.ts', 'page/b.ts']);
  const main = decodeURIComponent(imports['page/main.ts']!);
  expect(main).toContain(`import { a } from 'page/a.ts';\nimport 'page/b.ts';\nconst s = 'from here';`);
});

test('nothing is loaded from anywhere', () => {
  const page = standalonePage(sources);
  expect(page).not.toContain('<link rel="stylesheet"');
  expect(page.replace(texts(page, 'page-sources')[0]!, '')).not.toContain('/inspect/page/');
  expect(page).toContain("default-src 'none'");
});

test('a page that was saved can be saved again', () => {
  const page = standalonePage(sources);
  const found = sourcesFrom(texts(page, 'page-sources')[0]!, texts(page, 'importmap')[0]!);
  expect(found).toEqual(sources);
  expect(standalonePage(found)).toBe(page);
});

test('what is missing is named', () => {
  expect(() => standalonePage({ ...sources, html: '<p>' })).toThrow('index.html has no');
  expect(() => standalonePage({ ...sources, modules: new Map([['main.ts', `import './c.ts'`]]) })).toThrow(
    'main.ts imports c.ts, which is not among the modules',
  );
  expect(() => standalonePage({ ...sources, modules: new Map() })).toThrow('main.ts is not among the modules');
});

test('the page itself: every import is of a sibling that is there, and nothing stands inline', () => {
  const page = pageSources();
  for (const code of page.modules.values()) {
    for (const name of importsOf(code)) expect([...page.modules.keys()]).toContain(name);
    expect(code).not.toMatch(/^import .* from '(?!\.\/)/m);
    expect(code).not.toContain('innerHTML');
  }
  expect(page.html).not.toMatch(/ style=| on\w+=|<script(?! type="module" src=)/);
  expect(() => standalonePage(page)).not.toThrow();
});
