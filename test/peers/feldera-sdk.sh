#!/usr/bin/env bash
# Runs the published Python client of the Pipelines dialect against the built server: npm run build && bash test/peers/feldera-sdk.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  echo "test:sdk needs python3 with venv (Debian: apt-get install python3-venv)."
  [ "${CI:-}" = true ] && exit 1
  echo "SKIPPED: the published Python client was not tried."
  exit 0
fi
if [ ! -f apps/server/dist/main.js ]; then
  echo "The server is not built. Run: npm run build"
  exit 1
fi

work=$(mktemp -d)
server=
cleanup() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check feldera==0.297.0
node apps/server/dist/main.js --no-demo --port 0 --data-dir "$work/data" --log-level warn >"$work/out" &
server=$!
for _ in $(seq 200); do
  grep -q "listens on" "$work/out" && break
  sleep 0.1
done
url=$(sed -n 's/.*listens on //p' "$work/out")
[ -n "$url" ] || { echo "The server did not start."; exit 1; }
timeout 120 "$work/venv/bin/python" test/peers/feldera_sdk.py "$url"
