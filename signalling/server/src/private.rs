//! Keeps people's names, addresses and tokens out of logs.
//!
//! Wraps what a log line or an error would otherwise print; never used on the wire.

use std::fmt;

/// Prints `***` instead of its content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Private<T>(pub T);

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_prints_nothing_of_its_content() {
        let name = Private("Nguyễn Văn A");
        assert_eq!(format!("{name} {name:?}"), "*** ***");
    }
}
