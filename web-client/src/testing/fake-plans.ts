/**
 * The planning half of the fake server: today, list, plans, invitations, answers, templates, reports and
 * web-hooks, kept in memory as long as the page is open. For screenshots and tests of pages; never part of
 * the product's bundle. Answers undefined for what it does not know.
 */
import { dayField } from "../i18n/format";
import type {
  Conflict,
  GivenAnswer,
  Invitation,
  InvitedPerson,
  MeetingPlan,
  MeetingTemplate,
  NewConference,
  Person,
  PlanChange,
  SiteSummary,
} from "../protocol/generated";
import { folded } from "../ui/names";
import {
  LARGE_SITES,
  LONG_NAME,
  LONG_TITLE,
  LONG_UNIT,
  largeInvitations,
  largePlan,
  largeReport,
  lengthened,
} from "./fake-large";
import { emptyReport, FAKE_HOOKS, FAKE_LOG, fakeReport } from "./fake-report";
import {
  FAKE_PEOPLE,
  FAKE_SITES,
  fakeInvitations,
  fakeLines,
  fakePlan,
  fakeRooms,
  fakeShown,
  fakeToday,
} from "./fake-schedule";

export interface FakePlansOptions {
  /** Own meetings of the next days: busy, later (none today), none. */
  today?: string;
  /** Meetings in the list. */
  meetings?: number;
  /** State of the meeting behind a link or a plan: planned, cancelled, passed, ended. */
  plan?: string;
  /** The own answer behind the link of a mail. */
  answer?: string;
  /** A link of a mail that nobody knows. */
  link?: string;
  /** Everything is taken at that time. */
  conflicts?: number;
  /** No mail server is set. */
  mail?: string;
  /** Long names everywhere, and as many of everything as a province has. */
  size?: "large" | undefined;
  hooks?: number;
  invited?: number;
}

export interface FakePlans {
  answer(method: string, path: string, asked: URLSearchParams, body: unknown, person: Person | null): unknown;
  /** Requests that changed something, as "POST /conferences". */
  readonly done: readonly { what: string; body: unknown }[];
}

/** Nothing of this part: the rest of the fake server is asked. */
export const UNKNOWN = Symbol("unknown");
/** An answer that is a refusal. */
export class FakeRefusal {
  constructor(
    readonly status: number,
    readonly body: { error: string } & Record<string, unknown>,
  ) {}
}

