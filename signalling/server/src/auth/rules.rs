//! The rules that a password must keep: level 3 of the Vietnamese information-system requirements.
//!
//! Asked by `auth::own_account` and by `diemcau admin create`. Pure; whether a password was used
//! before is asked by the caller, who has the hashes. The web client shows the same rules while
//! somebody types (`web-client/src/features/account/password-rules.ts`).

use super::password::PASSWORD_LIMIT_BYTES;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use unicode_normalization::UnicodeNormalization as _;
use utoipa::ToSchema;

/// Fewest characters when the password stands alone.
pub const LEAST_ALONE: usize = 14;
/// Fewest characters when a second factor is asked for as well.
pub const LEAST_WITH_SECOND_FACTOR: usize = 8;
/// A user name shorter than this may stand in a password by chance.
const USER_MIN: usize = 3;

/// A rule that a password breaks; the server's order is the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PasswordRule {
    TooShort,
    TooLong,
    NoCapital,
    NoSmall,
    NoDigit,
    NoSign,
    HoldsUserName,
    /// One of the last ten.
    Reused,
}

/// How a broken rule is told on a command line.
impl std::fmt::Display for PasswordRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooShort => "it is too short",
            Self::TooLong => "it is too long",
            Self::NoCapital => "it has no capital letter",
            Self::NoSmall => "it has no small letter",
            Self::NoDigit => "it has no digit",
            Self::NoSign => "it has no sign such as - . ! or a space",
            Self::HoldsUserName => "it holds the login name",
            Self::Reused => "it is one of the last ten",
        })
    }
}

/// Fewest characters, with or without a second factor.
#[must_use]
pub const fn least_characters(has_second_factor: bool) -> usize {
    if has_second_factor { LEAST_WITH_SECOND_FACTOR } else { LEAST_ALONE }
}

/// Every rule that `password` of `user` breaks; empty when it is good.
#[must_use]
pub fn broken(password: &str, user: &str, has_second_factor: bool) -> Vec<PasswordRule> {
    let mut found = Vec::new();
    let mut need = |is_kept: bool, rule| {
        if !is_kept {
            found.push(rule);
        }
    };
    need(password.chars().count() >= least_characters(has_second_factor), PasswordRule::TooShort);
    need(password.len() <= PASSWORD_LIMIT_BYTES, PasswordRule::TooLong);
    if !has_second_factor {
        need(password.chars().any(char::is_uppercase), PasswordRule::NoCapital);
        need(password.chars().any(char::is_lowercase), PasswordRule::NoSmall);
        need(password.chars().any(|c| c.is_ascii_digit()), PasswordRule::NoDigit);
        need(password.chars().any(|c| !c.is_alphanumeric()), PasswordRule::NoSign);
    }
    let folded: String = password.to_lowercase().nfc().collect();
    let holds_user = user.chars().count() >= USER_MIN && folded.contains(user);
    need(!holds_user, PasswordRule::HoldsUserName);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use PasswordRule::*;

    #[test]
    fn weak_password_is_told_every_rule_that_it_breaks() {
        assert_eq!(broken("mat khau", "an", false), [TooShort, NoCapital, NoDigit]);
        assert_eq!(broken("MATKHAUDAIHON14", "an", false), [NoSmall, NoSign]);
        assert_eq!(broken("Mật khẩu dài 14", "an", false), []);
        assert_eq!(broken("Chutri-2026-Tinh", "chutri", false), [HoldsUserName]);
        assert_eq!(broken(&"Aa1-".repeat(200), "an", false), [TooLong]);
    }

    #[test]
    fn second_factor_allows_a_shorter_password() {
        assert_eq!(broken("tam ky t", "an", true), []);
        assert_eq!(broken("bay ky", "an", true), [TooShort]);
        assert_eq!(broken("chutri12", "chutri", true), [HoldsUserName]);
    }
}
