/**
 * The states of the pages about planning, by name. Used by states.ts alone.
 */
import type { Stage } from "./stage";
import type { PageState } from "./states";

const SECRETARY = { person: "secretary" } as const;
const PLAN = "/meetings/hop-0";
const LINK = "/tra-loi/9f2c";

async function fillForm(stage: Stage): Promise<void> {
  await stage.fill("create.name", "Họp giao ban tháng 12");
  await stage.press("form.item_add");
  await stage.fill("form.item_title", "Khai mạc");
}

const LARGE = { ...SECRETARY, size: "large" } as const;

/** What every page shows while an answer is on its way, and when none comes. */
const WITHOUT_ANSWER: Record<string, PageState> = {
  "today, loading": { scene: { path: "/", server: { waits: "/today" } } },
  "today, no server": {
    scene: { path: "/", server: { fails: "/today" } },
    play: (stage) => stage.see("home.failed_title"),
  },
  "page, not known who is signed in": {
    scene: { path: "/meetings", server: { fails: "/me" } },
    play: (stage) => stage.see("app.failed_title"),
  },
  "meetings, loading": { scene: { path: "/meetings", server: { ...SECRETARY, waits: "/meetings" } } },
  "meetings, no server": {
    scene: { path: "/meetings", server: { ...SECRETARY, fails: "/meetings" } },
    play: (stage) => stage.see("home.failed_title"),
  },
  "meeting form, no server": {
    scene: { path: `${PLAN}/edit`, server: { ...SECRETARY, fails: "/plan" } },
    play: (stage) => stage.see("plan.failed_title"),
  },
  "meeting plan, no server": {
    scene: { path: PLAN, server: { ...SECRETARY, fails: "/plan" } },
    play: (stage) => stage.see("plan.failed_title"),
  },
  "meeting plan, invitations fail": {
    scene: { path: PLAN, server: { ...SECRETARY, fails: "/invitations" } },
    play: (stage) => stage.see("invite.failed_title"),
  },
  "end report, no server": {
    scene: { path: `${PLAN}/report`, server: { ...SECRETARY, fails: "/end.json" } },
    play: (stage) => stage.see("report.failed_title"),
  },
  "answer by link, no server": {
    scene: { path: LINK, server: { person: "nobody", fails: "/9f2c" } },
    play: (stage) => stage.see("answer.failed_title"),
  },
  "web-hooks, no server": {
    scene: { path: "/admin/webhooks", server: { person: "administrator", fails: "/webhooks" } },
    play: (stage) => stage.see("hooks.failed_title"),
  },
};

/** Names as long as they come, and as much of everything as a province has. */
const AT_FULL_SIZE: Record<string, PageState> = {
  "today, long names": {
    scene: { path: "/", server: { size: "large" } },
    play: (stage) => stage.see("today.rest"),
  },
  "meeting form, 277 sites and long names": {
    scene: { path: `${PLAN}/edit`, server: LARGE },
    play: (stage) => stage.see("form.sites"),
  },
  "meeting plan, 277 sites and 300 people": {
    scene: { path: PLAN, server: LARGE },
    play: (stage) => stage.see("invite.mail_refused"),
  },
  "end report, 277 sites and 300 people": {
    scene: { path: `${PLAN}/report`, server: LARGE },
    play: (stage) => stage.see("report.incidents"),
  },
  "answer by link, long names": {
    scene: { path: LINK, server: { person: "nobody", size: "large" } },
    play: (stage) => stage.see("answer.question"),
  },
};

