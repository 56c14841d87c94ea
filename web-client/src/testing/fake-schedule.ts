/** Sample meetings, people and sites for the fake server. Used by fake-plans.ts alone. */
import { dayField } from "../i18n/format";
import type {
  ConferenceSummary,
  Invitation,
  InvitationAnswer,
  InvitationShown,
  MeetingLine,
  MeetingPlan,
  MeetingState,
  PersonFound,
  SiteSummary,
  TodayMeeting,
} from "../protocol/generated";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const TITLES = [
  "Hội nghị trực tuyến toàn tỉnh: kinh tế – xã hội tháng 11, nhiệm vụ tháng 12/2026",
  "Họp giao ban Ủy ban nhân dân tỉnh tháng 11",
  "Họp tổ công tác tiêu thụ nông sản vụ cuối năm",
  "Nghe báo cáo phương án tưới vùng đồi Lục Ngạn",
  "Tập huấn chuyển đổi số cấp xã",
];

function site(id: string, name: string, parent: string | null, sector: string | null = null): SiteSummary {
  return { id, name, kind: "commune", parent, sector, sample: true } as SiteSummary;
}

export const FAKE_SITES: SiteSummary[] = [
  site("tinh", "UBND tỉnh", null),
  site("so-nn", "Sở Nông nghiệp và Môi trường", "tinh", "Nông nghiệp"),
  site("so-yt", "Sở Y tế", "tinh", "Y tế"),
  site("luc-ngan", "Cụm Lục Ngạn", "tinh"),
  site("tan-son", "Xã Tân Sơn", "luc-ngan", "Nông nghiệp"),
  site("hop-thinh", "Xã Hợp Thịnh", "luc-ngan"),
  ...Array.from({ length: 40 }, (_, at) => site(`xa-${at}`, `Xã số ${at + 1}`, "luc-ngan")),
];

export const FAKE_PEOPLE: PersonFound[] = [
  ["hoang-thang", "Hoàng Minh Thắng", "UBND tỉnh", "chair"],
  ["le-mai-anh", "Lê Thị Mai Anh", "Sở Công Thương", "delegate"],
  ["ty-au", "Nguyễn Thị Ỷ Ậu", "Sở NN&PTNT Thừa Thiên Huế", "delegate"],
].map(([user = "", name = "", unit = "", role = ""], at) => ({
  person: `p${at}`,
  user,
  name,
  unit,
  role: role as PersonFound["role"],
  email: `${user}@tinh.gov.vn`,
}));

function meeting(at: number, startsMs: number, part: Partial<TodayMeeting>): TodayMeeting {
  return {
    id: `hop-${at}`,
    title: TITLES[at % TITLES.length] ?? "",
    label: "",
    kind: "normal",
    secrecy: "internal",
    starts_ms: startsMs,
    minutes: 90,
    state: "planned",
    role: "delegate",
    invited_as: "delegate",
    answer: "waiting",
    open: true,
    participants: 0,
    chair: "Hoàng Minh Thắng",
    cancel_reason: "",
    sites: [{ id: "so-nn", name: "Sở Nông nghiệp và Môi trường", parent: "UBND tỉnh" }],
    ...part,
  };
}

/** The own meetings of the next days, by day. */
export function fakeToday(kind: string): Map<string, TodayMeeting[]> {
  const now = Date.now();
  const hour = (count: number) =>
    Math.round(now / (30 * MINUTE_MS)) * 30 * MINUTE_MS + count * 60 * MINUTE_MS;
  const days = new Map<string, TodayMeeting[]>();
  if (kind === "none") return days;
  if (kind === "busy") {
    days.set(dayField(now), [
      meeting(0, hour(-4), { state: "ended", answer: "yes", secrecy: "public" }),
      meeting(1, hour(0), {
        state: "running",
        participants: 251,
        role: "chair",
        invited_as: "chair",
        answer: "yes",
      }),
      meeting(2, hour(2), { opens_ms: hour(1.5) }),
      meeting(3, hour(3), { state: "cancelled", cancel_reason: "Trùng lịch tiếp đoàn công tác Trung ương." }),
      meeting(4, hour(5), { answer: "delegated", kind: "lecture", secrecy: "restricted" }),
    ]);
  }
  days.set(dayField(now + DAY_MS), [meeting(5, hour(24), { answer: "no" }), meeting(6, hour(26), {})]);
  return days;
}

const STATES: MeetingState[] = ["planned", "running", "ended", "passed", "cancelled"];

