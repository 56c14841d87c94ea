#!/usr/bin/env bash
# Installs the Debian packages that are missing, or says how: `packages.sh run` for what building
# and running needs, `packages.sh test` for what the tests need as well, `packages.sh bench` for what
# the bench needs, `packages.sh peers` for the servers of others that Debian has.
#
# Called by `make run`, `make build`, `make test` and `make bench`; does nothing when nothing is missing. As root
# it calls apt-get; with a terminal and sudo it asks sudo; else it prints the one command and
# exits 1. Also looks whether Rust and Node.js are there, which it never installs.
set -euo pipefail

# A C compiler builds aws-lc (cryptography) and SQLite. fonts-dejavu-core: captions on composed pictures, and
# Vietnamese letters where a page has no font of its own (free by the licences of Bitstream Vera and Arev).
# libav*-dev, libswresample-dev: FFmpeg, which decodes and encodes composed pictures, with x264, libvpx and dav1d
# in it; libopenh264-dev: the encoder that is not under the GPL; libyuv-dev: scaling. clang, libclang-dev: read their headers.
# libgstreamer*-dev, gstreamer1.0-plugins-*: GStreamer, which hands live streams on (CMAF, RTMP, SRT; docs/adr/0033).
# pkg-config: finds them (docs/adr/0026 tells their licences). cmake: builds libopus, which comes with its crate.
run_packages=(build-essential ca-certificates cmake fonts-dejavu-core
  libavcodec-dev libavformat-dev libavutil-dev libswresample-dev libopenh264-dev libyuv-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  clang libclang-dev pkg-config)
# chromium: browser tests. ffmpeg, espeak-ng, pocketsphinx-testdata: camera pictures and speech for
# them. postgresql: the store suite on both databases. iproute2, nftables: network namespaces and firewalls in them.
# libnss3-tools: makes a browser trust a certificate. procps: figures of processes. systemd: checks its
# unit. firefox-esr: the other browser of the tests. pulseaudio, pulseaudio-utils: microphones for it, since
# it plays no files as devices. python3-venv, gstreamer: encoders and players of others (programs.sh).
# poppler-utils: reads the reports.
test_packages=(chromium ffmpeg espeak-ng firefox-esr pocketsphinx-testdata postgresql pulseaudio pulseaudio-utils iproute2 libnss3-tools nftables poppler-utils procps python3-venv systemd
  gstreamer1.0-nice
  python3-gi gir1.2-gst-plugins-base-1.0 gir1.2-gst-plugins-bad-1.0)
# Pictures and speech that the clients of the bench send. gstreamer: composes beside ours in `loadtest mix`.
bench_packages=(ffmpeg espeak-ng gstreamer1.0-tools
  gstreamer1.0-plugins-ugly gstreamer1.0-libav)
peer_packages=(janus)

case "${1:-}" in
  run) wanted=("${run_packages[@]}") ;;
  test) wanted=("${run_packages[@]}" "${test_packages[@]}") ;;
  bench) wanted=("${run_packages[@]}" "${bench_packages[@]}") ;;
  peers) wanted=("${peer_packages[@]}") ;;
  *)
    echo "usage: $0 run|test|bench|peers" >&2
    exit 2
    ;;
esac

problems=0

check_tools() {
  if ! command -v cargo >/dev/null; then
    echo "Rust is missing: install it with rustup (https://rustup.rs), then open a new terminal" >&2
    problems=1
  fi
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Node.js is missing: version 20.19 or newer is needed, with npm" >&2
    problems=1
  elif ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "Node.js $(node --version) is too old: version 20.19 or newer is needed" >&2
    problems=1
  fi
}

missing=()
find_missing() {
  local package
  for package in "${wanted[@]}"; do
    if [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]]; then
      missing+=("$package")
    fi
  done
}

# The test sets this to 1: it has no terminal to offer.
has_terminal() {
  [[ "${DIEMCAU_TEST_TERMINAL:-}" == 1 ]] || [[ -t 0 ]]
}

install_missing() {
  local list="${missing[*]}"
  echo "Missing system packages: $list"
  if [[ "$(id -u)" == 0 ]]; then
    echo "Installing them with apt-get …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends "${missing[@]}"
  elif command -v sudo >/dev/null && has_terminal; then
    echo "Installing them with sudo apt-get; it may ask for your password …"
    sudo apt-get update -q
    sudo apt-get install -y -q --no-install-recommends "${missing[@]}"
  else
    echo "Run this command as root, then try again:" >&2
    echo "apt-get update && apt-get install -y --no-install-recommends $list" >&2
    exit 1
  fi
}

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian: cannot check for ${wanted[*]}; going on" >&2
else
  find_missing
  if [[ ${#missing[@]} -gt 0 ]]; then install_missing; fi
fi
check_tools
exit "$problems"
