/**
 * An ordinary morning on PostgreSQL: the chair signs in at a desk, a delegate joins from a phone,
 * they talk by pressing the space bar, write, change the language; the server dies and comes back.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import {
  button,
  chooseDevices,
  figures,
  joinAsGuest,
  pressJoin,
  waitFigures,
  waitInside,
  waitPictures,
  word,
} from "./harness/meeting.ts";
import { Postgres } from "./harness/postgres.ts";
import { Server } from "./harness/server.ts";

const TEXT = "Đã nhận phụ lục 2, xin ý kiến đồng chí chủ trì";
const [first, second] = people as [(typeof people)[0], (typeof people)[0]];

let database: Postgres;
let server: Server;
let desk: Seat;
let phone: Seat;

beforeAll(async () => {
  database = await Postgres.start();
  server = await Server.start("localhost", { DIEMCAU_DATABASE_URL: database.url });
  desk = await openSeat(first);
  phone = await openSeat({ ...second, camera: second.smallCamera }, { width: 390, height: 844 });

  const { user, password } = server.demoAccount("chair");
  await desk.page.goto(`${server.url}/login?from=%2Fc%2Fdemo`);
  await desk.page.getByLabel(word("login.user")).fill(user);
  await desk.page.getByLabel(word("login.password"), { exact: true }).fill(password);
  await desk.page.keyboard.press("Enter");
  await button(desk.page, "lobby.join").waitFor();
  await chooseDevices(desk.page, { microphone: false, camera: true });
  await pressJoin(desk.page);
  await waitInside(desk.page);
  await joinAsGuest(phone.page, server, "demo", second, { microphone: false, camera: true });
  await Promise.all([desk, phone].map((seat) => waitPictures(seat.page, 1)));
});

afterAll(async () => {
  for (const seat of [desk, phone]) await seat?.close();
  await server?.stop();
  await database?.stop();
});

test("the space bar opens the microphone only while it is held", async () => {
  const chair = (await figures(desk.page)).you;
  const heard = async (): Promise<number> =>
    (await figures(phone.page)).voices.find((voice) => voice.participant === chair)?.audioEnergy ?? 0;
  await desk.page.locator("body").click({ position: { x: 5, y: 5 } });
  await desk.page.keyboard.down("Space");
  await desk.page.getByText(word("bar.push_to_talk")).waitFor();
  const before = await heard();
  await waitFigures(phone.page, "the chair is heard", (now) =>
    now.voices.some((voice) => voice.participant === chair && voice.audioEnergy > before),
  );
  await desk.page.keyboard.up("Space");
  await button(desk.page, "bar.mic_turn_on").waitFor();
  let last = -1;
  let quiet = 0;
  await waitFigures(phone.page, "the chair is silent again", (now) => {
    const energy = now.voices.find((voice) => voice.participant === chair)?.audioEnergy ?? 0;
    quiet = energy === last ? quiet + 1 : 0;
    last = energy;
    return quiet >= 8;
  });
});

test("a phone writes to the meeting", async () => {
  await button(phone.page, "bar.more").click();
  await phone.page.getByRole("menuitem", { name: word("bar.chat") }).click();
  await phone.page.getByLabel(word("chat.message")).fill(TEXT);
  await phone.page.keyboard.press("Enter");
  await desk.page
    .getByRole("button", { name: word("bar.chat") })
    .first()
    .click();
  await desk.page.getByText(TEXT).first().waitFor();
  await phone.page.screenshot({
    path: new URL("./artifacts/phone-chat.png", import.meta.url).pathname,
  });
});

test("changing the language costs no picture", async () => {
  const before = await figures(desk.page);
  await button(desk.page, "bar.more").click();
  await desk.page.getByRole("menuitem", { name: word("more.language") }).click();
  await desk.page.getByRole("button", { name: "Leave", exact: false }).first().waitFor();
  const after = await waitFigures(
    desk.page,
    "a picture goes on",
    (now) =>
      now.atMs > before.atMs &&
      (now.pictures[0]?.framesDecoded ?? 0) > (before.pictures[0]?.framesDecoded ?? 0),
  );
  expect(after.media.leg).toBe(before.media.leg);
  await desk.page.getByRole("button", { name: "More", exact: true }).click();
  await desk.page.getByRole("menuitem", { name: "Tiếng Việt" }).click();
  await button(desk.page, "bar.leave").waitFor();
});

test("after a crash the rows in PostgreSQL bring the meeting back, and its journal is whole", async () => {
  const before = await figures(desk.page);
  await server.kill();
  await waitFigures(desk.page, "the loss is noticed", (now) => now.connection.state !== "open");
  await server.launch();
  await Promise.all(
    [desk, phone].map((seat) =>
      waitFigures(
        seat.page,
        "pictures again",
        (now) => now.connection.state === "open" && now.pictures.some((one) => one.fps > 3),
      ),
    ),
  );
  expect((await figures(desk.page)).you).toBe(before.you);
  await desk.page.getByText(TEXT).first().waitFor();
  expect(server.run("journal", "verify")).toMatch(/^Nhật ký nguyên vẹn/);
});
