"""Publishes a moving picture and a tone by FFmpeg's `whip` muxer until standard input ends.

Started by visitors.e2e.ts: publish.py URL TOKEN KINDS, KINDS out of "a" (Opus) and "v" (H.264).
Prints one line of JSON when it sends and one when it has ended. Needs PyAV (requirements.txt).
"""

import fractions
import json
import math
import struct
import sys
import threading
import time

import av

WIDTH, HEIGHT, RATE = 320, 240, 20
SAMPLE_RATE, SAMPLES = 48_000, 960
LOUDNESS = 12_000


def picture(number):
    """A grey ramp that moves: never twice the same, so that a frozen picture shows."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for place, plane in enumerate(frame.planes):
        line = plane.line_size
        rows = plane.buffer_size // line
        if place == 0:
            ramp = bytes((x + number * 3) % 200 + 28 for x in range(line))
            plane.update(ramp * rows)
        else:
            plane.update(bytes([(number * 2 + 90 * place) % 256]) * (line * rows))
    frame.pts, frame.time_base = number, fractions.Fraction(1, RATE)
    return frame


def tone(start):
    """20 ms of 440 Hz in two channels."""
    wave = (int(LOUDNESS * math.sin(2 * math.pi * 440 * (start + n) / SAMPLE_RATE)) for n in range(SAMPLES))
    frame = av.AudioFrame(format="s16", layout="stereo", samples=SAMPLES)
    frame.planes[0].update(b"".join(struct.pack("<hh", value, value) for value in wave))
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, fractions.Fraction(1, SAMPLE_RATE)
    return frame


def main(url, token, kinds):
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    out = av.open(url, "w", format="whip", options={"authorization": token, "handshake_timeout": "10000"})
    video = audio = None
    if "v" in kinds:
        coding = {"profile": "baseline", "preset": "ultrafast", "tune": "zerolatency", "bf": "0", "g": "20"}
        video = out.add_stream("libx264", rate=RATE, options=coding)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    if "a" in kinds:
        audio = out.add_stream("libopus", rate=SAMPLE_RATE)
        audio.layout = "stereo"
    began, number, heard = time.monotonic(), 0, 0
    while not stopped.is_set():
        if video:
            for packet in video.encode(picture(number)):
                out.mux(packet)
        number += 1
        while audio and heard < number * SAMPLE_RATE // RATE:
            for packet in audio.encode(tone(heard)):
                out.mux(packet)
            heard += SAMPLES
        if number == 1:
            print(json.dumps({"sending": True}), flush=True)
        stopped.wait(max(0, began + number / RATE - time.monotonic()))
    out.close()
    print(json.dumps({"frames": number}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
