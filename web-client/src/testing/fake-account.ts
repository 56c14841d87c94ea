/**
 * Answers about the own account and of the import, without a server; used by fake-server.ts.
 */
import type { ImportReport, Line, Person, Profile, SessionSummary } from "../protocol/generated";
import type { FakeServerOptions } from "./fake-server";

/** 20/11/2026 08:00 in Viet Nam. */
const MORNING_MS = 1_795_136_400_000;
const DAY_MS = 86_400_000;

/** Null when the path is not about accounts. */
export function answerAccount(
  path: string,
  method: string,
  options: FakeServerOptions,
  person: Person | null,
): Response | null {
  if (!path.startsWith("/me/") || !person) return null;
  if (path === "/me/profile") return json(profileOf(person, options));
  if (path === "/me/session") return json({ left_s: Math.min(options.left ?? 900, 900), idle_s: 900 });
  if (path === "/me/sessions") return json(method === "DELETE" ? { ended: 2 } : SESSIONS);
  if (path === "/me/second-factor" && method === "POST") return json(BEGUN);
  if (/^\/me\/second-factor\/(confirm|recovery-codes)$/u.test(path)) return json({ codes: CODES });
  return new Response(null, { status: 204 });
}

/** What the file of an import would change, or has changed. */
export function answerImport(isApplied: boolean): Response {
  const codes = { user: "nguoi2", name: "Nguyễn Thị Ỷ Ậu", unit: "Sở Y tế", code: "K7MP-3XQ2-9WHT" };
  return json({ ...reportOf(), applied: isApplied, codes: isApplied ? [codes] : [] });
}

function profileOf(person: Person, options: FakeServerOptions): Profile {
  const isOn = options.factor === "on";
  const isAdministrator = person.role === "administrator" || person.role === "unit_administrator";
  return {
    person,
    password_set_ms: MORNING_MS - 12 * DAY_MS,
    password_ends_ms: isAdministrator ? MORNING_MS + 48 * DAY_MS : null,
    password_least: isOn ? 8 : 14,
    second_factor: { on: isOn, required: isAdministrator, recovery_codes: isOn ? 2 : 0 },
  };
}

const SESSIONS: SessionSummary[] = [
  {
    id: "a1",
    created_ms: MORNING_MS,
    seen_ms: MORNING_MS + 900_000,
    address: "10.20.4.17",
    agent:
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
    current: true,
  },
  {
    id: "a2",
    created_ms: MORNING_MS - 3_600_000,
    seen_ms: MORNING_MS + 600_000,
    address: "192.168.12.5",
    agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Mobile/15E148 Safari/604.1",
    current: false,
  },
  {
    id: "a3",
    created_ms: MORNING_MS - 7_200_000,
    seen_ms: MORNING_MS - 60_000,
    address: "2001:db8:85a3::8a2e:370:7334",
    agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    current: false,
  },
];

const BEGUN = {
  secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
  address: "otpauth://totp/Diem%20Cau:auntt?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  qr_size: 33,
  qr_path: patternOf(33),
};

const CODES = Array.from({ length: 10 }, (_, at) => `K7MP${at + 2 > 9 ? "X" : at + 2}-3XQ${at}W`);

/** Looks like a code and holds nothing. */
function patternOf(size: number): string {
  let path = "";
  for (let at = 0; at < size * size; at += 1) {
    if ((at * 7919) % 5 < 2) path += `M${at % size} ${Math.floor(at / size)}h1v1h-1z`;
  }
  return path;
}

function reportOf(): ImportReport {
  const line = (at: number, outcome: Line["outcome"], more: Partial<Line> = {}): Line => ({
    line: at,
    key: `nguoi${at}`,
    name: at % 2 === 0 ? "Nguyễn Thị Ỷ Ậu" : "Trần Văn Đồng",
    outcome,
    changes: [],
    problem: null,
    field: null,
    ...more,
  });
  return {
    kind: "people",
    separator: ";",
    ignored_columns: ["Ghi chú"],
    added: 1204,
    changed: 2,
    unchanged: 13_790,
    refused: 3,
    lines: [
      line(2, "added"),
      line(3, "changed", {
        changes: [{ field: "unit", from: "Sở Thông tin và Truyền thông", to: "Sở Khoa học và Công nghệ" }],
      }),
      line(4, "changed", { changes: [{ field: "role", from: "delegate", to: "chair" }] }),
      line(17, "refused", { problem: "unknown_unit", field: "unit" }),
      line(912, "refused", { problem: "duplicate", field: "user" }),
      line(14_003, "refused", { problem: "missing", field: "name", name: "" }),
    ],
    plan: "0f3a",
    applied: false,
    codes: [],
  };
}

function json(body: unknown): Response {
  return new Response(JSON.stringify(body), { status: 200, headers: { "content-type": "application/json" } });
}
