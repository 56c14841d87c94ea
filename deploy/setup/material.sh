#!/usr/bin/env bash
# Makes what the clients of the bench send: a real camera clip as H.264 and VP8 in the sizes of a
# simulcast camera, and Vietnamese speech as Opus. It goes to bench-material/ in the target folder.
#
# Called by `make setup-bench`; does nothing when everything is there and this file unchanged.
# `loadtest::material` reads it and relies on what stands here: 25 frames a second, a key frame every
# 50 frames at the same places in every size, no B frames, one access unit delimiter a frame in H.264.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
folder="${CARGO_TARGET_DIR:-$root/target}/bench-material"
stamp="$(sha256sum <"${BASH_SOURCE[0]}")"

if [[ "$(cat "$folder/stamp" 2>/dev/null)" == "$stamp" ]]; then exit 0; fi
echo "Bench: encoding camera pictures and speech …"
rm -rf "$folder"
mkdir -p "$folder"

# The package that ships the clip, as the browser tests have it.
clip="$(cargo metadata --format-version 1 --locked --manifest-path "$root/web-client/e2e/clip/Cargo.toml" |
  node -e 'const all = JSON.parse(require("fs").readFileSync(0)).packages;
    const holder = all.find((one) => one.name === "pdf-writer").manifest_path;
    console.log(require("path").join(require("path").dirname(holder), "examples", "bear-1280x720.mp4"));')"

frames=150
keys=50

# Forwards, then backwards, so that it goes on without a jump.
film="fps=25,split[a][b];[b]reverse[c];[a][c]concat=n=2,loop=-1:size=400"

encode() {
  local name="$1" lines="$2" kbits="$3"
  local picture=(-v error -y -i "$clip" -an -filter_complex "$film,scale=-2:$lines" -frames:v "$frames" -pix_fmt yuv420p)
  local rate=(-b:v "${kbits}k" -maxrate "${kbits}k" -bufsize "$((kbits / 2))k" -g "$keys" -keyint_min "$keys")
  ffmpeg "${picture[@]}" -c:v libvpx "${rate[@]}" -minrate "${kbits}k" -deadline realtime -cpu-used 6 -lag-in-frames 0 \
    -auto-alt-ref 0 -error-resilient 1 -f ivf "$folder/vp8-$name.ivf"
  ffmpeg "${picture[@]}" -c:v libx264 "${rate[@]}" -profile:v baseline -level 3.1 -preset veryfast -tune zerolatency -bf 0 \
    -threads 1 -sc_threshold 0 -x264-params aud=1:repeat-headers=1 -f h264 "$folder/h264-$name.h264"
}

encode 180 180 150
encode 360 360 500
encode 720 720 2000
# The one sender of the forwarding figure.
encode 720-2500 720 2500

words="Kính thưa các đồng chí, tại điểm cầu xã Hợp Thịnh, công tác giải ngân vốn đầu tư công đạt tám mươi mốt phần trăm kế hoạch. \
Ủy ban nhân dân xã đề nghị sở Tài chính sớm hướng dẫn thủ tục thanh toán. Xin hết, mời điểm cầu tiếp theo phát biểu."
espeak-ng -v vi -s 150 -w "$folder/spoken.wav" "$words"
sound=(-v error -y -i "$folder/spoken.wav" -ac 1 -af "loudnorm=I=-20")
ffmpeg "${sound[@]}" -ar 48000 -c:a libopus -b:a 32k -application voip -frame_duration 20 -f ogg "$folder/speech.ogg"
# How loud each 20 ms are, for the audio level that a sender puts beside them (RFC 6464).
ffmpeg "${sound[@]}" -ar 8000 -c:a pcm_s16le -f s16le "$folder/speech.s16"
rm "$folder/spoken.wav"
echo "$stamp" >"$folder/stamp"
