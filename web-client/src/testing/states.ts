/**
 * Every state in which a person may find a page, by name: what must have happened for it. The browser
 * tests hold each against axe-core (every-state.browser.test.ts), and `npm run pictures` draws each in
 * every size and language. A new state belongs here first; nothing here is part of the product.
 */
import { MEETING_STATES } from "./meeting-states";
import { PLAN_STATES } from "./plan-states";
import type { Scene, Stage } from "./stage";

export interface PageState {
  scene: Scene;
  /** What the person or the server does until the state is reached. */
  play?: (stage: Stage) => Promise<void> | void;
}

const STRANGER = { person: "nobody" } as const;
const ADMINISTRATOR = { person: "administrator" } as const;
/** 120 letters with the marks that stand highest and lowest. */
const LONG_NAME = "Nguyễn Hoàng Phương Thảo Ỷ Ậu Ữ Ộ ".repeat(4).slice(0, 120).trim();
const LOBBY: Scene = { path: "/c/demo", meeting: { phase: "idle" } };
const ROOM: Scene = { path: "/c/demo", meeting: { participants: 3 } };

function door(lobby: string, person = "guest"): PageState {
  return { scene: { ...LOBBY, server: { person, lobby } } };
}

/** The lobby whose devices fail with these names of the browser's. */
function devices(microphone: string | null, camera: string | null, message = ""): PageState {
  const failures = {
    ...(microphone ? { microphone: new DOMException(message, microphone) } : {}),
    ...(camera ? { camera: new DOMException(message, camera) } : {}),
  };
  return { scene: { path: "/c/demo", meeting: { phase: "idle", failures } } };
}

async function signIn(stage: Stage): Promise<void> {
  await stage.fill("login.user", "auntt");
  await stage.fill("login.password", "Dưa-hấu-2026");
  await stage.press("login.submit");
}

async function chooseFile(stage: Stage): Promise<void> {
  await stage.choose(new File(["user\n"], "nguoi-dung-toan-tinh-dot-2.csv", { type: "text/csv" }));
}

function farewell(reason: "removed" | "turned_away" | "ended" | "left" | "joined_elsewhere"): PageState {
  const by = reason === "removed" || reason === "ended" ? "Hoàng Minh Thắng" : null;
  return {
    scene: ROOM,
    play: async (stage) => {
      await stage.see("bar.leave");
      stage.meeting()?.set({ phase: "ended", ended: { reason, by } });
    },
  };
}

const PAGES: Record<string, PageState> = {
  welcome: { scene: { path: "/", server: STRANGER } },
  "sign-in": { scene: { path: "/login?from=/c/demo", server: STRANGER } },
  "sign-in, wrong password": {
    scene: { path: "/login", server: { ...STRANGER, login: "wrong" } },
    play: signIn,
  },
  "sign-in, account locked": {
    scene: { path: "/login", server: { ...STRANGER, login: "locked" } },
    play: signIn,
  },
  "sign-in, no server": {
    scene: { path: "/login", server: { ...STRANGER, login: "offline" } },
    play: signIn,
  },
  "sign-in, second step": { scene: { path: "/login", server: { ...STRANGER, login: "code" } }, play: signIn },
  "sign-in after idleness": { scene: { path: "/login?from=/account&why=idle", server: STRANGER } },
  "idle session": { scene: { path: "/", server: { left: 45 } }, play: (stage) => stage.see("idle.title") },
  account: { scene: { path: "/account" } },
  "account, password typed": {
    scene: { path: "/account" },
    play: (stage) => stage.fill("account.new", "matkhau12"),
  },
  "account with a second factor": { scene: { path: "/account", server: { factor: "on" } } },
  "account, second factor in the making": {
    scene: { path: "/account" },
    play: async (stage) => {
      await stage.press("second_factor.begin");
      await stage.fill("account.current", "x");
      await stage.press("second_factor.next");
      await stage.see("second_factor.step_scan");
    },
  },
  "account, recovery codes": {
    scene: { path: "/account" },
    play: async (stage) => {
      await stage.press("second_factor.begin");
      await stage.fill("account.current", "x");
      await stage.press("second_factor.next");
      await stage.fill("second_factor.code", "123456");
      await stage.press("second_factor.confirm");
      await stage.see("second_factor.saved");
    },
  },
  "account, fresh recovery codes wanted": {
    scene: { path: "/account", server: { factor: "on", person: "administrator" } },
    play: (stage) => stage.press("second_factor.renew"),
  },
  "account, password owed": { scene: { path: "/account", server: { duty: "set_password" } } },
  "account, second factor owed": {
    scene: { path: "/account", server: { ...ADMINISTRATOR, duty: "set_up_second_factor" } },
  },
  people: { scene: { path: "/admin/people", server: ADMINISTRATOR } },
  "people of a unit": { scene: { path: "/admin/people", server: { person: "unit_administrator" } } },
  "people, preview": {
    scene: { path: "/admin/people", server: ADMINISTRATOR },
    play: async (stage) => {
      await chooseFile(stage);
      await stage.see("import.other_file");
    },
  },
  "people, imported": {
    scene: { path: "/admin/people", server: ADMINISTRATOR },
    play: async (stage) => {
      await chooseFile(stage);
      await stage.press("import.apply_other");
      await stage.see("import.save_codes");
    },
  },
  "people without the right": { scene: { path: "/admin/people" } },
  "statistics of 277": { scene: { path: "/c/demo/statistics", server: ADMINISTRATOR } },
  "statistics, one participant": { scene: { path: "/c/demo/statistics", server: { statistics: 1 } } },
  "statistics, poor ones found": {
    scene: { path: "/c/demo/statistics", server: { person: "duty_operator" } },
    play: async (stage) => {
      await stage.fill("statistics.search", "xa");
      await stage.press("statistics.grade.poor");
    },
  },
  "statistics, nobody found": {
    scene: { path: "/c/demo/statistics" },
    play: (stage) => stage.fill("statistics.search", "không có ai"),
  },
  "statistics of nobody": { scene: { path: "/c/demo/statistics", server: { statistics: 0 } } },
  "statistics, no server": {
    scene: { path: "/c/demo/statistics", server: { statistics: "offline" } },
    play: (stage) => stage.see("statistics.unreachable"),
  },
  "statistics without the right": {
    scene: { path: "/c/demo/statistics", server: { person: "delegate" } },
    play: (stage) => stage.see("statistics.not_allowed_title"),
  },
  "statistics of an unknown conference": {
    scene: { path: "/c/demo/statistics", server: { statistics: "unknown" } },
    play: (stage) => stage.see("statistics.unknown_title"),
  },
  "root certificate": { scene: { path: "/ca", server: STRANGER } },
  "root certificate that nobody needs": { scene: { path: "/ca", server: { authority: "public" } } },
  check: { scene: { path: "/check", server: STRANGER } },
  guide: { scene: { path: "/guide/chu-tri", server: STRANGER } },
  "unknown page": { scene: { path: "/nowhere" } },
  "unknown conference": door("unknown", "chair"),
  "ended conference": door("ended", "chair"),
  "no server": door("offline", "chair"),
  "unsupported browser": { scene: { ...LOBBY, lacks: "webrtc" } },
  "cookies blocked": { scene: { ...LOBBY, lacks: "cookies" } },
  "left the meeting": farewell("left"),
  "meeting ended": farewell("ended"),
  "removed from the meeting": farewell("removed"),
  "turned away": farewell("turned_away"),
  "moved elsewhere": farewell("joined_elsewhere"),
};

