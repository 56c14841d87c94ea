/** Rules of diagnostics: sound and freezes belong to who sat in the slot, steps count once. */
import { expect, it } from "vitest";
import type { SlotAssignment } from "../protocol/generated";
import { type InboundSample, type MediaSample, sampleOf } from "../rtc/stats";
import { DiagnosticsLedger } from "./diagnostics";

function sample(inbound: Partial<InboundSample>[]): MediaSample {
  const empty: InboundSample = {
    mid: "",
    kind: "video",
    framesDecoded: 0,
    fps: 0,
    width: 0,
    height: 0,
    freezeCount: 0,
    freezeTotalMs: 0,
    freezeMs: 0,
    packetsReceived: 0,
    packetsLost: 0,
    loss: 0,
    jitterMs: 0,
    codec: "",
    audioEnergy: 0,
    nacks: 0,
    plis: 0,
  };
  return { ...sampleOf([], null), inbound: inbound.map((one) => ({ ...empty, ...one })) };
}

function slot(mid: string, participant: number, source: SlotAssignment["source"]): SlotAssignment {
  return { mid, participant, source };
}

it("gives sound to whoever sat in the voice slot all the time between two samples", () => {
  const ledger = new DiagnosticsLedger();
  const voice = (audioEnergy: number) => sample([{ mid: "a0", kind: "audio", audioEnergy }]);
  ledger.add(voice(1), [slot("a0", 2, "microphone")]);
  ledger.add(voice(3), [slot("a0", 2, "microphone")]);
  ledger.add(voice(9), [slot("a0", 3, "microphone")]);
  ledger.add(voice(10), [slot("a0", 3, "microphone")]);
  expect(ledger.voices).toEqual([
    { participant: 2, audioEnergy: 2 },
    { participant: 3, audioEnergy: 1 },
  ]);
  ledger.keep(new Map([[3, {}]]));
  expect(ledger.voices).toEqual([{ participant: 3, audioEnergy: 1 }]);
});

it("counts no freeze of an emptied slot against its next owner", () => {
  const ledger = new DiagnosticsLedger();
  const picture = (freezeCount: number, freezeMs: number) => sample([{ mid: "v0", freezeCount, freezeMs }]);
  ledger.add(picture(0, 0), [slot("v0", 2, "camera")]);
  ledger.add(picture(1, 9000), [slot("v0", 3, "camera")]);
  const last = picture(2, 300);
  ledger.add(last, [slot("v0", 3, "camera")]);
  expect(ledger.pictures(last, [slot("v0", 3, "camera")])).toMatchObject([
    { participant: 3, freezes: 1, longestFreezeMs: 300 },
  ]);
});

it("tells each step of joining once, in ms after the press", () => {
  const ledger = new DiagnosticsLedger();
  ledger.pressed(1000);
  ledger.reached("welcome", 1080);
  ledger.reached("first_frame", 1500);
  ledger.reached("first_frame", 9000);
  expect(ledger.join).toMatchObject({ welcome: 80, first_frame: 500, offer: null });
});
