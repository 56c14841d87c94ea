//! Figures of an earlier run, kept in a file, and how far this one is from them.
//!
//! Read and written by the program. One entry for each scenario and count of receivers, with machine, commit
//! and command: a comparison with another machine says so instead of judging.

use crate::error::Failure;
use crate::run::scenario::Played;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// A figure that is worse by more than this share is told as worse: noise of one machine from run to run.
const NOISE: f64 = 0.15;
/// Figures of which more is better.
const MORE_IS_BETTER: [&str; 5] = [
    "delivered_ratio",
    "narrowed_used_ratio",
    "pictures_in_time_ratio",
    "receivers_per_core",
    "speaker_seen_ratio",
];

/// One earlier run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    pub date: String,
    pub machine: String,
    pub commit: String,
    pub command: String,
    pub figures: BTreeMap<String, f64>,
}

/// All of them, by scenario and receivers, as `bursts 277`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline(BTreeMap<String, Earlier>);

fn failed(file: &Path, said: &dyn std::fmt::Display) -> Failure {
    Failure::File { file: file.display().to_string(), said: said.to_string() }
}

impl Baseline {
    /// Reads the file; a missing one is empty.
    ///
    /// # Errors
    /// `File` when it is there and cannot be read.
    pub fn open(file: &Path) -> Result<Self, Failure> {
        match std::fs::read_to_string(file) {
            Ok(text) => serde_json::from_str(&text).map_err(|failure| failed(file, &failure)),
            Err(failure) if failure.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(failure) => Err(failed(file, &failure)),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// `File`.
    pub fn write(&self, file: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).expect("plain values");
        std::fs::write(file, text + "\n").map_err(|failure| failed(file, &failure))
    }

    /// Takes the figures of our server from a run, in place of what was there.
    pub fn take(&mut self, played: &Played, now: &Earlier) {
        for case in own(played) {
            let figures = case.figures().into_iter().filter(|(_, value)| value.is_finite());
            let figures = figures.map(|(name, value)| (name.to_owned(), value)).collect();
            let key = format!("{} {}", played.script.name, case.receivers);
            self.0.insert(key, Earlier { figures, ..now.clone() });
        }
    }

    /// How this run differs, a line for each case; `machine` is this one.
    #[must_use]
    pub fn compared(&self, played: &Played, machine: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for case in own(played) {
            let key = format!("{} {}", played.script.name, case.receivers);
            let Some(earlier) = self.0.get(&key) else {
                lines.push(format!("{key}: no earlier run"));
                continue;
            };
            if earlier.machine != machine {
                lines.push(format!("{key}: the earlier run was on another machine ({})", earlier.machine));
            }
            let (mut worse, mut better) = (Vec::new(), Vec::new());
            for (name, now) in case.figures() {
                let Some(then) = earlier.figures.get(name) else { continue };
                let change = change(*then, now);
                let said = format!("{name} {then:.3} → {now:.3} ({:+.0} %)", change * 100.0);
                let harm = if MORE_IS_BETTER.contains(&name) { -change } else { change };
                if harm > NOISE {
                    worse.push(said);
                } else if harm < -NOISE {
                    better.push(said);
                }
            }
            let told = |what: &str, all: Vec<String>| {
                (!all.is_empty()).then(|| format!("{what}: {}", all.join(", ")))
            };
            let all: Vec<String> =
                [told("WORSE", worse), told("better", better)].into_iter().flatten().collect();
            let all = if all.is_empty() { "as before".to_owned() } else { all.join("; ") };
            lines.push(format!("{key}, against {} of {}: {all}", earlier.commit, earlier.date));
        }
        lines
    }
}

/// From one value to another, as a share of the first; a rise from nothing counts as one of all.
fn change(then: f64, now: f64) -> f64 {
    if then == now {
        0.0
    } else if then == 0.0 {
        1.0
    } else {
        now / then - 1.0
    }
}

fn own(played: &Played) -> impl Iterator<Item = &crate::run::scenario::Case> {
    let name = played.cases.first().map(|it| it.server.clone()).unwrap_or_default();
    played.cases.iter().filter(move |it| it.server == name && it.runs.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_as_it_was_written_and_a_missing_one_is_empty() {
        let file = std::env::temp_dir().join(format!("loadtest-baseline-{}.json", std::process::id()));
        assert_eq!(Baseline::open(&file).expect("empty"), Baseline::default());
        let figures = BTreeMap::from([("us_cpu_per_packet".to_owned(), 2.5)]);
        let earlier = Earlier { date: "2026-11-23".to_owned(), figures, ..Earlier::default() };
        let baseline = Baseline(BTreeMap::from([("bursts 277".to_owned(), earlier)]));
        baseline.write(&file).expect("written");
        let again = Baseline::open(&file).expect("read");
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(again, baseline);
    }

    #[test]
    fn changes_are_shares_of_what_was() {
        assert_eq!((change(2.0, 3.0), change(0.0, 0.0), change(0.0, 0.1)), (0.5, 0.0, 1.0));
    }
}
