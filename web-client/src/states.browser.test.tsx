/**
 * Every state in which somebody is not, or not wholly, in the meeting: its words, its picture, its way
 * out, and nothing for axe-core to find.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { closeScene, meeting, open, type Scene, violations } from "./testing/scene";

afterEach(() => {
  vi.restoreAllMocks();
  closeScene();
});

const LOBBY: Scene = { path: "/c/demo", meeting: { phase: "idle" } };

function failing(microphone: string | null, camera: string | null, message = ""): Scene {
  const failure = (name: string | null) => (name === null ? undefined : new DOMException(message, name));
  const [mic, cam] = [failure(microphone), failure(camera)];
  return {
    path: "/c/demo",
    meeting: {
      phase: "idle",
      failures: { ...(mic ? { microphone: mic } : {}), ...(cam ? { camera: cam } : {}) },
    },
  };
}

/** Scene, words of its heading, and the button that leads on. */
const STATES: Record<string, [Scene, string, RegExp | null]> = {
  "a locked room": [{ ...LOBBY, server: { person: "guest", lobby: "locked" } }, "Phòng họp đang khóa", null],
  "a room before its time": [
    { ...LOBBY, server: { person: "guest", lobby: "before" } },
    "Phòng họp mở cửa lúc",
    null,
  ],
  "a full room": [{ ...LOBBY, server: { lobby: "full" } }, "Phòng họp đã đủ người", null],
  "an ended conference": [
    { ...LOBBY, server: { lobby: "ended" } },
    "Cuộc họp đã kết thúc",
    /Về danh sách cuộc họp/,
  ],
  "an unknown link": [{ path: "/c/x", server: { lobby: "unknown" } }, "Không có cuộc họp này", /Thử lại/],
  "no camera": [failing(null, "NotFoundError"), "Máy này không có camera", /Vào họp/],
  "no microphone": [failing("NotFoundError", null), "Máy này không có micro", /Vào họp/],
  "no device at all": [
    failing("NotFoundError", "NotFoundError"),
    "Máy này không có micro và camera",
    /Vào họp/,
  ],
  "a blocked permission": [
    failing("NotAllowedError", "NotAllowedError"),
    "Trình duyệt đang chặn micro và camera",
    /Thử lại/,
  ],
  "a block by the operating system": [
    failing("NotAllowedError", "NotAllowedError", "Permission denied by system"),
    "Hệ điều hành đang chặn trình duyệt",
    /Thử lại/,
  ],
  "a camera in use": [failing(null, "NotReadableError"), "Camera đang được ứng dụng khác sử dụng", /Thử lại/],
  "a microphone in use": [
    failing("NotReadableError", null),
    "Micro đang được ứng dụng khác sử dụng",
    /Thử lại/,
  ],
  "a clock ten minutes off": [
    { ...LOBBY, server: { clockMinutes: -10 } },
    "Đồng hồ của máy này chạy nhanh 10 phút",
    /Vào họp/,
  ],
};

describe("has a picture, words and a way on, and nothing for axe:", () => {
  it.each(Object.entries(STATES))("%s", async (_, [scene, heading, way]) => {
    await open(scene);
    await expect.element(page.getByRole("heading", { name: heading })).toBeVisible();
    const card = page.getByRole("heading", { name: heading }).element().closest("section");
    expect(card?.querySelector("svg[viewBox='0 0 480 150']")).not.toBeNull();
    if (way)
      await expect
        .element(
          page
            .getByRole("button", { name: way })
            .or(page.getByRole("link", { name: way }))
            .first(),
        )
        .toBeVisible();
    expect(await violations()).toEqual([]);
  });
});

describe("before the time", () => {
  it("the way in opens by itself", async () => {
    const opensMs = Date.now() + 4000;
    await open({ ...LOBBY, server: { person: "guest", lobby: "before", opensMs } });
    await expect.element(page.getByRole("timer")).toHaveTextContent(/00:0[1-4]/);
    expect(page.getByRole("button", { name: "Vào họp" }).elements()).toEqual([]);
    await expect.element(page.getByRole("button", { name: "Vào họp" }), { timeout: 10_000 }).toBeVisible();
    expect(page.getByRole("timer").elements()).toEqual([]);
  });

  it("those who prepare the meeting come in, and who keeps the door opens it", async () => {
    await open({ ...LOBBY, server: { person: "site_operator", lobby: "before" } });
    await expect.element(page.getByRole("button", { name: "Vào họp" })).toBeVisible();
    closeScene();
    await open({ path: "/c/demo", meeting: { participants: 3, opensMs: Date.now() + 600_000 } });
    await expect.element(page.getByText("Đại biểu vào được từ")).toBeVisible();
    // Colours glide from the lobby's to the stage's.
    await expect.poll(violations, { timeout: 5000 }).toEqual([]);
    await page.getByRole("button", { name: "Mở cửa ngay" }).click();
    await expect.poll(() => page.getByText("Đại biểu vào được từ").elements()).toEqual([]);
    expect(meeting()?.called).toContain("openDoor");
  });
});

it("says that the network lets no picture and sound through, and keeps the way in open", async () => {
  await open({ ...LOBBY, server: { media: "blocked" } });
  const heading = page.getByRole("heading", { name: "Mạng này chưa cho hình và tiếng đi qua" });
  await expect.element(heading, { timeout: 15_000 }).toBeVisible();
  expect(await violations()).toEqual([]);
  await expect.element(page.getByRole("button", { name: "Vào họp" })).toBeVisible();
  await page.getByRole("button", { name: "Thử lại" }).click();
  await expect.element(page.getByRole("button", { name: "Đang thử" })).toBeVisible();
}, 30_000);

