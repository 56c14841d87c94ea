//! Passwords: the rule for people with power, and fresh ones for the demo accounts.
//!
//! The rule is that of level 3 of the Vietnamese information-system requirements for accounts
//! without a second factor: at least 14 characters of four classes.

use rand::seq::{IndexedRandom, SliceRandom};

/// Fewest characters.
pub const MIN_CHARACTERS: usize = 14;

/// What a password lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    #[error("it has {characters} characters, at least {MIN_CHARACTERS} are needed")]
    Short { characters: usize },
    #[error("it has no capital letter")]
    NoCapital,
    #[error("it has no small letter")]
    NoSmall,
    #[error("it has no digit")]
    NoDigit,
    #[error("it has no sign such as - . ! or a space")]
    NoSign,
}

/// Everything that `password` lacks; empty when it is good.
#[must_use]
pub fn weaknesses(password: &str) -> Vec<Weak> {
    let characters = password.chars().count();
    let mut found = Vec::new();
    if characters < MIN_CHARACTERS {
        found.push(Weak::Short { characters });
    }
    let mut need = |class: fn(char) -> bool, weak| {
        if !password.chars().any(class) {
            found.push(weak);
        }
    };
    need(char::is_uppercase, Weak::NoCapital);
    need(char::is_lowercase, Weak::NoSmall);
    need(|c| c.is_ascii_digit(), Weak::NoDigit);
    need(|c| !c.is_alphanumeric(), Weak::NoSign);
    found
}

/// A random password of 12 characters in three groups, e.g. `kT7m-Xq4d-wR9p`: about 66 bits, no
/// letters that look alike.
#[must_use]
pub fn fresh() -> String {
    const SMALL: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
    const CAPITAL: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ";
    const DIGIT: &[u8] = b"23456789";
    let mut rng = rand::rng();
    let every = [SMALL, CAPITAL, DIGIT].concat();
    let mut characters: Vec<u8> = [SMALL, CAPITAL, DIGIT]
        .into_iter()
        .chain(std::iter::repeat_n(every.as_slice(), 9))
        .map(|class| *class.choose(&mut rng).expect("classes are not empty"))
        .collect();
    characters.shuffle(&mut rng);
    let groups: Vec<&str> =
        characters.chunks(4).map(|group| std::str::from_utf8(group).expect("ASCII")).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_password_is_told_everything_it_lacks() {
        assert_eq!(weaknesses("mat khau"), [Weak::Short { characters: 8 }, Weak::NoCapital, Weak::NoDigit]);
        assert_eq!(weaknesses("MATKHAUDAIHON14"), [Weak::NoSmall, Weak::NoSign]);
        assert_eq!(weaknesses("Mật khẩu dài 14"), []);
    }

    #[test]
    fn fresh_password_is_strong_and_new() {
        let (first, second) = (fresh(), fresh());
        assert_eq!(weaknesses(&first), []);
        assert_ne!(first, second);
    }
}