export function fakeLines(count: number): MeetingLine[] {
  const start = Date.parse(`${dayField(Date.now())}T01:00:00Z`);
  return Array.from({ length: count }, (_, at) => ({
    id: `hop-${at}`,
    title: TITLES[at % TITLES.length] ?? "",
    label: "",
    kind: at % 5 === 4 ? "lecture" : "normal",
    secrecy: at % 3 === 0 ? "internal" : "public",
    starts_ms: start - (at - 3) * DAY_MS,
    minutes: 90,
    state: STATES[at < 3 ? 0 : at % 5] ?? "planned",
    ...(at % 4 === 1 ? { series: "giao-ban" } : {}),
    sites: at === 0 ? 277 : at % 7,
    people: at % 6 === 5 ? 0 : 14,
    answered: 9,
    role: "secretary",
    participants: at === 6 ? 12 : 0,
    may_edit: true,
  }));
}

export function fakePlan(state: string): MeetingPlan {
  const starts = Date.parse(`${dayField(Date.now() + 3 * DAY_MS)}T01:00:00Z`);
  return {
    id: "hop-0",
    title: TITLES[0] ?? "",
    label: "",
    kind: "normal",
    secrecy: "internal",
    waiting_room: true,
    guests: false,
    opens_ms: starts - 30 * MINUTE_MS,
    starts_ms: starts,
    minutes: 150,
    note: "Các điểm cầu kiểm tra đường truyền trước 07:30. Mang theo báo cáo số 412/BC-STC.",
    state: state as MeetingState,
    cancel_reason: state === "cancelled" ? "Trùng lịch tiếp đoàn công tác Trung ương." : "",
    agenda: [
      { title: "Điểm danh, khai mạc", speakers: "Văn phòng UBND tỉnh", minutes: 10 },
      { title: "Kinh tế – xã hội tháng 11", speakers: "Sở Kế hoạch và Đầu tư", minutes: 30 },
      { title: "Thảo luận của các điểm cầu", speakers: "", minutes: 0 },
    ],
    sites: FAKE_SITES.map(({ id, name, parent }) => ({ id, name, parent: parent ?? "" })),
    series: "giao-ban",
    sequence: 1,
    may_edit: true,
    created_by: "Nguyễn Thị Ỷ Ậu",
  };
}

export function fakeShown(state: string, answer: string): InvitationShown {
  const plan = fakePlan(state);
  return {
    title: plan.title,
    label: "Nội bộ",
    starts_ms: plan.starts_ms ?? 0,
    minutes: plan.minutes,
    name: "Lê Thị Mai Anh",
    unit: "Sở Công Thương",
    role: "delegate",
    answer: answer as InvitationAnswer,
    reason: answer === "no" ? "Đi công tác tại Hà Nội." : "",
    state: plan.state,
    cancel_reason: plan.cancel_reason,
    chair: "Hoàng Minh Thắng",
    delegate: answer === "delegated" ? "Trần Thị Mai Khuê" : "",
    conference: plan.id,
  };
}

export function fakeInvitations(): Invitation[] {
  const at_ms = Date.now() - 3 * 3600_000;
  const one = (id: number, name: string, part: Partial<Invitation>): Invitation => ({
    id: `m${id}`,
    user: `nguoi-${id}`,
    name,
    unit: "Sở Nông nghiệp và Môi trường",
    email: `nguoi-${id}@tinh.gov.vn`,
    role: "delegate",
    answer: "waiting",
    reason: "",
    mail: { state: "sent", said: "", at_ms, kind: "invitation" },
    ...part,
  });
  return [
    one(0, "Hoàng Minh Thắng", { role: "chair", unit: "UBND tỉnh", answer: "yes" }),
    one(1, "Nguyễn Thị Ỷ Ậu", { role: "secretary", answer: "yes" }),
    one(2, "Lê Thị Mai Anh", { answer: "no", reason: "Đi công tác tại Hà Nội đến hết tuần." }),
    one(3, "Trần Thị Mai Khuê", { answer: "delegated" }),
    one(4, "Nguyễn Hoàng Phương Thảo Nguyên", { delegate_of: "m3" }),
    one(5, "Bùi Xuân Trường", {
      mail: { state: "refused", said: "550 5.1.1 hộp thư không tồn tại", at_ms, kind: "invitation" },
    }),
    one(6, "Đặng Hữu Nghĩa", { mail: { state: "waiting", said: "", at_ms, kind: "reminder" } }),
    { ...one(7, "Giáp Văn Ơn", { email: "" }), mail: undefined as never },
    { ...one(8, "Phạm Ngọc Ánh", {}), mail: undefined as never },
    one(9, "Vũ Đình Thắng", { answer: "yes", role: "listener" }),
  ].map((invitation) => {
    if (invitation.mail === undefined) delete invitation.mail;
    return invitation;
  });
}

/** Rooms without a time. */
export function fakeRooms(count: number): ConferenceSummary[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `phong-${at + 1}`,
    title: at === 0 ? "Tiếp công dân trực tuyến" : "Giao ban nhanh của Văn phòng",
    label: at === 0 ? "Công khai" : "",
    open: true,
    participants: at === 0 ? 4 : 0,
    role: "secretary",
  }));
}
