//! Fresh passwords for the demo accounts. The rules that people keep are `auth::rules`.

use rand::seq::{IndexedRandom, SliceRandom};

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
    use signalling_server::auth::rules;

    #[test]
    fn fresh_password_is_strong_and_new() {
        let (first, second) = (fresh(), fresh());
        assert_eq!(rules::broken(&first, "", false), []);
        assert_ne!(first, second);
    }
}
