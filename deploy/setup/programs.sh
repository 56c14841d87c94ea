#!/usr/bin/env bash
# Makes the Python environment with which the tests try encoders and players of others: FFmpeg in
# PyAV, and aiortc. Versions and hashes stand in web-client/e2e/programs/requirements.txt.
#
# Called by `make setup-test`; does nothing when the environment is there and its list unchanged.
# The server itself needs no Python.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
list="$root/web-client/e2e/programs/requirements.txt"
folder="${CARGO_TARGET_DIR:-$root/target}/test-programs"

if [[ -f "$folder/list" ]] && cmp -s "$list" "$folder/list"; then exit 0; fi
echo "Python packages of the tests: fetching …"
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$list"
cp "$list" "$folder/list"
