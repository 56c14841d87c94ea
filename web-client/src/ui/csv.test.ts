/** Files for spreadsheets keep their fields and run no formula. */
import { expect, it } from "vitest";
import { csvOf } from "./csv";

it("keeps quotation marks, line breaks and separators inside their field", () => {
  expect(csvOf([["a", 'b "c"', "d,e\nf"]])).toBe('"a","b ""c""","d,e\nf"\r\n');
});

it("disarms what a spreadsheet would calculate", () => {
  expect(csvOf([["=1+1", "-2", "@x", "a=b"]])).toBe('"\'=1+1","\'-2","\'@x","a=b"\r\n');
});
