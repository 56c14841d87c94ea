/** Planning meetings, being invited and answering: every way by keyboard and words, against a fake server. */
import { afterEach, describe, expect, it } from "vitest";
import { page, userEvent } from "vitest/browser";
import vi from "./i18n/vi.json";
import { WORKBOOK } from "./protocol/http";
import { changesAsked } from "./testing/fake-server";
import { closeScene, open, violations } from "./testing/scene";

afterEach(closeScene);

const SECRETARY = { person: "secretary" } as const;

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}

/** Bodies of what was asked for, newest last. */
function asked(what: RegExp): unknown[] {
  return changesAsked()
    .filter((one) => what.test(one.what))
    .map((one) => one.body);
}

describe("the page of today", () => {
  it("puts the running meeting forward, with one press to enter it", async () => {
    await open({ path: "/" });
    const next = page.getByRole("region", { name: vi.today.next });
    await expect.element(next).toHaveTextContent(/251 người/u);
    await next.getByRole("link", { name: /^Vào họp/u }).click();
    await expect.poll(() => window.location.pathname).toBe("/c/hop-1");
  });

  it("takes yes by one press, and an absence only with its reason", async () => {
    await open({ path: "/", server: { person: "delegate" } });
    await button(/^Dự họp/u)
      .first()
      .click();
    await expect.poll(() => asked(/answer$/u)).toEqual([{ answer: "yes" }]);
    await expect.element(page.getByText(vi.answer.given_yes).first()).toBeVisible();
    await button(/^Báo vắng/u)
      .first()
      .click();
    await button(vi.answer.no_send).click();
    await expect.element(page.getByText(vi.answer.reason_missing)).toBeVisible();
    await page.getByLabelText(vi.answer.reason).fill("Đi công tác");
    await button(vi.answer.no_send).click();
    await expect.poll(() => asked(/answer$/u)[1]).toEqual({ answer: "no", reason: "Đi công tác" });
  });

  it("says why a meeting is cancelled, and offers no way into it", async () => {
    await open({ path: "/" });
    const gone = page.getByRole("article").filter({ hasText: vi.meetings.state.cancelled });
    await expect.element(gone).toHaveTextContent(/Lý do hủy: Trùng lịch/u);
    expect(gone.getByRole("link").elements()).toEqual([]);
  });
});

describe("the list of meetings", () => {
  it("finds without diacritics, and the address keeps what it is narrowed to", async () => {
    await open({ path: "/meetings", server: SECRETARY });
    await page.getByLabelText(vi.meetings.search).fill("tuoi vung doi");
    await expect.poll(() => window.location.search).toBe("?q=tuoi+vung+doi");
    await expect.element(page.getByText("11 cuộc họp")).toBeVisible();
    await button(vi.meetings.show_all).first().click();
    await expect.poll(() => window.location.search).toBe("");
    await expect.element(page.getByText("57 cuộc họp")).toBeVisible();
    await button(vi.meetings.later_page).click();
    await expect.poll(() => window.location.search).toBe("?page=2");
    await expect.element(page.getByText("Trang 2/2")).toBeVisible();
  });
});

describe("the form of a meeting", () => {
  it("says at each field what is wrong, and leads to the first", async () => {
    await open({ path: "/meetings/new", server: SECRETARY });
    await button(vi.form.save).click();
    await expect.element(page.getByText(vi.form.problem.title_missing)).toBeVisible();
    await expect.element(page.getByText(vi.form.problem.day_missing)).toBeVisible();
    await expect.element(page.getByLabelText(vi.create.name)).toHaveFocus();
    expect(asked(/./u)).toEqual([]);
  });

  it("moves items of the agenda by keyboard, and sends what stands in it", async () => {
    await open({ path: "/meetings/new", server: SECRETARY });
    await page.getByLabelText(vi.create.name).fill("Họp giao ban");
    await page.getByLabelText(vi.form.day).fill("2030-11-25");
    for (const title of ["Báo cáo", "Khai mạc"]) {
      await button(vi.form.item_add).click();
      await expect.poll(() => (document.activeElement as HTMLInputElement | null)?.value).toBe("");
      await userEvent.keyboard(title);
    }
    await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}");
    await page.getByRole("checkbox", { name: /^Cụm Lục Ngạn/u }).click();
    await button(/^Y tế \(1\)/u).click();
    await expect.element(page.getByText("Đã chọn 44/46 điểm cầu")).toBeVisible();
    await page.getByLabelText(vi.form.find).fill("mai anh");
    await button("Mời Lê Thị Mai Anh").click();
    await button(vi.form.save_invite).click();
    await expect.poll(() => window.location.pathname).toBe("/meetings/giao-ban-moi");
    expect(asked(/^POST \/conferences$/u)).toMatchObject([
      {
        title: "Họp giao ban",
        starts_ms: Date.UTC(2030, 10, 25, 1),
        agenda: [{ title: "Khai mạc" }, { title: "Báo cáo" }],
        people: [{ person: "p1", role: "delegate" }],
        invite: true,
      },
    ]);
  });

  it("asks before what was entered is lost", async () => {
    await open({ path: "/meetings/new", server: SECRETARY });
    await page.getByLabelText(vi.create.name).fill("Họp giao ban");
    await page.getByRole("link", { name: vi.meetings.title }).click();
    await expect.element(page.getByRole("alertdialog")).toHaveTextContent(vi.form.leave_title);
    await button(vi.action.cancel).last().click();
    expect(window.location.pathname).toBe("/meetings/new");
    await page.getByRole("link", { name: vi.meetings.title }).click();
    await button(vi.form.leave_confirm).click();
    await expect.poll(() => window.location.pathname).toBe("/meetings");
  });

  it("fills itself from a template", async () => {
    await open({ path: "/meetings/new", server: SECRETARY });
    await button(/Lập từ mẫu/u).click();
    await page.getByRole("option", { name: "Giao ban tháng" }).click();
    await expect.element(page.getByLabelText(vi.create.name)).toHaveValue("Họp giao ban tháng");
    await expect.element(page.getByText(/Tổng thời gian các mục: 40 phút/u)).toBeVisible();
  });
});

