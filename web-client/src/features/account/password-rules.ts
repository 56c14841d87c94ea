/**
 * The rules of a new password that can be told while somebody types; the server has the last word
 * (signalling/server/src/auth/rules.rs) and alone knows the last ten passwords.
 *
 * Used by PasswordForm. Pure.
 */
import type { PasswordRule } from "../../protocol/generated";

/** Fewest characters of a password that stands alone; with a second factor classes do not count. */
const LEAST_ALONE = 14;
const USER_MIN = 3;

/** A rule and whether what is typed keeps it. */
export interface RuleState {
  rule: PasswordRule;
  isKept: boolean;
}

/** Every rule, in the order in which they are shown. */
export function ruleStates(password: string, user: string, least: number): RuleState[] {
  const states: RuleState[] = [{ rule: "too_short", isKept: [...password].length >= least }];
  if (least >= LEAST_ALONE) {
    states.push(
      { rule: "no_capital", isKept: /\p{Lu}/u.test(password) },
      { rule: "no_small", isKept: /\p{Ll}/u.test(password) },
      { rule: "no_digit", isKept: /[0-9]/u.test(password) },
      { rule: "no_sign", isKept: /[^\p{L}\p{N}]/u.test(password) },
    );
  }
  const folded = password.toLowerCase().normalize("NFC");
  const holdsUser = [...user].length >= USER_MIN && folded.includes(user);
  states.push({ rule: "holds_user_name", isKept: password !== "" && !holdsUser });
  return states;
}
