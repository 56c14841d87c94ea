"""Publishes a moving picture and a tone by GStreamer's `webrtcbin` over WHIP until standard input ends.

Started by visitors.e2e.ts: gstreamer.py URL TOKEN. Prints one line of JSON for the answer, one when media
is connected and one when the resource is deleted. Needs Debian's python3-gi and the `bad` and `nice` plugins.
"""

import json
import ssl
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

LINE = (
    "webrtcbin name=peer bundle-policy=max-bundle "
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=20/1 ! "
    "vp8enc deadline=1 target-bitrate=300000 keyframe-max-dist=40 ! rtpvp8pay picture-id-mode=2 ! "
    "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer. "
    "audiotestsrc is-live=true wave=ticks ! audioconvert ! audioresample ! opusenc ! rtpopuspay ! "
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer."
)


def say(**facts):
    print(json.dumps(facts), flush=True)


def ask(method, url, token, body=None):
    """Status, Location and text of a request; the demo's certificate is nobody's."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    head = {"authorization": f"Bearer {token}", "content-type": "application/sdp"}
    request = urllib.request.Request(url, body, head, method=method)
    try:
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return answer.status, answer.headers.get("location"), answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, None, refusal.read().decode()


class Publisher:
    def __init__(self, url, token):
        self.url, self.token, self.resource = url, token, None
        self.line = Gst.parse_launch(LINE)
        self.peer = self.line.get_by_name("peer")
        self.peer.connect("on-negotiation-needed", lambda _: self.offer())
        self.peer.connect("notify::ice-gathering-state", lambda *_: self.gathered())
        self.peer.connect("notify::connection-state", lambda *_: self.changed())

    def offer(self):
        self.peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise, *_):
        promise.wait()
        # The offer lives in the reply.
        reply = promise.get_reply()
        self.peer.emit("set-local-description", reply.get_value("offer"), None)

    def gathered(self):
        is_done = self.peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE
        if is_done and self.resource is None:
            threading.Thread(target=self.post, daemon=True).start()

    def post(self):
        offer = self.peer.get_property("local-description").sdp.as_text()
        status, place, text = ask("POST", self.url, self.token, offer.encode())
        if status == 201:
            self.resource = urllib.parse.urljoin(self.url, place)
            _, message = GstSdp.SDPMessage.new_from_text(text)
            answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
            self.peer.emit("set-remote-description", answer, None)
        say(posted=status, text="" if status == 201 else text)

    def changed(self):
        state = self.peer.get_property("connection-state")
        say(state=state.value_nick)


def main(url, token):
    Gst.init(None)
    loop = GLib.MainLoop()
    publisher = Publisher(url, token)
    publisher.line.set_state(Gst.State.PLAYING)

    def until_told():
        sys.stdin.read()
        if publisher.resource:
            say(deleted=ask("DELETE", publisher.resource, token)[0])
        loop.quit()

    threading.Thread(target=until_told, daemon=True).start()
    loop.run()
    publisher.line.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main(*sys.argv[1:3])
