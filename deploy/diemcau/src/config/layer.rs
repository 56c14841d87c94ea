//! Settings as they stand in file, environment and flags, the later one winning, each with the
//! place that it came from.
//!
//! Called by `config::load`. Knows which settings exist, not what their values mean.

use super::key::{self, KEYS, Key, Variable};
use super::problem::Problem;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    File { path: PathBuf, line: usize, key: String },
    Environment(&'static str),
    Flag(String),
    Default(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, key } => write!(f, "{}:{line}: {key}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Default(path) => write!(f, "{path} (default)"),
        }
    }
}

/// A value before it has a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    Integer(i64),
    Text(String),
    List(Vec<String>),
    /// From environment or flag: may stand for a number, a text or a comma-separated list.
    Loose(String),
    /// Something that no setting is; the word says what.
    Other(&'static str),
}

/// Values by path of their setting.
#[derive(Debug, Default)]
pub struct Layers {
    values: BTreeMap<&'static str, (Raw, Origin)>,
}

impl Layers {
    /// The value that won for the setting at `path`.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&(Raw, Origin)> {
        self.values.get(path)
    }

    /// Lays the settings of a file over what is there; `text` is its content. False when it is
    /// no TOML, so that settings may be missing.
    pub fn add_file(&mut self, path: &Path, text: &str, problems: &mut Vec<Problem>) -> bool {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            problems.push(Problem::new(
                format_args!("{}:{line}", path.display()),
                format!("not TOML: {}", error.message().replace('\n', " ")),
                "correct the line",
            ));
        }
        let mut found = Vec::new();
        flatten(table.get_ref(), "", &mut found);
        for (name, start, raw) in found {
            let line = line_of(text, start);
            match key::by_path(&name) {
                Some(key) => {
                    let origin = Origin::File { path: path.to_owned(), line, key: name };
                    self.values.insert(key.path, (raw, origin));
                }
                None => problems.push(Problem::new(
                    format_args!("{}:{line}: {name}", path.display()),
                    "there is no such setting",
                    suggestion(key::nearest(&name, KEYS.iter().map(|key| key.path))),
                )),
            }
        }
        errors.is_empty()
    }

    /// Lays the variables of the environment over what is there.
    pub fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
        problems: &mut Vec<Problem>,
    ) {
        for (name, value) in variables.filter(|(name, _)| name.starts_with("DIEMCAU_")) {
            match key::variable(&name) {
                Variable::Setting(key) => {
                    self.values.insert(key.path, (Raw::Loose(value), Origin::Environment(key.env)));
                }
                Variable::Other => {}
                Variable::Unknown => problems.push(Problem::new(
                    format_args!("environment {name}"),
                    "there is no such setting",
                    suggestion(key::nearest(&name, KEYS.iter().map(|key| key.env))),
                )),
            }
        }
    }

    /// Lays one flag over what is there. `flag` is how the person wrote it.
    pub fn add_flag(&mut self, flag: &str, path: &str, value: &str, problems: &mut Vec<Problem>) {
        match key::by_path(path) {
            Some(Key { path, .. }) => {
                self.values.insert(path, (Raw::Loose(value.to_owned()), Origin::Flag(flag.to_owned())));
            }
            None => problems.push(Problem::new(
                format_args!("flag {flag}"),
                format!("there is no setting `{path}`"),
                suggestion(key::nearest(path, KEYS.iter().map(|key| key.path))),
            )),
        }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "remove it, the settings are listed in deploy/config/diemcau.example.toml".to_owned(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Leaves of a table with their dotted path and byte offset.
fn flatten(table: &DeTable<'_>, prefix: &str, found: &mut Vec<(String, usize, Raw)>) {
    for (name, value) in table {
        let path = match prefix {
            "" => name.get_ref().to_string(),
            _ => format!("{prefix}.{}", name.get_ref()),
        };
        match value.get_ref() {
            DeValue::Table(inner) => flatten(inner, &path, found),
            leaf => found.push((path, name.span().start, raw(leaf))),
        }
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(Raw::Other("a huge number"), Raw::Integer)
        }
        DeValue::Array(items) => {
            let texts: Option<Vec<String>> =
                items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            texts.map_or(Raw::Other("a list of something other than texts"), Raw::List)
        }
        DeValue::Float(_) => Raw::Other("a fraction"),
        DeValue::Boolean(_) => Raw::Other("true or false"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}
