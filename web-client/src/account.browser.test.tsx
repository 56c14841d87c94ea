/**
 * The pages of accounts in a real browser: no violation that axe-core can find, and what a person
 * does on them.
 */
import { afterEach, describe, expect, it } from "vitest";
import { page } from "vitest/browser";
import { closeScene, open, type Scene, violations } from "./testing/scene";

const SCENES: Record<string, Scene> = {
  "account in English": { path: "/account", language: "en", server: { factor: "on" } },
  "account on a phone": { path: "/account", width: 390, height: 844 },
};

afterEach(closeScene);

describe("axe finds nothing on", () => {
  it.each(Object.entries(SCENES))("%s", async (_, scene) => {
    await open(scene);
    expect(await violations()).toEqual([]);
    if (scene.width) expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(scene.width);
  });
});

describe("the account page", () => {
  it("shows the rules while a password is typed", async () => {
    await open({ path: "/account" });
    await page.getByLabelText("Mật khẩu mới", { exact: true }).fill("matkhau12");
    const rules = page.getByRole("list", { name: "Quy định về mật khẩu" });
    await expect.element(rules).toHaveTextContent("Có chữ hoachưa đạt");
    await expect.element(rules).toHaveTextContent("Có chữ sốđã đạt");
    expect(await violations()).toEqual([]);
  });

  it("leads through the setting up of a second factor to the recovery codes", async () => {
    await open({ path: "/account" });
    await page.getByRole("button", { name: "Bật xác thực hai lớp" }).click();
    await page.getByRole("textbox", { name: "Mật khẩu hiện tại" }).last().fill("x");
    await page.getByRole("button", { name: "Tiếp tục" }).click();
    await expect.element(page.getByRole("img", { name: "Mã QR cho ứng dụng xác thực" })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByLabelText("Mã 6 số").fill("123456");
    await page.getByRole("button", { name: "Xác nhận" }).click();
    await expect.element(page.getByRole("list", { name: "Mã dự phòng" })).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("makes fresh recovery codes when few are left", async () => {
    await open({ path: "/account", server: { factor: "on", person: "administrator" } });
    await expect.element(page.getByText("Còn 2 mã dự phòng.")).toBeVisible();
    await page.getByRole("button", { name: "Tạo mã dự phòng mới" }).click();
    await page.getByRole("textbox", { name: "Mật khẩu hiện tại" }).last().fill("x");
    await page.getByRole("button", { name: "Tạo mã dự phòng mới" }).click();
    await expect.element(page.getByRole("list", { name: "Mã dự phòng" })).toBeVisible();
    await page.getByRole("button", { name: "Tôi đã lưu mã" }).click();
    await expect.element(page.getByText("Còn 2 mã dự phòng.")).toBeVisible();
  });

  it("is where somebody with a duty ends up", async () => {
    await open({ path: "/", server: { duty: "set_password" } });
    await expect.poll(() => window.location.pathname).toBe("/account");
  });
});

describe("the idle guard", () => {
  it("warns before the end and goes on at the press of a button", async () => {
    await open({ path: "/", server: { left: 45 } });
    await expect.element(page.getByRole("alertdialog", { name: "Sắp tự đăng xuất" })).toBeVisible();
    // The dialog fades in.
    await expect.poll(violations, { timeout: 5_000 }).toEqual([]);
    await page.getByRole("button", { name: "Tiếp tục" }).click();
    await expect.poll(() => document.querySelector("[role=alertdialog]")).toBeNull();
  });
});

describe("the second step of a sign-in", () => {
  it("asks for the code", async () => {
    await open({ path: "/login", server: { person: "nobody", login: "code" } });
    await page.getByRole("textbox", { name: "Tên đăng nhập" }).fill("auntt");
    await page.getByLabelText("Mật khẩu", { exact: true }).fill("x");
    await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
    await expect.element(page.getByRole("textbox", { name: "Mã xác thực" })).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});

describe("the import", () => {
  it("shows what would change, refused rows first", async () => {
    await open({ path: "/admin/people", server: { person: "administrator" } });
    const input = document.querySelector<HTMLInputElement>("input[type=file]");
    const files = new DataTransfer();
    files.items.add(new File(["user\n"], "nguoi-dung.csv", { type: "text/csv" }));
    if (input) input.files = files.files;
    input?.dispatchEvent(new Event("change", { bubbles: true }));
    await expect.element(page.getByRole("button", { name: "Ghi 1206 thay đổi" })).toBeVisible();
    expect(document.querySelector("tbody tr")?.textContent).toContain("Không có đơn vị này");
    expect(await violations()).toEqual([]);
  });
});
