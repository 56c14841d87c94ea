//! Turns raw values into typed ones and notes every value that does not fit.
//!
//! Called by `config::load` once per setting. A value that does not fit is replaced by its
//! default, so that one run finds everything that is wrong.

use super::layer::{Layers, Origin, Raw};
use super::problem::Problem;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

/// Typed access to [`Layers`].
pub struct Reader<'a> {
    layers: &'a Layers,
    problems: &'a mut Vec<Problem>,
    /// Settings whose value could not be used.
    pub refused: BTreeSet<&'static str>,
}

impl<'a> Reader<'a> {
    /// A reader of `layers` that has refused nothing.
    pub const fn new(layers: &'a Layers, problems: &'a mut Vec<Problem>) -> Self {
        Self { layers, problems, refused: BTreeSet::new() }
    }

    /// Where the setting at `path` was written.
    pub fn origin(&self, path: &'static str) -> Origin {
        self.layers.value(path).map_or(Origin::Default(path), |(_, origin)| origin.clone())
    }

    /// Notes that the setting at `path` cannot be used.
    pub fn refuse(&mut self, path: &'static str, what: impl Into<String>, remedy: impl Into<String>) {
        self.refused.insert(path);
        self.problems.push(Problem::new(self.origin(path), what, remedy));
    }

    /// A whole number in `range`.
    pub fn number<T>(&mut self, path: &'static str, range: RangeInclusive<T>, default: T) -> T
    where
        T: Copy + PartialOrd + TryFrom<i64> + std::fmt::Display,
    {
        let Some((raw, _)) = self.layers.value(path) else { return default };
        let number = match raw {
            Raw::Integer(number) => Some(*number),
            Raw::Loose(text) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some(number) = number.and_then(|n| T::try_from(n).ok()).filter(|n| range.contains(n)) {
            return number;
        }
        let what = format!("{} is no whole number from {} to {}", shown(raw), range.start(), range.end());
        self.refuse(path, what, format!("the default is {default}"));
        default
    }

    /// A text.
    pub fn text(&mut self, path: &'static str, default: &str) -> String {
        let Some((raw, _)) = self.layers.value(path) else { return default.to_owned() };
        match raw {
            Raw::Text(text) | Raw::Loose(text) if !text.contains('\0') => text.clone(),
            _ => {
                self.refuse(path, format!("{} is no text", shown(raw)), "write it in quotation marks");
                default.to_owned()
            }
        }
    }

    /// One of `words`.
    pub fn word<T: Copy>(&mut self, path: &'static str, words: &[(&str, T)], default: T) -> T {
        let Some((raw, _)) = self.layers.value(path) else { return default };
        let chosen = match raw {
            Raw::Text(text) | Raw::Loose(text) => words.iter().find(|(word, _)| word == text),
            _ => None,
        };
        if let Some((_, value)) = chosen {
            return *value;
        }
        let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let remedy = format!("write one of {}", list.join(", "));
        self.refuse(path, format!("{} is not known", shown(raw)), remedy);
        default
    }

    /// A list of texts; in the environment separated by commas.
    pub fn list(&mut self, path: &'static str) -> Vec<String> {
        let Some((raw, _)) = self.layers.value(path) else { return Vec::new() };
        match raw {
            Raw::List(items) => items.clone(),
            Raw::Loose(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            _ => {
                self.refuse(path, format!("{} is no list", shown(raw)), "write [\"…\", \"…\"]");
                Vec::new()
            }
        }
    }

    /// A list of IP addresses that another machine can be told to send to.
    pub fn addresses(&mut self, path: &'static str) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for text in self.list(path) {
            match text.parse::<IpAddr>() {
                Ok(address) if address.is_unspecified() || address.is_multicast() => {
                    let what = format!("nobody can send to \"{text}\"");
                    self.refuse(path, what, "write the address under which this machine is reached");
                }
                Ok(address) => addresses.push(address),
                Err(_) => {
                    let what = format!("\"{}\" is no IP address", text.escape_debug());
                    let remedy = "write it like \"10.20.0.5\" or \"2001:db8::5\", without a port or a name";
                    self.refuse(path, what, remedy);
                }
            }
        }
        addresses
    }

    /// A list of networks such as `10.0.0.0/8`; an address alone is a network of one. An empty list
    /// is a choice, not a default.
    pub fn networks(&mut self, path: &'static str, defaults: &[&str]) -> Vec<IpNet> {
        if self.layers.value(path).is_none() {
            return defaults.iter().map(|text| text.parse().expect("a constant network")).collect();
        }
        let mut networks = Vec::new();
        for text in self.list(path) {
            let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            match network {
                Ok(network) => networks.push(network),
                Err(_) => {
                    let what = format!("\"{}\" is no network", text.escape_debug());
                    self.refuse(path, what, "write it like \"10.0.0.0/8\" or \"2001:db8::/32\"");
                }
            }
        }
        networks
    }

    /// One IP address.
    pub fn address(&mut self, path: &'static str, default: IpAddr) -> IpAddr {
        let text = self.text(path, &default.to_string());
        text.parse().unwrap_or_else(|_| {
            let what = format!("\"{}\" is no IP address", text.escape_debug());
            self.refuse(path, what, format!("the default is \"{default}\""));
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
