#!/bin/sh
# Runs a TypeScript entry point on Node 24, which is an npm package. On a fresh clone it first installs the packages.
set -eu
cd "$(dirname "$0")/../.."
fail() { echo "millrace: $1" >&2; exit 1; }

# Use the machine's own commands first: npm puts node_modules/.bin first on PATH, and the Node in it may be missing or
# unable to run here.
given=$PATH
PATH=
set -f
IFS=:
for folder in $given; do
  [ "$folder" -ef node_modules/.bin ] || PATH=${PATH:+$PATH:}$folder
done
unset IFS
set +f

# Report what can be checked without Node before anything is installed.
case "$* " in
  *" --help "* | *" -h "*) ;;
  "deploy/local/main.ts start "*)
    case "${MILLRACE_CONTEXT:+ --context} $*" in
      *" --context"*) faults=$(sh deploy/local/preflight/host.sh) ;;
      *) faults=$(sh deploy/local/preflight/host.sh kubernetes) ;;
    esac
    [ -z "$faults" ] || fail "$faults"
    ;;
  "test/run.ts ")
    faults=$(sh deploy/local/preflight/host.sh kubernetes)
    [ -z "$faults" ] || fail "$faults. \`npm test -- unit\` runs the tests that need no stack"
    ;;
esac
if ldd --version 2>&1 | grep -qi musl; then
  fail "the C library of this system is musl (Alpine), but the programs in npm packages (Node, Temporal's SDK) need glibc, \
as in Debian, Ubuntu and Fedora. What works here: \`docker compose up --build\` runs everything in containers"
fi

{ command -v node && command -v npm; } >/dev/null ||
  fail "Node.js or npm is missing: install Node.js 20 or newer, which brings npm (the project then installs its own Node 24)"
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] ||
  fail "Node.js $(node -v) is too old: install 20 or newer (the project then installs its own 24)"

# npm writes the inner lock file last, so an incomplete install is detected.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing the npm packages (about half a minute) ..."
  npm ci --prefer-offline --no-audit --no-fund --loglevel=error ||
    fail "npm ci failed for the reason above. It downloads the packages of package-lock.json from \
$(npm config get registry) unless they are cached, so that address must be reachable once. Behind a proxy: \
\`npm config set proxy http://host:port\`; with a mirror: \`npm config set registry URL\`. Then try again"
  touch node_modules/.package-lock.json
fi

node=node_modules/.bin/node
if [ ! -e "$node" ]; then
  fail "$node is missing: the install script of the npm package \"node\" creates it, and npm did not run that script \
(ignore-scripts is $(npm config get ignore-scripts)). To run it, and no other package's: \
\`npm rebuild node --ignore-scripts=false\`"
fi
"$node" -v >/dev/null 2>&1 ||
  fail "$node cannot run here, on $(uname -s) $(uname -m): node_modules was installed on another kind of machine, or is \
damaged. Run \`rm -rf node_modules\`, then try again: the packages are installed again"
# No proxy can reach this machine's loopback.
no_proxy="127.0.0.1,localhost,::1${no_proxy:+,$no_proxy}${NO_PROXY:+,$NO_PROXY}"
NO_PROXY=$no_proxy
export no_proxy NO_PROXY
PATH=$given
exec "$node" --disable-warning=ExperimentalWarning "$@"
