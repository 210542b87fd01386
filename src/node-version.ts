/** Stops the process on a runtime that is too old for the modules loaded after this one. Import it first. */
import { writeSync } from 'node:fs';

/** Keep with the `node-*` packages in package.json. */
const majorMin = 26;

if (Number.parseInt(process.versions.node, 10) < majorMin) {
  writeSync(2, `concave: needs Node ${majorMin}, this is ${process.versions.node}; npm start runs the right one\n`);
  process.exit(78);
}
