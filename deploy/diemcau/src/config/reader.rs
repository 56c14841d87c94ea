//! Turns raw values into typed ones and notes every value that does not fit.
//!
//! Called by `config::load` once per setting. A value that does not fit is replaced by its
//! default, so that one run finds everything that is wrong.

use super::layer::{Layers, Origin, Raw};
use super::problem::Problem;
use std::net::IpAddr;
use std::ops::RangeInclusive;

/// Typed access to [`Layers`].
pub struct Reader<'a> {
    pub layers: &'a Layers,
    pub problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// Where the setting at `path` was written.
    pub fn origin(&self, path: &'static str) -> Origin {
        self.layers.value(path).map_or(Origin::Default(path), |(_, origin)| origin.clone())
    }

    /// A whole number in `range`.
    pub fn number<T>(&mut self, path: &'static str, range: RangeInclusive<T>, default: T) -> T
    where
        T: Copy + PartialOrd + TryFrom<i64> + std::fmt::Display,
    {
        let Some((raw, origin)) = self.layers.value(path) else { return default };
        let number = match raw {
            Raw::Integer(number) => Some(*number),
            Raw::Loose(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.and_then(|number| T::try_from(number).ok()).filter(|n| range.contains(n)) {
            Some(number) => number,
            None => {
                let what =
                    format!("{} is no whole number from {} to {}", shown(raw), range.start(), range.end());
                self.problems.push(Problem::new(origin, what, format!("the default is {default}")));
                default
            }
        }
    }

    /// A text; an empty one counts as absent when `default` is empty.
    pub fn text(&mut self, path: &'static str, default: &str) -> String {
        let Some((raw, origin)) = self.layers.value(path) else { return default.to_owned() };
        match raw {
            Raw::Text(text) | Raw::Loose(text) if !text.contains('\0') => text.clone(),
            _ => {
                let what = format!("{} is no text", shown(raw));
                self.problems.push(Problem::new(origin, what, "write it in quotation marks"));
                default.to_owned()
            }
        }
    }

    /// One of `words`.
    pub fn word<T: Copy>(&mut self, path: &'static str, words: &[(&str, T)], default: T) -> T {
        let Some((raw, origin)) = self.layers.value(path) else { return default };
        let (Raw::Text(text) | Raw::Loose(text)) = raw else {
            self.not_a_word(origin, raw, words);
            return default;
        };
        match words.iter().find(|(word, _)| word == text) {
            Some((_, value)) => *value,
            None => {
                self.not_a_word(origin, raw, words);
                default
            }
        }
    }

    fn not_a_word<T>(&mut self, origin: &Origin, raw: &Raw, words: &[(&str, T)]) {
        let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        self.problems.push(Problem::new(
            origin,
            format!("{} is not known", shown(raw)),
            format!("write one of {}", list.join(", ")),
        ));
    }

    /// A list of texts; in the environment separated by commas.
    pub fn list(&mut self, path: &'static str) -> Vec<String> {
        let Some((raw, origin)) = self.layers.value(path) else { return Vec::new() };
        match raw {
            Raw::List(items) => items.clone(),
            Raw::Loose(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            _ => {
                let what = format!("{} is no list", shown(raw));
                self.problems.push(Problem::new(origin, what, "write [\"…\", \"…\"]"));
                Vec::new()
            }
        }
    }

    /// A list of IP addresses that another machine can be told to send to.
    pub fn addresses(&mut self, path: &'static str) -> Vec<IpAddr> {
        let origin = self.origin(path);
        let mut addresses = Vec::new();
        for text in self.list(path) {
            match text.parse::<IpAddr>() {
                Ok(address) if address.is_unspecified() || address.is_multicast() => {
                    self.problems.push(Problem::new(
                        &origin,
                        format!("nobody can send to \"{text}\""),
                        "write the address under which this machine is reached",
                    ));
                }
                Ok(address) => addresses.push(address),
                Err(_) => self.problems.push(Problem::new(
                    &origin,
                    format!("\"{text}\" is no IP address"),
                    "write it like \"10.20.0.5\" or \"2001:db8::5\", without a port or a name",
                )),
            }
        }
        addresses
    }

    /// One IP address.
    pub fn address(&mut self, path: &'static str, default: IpAddr) -> IpAddr {
        let text = self.text(path, &default.to_string());
        text.parse().unwrap_or_else(|_| {
            let what = format!("\"{text}\" is no IP address");
            self.problems.push(Problem::new(
                self.origin(path),
                what,
                format!("the default is \"{default}\""),
            ));
            default
        })
    }
}

fn shown(raw: &Raw) -> String {
    match raw {
        Raw::Integer(number) => number.to_string(),
        Raw::Text(text) | Raw::Loose(text) => format!("\"{}\"", text.escape_debug()),
        Raw::List(_) => "a list".to_owned(),
        Raw::Other(what) => (*what).to_owned(),
    }
}