export const PLAN_STATES: Record<string, PageState> = {
  ...WITHOUT_ANSWER,
  ...AT_FULL_SIZE,
  today: { scene: { path: "/" }, play: (stage) => stage.see("today.rest") },
  "today of a delegate": {
    scene: { path: "/", server: { person: "delegate" } },
    play: (stage) => stage.see("today.rest"),
  },
  "today, nothing today": {
    scene: { path: "/", server: { today: "later" } },
    play: (stage) => stage.see("today.empty_title"),
  },
  "today, nothing at all": {
    scene: { path: "/", server: { today: "none", person: "delegate" } },
    play: (stage) => stage.see("today.none_title"),
  },
  "today, absent with a reason": {
    scene: { path: "/" },
    play: async (stage) => {
      await stage.press("answer.no");
      await stage.press("answer.no_send");
      await stage.see("answer.reason_missing");
    },
  },
  "today, delegating": {
    scene: { path: "/" },
    play: async (stage) => {
      await stage.press("answer.delegated");
      await stage.fill("answer.delegate", "khue@tinh.gov.vn");
      await stage.see("answer.name");
    },
  },
  "today, a room at once": { scene: { path: "/" }, play: (stage) => stage.press("home.create") },
  meetings: {
    scene: { path: "/meetings", server: SECRETARY },
    play: (stage) => stage.see("meetings.series"),
  },
  "meetings, filtered to nothing": {
    scene: { path: "/meetings?q=khong+co&state=planned", server: SECRETARY },
    play: (stage) => stage.see("meetings.nothing_title"),
  },
  "meetings, none yet": {
    scene: { path: "/meetings", server: { ...SECRETARY, meetings: 0 } },
    play: (stage) => stage.see("meetings.none_title"),
  },
  "meetings without the right": { scene: { path: "/meetings", server: { person: "delegate" } } },
  "meeting form": {
    scene: { path: "/meetings/new", server: SECRETARY },
    play: (stage) => stage.see("form.template"),
  },
  "meeting form, filled": { scene: { path: "/meetings/new", server: SECRETARY }, play: fillForm },
  "meeting form, wrong": {
    scene: { path: "/meetings/new", server: SECRETARY },
    play: async (stage) => {
      await stage.press("form.save");
      await stage.see("form.problem.title_missing");
    },
  },
  "meeting form, changing": {
    scene: { path: `${PLAN}/edit`, server: { ...SECRETARY, conflicts: 8 } },
    play: (stage) => stage.see("form.conflicts_other"),
  },
  "meeting plan": {
    scene: { path: PLAN, server: SECRETARY },
    play: (stage) => stage.see("invite.mail_refused"),
  },
  "meeting plan, cancelled": {
    scene: { path: PLAN, server: { ...SECRETARY, plan: "cancelled" } },
    play: (stage) => stage.see("invite.title"),
  },
  "meeting plan, restored": {
    scene: { path: PLAN, server: { ...SECRETARY, plan: "cancelled" } },
    play: async (stage) => {
      await stage.press("plan.restore_this");
      await stage.see("plan.restored");
    },
  },
  "meeting plan, no mail server": {
    scene: { path: PLAN, server: { ...SECRETARY, mail: "none" } },
    play: (stage) => stage.see("invite.no_server"),
  },
  "meeting plan, nobody invited": {
    scene: { path: PLAN, server: { ...SECRETARY, invited: 0 } },
    play: (stage) => stage.see("invite.none_title"),
  },
  "meeting plan, moving": {
    scene: { path: PLAN, server: SECRETARY },
    play: (stage) => stage.press("plan.move"),
  },
  "meeting plan, cancelling": {
    scene: { path: PLAN, server: SECRETARY },
    play: (stage) => stage.press("plan.cancel"),
  },
  "meeting plan, inviting more": {
    scene: { path: PLAN, server: SECRETARY },
    play: async (stage) => {
      await stage.press("invite.add");
      await stage.fill("form.find", "nguyen");
      await stage.see("form.add");
    },
  },
  "meeting plan, people from a workbook": {
    scene: { path: PLAN, server: SECRETARY },
    play: async (stage) => {
      await stage.press("invite.add");
      await stage.choose(new File(["PK"], "danh-sach-moi-hop-giao-ban.xlsx"));
      await stage.see("invite.file_bad_email");
    },
  },
  "end report": {
    scene: { path: `${PLAN}/report`, server: SECRETARY },
    play: (stage) => stage.see("report.incidents"),
  },
  "end report, never opened": {
    scene: { path: `${PLAN}/report`, server: { ...SECRETARY, plan: "planned" } },
    play: (stage) => stage.see("report.never"),
  },
  "answer by link": {
    scene: { path: LINK, server: { person: "nobody" } },
    play: (stage) => stage.see("answer.question"),
  },
  "answer by link, given": {
    scene: { path: LINK, server: { person: "nobody", answer: "yes" } },
    play: (stage) => stage.see("answer.given_yes"),
  },
  "answer by link, absent": {
    scene: { path: LINK, server: { person: "nobody", answer: "no" } },
    play: (stage) => stage.see("answer.given_no"),
  },
  "answer by link, somebody instead": {
    scene: { path: LINK, server: { person: "nobody", answer: "delegated" } },
    play: (stage) => stage.see("answer.given_delegated"),
  },
  "answer by link, cancelled": {
    scene: { path: LINK, server: { person: "nobody", plan: "cancelled" } },
    play: (stage) => stage.see("answer.to"),
  },
  "answer by link, unknown": { scene: { path: LINK, server: { person: "nobody", link: "unknown" } } },
  "web-hooks": {
    scene: { path: "/admin/webhooks", server: { person: "administrator" } },
    play: async (stage) => {
      await stage.press("hooks.log");
      await stage.see("hooks.state_sent");
    },
  },
  "web-hooks, none": {
    scene: { path: "/admin/webhooks", server: { person: "administrator", hooks: 0 } },
    play: (stage) => stage.see("hooks.none_title"),
  },
  "web-hooks, adding": {
    scene: { path: "/admin/webhooks", server: { person: "administrator" } },
    play: (stage) => stage.press("hooks.add"),
  },
  "web-hooks, secret": {
    scene: { path: "/admin/webhooks", server: { person: "administrator" } },
    play: async (stage) => {
      await stage.press("hooks.add");
      await stage.fill("hooks.url", "https://vanban.tinh.gov.vn/nhan-tin");
      await stage.press("hooks.add_confirm");
      await stage.see("hooks.secret_text");
    },
  },
  "web-hooks, removing": {
    scene: { path: "/admin/webhooks", server: { person: "administrator" } },
    play: async (stage) => {
      await stage.press("hooks.drop");
      await stage.see("hooks.drop_confirm");
    },
  },
  "web-hooks without the right": { scene: { path: "/admin/webhooks", server: SECRETARY } },
};
