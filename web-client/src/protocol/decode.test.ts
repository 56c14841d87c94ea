/** Rules of the edge: what fits passes, newer messages are ignored with their number, garbage is garbage. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode } from "./decode";

const YOU = { participant: 1, role: "delegate", may: ["join"] };

function frame(value: unknown) {
  return decode(JSON.stringify(value));
}

describe("decode", () => {
  it("passes what the protocol knows", () => {
    expect(frame({ type: "done", id: 4 })).toEqual({ kind: "volatile", message: { type: "done", id: 4 } });
    const hands = { type: "delta", delta: { kind: "hands", hands: [1, 2] }, seq: 7 };
    expect(frame(hands)).toEqual({ kind: "reliable", seq: 7, message: hands });
    expect(frame({ type: "resumed", you: YOU, resume: "t" }).kind).toBe("volatile");
    expect(frame({ type: "refused", id: 1, error: "full", limit: 3 }).kind).toBe("volatile");
  });

  it("passes every example of the protocol's document", () => {
    const document = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
    const examples = document
      .split("```json server\n")
      .slice(1)
      .map((part) => part.split("```")[0] ?? "");
    expect(examples.length).toBeGreaterThan(20);
    for (const example of examples) {
      const decoded = decode(example);
      expect(
        decoded.kind === "volatile" || (decoded.kind === "reliable" && decoded.message !== null),
        example,
      ).toBe(true);
    }
  });

  it("keeps the number of a message that it does not know or cannot read", () => {
    expect(frame({ type: "vote", seq: 3 })).toEqual({ kind: "reliable", seq: 3, message: null });
    expect(frame({ type: "delta", delta: { kind: "vote" }, seq: 4 })).toEqual({
      kind: "reliable",
      seq: 4,
      message: null,
    });
    expect(frame({ type: "delta", delta: { kind: "hands", hands: ["x"] }, seq: 5 })).toEqual({
      kind: "reliable",
      seq: 5,
      message: null,
    });
  });

  it("reports unknown volatile messages as unknown", () => {
    expect(frame({ type: "captions", text: "…" })).toEqual({ kind: "unknown" });
  });

  it("takes names of built-in properties for neither type nor kind", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(decode(`{"type":"${name}"}`).kind).toBe("unknown");
      expect(decode(`{"type":"${name}","seq":1}`)).toEqual({ kind: "reliable", seq: 1, message: null });
      expect(decode(`{"type":"delta","seq":2,"delta":{"kind":"${name}"}}`)).toEqual({
        kind: "reliable",
        seq: 2,
        message: null,
      });
    }
  });

  it("calls everything else garbage and never throws", () => {
    const garbage = [
      "",
      "{",
      "[]",
      "null",
      "7",
      '"x"',
      "{}",
      '{"type":7}',
      '{"type":"done"}',
      '{"type":"done","id":"1"}',
    ];
    const numbers = [
      '{"type":"delta","seq":0}',
      '{"type":"delta","seq":-1}',
      '{"type":"delta","seq":1.5}',
      '{"type":"delta","seq":"1"}',
    ];
    for (const text of [...garbage, ...numbers, `{"type":"done","id":1e999}`, "[".repeat(50_000)]) {
      expect(decode(text), text.slice(0, 40)).toEqual({ kind: "garbage" });
    }
    for (const notText of [undefined, null, 7, new ArrayBuffer(4), {}]) {
      expect(decode(notText)).toEqual({ kind: "garbage" });
    }
  });

  it("survives every cut of a real message", () => {
    const text = JSON.stringify({ type: "delta", delta: { kind: "hands", hands: [1] }, seq: 7 });
    for (let end = 0; end < text.length; end += 1) expect(decode(text.slice(0, end)).kind).toBe("garbage");
  });
});
