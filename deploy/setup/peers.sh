#!/usr/bin/env bash
# Fetches and builds the servers of others beside which the bench measures ours: Janus from Debian,
# LiveKit and Galène with Go, the programs on the webrtc crate with cargo. Pins stand in
# loadtest/livekit/ and loadtest/webrtc-rs/; programs go to bench-programs/ in the target folder.
#
# Called by `make setup-bench`, never by `make test`. A server that cannot be had is no error: the
# reason goes to bench-programs/NAME.skipped, the bench prints it, and what is there is not made again.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
target="${CARGO_TARGET_DIR:-$root/target}"
folder="$target/bench-programs"
mkdir -p "$folder"

# Tags of Galène are no semantic versions, so no go.mod can name one.
galene="github.com/jech/galene@galene-1.1"

skip() {
  echo "$2" >"$folder/$1.skipped"
  echo "Bench: $1 is left out: $2"
}

# `built NAME PIN COMMAND…` runs COMMAND unless it made NAME from the same pin before.
built() {
  local name="$1" pin="$2" log="$folder/$1.log"
  shift 2
  if [[ -x "$folder/$name" && "$(cat "$folder/$name.pin" 2>/dev/null)" == "$pin" ]]; then return 0; fi
  echo "Bench: building $name …"
  if "$@" >"$log" 2>&1; then
    echo "$pin" >"$folder/$name.pin"
    rm -f "$folder/$name.skipped"
  else
    rm -f "$folder/$name"
    skip "$name" "does not build here: $(tail -n 1 "$log")"
  fi
}

janus() {
  if ! command -v janus >/dev/null; then
    if ! "$root/deploy/setup/packages.sh" peers; then
      skip janus "Debian's package janus is not installed"
      return
    fi
    # The package starts a server of its own, which would take cores from the one that is measured.
    if [[ "$(id -u)" == 0 ]] && command -v systemctl >/dev/null; then
      systemctl disable --now janus >/dev/null 2>&1 || true
    fi
  fi
  rm -f "$folder/janus.skipped"
}

livekit_server() {
  cd "$root/loadtest/livekit"
  CGO_ENABLED=0 GOWORK=off go build -mod=readonly -trimpath -ldflags='-s -w' -o "$folder/livekit-server" \
    github.com/livekit/livekit-server/cmd/server
}

galene() {
  CGO_ENABLED=0 GOBIN="$folder" go install -trimpath -ldflags='-s -w' "$galene"
}

webrtc_rs() {
  cargo build --release --locked --manifest-path "$root/loadtest/webrtc-rs/Cargo.toml" --target-dir "$folder/build" &&
    cp "$folder/build/release/sfu" "$folder/webrtc-rs-sfu" && cp "$folder/build/release/probe" "$folder/webrtc-rs-probe"
}

janus
if command -v go >/dev/null; then
  built livekit-server "$(sha256sum <"$root/loadtest/livekit/go.sum")" livekit_server
  built galene "$galene" galene
else
  skip livekit-server "Go is not installed"
  skip galene "Go is not installed"
fi
sources="$(cd "$root/loadtest/webrtc-rs" && find . -type f ! -path './target/*' | sort | xargs sha256sum | sha256sum)"
built webrtc-rs-sfu "$sources" webrtc_rs
