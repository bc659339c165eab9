#!/bin/sh
# Prints what keeps this machine from running Millrace's local stack, one sentence a line: all that can be told before
# anything is installed, Node included. $1 is "kubernetes" where a Kubernetes of our own is to be started.
set -eu

system=$(uname -s)
if [ "$system" != Linux ]; then
  [ "$system" != Darwin ] || system="macOS (Darwin)"
  echo "The local stack runs on Linux only, and this is $system. What works here: \`docker compose up --build\` runs" \
    "everything in containers; with a cluster and a Temporal of yours, \`MILLRACE_CONTEXT=NAME" \
    "TEMPORAL_ADDRESS=host:port npm run millrace -- install\`, and then the same with \`worker\` and with \`api\`"
  exit
fi

if [ "${1-}" = kubernetes ] && [ "$(id -u)" != 0 ]; then
  echo "A Kubernetes that really runs containers needs root, and this is user $(id -un 2>/dev/null || id -u): use" \
    "\`sudo env \"PATH=\$PATH\" npm start\`. Without root, \`npm start -- --context NAME\` uses a cluster of yours" \
    "(and TEMPORAL_ADDRESS=host:port a Temporal of yours), and \`docker compose up --build\` runs everything in containers"
fi
