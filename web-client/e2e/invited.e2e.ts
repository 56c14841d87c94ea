/**
 * Who is invited, over the real server and a real mail server: mails whose links are answered with yes, with
 * a reason and by somebody in one's place; whoever comes enters without an account. Beside it what else leaves
 * the system: a signed web-hook, a calendar feed, the end report; and each address of these pages by itself.
 */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherPage, openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { button, chooseDevices, pressJoin, waitInside, word } from "./harness/meeting.ts";
import { Program } from "./harness/programs.ts";
import { Server } from "./harness/server.ts";

const TITLE = "Họp khẩn về phòng, chống bão số 12";
const COMING = "Nguyễn Hoàng Phương Thảo Nguyên";
const ABSENT = "Lê Thị Mai Anh";
const SENDER = "Giáp Văn Ơn";
const INSTEAD = "Đặng Hữu Nghĩa";
const HOUR_MS = 3600_000;
/** Names An, with an address. */
const WORKBOOK = path.resolve(import.meta.dirname, "../../signalling/fuzz/corpus/invited_file/workbook");
const PHONE = { width: 390, height: 844 };

let mails: Program;
let receiver: HttpServer;
/** What the other program was told, with the signature as it came. */
const told: { signature: string; body: string }[] = [];
let server: Server;
let seat: Seat;
let chair: Page;
let secretary: Page;
let administrator: Page;
let meeting = "";

