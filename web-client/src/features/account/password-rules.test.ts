/** The rules shown while a password is typed are those of the server. */
import { describe, expect, it } from "vitest";
import { ruleStates } from "./password-rules";

function broken(password: string, user: string, least: number): string[] {
  return ruleStates(password, user, least)
    .filter((state) => !state.isKept)
    .map((state) => state.rule);
}

describe("the password rules", () => {
  it("name all that a weak password lacks", () => {
    expect(broken("mat khau", "an", 14)).toEqual(["too_short", "no_capital", "no_digit"]);
    expect(broken("MATKHAUDAIHON14", "an", 14)).toEqual(["no_small", "no_sign"]);
    expect(broken("Mật khẩu dài 14", "an", 14)).toEqual([]);
    expect(broken("Chutri-2026-Tinh", "chutri", 14)).toEqual(["holds_user_name"]);
  });

  it("ask for length alone beside a second factor", () => {
    expect(broken("tam ky t", "an", 8)).toEqual([]);
    expect(broken("bay ky", "an", 8)).toEqual(["too_short"]);
  });
});