const LOBBIES: Record<string, PageState> = {
  lobby: { scene: LOBBY },
  "lobby of a guest": { scene: { ...LOBBY, server: STRANGER } },
  "lobby of a listener": { scene: { ...LOBBY, server: { person: "clerk" } } },
  "lobby of a long name": { scene: { ...LOBBY, server: { name: LONG_NAME } } },
  "lobby with a waiting room": door("waiting"),
  "lobby before the time": door("before"),
  "lobby locked": door("locked"),
  "lobby full": door("full", "chair"),
  "lobby of a full server": door("server-full"),
  "lobby for members": door("members", "nobody"),
  "lobby without a camera": devices(null, "NotFoundError"),
  "lobby without a microphone": devices("NotFoundError", null),
  "lobby without devices": devices("NotFoundError", "NotFoundError"),
  "lobby, permission blocked": devices("NotAllowedError", "NotAllowedError"),
  "lobby, blocked by the system": devices(
    "NotAllowedError",
    "NotAllowedError",
    "Permission denied by system",
  ),
  "lobby, camera in use": devices(null, "NotReadableError"),
  "lobby, microphone in use": devices("NotReadableError", null),
  "lobby, clock off": { scene: { ...LOBBY, server: { clockMinutes: -10 } } },
  "lobby, network blocked": {
    scene: { ...LOBBY, server: { media: "blocked" } },
    play: (stage) => stage.see("lobby.blocked_network_title"),
  },
  "lobby, not opened": {
    scene: LOBBY,
    play: async (stage) => {
      await stage.see("lobby.join");
      stage.meeting()?.set({ phase: "refused", refusal: { error: "not_open" } });
    },
  },
  "lobby, server full when joining": {
    scene: LOBBY,
    play: async (stage) => {
      await stage.see("lobby.join");
      stage.meeting()?.set({ phase: "refused", refusal: { error: "server_full", limit: 960 } });
      await stage.see("lobby.server_full_title");
    },
  },
  "lobby, inside elsewhere": {
    scene: LOBBY,
    play: async (stage) => {
      await stage.see("lobby.join");
      stage.meeting()?.set({ phase: "refused", refusal: { error: "inside_elsewhere" } });
    },
  },
  "waiting room": {
    scene: LOBBY,
    play: async (stage) => {
      await stage.see("lobby.join");
      stage.meeting()?.set({ phase: "waiting", waitingPlace: 2 });
    },
  },
};

export const STATES: Readonly<Record<string, PageState>> = {
  ...PAGES,
  ...PLAN_STATES,
  ...LOBBIES,
  ...MEETING_STATES,
};

/** Whether a phone held sideways shows it: what happens around and in a meeting. */
export function isForTurnedPhones(name: string): boolean {
  return name in LOBBIES || name in MEETING_STATES;
}
