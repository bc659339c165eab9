#!/bin/sh
# Runs a TypeScript entry point on Node 24, which comes as an npm package: on a fresh clone this installs first.
set -eu
cd "$(dirname "$0")/../.."
fail() { echo "millrace: $1" >&2; exit 1; }

command -v npm >/dev/null || fail "npm is missing: install Node.js 20 or newer, which brings it"
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] ||
  fail "Node.js $(node -v) is too old: install 20 or newer (the project then brings its own 24)"

# npm writes the inner lock file last, so a half-done install is seen as one.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing the npm packages (about half a minute) ..."
  npm ci --no-audit --no-fund --loglevel=error || fail "npm ci failed; its log is above"
  touch node_modules/.package-lock.json
fi
exec node_modules/.bin/node --disable-warning=ExperimentalWarning "$@"