describe("farewells", () => {
  it.each([
    ["removed", "Đồng chí đã được đưa ra khỏi cuộc họp"],
    ["turned_away", "Yêu cầu vào họp không được chấp nhận"],
    ["ended", "Cuộc họp đã kết thúc"],
    ["left", "Đồng chí đã rời cuộc họp"],
    ["joined_elsewhere", "Đã chuyển sang nơi khác"],
  ] as const)("%s says so with a picture", async (reason, heading) => {
    await open({ path: "/c/demo", meeting: { participants: 3 } });
    meeting()?.set({ phase: "ended", ended: { reason, by: null } });
    await expect.element(page.getByRole("heading", { name: heading })).toBeVisible();
    expect(document.querySelector("svg[viewBox='0 0 480 150']")).not.toBeNull();
    expect(await violations()).toEqual([]);
  });
});

describe("two places for one person", () => {
  it("asks the second place and moves there with one press", async () => {
    await open(LOBBY);
    meeting()?.set({ phase: "refused", refusal: { error: "inside_elsewhere" } });
    await expect
      .element(page.getByRole("heading", { name: "Đồng chí đang họp ở nơi khác. Chuyển về đây?" }))
      .toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByRole("button", { name: "Chuyển về đây" }).click();
    await expect.poll(() => meeting()?.called).toContain("move");
  });

  it("leads the first place back without the lobby", async () => {
    await open({ path: "/c/demo", meeting: { participants: 3 } });
    meeting()?.set({ phase: "ended", ended: { reason: "joined_elsewhere", by: null } });
    await page.getByRole("button", { name: "Chuyển về đây" }).click();
    await expect.poll(() => meeting()?.called).toEqual(["move"]);
    await expect.element(page.getByRole("button", { name: "Rời họp" })).toBeVisible();
  });
});

describe("permission steps", () => {
  it.each([
    ["Firefox/128.0", "dấu × cạnh chữ Bị chặn"],
    ["Version/18.5 Safari/605.1.15", "Cài đặt cho trang web này"],
    ["Android 14 Chrome/138.0", "chọn Quyền"],
    ["iPhone Version/18.5 Safari/604.1", "Cài đặt trang web"],
    ["Chrome/138.0 Safari/537.36", "hai thanh trượt hoặc ổ khóa"],
  ])("for %s say %s", async (userAgent, words) => {
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue(userAgent);
    await open(failing("NotAllowedError", "NotAllowedError"));
    await expect.poll(() => document.body.textContent).toContain(words);
  });
});

it("says what a browser without cookies must allow", async () => {
  vi.spyOn(navigator, "cookieEnabled", "get").mockReturnValue(false);
  await open(LOBBY);
  await expect.element(page.getByRole("heading", { name: "Trình duyệt đang chặn cookie" })).toBeVisible();
  expect(await violations()).toEqual([]);
});

it("says which browser to use where meetings cannot work", async () => {
  const real = window.RTCPeerConnection;
  Reflect.deleteProperty(window, "RTCPeerConnection");
  try {
    await open(LOBBY);
    await expect.element(page.getByRole("heading", { name: "Trình duyệt này chưa dùng được" })).toBeVisible();
    expect(document.body.textContent).toContain("WebRTC");
    expect(await violations()).toEqual([]);
  } finally {
    window.RTCPeerConnection = real;
  }
});

describe("a device unplugged in the meeting", () => {
  it("is said at once and leads to the choice of devices", async () => {
    await open({ path: "/c/demo", meeting: { participants: 3 } });
    meeting()?.toasts.show("device_lost", { device: "camera", error: "device_lost" }, "error");
    await page.getByRole("button", { name: "Chọn thiết bị" }).click();
    await expect.element(page.getByRole("dialog", { name: "Thiết bị" })).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});

describe("the waiting room", () => {
  it("shows the place in line and what the chair sees", async () => {
    await open(LOBBY);
    meeting()?.set({ phase: "waiting", waitingPlace: 2 });
    await expect.element(page.getByRole("heading", { name: "Đang chờ cho vào họp" })).toBeVisible();
    expect(document.body.textContent).toContain("Chủ trì và thư ký thấy: Nguyễn Thị Ỷ Ậu");
    expect(await violations()).toEqual([]);
  });
});

it("opens the guide of a role, written once in docs/", async () => {
  await open({ path: "/guide/chu-tri", server: { person: "nobody" } });
  await expect.element(page.getByRole("heading", { name: "Hướng dẫn chủ trì cuộc họp" })).toBeVisible();
  expect(await violations()).toEqual([]);
});

it.each(["vi", "en"] as const)(
  "keeps the ways on of a meeting inside its row on a phone, in %s",
  async (language) => {
    await open({ path: "/", width: 390, height: 844, language });
    await expect.element(page.getByRole("link", { name: /^(Vào họp|Join)/u }).first()).toBeVisible();
    const outside = [...document.querySelectorAll("li a, li button")].filter((one) => {
      const own = one.getBoundingClientRect();
      const row = one.closest("li")?.getBoundingClientRect();
      return own.left < (row?.left ?? 0) || own.right > (row?.right ?? 0);
    });
    expect(outside.map((one) => one.textContent)).toEqual([]);
  },
);
