/**
 * The connection test as the person goes through it, over a fake server that cannot carry media: what
 * fails is said, and the report has its id.
 */
import { afterEach, expect, it } from "vitest";
import { page } from "vitest/browser";
import { closeScene, open, violations } from "./testing/scene";

afterEach(closeScene);

it("goes through every step, says what fails, and gives the report an id", async () => {
  await open({ path: "/check", server: { person: "nobody" } });
  await expect.element(page.getByRole("heading", { name: "Kiểm tra kết nối" })).toBeVisible();
  expect(await violations()).toEqual([]);
  await page.getByRole("button", { name: "Bắt đầu kiểm tra" }).click();
  await expect.poll(() => document.body.textContent, { timeout: 45_000 }).toContain("Mã báo cáo: K7M2P9QX");
  const words = document.body.textContent ?? "";
  expect(words).toContain("Camera mở được");
  expect(words).toContain("Đồng hồ của máy đúng");
  expect(words).toMatch(/Tải về \d+ kbit\/s/);
  expect(words).toMatch(/Gửi đi \d+ kbit\/s/);
  expect(words).toContain("Máy chủ đang bận, chưa thử được");
  await expect.element(page.getByRole("button", { name: "Tải báo cáo" })).toBeVisible();
  expect(await violations()).toEqual([]);
}, 60_000);

it("needs no sideways scrolling on a phone", async () => {
  await open({ path: "/check", width: 320, height: 640 });
  await expect.element(page.getByRole("button", { name: "Bắt đầu kiểm tra" })).toBeVisible();
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
});
