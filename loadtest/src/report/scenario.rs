//! What a scenario found: as JSON, and as a table with each figure that was hoped for.
//!
//! Used by the program once all runs are done.

use super::{details, remarks, rounded};
use crate::run::scenario::{Case, Judged, Played};
use serde_json::{Map, Value, json};

/// Everything for programs: medians under `cases`, single runs under them.
#[must_use]
pub fn scenario_json(played: &Played, about: Value) -> Value {
    let case = |it: &Case| {
        let mut map = Map::new();
        map.insert("server".into(), json!(it.server));
        map.insert("receivers".into(), json!(it.receivers));
        match &it.runs {
            Ok(runs) => {
                let figures =
                    it.figures().into_iter().map(|(name, value)| (name.to_owned(), json!(rounded(value, 6))));
                map.insert("figures".into(), Value::Object(figures.collect()));
                map.insert("runs".into(), runs.iter().map(details).collect());
            }
            Err(reason) => drop(map.insert("skipped".into(), json!(reason))),
        }
        Value::Object(map)
    };
    let judged = |it: &Judged| {
        json!({
            "figure": it.figure, "receivers": it.receivers, "wanted": it.wanted, "value": it.value,
            "is_reached": it.is_reached,
        })
    };
    json!({
        "scenario": played.script.name,
        "title": played.script.title,
        "about": about,
        "figures": played.judged.iter().map(judged).collect::<Vec<_>>(),
        "cases": played.cases.iter().map(case).collect::<Vec<_>>(),
    })
}

fn shown(value: Option<f64>) -> String {
    match value {
        None => "not measured".to_owned(),
        Some(it) if it.is_infinite() => "never".to_owned(),
        Some(it) if it.abs() >= 100.0 => format!("{it:.0}"),
        Some(it) if it.abs() >= 10.0 => format!("{it:.1}"),
        Some(it) => format!("{it:.4}"),
    }
}

/// The same for people.
#[must_use]
pub fn scenario_table(played: &Played) -> String {
    let mut lines = vec![played.script.title.clone()];
    let mut notes = Vec::new();
    for case in &played.cases {
        let (server, receivers) = (&case.server, case.receivers);
        match &case.runs {
            Ok(runs) => {
                let times =
                    if runs.len() > 1 { format!(", median of {}", runs.len()) } else { String::new() };
                let busy = |of: fn(&crate::run::engine::Outcome) -> f64| {
                    crate::run::scenario::median(runs.iter().map(of).collect()).unwrap_or(0.0) * 100.0
                };
                lines.push(format!(
                    "{server}, {receivers} receivers{times} (server {:.0} %, clients {:.0} % of a core)",
                    busy(|it| it.server_cpu),
                    busy(|it| it.client_cpu)
                ));
                let figures = case.figures();
                lines.extend(
                    figures.iter().map(|(name, value)| format!("  {name:<26} {:>12}", shown(Some(*value)))),
                );
                for run in runs {
                    notes.extend(remarks(server, run));
                }
            }
            Err(reason) => lines.push(format!("{server}, {receivers} receivers: skipped: {reason}")),
        }
    }
    for it in &played.judged {
        let of = it.receivers.map_or_else(String::new, |it| format!(" at {it}"));
        let verdict = if it.is_reached { "reached" } else { "MISSED " };
        lines.push(format!("{verdict} {}{of}: {}, wanted {}", it.figure, shown(it.value), it.wanted));
    }
    notes.sort_unstable();
    notes.dedup();
    lines.extend(notes);
    lines.join("\n")
}