describe("a planned meeting", () => {
  it("is moved, and moved back with one press", async () => {
    await open({ path: "/meetings/hop-0", server: SECRETARY });
    await button(vi.plan.move).click();
    await page.getByLabelText(vi.form.day).fill("2030-11-26");
    await button(vi.plan.move_confirm).click();
    await expect.element(page.getByText(/^Đã dời sang 08:00/u)).toBeVisible();
    await button(vi.plan.move_back).click();
    await expect.poll(() => asked(/plan$/u).length).toBe(2);
    const [moved, back] = asked(/plan$/u) as { starts_ms: number }[];
    expect(moved?.starts_ms).toBe(Date.UTC(2030, 10, 26, 1));
    expect(back?.starts_ms).toBeLessThan(moved?.starts_ms ?? 0);
  });

  it("is cancelled in two steps, with the reason", async () => {
    await open({ path: "/meetings/hop-0", server: SECRETARY });
    await button(vi.plan.cancel).click();
    await page.getByLabelText(vi.plan.cancel_reason).fill("Trùng lịch");
    await button(vi.plan.cancel_confirm).click();
    await expect.poll(() => asked(/cancel$/u)).toMatchObject([{ reason: "Trùng lịch" }]);
    await expect.element(page.getByText("Cuộc họp đã hủy. Lý do: Trùng lịch")).toBeVisible();
    expect(button(vi.plan.move).elements()).toEqual([]);
  });

  it("is restored with one press, with its series if that is meant, and says who hears of it", async () => {
    await open({ path: "/meetings/hop-0", server: { ...SECRETARY, plan: "cancelled" } });
    await expect.element(button(vi.plan.restore_this)).toBeVisible();
    await button(vi.plan.restore_all).click();
    await expect.element(page.getByText(vi.plan.restored)).toBeVisible();
    expect(asked(/restore$/u)).toEqual([{ scope: "following" }]);
    await expect.element(button(vi.plan.cancel)).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("takes people from a workbook as from a text file, each under its own type", async () => {
    await open({ path: "/meetings/hop-0", server: SECRETARY });
    await button(vi.invite.add).click();
    await expect.element(button(vi.invite.from_file)).toBeVisible();
    for (const name of ["danh-sach.XLSX", "danh-sach.csv"]) {
      const files = new DataTransfer();
      files.items.add(new File(["PK"], name, { type: "application/vnd.ms-excel" }));
      const input = document.querySelector<HTMLInputElement>("input[type=file]");
      if (input) input.files = files.files;
      input?.dispatchEvent(new Event("change", { bubbles: true }));
      await expect.element(page.getByText(/Dòng 7: địa chỉ thư sai/u)).toBeVisible();
    }
    expect(asked(/import$/u)).toEqual([{ file: WORKBOOK }, { file: "text/csv" }]);
    await button(/^Mời 1 người/u).click();
    await expect.poll(() => asked(/invitations$/u).length).toBe(1);
  });

  it("tells who has not answered, and reminds them together", async () => {
    await open({ path: "/meetings/hop-0", server: SECRETARY });
    await button(/^Chưa trả lời/u).click();
    await expect.element(page.getByText("Bùi Xuân Trường")).toBeVisible();
    expect(page.getByText("Lê Thị Mai Anh").elements()).toEqual([]);
    await button(/^Nhắc 5 người/u).click();
    await expect.poll(() => asked(/send$/u)).toEqual([{ unanswered: true }]);
    await expect.element(page.getByText(/giấy mời đang được gửi/u)).toBeVisible();
  });
});

describe("the link of a mail", () => {
  it("is answered without signing in, on a phone", async () => {
    const server = { person: "nobody" } as const;
    await open({ path: "/tra-loi/9f2c", server, width: 390, height: 844 });
    await button(vi.answer.yes).click();
    await expect.element(page.getByText(vi.answer.given_yes)).toBeVisible();
    await expect.element(button(vi.home.join)).toBeVisible();
    await button(vi.answer.delegated).click();
    await page.getByLabelText(vi.answer.delegate).fill("khue@tinh.gov.vn");
    await button(vi.answer.delegated_send).click();
    await expect.element(page.getByText(vi.answer.name_missing)).toBeVisible();
    await page.getByLabelText(vi.answer.name).fill("Trần Thị Mai Khuê");
    await button(vi.answer.delegated_send).click();
    await expect
      .poll(() => asked(/^POST \/answers/u)[1])
      .toMatchObject({
        answer: "delegated",
        delegate: { email: "khue@tinh.gov.vn", name: "Trần Thị Mai Khuê" },
      });
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
    expect(await violations()).toEqual([]);
  });
});
