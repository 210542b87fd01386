#!/bin/sh
# Generates src/wal/generated/log.js and log.d.ts from proto/log.proto, into the folder given (default: there).
set -eu
cd "$(dirname "$0")/.."
out=${1:-src/wal/generated}
mkdir -p "$out"
npx pbjs -t static-module -w esm -d --no-delimited --no-typeurl --no-verify --no-convert --no-service \
  -o "$out/log.js" proto/log.proto
