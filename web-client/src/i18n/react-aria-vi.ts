/**
 * The built-in words of react-aria components, which ship without Vietnamese.
 *
 * Must be imported before the first component is drawn (index.ts does). The library reads one table
 * from `window` and keeps it, so the table's entries look up the language when they are asked.
 * A component family that is missing here makes the library throw; react-aria.browser.test.tsx
 * draws each one we use.
 */

type Words = Record<string, string>;
type Table = Record<string, Words>;

const VI: Table = {
  "react-aria-components": {
    selectPlaceholder: "Chọn một mục",
    tableResizer: "Đổi độ rộng cột",
    dropzoneLabel: "Vùng thả",
    colorSwatchPicker: "Bảng màu",
  },
  "@react-aria/overlays": { dismiss: "Đóng" },
  "@react-aria/menu": { longPressMessage: "Nhấn giữ hoặc bấm Alt + mũi tên xuống để mở danh sách" },
  "@react-aria/searchfield": { "Clear search": "Xóa ô tìm" },
  "@react-aria/toast": { close: "Đóng" },
};

const EN: Table = {
  "react-aria-components": {
    selectPlaceholder: "Choose an item",
    tableResizer: "Column width",
    dropzoneLabel: "Drop here",
    colorSwatchPicker: "Colours",
  },
  "@react-aria/overlays": { dismiss: "Close" },
  "@react-aria/menu": { longPressMessage: "Press and hold or press Alt + Arrow Down to open the list" },
  "@react-aria/searchfield": { "Clear search": "Clear the search" },
  "@react-aria/toast": { close: "Close" },
};

let current: Table = VI;

/** From now on the components speak this language; what is on screen follows when it is redrawn. */
export function setComponentLanguage(language: "vi" | "en"): void {
  current = language === "vi" ? VI : EN;
}

function lookup(family: string): Words {
  const words: Words = {};
  for (const key of Object.keys(VI[family] ?? {})) {
    Object.defineProperty(words, key, { enumerable: true, get: () => current[family]?.[key] });
  }
  return words;
}

const globals = window as unknown as Record<symbol, unknown>;
globals[Symbol.for("react-aria.i18n.locale")] = "vi";
globals[Symbol.for("react-aria.i18n.strings")] = Object.fromEntries(
  Object.keys(VI).map((family) => [family, lookup(family)]),
);
