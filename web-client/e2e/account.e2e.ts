/**
 * Accounts against the real server: the own page with password and places, a second factor whose code
 * the test computes as an app would (RFC 6238), people from a CSV file, and a call that ends when its
 * session is signed out elsewhere.
 */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherPage, openSeat, type Seat } from "./harness/browser.ts";
import { type Person, people } from "./harness/clips.ts";
import { button, chooseDevices, pressJoin, waitInside, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const [first] = people as [Person];
const NEW_PASSWORD = "Vải-thiều-Lục-Ngạn-2026";
const OWN_PASSWORD = "Cam-Canh-Bố-Hạ-2026";
const CSV =
  "\uFEFFtên đăng nhập;họ và tên;đơn vị;vai trò\r\n" +
  "hoathu1;Giáp Thị Hoa Thu;;đại biểu\r\n" +
  "hoathu1;Giáp Thị Hoa Thu;;đại biểu\r\n";

let server: Server;
let seat: Seat;

beforeAll(async () => {
  server = await Server.start();
  seat = await openSeat({ ...first, camera: first.smallCamera });
});

afterAll(async () => {
  await seat?.close();
  await server?.stop();
});

async function signIn(page: Page, user: string, password: string, from = "/account"): Promise<void> {
  await page.goto(`${server.url}/login?from=${encodeURIComponent(from)}`);
  await page.getByLabel(word("login.user")).fill(user);
  await page.getByLabel(word("login.password"), { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

function field(page: Page, key: string) {
  return page.getByLabel(word(key), { exact: true });
}

/** The code of an authenticator app for a secret in base32 (RFC 6238: SHA-1, 30 s, six digits). */
function codeOf(secret: string, nowMs: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(/\s/g, "")]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)));
  const digest = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const at = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

test("the own page changes the password and ends the call in another place", async () => {
  const { user, password } = server.demoAccount("chair");
  const call = await anotherPage(seat.browser);
  await signIn(call, user, password, "/c/demo");
  await button(call, "lobby.join").waitFor();
  await chooseDevices(call, { microphone: false, camera: false });
  await pressJoin(call);
  await waitInside(call);

  const page = await anotherPage(seat.browser);
  await signIn(page, user, password);
  await page.getByRole("heading", { name: word("account.title") }).waitFor();
  const places = page.getByRole("list", { name: word("account.sessions") }).getByRole("listitem");
  await places.nth(1).waitFor();
  expect(await places.count()).toBe(2);
  await button(page, "account.end_others").click();
  const dialog = page.getByRole("alertdialog");
  await button(dialog, "account.end_others").click();
  await page.getByText(word("account.no_others")).waitFor();
  expect(await places.count()).toBe(1);
  await call.getByText(word("refusal.not_signed_in")).waitFor();
  expect(await call.getByRole("button", { name: word("bar.leave") }).count()).toBe(0);
  // The guests' door of this meeting stays open to them; with their account they sign in again.
  await call.getByRole("link", { name: word("lobby.sign_in_instead") }).waitFor();
  await call.context().close();

  await field(page, "account.current").fill("sai");
  await field(page, "account.new").fill(NEW_PASSWORD);
  await field(page, "account.again").fill(NEW_PASSWORD);
  await button(page, "account.change").click();
  await page.getByText(word("account.current_wrong")).waitFor();
  await field(page, "account.current").fill(password);
  await button(page, "account.change").click();
  await page.getByText(word("account.password_changed")).waitFor();

  const other = await anotherPage(seat.browser);
  await signIn(other, user, password);
  await other.getByText(word("http.wrong_credentials")).waitFor();
  await signIn(other, user, NEW_PASSWORD);
  await other.getByRole("heading", { name: word("account.title") }).waitFor();
  for (const one of [page, other]) await one.context().close();
});

test("an administrator sets up the second factor, signs in with it and imports people", async () => {
  const { user, password } = server.demoAccount("administrator");
  const page = await anotherPage(seat.browser);
  await signIn(page, user, password);
  await button(page, "second_factor.begin").click();
  await field(page, "account.current").last().fill(password);
  await button(page, "second_factor.next").click();
  const secret = await page.getByText(/^(?:[A-Z2-7]{4} ?){8}$/u).textContent();
  await field(page, "second_factor.code").fill(codeOf(String(secret), Date.now()));
  await button(page, "second_factor.confirm").click();
  const codes = page.getByRole("list", { name: word("second_factor.recovery") }).getByRole("listitem");
  await codes.nth(9).waitFor();
  const recovery = await codes.first().textContent();
  await button(page, "second_factor.saved").click();
  await page.getByText(word("second_factor.on")).waitFor();
  await page.context().close();

  const again = await anotherPage(seat.browser);
  await signIn(again, user, password, "/admin/people");
  await field(again, "login.code").fill(String(recovery));
  await button(again, "login.submit").click();
  await again.getByRole("heading", { name: word("import.title") }).waitFor();
  const file = { name: "nguoi.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) };
  await again.locator("input[type=file]").setInputFiles(file);
  const refused = again.getByRole("row").filter({ hasText: word("import.outcome.refused") });
  await refused.waitFor();
  expect(await refused.count(), "the double row").toBe(1);
  await button(again, "import.apply_one", { count: 1 }).click();
  await again.getByText(word("import.done")).waitFor();
  const download = again.waitForEvent("download");
  await button(again, "import.save_codes").click();
  const saved = readFileSync(await (await download).path(), "utf8");
  await again.context().close();

  // The new person comes in with the one-time code and must choose a password first.
  const [, code] = /hoathu1.*[,;]"?([A-Z0-9-]+)"?\s*$/mu.exec(saved) ?? [];
  const fresh = await anotherPage(seat.browser);
  await signIn(fresh, "hoathu1", String(code), "/");
  await fresh.getByText(word("account.duty.set_password")).waitFor();
  await field(fresh, "account.new").fill(OWN_PASSWORD);
  await field(fresh, "account.again").fill(OWN_PASSWORD);
  await button(fresh, "account.change").click();
  await fresh.getByText(word("account.person_text")).waitFor();
  await fresh.context().close();
});
