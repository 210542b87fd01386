/** The files of the inspector's page, read once when the server starts: no path is ever made of what a request says. */
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';

export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly body: string;
}

const directory = new URL('../../inspector/page/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  // A browser takes what the server calls JavaScript, whatever it is called in the URL.
  '.ts': 'text/javascript; charset=utf-8',
};

/** The document is among them, as `index.html`. */
export function readPageFiles(): readonly PageFile[] {
  return readdirSync(directory)
    .filter((name) => extname(name) in TYPES)
    .map((name) => {
      const text = readFileSync(new URL(name, directory), 'utf8');
      const isScript = extname(name) === '.ts';
      // The page's sources are TypeScript that is JavaScript once its types are blanked out, as this program's own are.
      return { name, type: TYPES[extname(name)]!, body: isScript ? stripTypeScriptTypes(text) : text };
    });
}
