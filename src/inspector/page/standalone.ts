/**
 * The whole page in one HTML file that opens without a server, with a recording in it or without. Runs in the browser
 * ("save as page") and in Node (`npm run inspect:copy`).
 *
 * A file cannot import its neighbours, so the modules travel as `data:` URLs in an import map, under bare names.
 */
import type { Recording } from '../protocol.ts';

export interface PageSources {
  /** Of `index.html` as it is served. */
  readonly html: string;
  readonly css: string;
  /** File name → JavaScript, types already stripped. */
  readonly modules: ReadonlyMap<string, string>;
}

export const RECORDING_ID = 'recording';
export const SOURCES_ID = 'page-sources';
const ENTRY = 'main.ts';
const PREFIX = 'page/';

export function standalonePage({
  html,
  css,
  modules,
  recording,
}: PageSources & { readonly recording?: Recording }): string {
  const imports: Record<string, string> = {};
  for (const [name, code] of modules) {
    const rewritten = withBareImports(name, code, modules);
    imports[PREFIX + name] = `data:text/javascript;charset=utf-8,${encodeURIComponent(rewritten)}`;
  }
  if (!modules.has(ENTRY)) throw new Error(`${ENTRY} is not among the modules`);
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    // The modules can be read back from the import map; these two cannot, and the file can be saved again.
    json(SOURCES_ID, { html, css }),
    `<script type="importmap">${escaped(JSON.stringify({ imports }))}</script>`,
    `<style>${css.replace(/<\/style/gi, '<\\/style')}</style>`,
  ].join('\n');
  const start = [
    ...(recording ? [json(RECORDING_ID, recording)] : []),
    `<script type="module">import '${PREFIX}${ENTRY}';</script>`,
  ].join('\n');
  return replaced(replaced(html, STYLE_LINK, head), ENTRY_SCRIPT, start);
}

/** The other way round: what `standalonePage` was given, from the texts of the elements that it made. */
export function sourcesFrom(sourcesJson: string, importMapJson: string): PageSources {
  const { html, css } = JSON.parse(sourcesJson) as { html: string; css: string };
  const { imports } = JSON.parse(importMapJson) as { imports: Record<string, string> };
  const modules = new Map<string, string>();
  for (const [name, url] of Object.entries(imports)) {
    const code = decodeURIComponent(url.slice(url.indexOf(',') + 1));
    modules.set(name.slice(PREFIX.length), code.replaceAll(BARE_IMPORT, '$1$2./$3$2'));
  }
  return { html, css, modules };
}

/** File names of the modules that a module imports. */
export function importsOf(code: string): string[] {
  return [...code.matchAll(SIBLING_IMPORT)].map((match) => match[3]!);
}

/** Nothing may be loaded from anywhere: the file shows what is in it. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const STYLE_LINK = /<link rel="stylesheet"[^>]*>/;
const ENTRY_SCRIPT = /<script type="module"[^>]*><\/script>/;
const SIBLING_IMPORT = /(\b(?:from|import)\s*)(['"])\.\/([\w.-]+)\2/g;
const BARE_IMPORT = /(\b(?:from|import)\s*)(['"])page\/([\w.-]+)\2/g;

function withBareImports(name: string, code: string, modules: ReadonlyMap<string, string>): string {
  for (const wanted of importsOf(code)) {
    if (!modules.has(wanted)) throw new Error(`${name} imports ${wanted}, which is not among the modules`);
  }
  return code.replaceAll(SIBLING_IMPORT, `$1$2${PREFIX}$3$2`);
}

function json(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${escaped(JSON.stringify(value))}</script>`;
}

/** No `<` at all: neither `</script>` nor `<!--` can end the element early. */
function escaped(text: string): string {
  return text.replaceAll('<', '\\u003c');
}

function replaced(html: string, place: RegExp, by: string): string {
  if (!place.test(html)) throw new Error(`index.html has no ${place.source}`);
  return html.replace(place, () => by);
}
