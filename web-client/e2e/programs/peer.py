"""aiortc as a WHIP or WHEP client until standard input ends.

Started by visitors.e2e.ts: peer.py whip|whep URL TOKEN. Prints one line of JSON with the status of its
POST, one for each second of frames that it got, and one with the status of its DELETE.
"""

import asyncio
import json
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack


def say(**facts):
    print(json.dumps(facts), flush=True)


def request(method, url, token, body=None):
    """The certificate of the test's server is its own; the token alone is proof here."""
    trust = ssl._create_unverified_context()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    asked = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(asked, context=trust, timeout=20) as answer:
            return answer.status, answer.headers.get("Location"), answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, None, refused.read().decode()


async def main(errand, url, token):
    loop = asyncio.get_running_loop()
    peer, got, tasks = RTCPeerConnection(), {"video": 0, "audio": 0}, []

    async def pull(track):
        while True:
            await track.recv()
            got[track.kind] += 1

    if errand == "whip":
        peer.addTransceiver(VideoStreamTrack(), direction="sendonly")
        peer.addTransceiver(AudioStreamTrack(), direction="sendonly")
    else:
        peer.addTransceiver("video", direction="recvonly")
        peer.addTransceiver("audio", direction="recvonly")
        peer.on("track", lambda track: tasks.append(asyncio.ensure_future(pull(track))))
    await peer.setLocalDescription(await peer.createOffer())
    offer = peer.localDescription.sdp.encode()
    status, location, answer = await loop.run_in_executor(None, request, "POST", url, token, offer)
    say(posted=status, body="" if status == 201 else answer)
    if status != 201:
        return
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    ended = loop.run_in_executor(None, sys.stdin.read)
    while not ended.done():
        await asyncio.wait([ended], timeout=1)
        say(state=peer.connectionState, **got)
    resource = urllib.parse.urljoin(url, location)
    status, _, _ = await loop.run_in_executor(None, request, "DELETE", resource, token)
    say(deleted=status)
    for task in tasks:
        task.cancel()
    await peer.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
