/**
 * A WebSocket whose large messages travel packed (raw DEFLATE, RFC 1951), as seen by `connection.ts`: text
 * in, text out, in order. A media offer and its answer have 40 kB each, which take two seconds on a narrow
 * line; packed they have a tenth. In a browser that cannot pack, everything goes as text. Never keeps
 * anything after the socket was closed.
 */
import { PACKED_SUBPROTOCOL, SUBPROTOCOL } from "../protocol/generated";
import type { Socket } from "./connection";

/** Shorter messages go as text. */
const PACKED_FROM_CHARS = 2048;
const FORMAT = "deflate-raw";

/** A real WebSocket to `url`. */
export function openWebSocket(url: string): Socket {
  const protocols = canPack() ? [PACKED_SUBPROTOCOL, SUBPROTOCOL] : [SUBPROTOCOL];
  return new PackedSocket(new WebSocket(url, protocols));
}

function canPack(): boolean {
  try {
    new DecompressionStream(FORMAT);
    new CompressionStream(FORMAT);
    return true;
  } catch {
    return false;
  }
}

/** What arrives and what goes, one after the other although packing takes its time. */
class InOrder {
  #last: Promise<void> | null = null;

  /** Runs `now` at once when nothing is under way, else behind it. */
  run(now: () => void): void {
    if (this.#last === null) now();
    else this.add(async () => now());
  }

  add(step: () => Promise<void>): void {
    const mine = (this.#last ?? Promise.resolve())
      .then(step)
      // One that fails is told as any failing handler of an event is, and holds up nobody behind it.
      .catch((failure: unknown) => reportError(failure))
      .then(() => {
        if (this.#last === mine) this.#last = null;
      });
    this.#last = mine;
  }
}

/** See the file's text. */
export class PackedSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly #socket: WebSocket;
  readonly #arriving = new InOrder();
  readonly #leaving = new InOrder();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = (event) => this.onopen?.(event);
    socket.onmessage = (event: MessageEvent) => this.#arrived(event);
    socket.onclose = (event) => this.#arriving.run(() => this.onclose?.(event));
  }

  send(text: string): void {
    if (text.length < PACKED_FROM_CHARS || this.#socket.protocol !== PACKED_SUBPROTOCOL) {
      this.#leaving.run(() => this.#socket.send(text));
      return;
    }
    this.#leaving.add(async () => this.#socket.send(await packed(text)));
  }

  close(code?: number): void {
    this.#leaving.run(() => this.#socket.close(code));
  }

  #arrived(event: MessageEvent): void {
    if (!(event.data instanceof ArrayBuffer)) {
      this.#arriving.run(() => this.onmessage?.(event));
      return;
    }
    const bytes = event.data;
    this.#arriving.add(async () => {
      // What cannot be unpacked is handed on empty and counted as garbage like any other.
      const data = await unpacked(bytes).catch(() => "");
      this.onmessage?.(new MessageEvent("message", { data }));
    });
  }
}

/** `text` as the body of a binary frame. */
export async function packed(text: string): Promise<ArrayBuffer> {
  return await through(new Blob([text]), new CompressionStream(FORMAT)).arrayBuffer();
}

/** The text of a binary frame; rejects when it is none. */
export async function unpacked(bytes: ArrayBuffer): Promise<string> {
  return await through(new Blob([bytes]), new DecompressionStream(FORMAT)).text();
}

function through(blob: Blob, change: CompressionStream | DecompressionStream): Response {
  return new Response(blob.stream().pipeThrough(change));
}
