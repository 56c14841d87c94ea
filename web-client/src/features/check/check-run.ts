/**
 * One run of the connection test: which step is at work, what was found, the report and its id.
 *
 * Driven by CheckPage. Steps run one after the other, so that they do not disturb each other's figures.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { sendCheckReport } from "../../protocol/check";
import type { CheckStep } from "../../protocol/generated";
import { type LocalMedia, onceHeard } from "../../rtc/local-media";
import { measureClock, measureDownload, measureReach, measureUpload } from "../../rtc/probes";
import { bandwidth, clock, type Finding, finding, reach, server } from "./grades";

export const DEVICE_STEPS = ["browser", "camera", "microphone", "speaker"] as const;
export const NETWORK_STEPS = ["server", "udp", "tcp", "tls", "download", "upload", "clock"] as const;

/** How long the microphone is listened to before it counts as silent, in ms. */
const LISTEN_MS = 4_000;
/** Longest name of a browser that the server takes. */
const MAX_BROWSER = 200;

export interface CheckState {
  phase: "before" | "running" | "done";
  /** What is at work now. */
  step: CheckStep | null;
  /** Share of a long step, 0–1. */
  share: number;
  findings: ReadonlyMap<CheckStep, Finding>;
  /** Id of the report; null until the server has it. */
  id: string | null;
  isUnsent: boolean;
}

export interface CheckRun {
  readonly store: StoreApi<CheckState>;
  start(): Promise<void>;
  /** What the person says of the test sound. */
  heard(isHeard: boolean): void;
}

const EMPTY: CheckState = {
  phase: "before",
  step: null,
  share: 0,
  findings: new Map(),
  id: null,
  isUnsent: false,
};

export function createCheckRun(local: LocalMedia): CheckRun {
  const store = createStore<CheckState>(() => EMPTY);
  const add = (...found: Finding[]) =>
    store.setState((state) => {
      const findings = new Map(state.findings);
      for (const one of found) findings.set(one.step, one);
      return { findings };
    });
  const at = (step: CheckStep) => store.setState({ step, share: 0 });
  const onPart = (share: number) => store.setState({ share });

  const devices = async () => {
    add(finding("browser", "good"));
    at("camera");
    await local.setCamera(true);
    add(finding("camera", local.store.getState().camera.track === null ? "bad" : "good"));
    at("microphone");
    await local.setMicrophone(true);
    if (local.store.getState().microphone.track === null) add(finding("microphone", "bad"));
    else add(finding("microphone", (await onceHeard(local, LISTEN_MS)) ? "good" : "weak"));
  };

  const network = async () => {
    at("server");
    const answer = await measureClock();
    add(server(answer), clock(answer));
    at("udp");
    const udp = await measureReach("udp");
    at("tcp");
    const tcp = await measureReach("tcp");
    at("tls");
    const tls = await measureReach("tls");
    add(...reach({ udp, tcp, tls }));
    at("download");
    add(bandwidth("download", await measureDownload(onPart)));
    at("upload");
    add(bandwidth("upload", await measureUpload(onPart)));
  };

  const report = async () => {
    const lines = [...store.getState().findings.values()].map(({ say: _, ...line }) => line);
    const browser = navigator.userAgent.slice(0, MAX_BROWSER);
    const receipt = await sendCheckReport({ browser, lines }).catch(() => null);
    store.setState({ id: receipt?.id ?? null, isUnsent: receipt === null });
  };

  return {
    store,
    async start() {
      if (store.getState().phase === "running") return;
      store.setState({ ...EMPTY, phase: "running" });
      await devices();
      await network();
      if (!store.getState().findings.has("speaker")) add(finding("speaker", "skipped"));
      store.setState({ step: null });
      await report();
      store.setState({ phase: "done" });
    },
    heard(isHeard) {
      add(finding("speaker", isHeard ? "good" : "bad"));
    },
  };
}

/** The worst grade found, which makes the verdict; skipped steps do not count. */
export function verdict(findings: ReadonlyMap<CheckStep, Finding>): "good" | "weak" | "bad" {
  const grades = [...findings.values()].map((one) => one.grade);
  return grades.includes("bad") ? "bad" : grades.includes("weak") ? "weak" : "good";
}
