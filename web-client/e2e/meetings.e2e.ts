/**
 * A meeting from its plan to its cancellation, over the real server: the secretary fills in the form, the
 * chair answers on the page of today, enters and leads; a move and a cancellation reach the invited.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherPage, openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { button, chooseDevices, pressJoin, waitInside, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const TITLE = "Họp giao ban tháng 12";
const CHAIR = "Nguyễn Minh Chủ";
const HOUR_MS = 3600_000;

let server: Server;
let seat: Seat;
let secretary: Page;
let chair: Page;
/** Day and time in Việt Nam so many hours from now, as the fields of a form take them: near midnight, tomorrow. */
const fieldsIn = (hours: number): readonly [day: string, time: string] => {
  const there = new Date(Date.now() + (7 + hours) * HOUR_MS).toISOString();
  return [there.slice(0, 10), there.slice(11, 16)];
};
const [day, time] = fieldsIn(1);
const [laterDay, later] = fieldsIn(2);

beforeAll(async () => {
  server = await Server.start();
  seat = await openSeat(people[0] as (typeof people)[0]);
  secretary = seat.page;
  chair = await anotherPage(seat.browser);
  await Promise.all([signIn(secretary, "secretary"), signIn(chair, "chair")]);
});

afterAll(async () => {
  await seat?.close();
  await server?.stop();
});

async function signIn(page: Page, role: string): Promise<void> {
  const { user, password } = server.demoAccount(role);
  await page.goto(`${server.url}/login`);
  await page.getByLabel(word("login.user")).fill(user);
  await page.getByLabel(word("login.password"), { exact: true }).fill(password);
  await button(page, "login.submit").click();
  await page.getByRole("heading", { name: word("today.title") }).waitFor();
}

async function inviteAsChair(): Promise<void> {
  await secretary
    .getByRole("button", { name: word("form.role") })
    .first()
    .click();
  await secretary.getByRole("option", { name: word("invited.chair"), exact: true }).click();
}

/** The meeting on the chair's page of today. */
const own = () => chair.getByRole("article").filter({ hasText: TITLE });

test("the secretary plans a meeting with agenda, sites and chair", async () => {
  await secretary.getByRole("link", { name: word("today.plan") }).click();
  await button(secretary, "form.save").click();
  // What is missing stands at its field, and the first one is ready to be filled in.
  await secretary.getByText(word("form.problem.title_missing")).waitFor();
  await secretary.keyboard.type(TITLE);
  await secretary.getByLabel(word("form.day")).fill(day);
  await secretary.getByLabel(word("form.start")).fill(time);
  for (const item of ["Khai mạc", "Kinh tế – xã hội"]) {
    await button(secretary, "form.item_add").click();
    await secretary.getByLabel(word("form.item_title")).last().fill(item);
  }
  await secretary.getByLabel(word("sites.search")).fill("tan");
  await secretary.getByRole("checkbox").last().check();
  await secretary.getByLabel(word("form.find")).fill("minh chu");
  await secretary
    .getByRole("button", { name: word("form.role"), exact: false })
    .first()
    .click();
  await secretary.getByRole("option", { name: word("invited.chair"), exact: true }).click();
  await button(secretary, "form.add_name", { name: CHAIR }).click();
  await button(secretary, "form.save_invite").click();
  await secretary.getByRole("heading", { name: TITLE }).waitFor();
  await secretary.getByText("Kinh tế – xã hội").waitFor();
  // No mail server is set on this machine, and the page says so.
  await secretary.getByText(word("invite.no_server")).waitFor();
  await secretary.getByText(CHAIR).waitFor();
});

test("the chair sees it today, answers, enters and leads", async () => {
  await chair.reload();
  await own().getByText(time).waitFor();
  await own()
    .getByRole("button", { name: word("answer.yes") })
    .click();
  await own().getByText(word("answer.given_yes")).waitFor();
  await secretary
    .getByRole("listitem")
    .filter({ hasText: CHAIR })
    .getByText(word("invite.answer_yes"))
    .waitFor();
  await own()
    .getByRole("link", { name: word("home.join") })
    .click();
  await chooseDevices(chair, { microphone: true, camera: true });
  await pressJoin(chair);
  await waitInside(chair);
  await button(chair, "bar.lead").click();
  // The agenda of the plan is the agenda of the meeting, and the chair opens its first item.
  await button(chair, "chair.open_item").click();
  await button(chair, "chair.next_item").waitFor();
  expect(await chair.getByRole("radio", { name: word("chair.screen_roll_call") }).count()).toBe(1);
});

test("a move, a cancellation and its taking back reach the invited", async () => {
  await secretary.getByRole("link", { name: word("today.plan") }).waitFor({ state: "detached" });
  await secretary.getByRole("link", { name: word("meetings.title") }).click();
  await secretary.getByRole("link", { name: word("today.plan") }).click();
  await secretary.getByLabel(word("create.name")).fill("Họp tổ công tác");
  await secretary.getByLabel(word("form.day")).fill(day);
  await secretary.getByLabel(word("form.start")).fill(time);
  await secretary.getByLabel(word("form.find")).fill("minh chu");
  await inviteAsChair();
  await button(secretary, "form.add_name", { name: CHAIR }).click();
  // The chair is taken by the first meeting.
  await secretary.getByText(TITLE).waitFor();
  await button(secretary, "form.save").click();
  await secretary.getByRole("heading", { name: "Họp tổ công tác" }).waitFor();
  await button(secretary, "plan.move").click();
  await secretary.getByLabel(word("form.day")).fill(laterDay);
  await secretary.getByLabel(word("form.start")).fill(later);
  await button(secretary, "plan.move_confirm").click();
  await button(secretary, "plan.move_back").waitFor();
  await chair.goto(server.url);
  const second = chair.getByRole("article").filter({ hasText: "Họp tổ công tác" });
  await second.getByText(later).waitFor();
  await button(secretary, "plan.cancel").click();
  await secretary.getByLabel(word("plan.cancel_reason")).fill("Trùng lịch tiếp dân");
  await button(secretary, "plan.cancel_confirm").click();
  await second.getByText(word("meetings.cancelled_because", { reason: "Trùng lịch tiếp dân" })).waitFor();
  expect(await second.getByRole("link").count()).toBe(0);
  await button(secretary, "plan.restore").click();
  await secretary.getByText(word("plan.restored")).waitFor();
  await chair.reload();
  await second.getByText(later).waitFor();
  await second.getByRole("button", { name: word("answer.yes") }).waitFor();
});
