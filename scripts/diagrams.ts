/**
 * Writes docs/state-diagrams: one page for each machine, with a Mermaid diagram read from the machine itself.
 *
 *     npm run diagrams
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diagramPages } from './support/diagram-pages.ts';

const directory = fileURLToPath(new URL('../docs/state-diagrams', import.meta.url));
mkdirSync(directory, { recursive: true });
for (const [file, text] of diagramPages()) writeFileSync(path.join(directory, file), text);
