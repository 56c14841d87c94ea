/**
 * Vietnamese names made short: initials for avatars, forms for narrow name bars, sorting, searching.
 *
 * Used by Avatar, PersonName and the people list. The given name is the last word, so it is the
 * part that is never dropped. Pure text, no DOM.
 */

const SITE_WORDS = new Set([
  "sở",
  "xã",
  "phường",
  "huyện",
  "thị",
  "thành",
  "tỉnh",
  "ban",
  "hội",
  "phòng",
  "văn",
  "ubnd",
  "trung",
  "trường",
  "bệnh",
  "công",
  "hội trường",
  "điểm",
  "cụm",
]);

/** First letters of the middle and the given name: "Ngọ Văn Đại" gives "VĐ". */
export function initials(name: string): string {
  const words = name.normalize("NFC").trim().split(/\s+/u).filter(Boolean);
  const letters = words
    .slice(-2)
    .map((word) => firstLetter(word).toLocaleUpperCase("vi"))
    .join("");
  return letters || firstSign(words[0] ?? "");
}

/** For a name without any letter: its first sign, which may be several code points. */
function firstSign(word: string): string {
  const [first] = new Intl.Segmenter("vi").segment(word);
  return first?.segment ?? "";
}

/**
 * The name in ever shorter forms, longest first: middle names turn into initials one by one from
 * the left; at last only family and given name stay. Names of places are kept word by word, with
 * the middle left out.
 */
export function shorterForms(name: string): readonly string[] {
  const words = name.normalize("NFC").trim().split(/\s+/u).filter(Boolean);
  const forms = [words.join(" ")];
  if (words.length <= 2) return forms;
  const isPlace = SITE_WORDS.has((words[0] ?? "").toLocaleLowerCase("vi")) && words.length > 3;
  if (isPlace) return [...forms, ...placeForms(words)];
  for (let cut = 1; cut < words.length - 1; cut += 1) {
    forms.push(words.map((word, at) => (at >= 1 && at <= cut ? `${firstLetter(word)}.` : word)).join(" "));
  }
  forms.push(`${words[0]} ${words[words.length - 1]}`);
  return forms;
}

/** Order of names and units as a Vietnamese reader expects it. */
export const byVietnamese: (left: string, right: string) => number = new Intl.Collator("vi", {
  numeric: true,
}).compare;

/** Lower case without marks: "Đặng Hữu Nghĩa" becomes "dang huu nghia". */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[đĐ]/gu, "d")
    .toLocaleLowerCase("vi")
    .trim();
}

function placeForms(words: readonly string[]): readonly string[] {
  const forms: string[] = [];
  for (let kept = words.length - 1; kept >= 3; kept -= 1) {
    const front = Math.ceil(kept / 2);
    forms.push(
      `${words.slice(0, front).join(" ")} … ${words.slice(words.length - (kept - front)).join(" ")}`,
    );
  }
  return forms;
}

function firstLetter(word: string): string {
  for (const letter of word) {
    if (/\p{Letter}|\p{Number}/u.test(letter)) return letter;
  }
  return "";
}
