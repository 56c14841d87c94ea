/** Large messages travel packed and everything arrives in the order in which it was sent. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { PACKED_SUBPROTOCOL, SUBPROTOCOL } from "../protocol/generated";
import { PackedSocket, packed, unpacked } from "./packed-socket";

class Line {
  binaryType = "blob";
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: unknown[] = [];
  readonly closes: (number | undefined)[] = [];
  constructor(readonly protocol: string) {}
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(code?: number): void {
    this.closes.push(code);
    this.sent.push("closed");
  }
  arrive(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }
}

const large = JSON.stringify({ id: 1, type: "answer", sdp: "a=rtpmap:96 VP8/90000\r\n".repeat(400) });

function opened(protocol: string): { line: Line; socket: PackedSocket; heard: unknown[] } {
  const line = new Line(protocol);
  const socket = new PackedSocket(line as unknown as WebSocket);
  const heard: unknown[] = [];
  socket.onmessage = (event) => heard.push(event.data);
  socket.onclose = () => heard.push("closed");
  return { line, socket, heard };
}

function asArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

describe("packed socket", () => {
  it("packs what the other side unpacks, and unpacks what it packed", async () => {
    const bytes = await packed(large);
    expect(bytes.byteLength).toBeLessThan(large.length / 20);
    expect(inflateRawSync(new Uint8Array(bytes)).toString()).toBe(large);
    expect(await unpacked(asArrayBuffer(deflateRawSync("điểm cầu")))).toBe("điểm cầu");
  });

  it("sends in order although packing takes its time", async () => {
    const { line, socket } = opened(PACKED_SUBPROTOCOL);
    socket.send("first");
    socket.send(large);
    socket.send("last");
    socket.close(1000);
    await vi.waitFor(() => expect(line.sent).toHaveLength(4));
    expect([line.sent[0], line.sent[2], line.sent[3]]).toEqual(["first", "last", "closed"]);
    expect(inflateRawSync(new Uint8Array(line.sent[1] as ArrayBuffer)).toString()).toBe(large);
  });

  it("hands on in order, the end last, and garbage as nothing readable", async () => {
    const { line, heard } = opened(PACKED_SUBPROTOCOL);
    line.arrive("first");
    expect(heard).toEqual(["first"]);
    line.arrive(asArrayBuffer(deflateRawSync(large)));
    line.arrive("after");
    line.arrive(asArrayBuffer(new Uint8Array([7, 7, 7])));
    line.onclose?.({ code: 1006 } as CloseEvent);
    await vi.waitFor(() => expect(heard).toContain("closed"));
    expect(heard).toEqual(["first", large, "after", "", "closed"]);
  });

  it("goes on after a handler that failed", async () => {
    const told: unknown[] = [];
    vi.stubGlobal("reportError", (failure: unknown) => told.push(failure));
    const { line, socket, heard } = opened(PACKED_SUBPROTOCOL);
    socket.onmessage = (event) => {
      if (String(event.data).length > 100) throw new Error("cannot");
      heard.push(event.data);
    };
    line.arrive(asArrayBuffer(deflateRawSync(large)));
    line.arrive("after");
    await vi.waitFor(() => expect(heard).toEqual(["after"]));
    expect(String(told[0])).toContain("cannot");
    vi.unstubAllGlobals();
  });

  it("sends text alone to a server that does not pack", () => {
    const { line, socket } = opened(SUBPROTOCOL);
    socket.send(large);
    expect(line.sent).toEqual([large]);
  });
});
