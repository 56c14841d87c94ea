/**
 * The course of a fake meeting: floor, stage, agenda, sites, roll call and patrol as a server would have
 * them at the start. Used by fake-meeting.ts and unit tests; never part of the product's bundle.
 */
import type {
  AgendaItemView,
  Arrangements,
  ConferenceInfo,
  ConferenceView,
  Layout,
  ParticipantId,
  ParticipantView,
  Queue,
  RequestView,
  SiteResult,
  SiteView,
  TurnView,
} from "../protocol/generated";

/** What a meeting has before anybody runs its course. */
export const NO_COURSE: Pick<
  ConferenceView,
  "floor" | "stage" | "pictures" | "agenda" | "sites" | "roll_call" | "patrol"
> = {
  floor: { open: true, limit_ms: 300_000, turn: null, speech: [], question: [] },
  stage: { layout: "automatic", of: "nobody", pictures: [], chosen: [], free: true },
  pictures: { groups: [] },
  agenda: [],
  sites: [],
  roll_call: null,
  patrol: null,
};

/** The part of a conference's facts that the course sets. */
export const NO_COURSE_INFO: Pick<ConferenceInfo, "kind" | "secrecy" | "microphones"> = {
  kind: "normal",
  secrecy: "public",
  microphones: "open",
};

export interface CourseOptions {
  /** Who speaks, since how many seconds, of how many. */
  turn?: { participant: ParticipantId; agoS?: number; limitS?: number };
  speech?: readonly ParticipantId[];
  question?: readonly ParticipantId[];
  isListClosed?: boolean;
  /** Items of the agenda that are over, and for how long the next one runs, in seconds. */
  agenda?: { done: number; agoS: number };
  /** Invited sites; participant n + 2 stands for site n, while there are so many. */
  sites?: number;
  /** Sites that a running roll call has behind it. */
  called?: number;
  rollCall?: "running" | "paused" | "finished";
  stage?: { layout: Layout; pictures: readonly ParticipantId[]; free: boolean };
  pictures?: Arrangements;
  secrecy?: ConferenceInfo["secrecy"];
  microphones?: ConferenceInfo["microphones"];
  patrol?: { everybody: boolean; at: number };
}

const SUBJECTS = [
  "Kinh phí phòng dịch sốt xuất huyết",
  "Tiêu thụ cam, bưởi vụ cuối năm",
  "Đường vào thôn bị sạt lở",
  "Giải phóng mặt bằng tuyến nối quốc lộ 37",
  "",
  "Chỗ ở cho công nhân khu công nghiệp",
];

const ITEMS: readonly [title: string, speakers: string, minutes: number][] = [
  ["Điểm danh, khai mạc", "", 12],
  ["Kinh tế – xã hội tháng 11", "Sở Tài chính", 22],
  ["Giải ngân đầu tư công", "Sở Tài chính", 20],
  ["Thảo luận của các điểm cầu", "", 45],
  ["Biểu quyết Kế hoạch tháng 12", "Văn phòng UBND tỉnh", 10],
  ["Kết luận", "Chủ tịch UBND tỉnh", 15],
];

const CODES = ["LN", "LM", "YT", "HH", "VY", "SD"];
const GROUPS = ["Lục Ngạn", "Lục Nam", "Yên Thế", "Hiệp Hòa", "Việt Yên", "Sơn Động"];
const PLACES = [
  "Xã Bảo Đài",
  "Xã Bắc Lũng",
  "Phường Nếnh",
  "Xã Nghĩa Phương",
  "Xã Tân Sơn",
  "Phường Đồi Ngô",
  "Xã Huyền Sơn",
  "Xã Sơn Hải",
  "Xã Hợp Thịnh",
  "Phường Tự Lạn",
  "Xã Biển Động",
  "Hội trường UBND xã Lục Sơn (nhà văn hóa trung tâm)",
];

/** Sites of one group. */
const GROUP = 50;

/** Id of site number `at`, from 0. */
export function fakeSiteId(at: number): string {
  return `${CODES[Math.floor(at / GROUP)] ?? "TX"}${String(1 + (at % GROUP)).padStart(2, "0")}`;
}

/** Site number `at`, from 0. */
export function fakeSite(at: number): SiteView {
  const round = Math.floor(at / PLACES.length);
  return {
    id: fakeSiteId(at),
    name: (PLACES[at % PLACES.length] ?? "") + (round === 0 ? "" : ` ${round + 1}`),
    group: `Cụm ${GROUPS[Math.floor(at / GROUP)] ?? "thị xã"}`,
    due: false,
    note: "",
    names: "",
    caption: "",
  };
}

/** Who stands for which site. */
export function seated(people: readonly ParticipantView[], options: CourseOptions): ParticipantView[] {
  const { sites = 0 } = options;
  return people.map((person) =>
    person.id > 2 && person.id - 3 < sites ? { ...person, site: fakeSiteId(person.id - 3) } : person,
  );
}

