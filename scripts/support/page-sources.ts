/** The inspector's page as it is served: its HTML, its style sheet, and its modules without their types. */
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { PageSources } from '../../src/inspector/page/standalone.ts';

const directory = new URL('../../src/inspector/page/', import.meta.url);

export function pageSources(): PageSources {
  const read = (file: string) => readFileSync(new URL(file, directory), 'utf8');
  const files = readdirSync(directory).filter((file) => file.endsWith('.ts'));
  const modules = new Map(files.map((file) => [file, stripTypeScriptTypes(read(file))]));
  return { html: read('index.html'), css: read('style.css'), modules };
}
