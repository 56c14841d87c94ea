/**
 * Times, spans and numbers as they stand on screen: 24 hours, dd/MM/yyyy, always Vietnamese time.
 *
 * Used by every feature. Pure: time comes as a number of milliseconds since 1970 UTC.
 */
import type { TFunction } from "i18next";
import type { Language } from "./index";

const ZONE = "Asia/Ho_Chi_Minh";

const CLOCK = new Intl.DateTimeFormat("vi-VN", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

const DAYS: Record<Language, Intl.DateTimeFormat> = {
  vi: new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, weekday: "long", ...numericDay() }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "long", ...numericDay() }),
};

const DAY = new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, ...numericDay() });

function numericDay(): Intl.DateTimeFormatOptions {
  return { day: "2-digit", month: "2-digit", year: "numeric" };
}

const LOCALES: Record<string, string> = { vi: "vi-VN", en: "en-GB" };

/** 1234.5 as "1.234,5" in Vietnamese and "1,234.5" in English, with so many digits behind the sign. */
export function written(value: number, digits: number, language: string): string {
  return value.toLocaleString(LOCALES[language] ?? "vi-VN", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** "08:42" in Viet Nam. */
export function clockTime(atMs: number): string {
  return CLOCK.format(atMs);
}

/** "Thứ Hai, 23/11/2026". */
export function dayOf(atMs: number, language: Language): string {
  return DAYS[language].format(atMs);
}

/** "23/11/2026" in Viet Nam. */
export function shortDay(atMs: number): string {
  return DAY.format(atMs);
}

/** Ms since 1970 of what a date and time field holds ("2026-11-23T07:30"), in Viet Nam; null when empty. */
export function vietnameseTime(field: string): number | null {
  const atMs = Date.parse(`${field}:00+07:00`);
  return Number.isNaN(atMs) ? null : atMs;
}

/** "4 phút 18 giây" of a number of seconds ≥ 0. */
export function span(seconds: number, t: TFunction): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes > 0
    ? t("time.minutes_seconds", { minutes, seconds: whole % 60 })
    : t("time.seconds", { seconds: whole });
}

/** "12 phút" or "hơn 3 giờ" of a number of milliseconds: what a person would say. */
export function roughSpan(ms: number, t: TFunction): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120
    ? t("time.minutes", { minutes })
    : t("time.hours", { hours: Math.floor(minutes / 60) });
}

/** "06:20", minutes and seconds; hours before them only when there are any. */
export function waitingTime(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(whole / 3600);
  const rest = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  return [...(hours > 0 ? [String(hours)] : []), ...rest].join(":");
}

const FIELD_DAY = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, ...numericDay() });

/** "2026-11-23" in Viet Nam, as date fields and the API hold it. */
export function dayField(atMs: number): string {
  return FIELD_DAY.format(atMs);
}

/** Midnight in Viet Nam of a date field's day; null when it holds none. */
export function dayStart(field: string): number | null {
  return vietnameseTime(`${field}T00:00`);
}

/** "08:00–11:30", of a start and a length. */
export function timeRange(startMs: number, minutes: number): string {
  return `${clockTime(startMs)}–${clockTime(startMs + minutes * 60_000)}`;
}
