/**
 * The same samples with names as long as they come, and as many sites and people as a province has. Used by
 * fake-plans.ts alone.
 */
import type { EndReport, Invitation, MeetingPlan, SiteSummary, TodayMeeting } from "../protocol/generated";
import { fakeSite } from "./fake-course";
import { fakeReport } from "./fake-report";
import { fakeInvitations } from "./fake-schedule";

export const LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên Ỷ Ậu";
export const LONG_UNIT =
  "Trung tâm Phục vụ hành chính công – Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường Nghĩa Phương";
export const LONG_TITLE =
  "Hội nghị trực tuyến toàn tỉnh sơ kết ba năm thực hiện Nghị quyết về phát triển nông nghiệp, nông dân, " +
  "nông thôn và triển khai nhiệm vụ trọng tâm năm 2027, kết hợp phòng, chống thiên tai";

const SITES = 277;
const PEOPLE = 300;

export const LARGE_SITES: SiteSummary[] = Array.from({ length: SITES }, (_, at) => {
  const { id, name, group } = fakeSite(at);
  const isFirst = at === 0 || group !== fakeSite(at - 1).group;
  const head = Array.from({ length: at + 1 }, (_, before) => fakeSite(before)).find(
    (site) => site.group === group,
  );
  const parent = at === 0 ? null : isFirst ? fakeSite(0).id : (head?.id ?? null);
  return { id, name, kind: "commune", parent, sector: null, sample: true } as SiteSummary;
});

export function lengthened(meeting: TodayMeeting): TodayMeeting {
  const sites = [{ id: "dai", name: LONG_UNIT, parent: "" }];
  return { ...meeting, title: LONG_TITLE, chair: LONG_NAME, sites };
}

export function largePlan(plan: MeetingPlan): MeetingPlan {
  const agenda = Array.from({ length: 12 }, () => ({ title: LONG_TITLE, speakers: LONG_UNIT, minutes: 15 }));
  const sites = LARGE_SITES.map(({ id, name, parent }) => ({ id, name, parent: parent ?? "" }));
  return { ...plan, title: LONG_TITLE, note: LONG_TITLE, agenda, sites };
}

export function largeInvitations(): Invitation[] {
  const few = fakeInvitations();
  return Array.from({ length: PEOPLE }, (_, at) => ({
    ...(few[at % few.length] as Invitation),
    id: `m${at}`,
    name: at % 3 === 0 ? LONG_NAME : (few[at % few.length]?.name ?? ""),
    unit: LONG_UNIT,
    email: "trung-tam-phuc-vu-hanh-chinh-cong.nghia-phuong@vanphong.tinhuy.example.gov.vn",
  }));
}

export function largeReport(): EndReport {
  const report = fakeReport();
  const [person] = report.people;
  const people = Array.from({ length: PEOPLE }, () => ({ ...person, name: LONG_NAME, unit: LONG_UNIT }));
  const sites = LARGE_SITES.map(({ id, name }, at) => ({
    id,
    name,
    present_ms: at * 20_000,
    result: at % 9 === 0 ? "absent" : "present",
  }));
  return { ...report, title: LONG_TITLE, people, sites } as EndReport;
}