/** The course at the start, `now` by the server's clock. */
export function courseOf(options: CourseOptions, people: readonly ParticipantView[], now: number) {
  const request = (queue: Queue) => (participant: ParticipantId, at: number) => ({
    participant,
    subject: SUBJECTS[(at + (queue === "question" ? 3 : 0)) % SUBJECTS.length] ?? "",
    since_ms: now - 380_000 + at * 77_000,
  });
  const speech: RequestView[] = (options.speech ?? []).map(request("speech"));
  const question: RequestView[] = (options.question ?? []).map(request("question"));
  const turn = turnOf(options, people, now);
  const sites = sitesOf(options, now);
  const current = sites[options.called ?? 0]?.id;
  const hasRoll = options.rollCall !== undefined;
  const isCalling = hasRoll && options.rollCall !== "finished" && current !== undefined;
  const toured = options.patrol?.everybody ? fakeSiteId(options.patrol.at) : undefined;
  const isCalled = isCalling && options.rollCall === "running";
  const onStage = isCalled ? current : toured;
  const shown = people.filter((person) => person.site !== undefined && person.site === onStage);
  const stage = options.stage ?? { layout: "automatic", pictures: [], free: true };
  const view: typeof NO_COURSE = {
    floor: { open: options.isListClosed !== true, limit_ms: 300_000, turn, speech, question },
    stage: {
      layout: onStage === undefined ? stage.layout : "one",
      of: isCalled
        ? "roll_call"
        : toured
          ? "patrol"
          : turn
            ? "floor"
            : stage.pictures.length > 0
              ? "chosen"
              : "nobody",
      pictures: onStage
        ? shown.map((person) => person.id)
        : turn
          ? [turn.participant, ...stage.pictures]
          : [...stage.pictures],
      chosen: [...stage.pictures],
      free: stage.free,
    },
    pictures: options.pictures ?? { groups: [] },
    agenda: agendaOf(options, now),
    sites,
    roll_call: hasRoll
      ? {
          number: 1,
          phase: options.rollCall ?? "running",
          started_ms: now - (options.called ?? 0) * 4200,
          walk: sites.length,
          left: sites.filter((site) => site.due).length,
          ...(isCalling ? { current, current_since_ms: now - 3000 } : {}),
        }
      : null,
    patrol: options.patrol
      ? {
          everybody: options.patrol.everybody,
          stay_ms: 10_000,
          sites: [],
          site: fakeSiteId(options.patrol.at),
          until_ms: now + 6_000,
        }
      : null,
  };
  return view;
}

function turnOf({ turn }: CourseOptions, people: readonly ParticipantView[], now: number): TurnView | null {
  const holder = people.find((person) => person.id === turn?.participant);
  if (turn === undefined || holder === undefined) return null;
  return {
    number: 4,
    participant: holder.id,
    name: holder.name,
    position: "Chủ tịch UBND xã Hợp Thịnh",
    site: holder.unit,
    queue: "speech",
    subject: SUBJECTS[1] ?? "",
    since_ms: now - (turn.agoS ?? 222) * 1000,
    limit_ms: (turn.limitS ?? 300) * 1000,
  };
}

function agendaOf({ agenda }: CourseOptions, now: number): AgendaItemView[] {
  if (agenda === undefined) return [];
  return ITEMS.map(([title, speakers, minutes], at) => ({
    item: at + 1,
    title,
    speakers,
    minutes,
    ...(at === agenda.done ? { opened_ms: now - agenda.agoS * 1000 } : {}),
    took_ms: at < agenda.done ? minutes * 60_000 : 0,
    done: at < agenda.done,
    conclusion: at === 1 ? "Thống nhất các chỉ tiêu như báo cáo." : "",
  }));
}

const RESULTS: readonly SiteResult[] = ["present", "present", "present", "present", "no_sound", "present"];

function sitesOf(options: CourseOptions, now: number): SiteView[] {
  const called = options.rollCall === "finished" ? Number.POSITIVE_INFINITY : (options.called ?? 0);
  return Array.from({ length: options.sites ?? 0 }, (_, at) => {
    const site = fakeSite(at);
    if (options.rollCall === undefined) return site;
    if (at >= called) return { ...site, due: true };
    const result: SiteResult =
      at % 23 === 9 ? "absent" : at % 31 === 7 ? "no_picture" : (RESULTS[at % 6] ?? "present");
    return {
      ...site,
      result,
      marked_ms: now - (called - at) * 4200,
      ...(at % 2 === 0 ? { people: 4 + (at % 9) } : {}),
      note: result === "no_sound" ? "Mic hội trường chưa cắm" : "",
    };
  });
}