export function createFakePlans(options: FakePlansOptions): FakePlans {
  const done: { what: string; body: unknown }[] = [];
  const isLarge = options.size === "large";
  const planned = fakePlan(options.plan ?? "planned");
  let plan: MeetingPlan = isLarge ? largePlan(planned) : planned;
  let invited: Invitation[] = isLarge ? largeInvitations() : fakeInvitations();
  if (options.invited === 0) invited = [];
  let shown = fakeShown(options.plan ?? "planned", options.answer ?? "waiting");
  if (isLarge) shown = { ...shown, title: LONG_TITLE, name: LONG_NAME, unit: LONG_UNIT, chair: LONG_NAME };
  let feed: { active: boolean; made_ms?: number } = { active: false };
  const kept: MeetingTemplate[] = [
    { id: "mau-1", name: "Giao ban tháng", created_ms: Date.now(), meeting: fakeTemplate() },
  ];
  const today = fakeToday(options.today ?? "busy");
  const routes: [
    RegExp,
    (parts: string[], body: never, asked: URLSearchParams, method: string) => unknown,
  ][] = [
    [
      /^GET \/today$/u,
      (_, __, asked) => {
        const meetings = today.get(asked.get("day") ?? "") ?? [];
        return { day: asked.get("day"), meetings: isLarge ? meetings.map(lengthened) : meetings };
      },
    ],
    [
      /^PUT \/conferences\/([^/]+)\/answer$/u,
      ([id], body: GivenAnswer) => {
        for (const meetings of today.values()) {
          for (const one of meetings) if (one.id === id) one.answer = body.answer;
        }
        return shown;
      },
    ],
    [/^GET \/meetings$/u, (_, __, asked) => listed(options.meetings ?? 57, asked)],
    [/^POST \/conferences$/u, () => ({ id: "giao-ban-moi", conflicts: [] })],
    [/^POST \/meetings\/conflicts$/u, () => taken(options.conflicts ?? 0)],
    [/^GET \/conferences\/[^/]+\/plan$/u, () => plan],
    [
      /^PATCH \/conferences\/[^/]+\/plan$/u,
      (_, { scope: _scope, notify: _notify, sites: _sites, ...change }: Partial<PlanChange>) => {
        plan = { ...plan, ...change, sequence: plan.sequence + 1 } as MeetingPlan;
        return { plan, changed: [plan.id], conflicts: [] };
      },
    ],
    [
      /^POST \/conferences\/[^/]+\/cancel$/u,
      (_, body: { reason?: string }) => {
        plan = { ...plan, state: "cancelled", cancel_reason: body.reason ?? "" };
        return { cancelled: [plan.id] };
      },
    ],
    [
      /^POST \/conferences\/[^/]+\/restore$/u,
      () => {
        plan = { ...plan, state: "planned", cancel_reason: "" };
        return { restored: [plan.id] };
      },
    ],
    [
      /^POST \/conferences\/[^/]+\/invitations\/import$/u,
      () => ({
        people: [{ name: LONG_NAME, email: "nguyen@tinh.gov.vn", unit: LONG_UNIT, role: "delegate" }],
        problems: [{ line: 7, problem: "bad_email" }],
      }),
    ],
    [/^GET \/conferences\/[^/]+\/invitations$/u, () => invited],
    [
      /^POST \/conferences\/[^/]+\/invitations$/u,
      (_, { people }: { people: InvitedPerson[] }) => {
        const more = people.map((one, at) => invitationOf(one, invited.length + at));
        invited = [...invited, ...more];
        return more;
      },
    ],
    [
      /^POST \/conferences\/[^/]+\/invitations\/send$/u,
      (_, body: { only?: string[] }) => ({
        queued: body.only?.length ?? 3,
        without_address: 1,
        no_server: false,
      }),
    ],
    [
      /^DELETE \/conferences\/[^/]+\/invitations\/([^/]+)$/u,
      ([id]) => {
        invited = invited.filter((one) => one.id !== id);
        return null;
      },
    ],
    [/^GET \/conferences$/u, () => fakeRooms(options.today === "none" ? 0 : 2)],
    [/^GET \/mail$/u, () => ({ configured: options.mail !== "none", from: "hop@tinh.gov.vn" })],
    [
      /^GET \/people$/u,
      (_, __, asked) =>
        FAKE_PEOPLE.filter((one) => folded(`${one.name} ${one.unit}`).includes(folded(asked.get("q") ?? ""))),
    ],
    [/^GET \/sites$/u, (): SiteSummary[] => (isLarge ? LARGE_SITES : FAKE_SITES)],
    [/^GET \/templates$/u, () => kept],
    [
      /^POST \/templates$/u,
      (_, body: { name: string; meeting: NewConference }) => {
        const template = { id: `mau-${kept.length + 1}`, created_ms: Date.now(), ...body };
        kept.push(template);
        return template;
      },
    ],
    [
      /^POST \/series\/preview$/u,
      (_, body: { starts_ms: number; rule: { count?: number } }) => ({
        starts_ms: Array.from(
          { length: body.rule.count ?? 1 },
          (_, at) => body.starts_ms + at * 7 * 86_400_000,
        ),
      }),
    ],
    [
      /^GET \/answers\//u,
      () => (options.link === "unknown" ? new FakeRefusal(404, { error: "not_found" }) : shown),
    ],
    [
      /^POST \/answers\/[^/]+$/u,
      (_, body: GivenAnswer) => {
        shown = { ...shown, answer: body.answer, reason: body.reason ?? "" };
        return shown;
      },
    ],
    [/^GET \/me\/email$/u, () => ({ email: "auntt@tinh.gov.vn" })],
    [/^PUT \/me\/email$/u, (_, body) => body],
    [/^GET \/me\/calendar$/u, () => feed],
    [
      /^POST \/me\/calendar$/u,
      () => {
        feed = { active: true, made_ms: Date.now() };
        return { address: "/api/v1/me/calendar.ics?key=29ce0092e4d998b0db550425fbe68c0b" };
      },
    ],
    [
      /^GET \/conferences\/[^/]+\/reports\/end\.json$/u,
      () => (isLarge ? largeReport() : options.plan === "planned" ? emptyReport() : fakeReport()),
    ],
    [/^GET \/webhooks$/u, () => FAKE_HOOKS.slice(0, options.hooks ?? 2)],
    [/^GET \/webhooks\/[^/]+\/deliveries$/u, () => FAKE_LOG],
    [
      /^POST \/webhooks$/u,
      (_, body: object) => ({ webhook: { ...FAKE_HOOKS[0], ...body }, secret: "whsec_4f3a9c1d77" }),
    ],
  ];
  return {
    done,
    answer: (method, path, asked, body) => {
      const line = `${method} ${path}`;
      for (const [form, answer] of routes) {
        const found = form.exec(line);
        if (found === null) continue;
        if (method !== "GET") done.push({ what: line, body });
        return answer(found.slice(1), body as never, asked, method);
      }
      return UNKNOWN;
    },
  };
}

function listed(count: number, asked: URLSearchParams) {
  const words = folded(asked.get("q") ?? "");
  const state = asked.get("state");
  const all = fakeLines(count).filter(
    (one) => folded(one.title).includes(words) && (state === null || one.state === state),
  );
  const page = Number(asked.get("page") ?? 1);
  const pages = Math.max(1, Math.ceil(all.length / 50));
  return { meetings: all.slice((page - 1) * 50, page * 50), total: all.length, page, pages };
}

function taken(count: number): Conflict[] {
  return Array.from({ length: count }, (_, at) => ({
    kind: "site",
    name: FAKE_SITES[at + 1]?.name ?? "",
    id: FAKE_SITES[at + 1]?.id ?? "",
    conference: "khac",
    title: "Họp Ban chỉ đạo chuyển đổi số",
    starts_ms: Date.parse(`${dayField(Date.now())}T01:00:00Z`),
    minutes: 120,
  }));
}

function invitationOf(one: InvitedPerson, at: number): Invitation {
  const { name = "", unit = "", email = "", user = "", role } = one;
  return { id: `m${at}`, user, name, unit, email, role, answer: "waiting", reason: "" };
}

function fakeTemplate(): NewConference {
  return {
    title: "Họp giao ban tháng",
    minutes: 90,
    secrecy: "internal",
    agenda: [
      { title: "Điểm danh, khai mạc", speakers: "Văn phòng", minutes: 10 },
      { title: "Báo cáo kinh tế – xã hội", speakers: "Sở Kế hoạch và Đầu tư", minutes: 30 },
    ],
    sites: FAKE_SITES.slice(0, 6).map((site) => site.id),
  };
}