beforeAll(async () => {
  mails = Program.start("smtp_server.py");
  const port = Number(await mails.until((line) => Number(line) > 0));
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const signature = String(request.headers["x-diemcau-signature"]);
      told.push({ signature, body: Buffer.concat(parts).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((ready) => receiver.listen(0, "127.0.0.1", ready));
  server = await Server.start("localhost", {
    DIEMCAU_MAIL_HOST: "127.0.0.1",
    DIEMCAU_MAIL_PORT: String(port),
    DIEMCAU_MAIL_ENCRYPTION: "none",
    DIEMCAU_MAIL_FROM: "hop@tinh.example.vn",
    DIEMCAU_WEBHOOKS_NETWORKS: "127.0.0.0/8",
  });
  seat = await openSeat(people[0] as (typeof people)[0]);
  chair = seat.page;
  [secretary, administrator] = [await anotherPage(seat.browser), await anotherPage(seat.browser)];
});

afterAll(async () => {
  await seat?.close();
  await server?.stop();
  receiver?.close();
  mails?.kill();
});

/** Opens an address as somebody who has not signed in: the page itself asks for the account first. */
async function signInAt(page: Page, role: string, path: string, heading: string): Promise<void> {
  const { user, password } = server.demoAccount(role);
  await page.goto(server.url + path);
  await page.getByLabel(word("login.user")).fill(user);
  await page.getByLabel(word("login.password"), { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: heading, exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe(path);
}

/** Opens the answer page by the link in the newest mail to this address. */
async function followMail(page: Page, email: string): Promise<void> {
  const mail = await mails.until((line) => Array.isArray(line.to) && line.to.includes(email));
  const parts = mail.parts as { type: string; text: string }[];
  const text = parts.find((part) => part.type === "text/plain")?.text ?? "";
  const [link] = /\/tra-loi\/\S+/u.exec(text) ?? [];
  await page.goto(server.url + String(link));
  await page.getByRole("heading", { name: TITLE }).waitFor();
}

test("another program is added, tried, and can check the signature with the secret shown once", async () => {
  await signInAt(administrator, "administrator", "/admin/webhooks", word("hooks.title"));
  await button(administrator, "hooks.add").click();
  const { port } = receiver.address() as AddressInfo;
  await administrator.getByLabel(word("hooks.url")).fill(`http://127.0.0.1:${port}/nhan-tin`);
  await button(administrator, "hooks.add_confirm").click();
  const secret = await administrator.getByLabel(word("hooks.secret"), { exact: true }).inputValue();
  await button(administrator, "hooks.secret_kept").click();
  await button(administrator, "hooks.test").click();
  const log = administrator.getByRole("list", { name: word("hooks.log") });
  await log.getByText(word("hooks.state_sent")).waitFor();
  const { signature, body } = told[0] ?? { signature: "", body: "" };
  const [, at, sign] = /^t=(\d+),v1=([0-9a-f]+)$/u.exec(signature) ?? [];
  expect(createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")).toBe(sign);
  expect(JSON.parse(body)).toMatchObject({ event: "test" });
});

test("the links of the mails are answered: coming, absent with a reason, somebody in one's place", async () => {
  await signInAt(secretary, "secretary", "/meetings", word("meetings.title"));
  const invite = (name: string, email: string) => ({ name, email, unit: "Sở Công Thương", role: "delegate" });
  const made = await secretary.context().request.post(`${server.url}/api/v1/conferences`, {
    headers: { origin: server.url },
    data: {
      title: TITLE,
      starts_ms: Date.now() + HOUR_MS,
      people: [
        { user: server.demoAccount("chair").user, role: "chair" },
        invite(COMING, "nguyen@tinh.example.vn"),
        invite(ABSENT, "mai-anh@tinh.example.vn"),
        invite(SENDER, "on@tinh.example.vn"),
      ],
      invite: true,
    },
  });
  meeting = ((await made.json()) as { id: string }).id;
  const phone = await anotherPage(seat.browser);
  await phone.setViewportSize(PHONE);

  await followMail(phone, "mai-anh@tinh.example.vn");
  await button(phone, "answer.no").click();
  await button(phone, "answer.no_send").click();
  await phone.getByText(word("answer.reason_missing")).waitFor();
  await phone.getByLabel(word("answer.reason"), { exact: true }).fill("Đi công tác tại Hà Nội");
  await phone.keyboard.press("Enter");
  await phone.getByText(word("answer.given_no")).waitFor();
  // What was answered is still there when the mail is opened again.
  await phone.reload();
  await phone.getByText("Đi công tác tại Hà Nội").waitFor();

  await followMail(phone, "on@tinh.example.vn");
  await button(phone, "answer.delegated").click();
  await phone.getByLabel(word("answer.delegate")).fill("nghia@tinh.example.vn");
  await phone.getByLabel(word("answer.name")).fill(INSTEAD);
  await phone.keyboard.press("Enter");
  await phone.getByText(word("answer.given_delegated")).waitFor();
  await followMail(phone, "nghia@tinh.example.vn");
  await phone.getByText(word("answer.to", { name: INSTEAD })).waitFor();
  await button(phone, "answer.yes").click();
  await phone.getByText(word("answer.given_yes")).waitFor();
  await phone.context().close();

  await secretary.goto(`${server.url}/meetings/${meeting}`);
  for (const said of [
    "Đi công tác tại Hà Nội",
    word("invite.delegate", { name: INSTEAD }),
    word("invite.delegate_of", { name: SENDER }),
  ]) {
    await secretary.getByText(said).waitFor();
  }
});

test("people are invited from a workbook", async () => {
  await button(secretary, "invite.add").click();
  await secretary.locator("input[type=file]").setInputFiles({
    name: "danh-sach.xlsx",
    mimeType: "application/octet-stream",
    buffer: readFileSync(WORKBOOK),
  });
  const chosen = secretary.getByRole("list", { name: word("invite.chosen") });
  await chosen.getByText(word("invited.delegate")).waitFor();
  await button(secretary, "invite.add_confirm_one", { count: 1 }).click();
  await chosen.waitFor({ state: "detached" });
  await secretary.getByText("an@a.vn").waitFor();
});

test("every address opens by itself and again after a reload", async () => {
  const pages: [path: string, heading: string][] = [
    ["/", word("today.title")],
    ["/meetings?q=bao", word("meetings.title")],
    ["/meetings/new", word("form.title_new")],
    [`/meetings/${meeting}`, TITLE],
    [`/meetings/${meeting}/edit`, word("form.title_edit")],
    [`/meetings/${meeting}/report`, TITLE],
    ["/admin/webhooks", word("hooks.title")],
    ["/admin/people", word("import.title")],
    ["/account", word("account.title")],
    [`/c/${meeting}`, TITLE],
    [`/c/${meeting}/statistics`, word("statistics.title")],
    ["/tra-loi/khong-co-lien-ket-nay", word("answer.unknown_title")],
  ];
  for (const [path, heading] of pages) {
    const title = administrator.getByRole("heading", { level: 1 }).filter({ hasText: heading }).first();
    const opened = await administrator.goto(server.url + path);
    expect(opened?.status(), path).toBe(200);
    await title.waitFor();
    await administrator.reload();
    await title.waitFor();
    expect(administrator.url()).toBe(server.url + path);
  }
});

test("a page whose scripts were all broken off on their way comes all the same", async () => {
  const page = await anotherPage(seat.browser);
  const broken = new Set<string>();
  await page.route("**/assets/*.js", (route) => {
    const address = route.request().url();
    if (broken.has(address)) return route.continue();
    broken.add(address);
    return route.abort("connectionaborted");
  });
  await page.goto(`${server.url}/login`);
  await page.getByLabel(word("login.user")).waitFor();
  await page.context().close();
});

test("whoever said yes enters without an account, and the end report tells of it", async () => {
  await signInAt(chair, "chair", `/meetings/${meeting}`, TITLE);
  await chair.getByRole("link", { name: word("home.join") }).click();
  await chooseDevices(chair, { microphone: true, camera: true });
  await pressJoin(chair);
  await waitInside(chair);
  const guest = await anotherPage(seat.browser);
  await followMail(guest, "nguyen@tinh.example.vn");
  await button(guest, "answer.yes").click();
  await button(guest, "home.join").click();
  await chooseDevices(guest, { microphone: true, camera: false });
  await pressJoin(guest);
  await waitInside(guest);
  await chair.getByRole("article", { name: COMING }).first().waitFor();
  await button(chair, "bar.lead").click();
  await button(chair, "chair.end").click();
  await chair
    .getByRole("alertdialog")
    .getByRole("button", { name: word("more.end_confirm") })
    .click();
  await guest.getByText(word("farewell.ended_title")).waitFor();

  await secretary.reload();
  await secretary.getByRole("link", { name: word("plan.report") }).click();
  const rows = secretary.getByRole("region", { name: word("report.attendance") }).getByRole("row");
  await rows.filter({ hasText: COMING }).waitFor();
  await secretary.getByText(word("report.what.ended")).waitFor();
  await expect
    .poll(() => told.map((one) => (JSON.parse(one.body) as { event: string }).event))
    .toEqual(
      expect.arrayContaining(["meeting.planned", "invitation.answered", "meeting.opened", "meeting.ended"]),
    );
});

test("the calendar's address is told once, read without a cookie, and ends when it is stopped", async () => {
  await chair.goto(`${server.url}/account`);
  await button(chair, "calendar.open").click();
  const address = new URL(await chair.getByLabel(word("calendar.address")).inputValue());
  const read = async () => server.request("GET", address.pathname + address.search);
  const calendar = await read();
  expect(calendar.status).toBe(200);
  expect(String(calendar.json).replace(/\r\n /gu, "").replaceAll("\\", "")).toContain(`SUMMARY:${TITLE}`);
  await button(chair, "calendar.close").click();
  await chair.getByText(word("calendar.none")).waitFor();
  expect((await read()).status).toBeGreaterThanOrEqual(400);
});
