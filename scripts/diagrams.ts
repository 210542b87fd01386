/**
 * Draws the machines: the pages of docs/state-diagrams, with Mermaid diagrams read from the machines themselves, and the
 * charts of the inspector's page.
 *
 *     npm run diagrams
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartsText, layOutCharts } from './support/charts.ts';
import { diagramPages } from './support/diagram-pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = path.join(root, 'docs/state-diagrams');
mkdirSync(pages, { recursive: true });
for (const [file, text] of await diagramPages()) writeFileSync(path.join(pages, file), text);
writeFileSync(path.join(root, 'src/inspector/charts.generated.json'), chartsText(await layOutCharts()));
