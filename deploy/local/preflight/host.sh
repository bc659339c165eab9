#!/bin/sh
# Prints why this machine cannot run Millrace's local stack, one sentence a line: the checks that need no Node and no
# installed packages. $1 is "kubernetes" if a Kubernetes of our own is to be started.
set -eu

system=$(uname -s)
if [ "$system" != Linux ]; then
  [ "$system" != Darwin ] || system="macOS (Darwin)"
  echo "The local stack runs on Linux only, and this is $system. What works here: \`docker compose up --build\` runs" \
    "everything in containers; with your own cluster and Temporal, \`MILLRACE_CONTEXT=NAME" \
    "TEMPORAL_ADDRESS=host:port npm run millrace -- install\`, then the same with \`worker\` and with \`api\`"
  exit
fi

if [ "${1-}" = kubernetes ] && [ "$(id -u)" != 0 ]; then
  echo "Running containers needs root, and this is user $(id -un 2>/dev/null || id -u): use" \
    "\`sudo env \"PATH=\$PATH\" npm start\`. Without root, \`npm start -- --context NAME\` uses your own cluster" \
    "(and TEMPORAL_ADDRESS=host:port your own Temporal), and \`docker compose up --build\` runs everything in containers"
fi
