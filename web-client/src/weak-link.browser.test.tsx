/**
 * A weak or broken line as the person sees it: words, what rests, and one press back.
 */
import { afterEach, expect, it } from "vitest";
import { page, userEvent } from "vitest/browser";
import { closeScene, meeting, open, violations } from "./testing/scene";

afterEach(closeScene);

const POOR = { rttMs: 90, uplinkLoss: 0.01, downlinkLoss: 0.12 };

it("lets the pictures rest by choice and brings them back with one press", async () => {
  await open({ path: "/c/demo", meeting: { participants: 4, hasPictures: true } });
  await expect.poll(() => document.querySelectorAll("article video").length).toBeGreaterThan(1);
  await page.getByRole("button", { name: "Thêm" }).click();
  await page.getByRole("menuitem", { name: "Chỉ âm thanh và tài liệu" }).click();
  await expect.poll(() => document.querySelectorAll("article video").length).toBe(0);
  expect(meeting()?.called).toContain("toggleCamera");
  expect(await violations()).toEqual([]);
  await page.getByRole("button", { name: "Bật lại hình" }).click();
  await expect.poll(() => document.querySelectorAll("article video").length).toBeGreaterThan(1);
  await expect.poll(() => meeting()?.store.getState().own.camera).toBe(true);
});

it("says in plain words what a poor link does", async () => {
  await open({ path: "/c/demo", meeting: { participants: 4 } });
  meeting()?.set({ link: POOR });
  await expect
    .poll(() => document.body.textContent, { timeout: 12_000 })
    .toContain("Đường truyền về yếu: hình và tiếng nhận được có thể ngắt quãng.");
  expect(await violations()).toEqual([]);
}, 20_000);

it("offers sound alone after 20 s without a line and keeps the dimmed pictures", async () => {
  await open({ path: "/c/demo", meeting: { participants: 3 } });
  meeting()?.set({ connection: { state: "reconnecting", attempt: 4, sinceMs: Date.now() - 12_000 } });
  await expect.element(page.getByRole("button", { name: "Nối lại ngay" })).toBeVisible();
  expect(document.body.textContent).not.toContain("Chỉ giữ âm thanh");
  meeting()?.set({ connection: { state: "reconnecting", attempt: 6, sinceMs: Date.now() - 21_000 } });
  await page.getByRole("button", { name: "Chỉ giữ âm thanh" }).click();
  expect(meeting()?.called).toContain("reconnectNow");
  expect(document.querySelector("main [data-dimmed]")).not.toBeNull();
});

it("changes a device without leaving", async () => {
  await open({ path: "/c/demo", meeting: { participants: 3, hasPictures: true } });
  await page.getByRole("button", { name: "Thêm" }).click();
  await page.getByRole("menuitem", { name: "Thiết bị" }).click();
  await page.getByRole("button", { name: /Camera/ }).click();
  await page.getByRole("option", { name: "Thiết bị 2" }).click();
  await expect.poll(() => meeting()?.local.store.getState().chosen.camera).toBe("videoinput2");
  expect(meeting()?.store.getState().phase).toBe("in");
});

it("keeps Telex typing in the chat free of shortcuts", async () => {
  await open({ path: "/c/demo", meeting: { participants: 3 } });
  await page.getByRole("button", { name: "Trao đổi" }).click();
  const box = page.getByRole("textbox", { name: "Tin nhắn" });
  await box.click();
  await userEvent.keyboard("Toois nay hop ? ");
  await expect.element(box).toHaveValue("Toois nay hop ? ");
  expect(meeting()?.called).toEqual([]);
});
