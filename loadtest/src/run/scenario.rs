//! A scenario from its first run to the last: each count with each server, as often as wanted.
//!
//! Called by the program. What a person breaks off is reported as far as it came.

use super::engine::{Outcome, play};
use super::progress::Progress;
use crate::client::Setting;
use crate::error::Failure;
use crate::peer::Launch;
use crate::report::figure;
use crate::scenario::{Bound, Script};
use std::collections::BTreeMap;

/// One count of receivers with one server.
#[derive(Clone, Debug)]
pub struct Case {
    pub server: String,
    pub receivers: usize,
    /// As many as were wanted, or came about; or why there is none.
    pub runs: Result<Vec<Outcome>, String>,
}

impl Case {
    /// The median of a figure over the runs.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<f64> {
        let runs = self.runs.as_ref().ok()?;
        median(runs.iter().filter_map(|it| figure::of(it, name)).collect())
    }

    /// All figures that it has, as medians.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<&'static str, f64> {
        figure::NAMES.iter().filter_map(|(name, _)| Some((*name, self.figure(name)?))).collect()
    }
}

/// The middle value; of an even number the lower one of the two in the middle, which was measured.
#[must_use]
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// Whether a figure was reached.
#[derive(Clone, Debug)]
pub struct Judged {
    pub figure: String,
    /// For how many receivers, where there are several counts.
    pub receivers: Option<usize>,
    /// In words, as `at most 2`.
    pub wanted: String,
    /// `None` when it could not be measured.
    pub value: Option<f64>,
    pub is_reached: bool,
}

/// All of a scenario.
#[derive(Clone, Debug)]
pub struct Played {
    pub script: Script,
    pub cases: Vec<Case>,
    pub judged: Vec<Judged>,
}

/// Plays it: our server first, then the others, `runs` times each.
#[must_use]
pub fn play_all(
    script: Script,
    launch: &Launch,
    setting: &Setting,
    servers: &[String],
    runs: usize,
) -> Played {
    let stopped = Progress::new("");
    let mut cases = Vec::new();
    for server in servers {
        for case in 0..script.cases() {
            let mut outcomes = Vec::new();
            let mut failure = None;
            for _ in 0..runs {
                if stopped.is_stopped() {
                    break;
                }
                match play(server, launch, &script, case, setting) {
                    Ok(outcome) => outcomes.push(outcome),
                    Err(it) => {
                        failure = Some(it);
                        break;
                    }
                }
            }
            let runs = match failure {
                Some(failure) if outcomes.is_empty() => Err(failure.to_string()),
                None if outcomes.is_empty() => Err(Failure::Stopped.to_string()),
                _ => Ok(outcomes),
            };
            cases.push(Case { server: server.clone(), receivers: script.receivers(case), runs });
        }
    }
    let judged = judge(&script, &cases);
    Played { script, cases, judged }
}

/// Compares what came out with what was hoped for, of our server: the first.
#[must_use]
pub fn judge(script: &Script, cases: &[Case]) -> Vec<Judged> {
    let Some(own) = cases.first().map(|it| it.server.clone()) else { return Vec::new() };
    let ours: Vec<&Case> = cases.iter().filter(|it| it.server == own).collect();
    let mut all = Vec::new();
    for hope in &script.hopes {
        if hope.figure == "cost_rise_above_50" {
            let cost = |it: &&Case| Some((it.receivers, it.figure("us_cpu_per_packet")?));
            let costs: Vec<(usize, f64)> = ours.iter().filter_map(cost).collect();
            all.push(judged(&hope.figure, None, figure::cost_rise(&costs), &hope.bound, None));
            continue;
        }
        for case in &ours {
            let receivers = (ours.len() > 1).then_some(case.receivers);
            let other = match &hope.bound {
                Bound::TimesLess { peer, .. } => {
                    let same = |it: &&Case| it.server == *peer && it.receivers == case.receivers;
                    let Some(other) = cases.iter().find(same).and_then(|it| it.figure(&hope.figure)) else {
                        continue;
                    };
                    Some(other)
                }
                _ => None,
            };
            all.push(judged(&hope.figure, receivers, case.figure(&hope.figure), &hope.bound, other));
        }
    }
    all
}

fn judged(
    figure: &str,
    receivers: Option<usize>,
    value: Option<f64>,
    bound: &Bound,
    other: Option<f64>,
) -> Judged {
    let (wanted, is_reached) = match bound {
        Bound::Most(most) => (format!("at most {most}"), value.is_some_and(|it| it <= *most)),
        Bound::Least(least) => (format!("at least {least}"), value.is_some_and(|it| it >= *least)),
        Bound::TimesLess { peer, times } => {
            let found = value.zip(other).map(|(own, other)| other / own);
            let said = found.map_or_else(String::new, |it| format!(" (is {it:.1})"));
            (format!("{times} times less than {peer}{said}"), found.is_some_and(|it| it >= *times))
        }
    };
    Judged { figure: figure.to_owned(), receivers, wanted, value, is_reached }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_a_value_that_was_measured() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(1.0));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn bounds_hold_at_their_value_and_nothing_holds_without_one() {
        let reached = |value, bound: &Bound, other| judged("x", None, value, bound, other).is_reached;
        assert!(reached(Some(2.0), &Bound::Most(2.0), None) && !reached(Some(2.1), &Bound::Most(2.0), None));
        assert!(reached(Some(1.0), &Bound::Least(1.0), None) && !reached(None, &Bound::Least(0.0), None));
        let times = Bound::TimesLess { peer: "janus".to_owned(), times: 4.5 };
        assert!(reached(Some(2.0), &times, Some(9.0)) && !reached(Some(2.0), &times, Some(8.9)));
        assert!(!reached(Some(f64::INFINITY), &Bound::Most(8.0), None));
    }
}
