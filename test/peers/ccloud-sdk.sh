#!/usr/bin/env bash
# Runs the published Go client of the Connect dialect against the server: bash test/peers/ccloud-sdk.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH" GOTOOLCHAIN=local
peer=$PWD/test/peers/ccloud-sdk-go

skip() {
  echo "SKIPPED: the published Go client was not tried: $1"
  exit 0
}
needed=$(sed -n 's/^go //p' "$peer/go.mod")
command -v go >/dev/null || skip "there is no Go (Debian: apt-get install golang-go)."
found=$(cd / && go env GOVERSION)
found=${found#go}
[ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n 1)" = "$needed" ] || skip "it needs Go $needed, found $found."

work=$(mktemp -d)
pids=()
own_kafka=
# A server that is told to stop has ten seconds, then it is ended.
cleanup() {
  for pid in ${pids[@]+"${pids[@]}"}; do
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 150); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [ -n "$own_kafka" ]; then npm run --silent kafka:down || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

# Go's caches are used where they can be written to; modules of a cache of our own can be removed again.
writable() { mkdir -p "$1" 2>/dev/null && [ -w "$1" ]; }
writable "$(go env GOMODCACHE)" || export GOPATH="$work/go" GOMODCACHE="$work/go/pkg/mod" GOFLAGS=-modcacherw
writable "$(go env GOCACHE)" || export GOCACHE="$work/go-build"

(cd "$peer" && timeout 300 go mod download) || skip "its modules cannot be fetched."

connect=${HEADGATE_CONNECT:-}
if [ -z "$connect" ]; then
  [ -f node_modules/.cache/headgate-kafka/up.json ] || own_kafka=yes
  if told=$(timeout 400 npm run --silent kafka:up -- --json 2>"$work/kafka-error"); then
    connect=$(node -p 'JSON.parse(process.argv[1]).connectUrls.join(",")' "$told")
  else
    own_kafka=
    cat "$work/kafka-error"
    [ "${HEADGATE_KAFKA_TESTS:-}" = required ] && exit 1
    echo "SKIPPED: the published Go client was not tried on a Kafka Connect cluster."
  fi
fi

serve() { exec node --conditions=headgate-source apps/server/src/main.ts --no-demo --data-dir "$work/$1" "${@:2}"; }
# Starts a server on a free port and sets `url` when it listens.
start() {
  serve "$1" --port 0 --log-level warn "${@:2}" >"$work/$1.out" &
  local server=$!
  pids+=("$server")
  for _ in $(seq 600); do
    url=$(sed -n 's/.*listens on //p' "$work/$1.out")
    [ -n "$url" ] && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  echo "The server did not start."
  exit 1
}
key() { (serve keyed --create-api-key "$1" --role "$2") 2>/dev/null; }

HEADGATE_WRITE_KEY=$(key writer write)
HEADGATE_READ_KEY=$(key reader read)
start keyed --auth on
HEADGATE_KEYED_URL=$url
cluster=()
[ -n "$connect" ] && cluster=(--connect-cluster "sdk/kafka=$connect")
start open --auth off ${cluster[@]+"${cluster[@]}"}
HEADGATE_OPEN_URL=$url
export HEADGATE_WRITE_KEY HEADGATE_READ_KEY HEADGATE_KEYED_URL HEADGATE_OPEN_URL HEADGATE_CONNECT="$connect"

cd "$peer"
timeout 300 go vet .
timeout 400 go test -count=1 -timeout 300s -v .
