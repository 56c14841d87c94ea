//! The table and the plots of a run over all traces.

use super::road::{Outcome, Second};
use super::trace::Trace;
use std::fmt::Write;
use std::path::Path;

type Results = [(Vec<(&'static str, Outcome)>, Trace)];

const COLOURS: [&str; 3] = ["#0b57d0", "#b3261e", "#7a5c00"];

/// One line a trace and contender.
pub fn table(results: &Results) -> String {
    let mut text = String::from(
        "trace            estimator        used %  voice p50/p95 ms  voice lost ‰  ramp ms  changes/min  probes %\n",
    );
    for (outcomes, trace) in results {
        for (name, it) in outcomes {
            let ramp = it.ramp_ms.map_or("never".to_owned(), |ms| ms.to_string());
            writeln!(
                text,
                "{:16} {:16} {:6} {:8}/{:<8} {:13} {:>8} {:12} {:9}",
                trace.name,
                name,
                it.used_percent,
                it.voice_p50_ms,
                it.voice_p95_ms,
                it.voice_lost_permille,
                ramp,
                it.changes_per_minute,
                it.probe_percent
            )
            .expect("a string takes all");
        }
    }
    text
}

/// Writes the page with table and plots.
pub fn write(results: &Results) {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Estimators on access lines</title>\
         <style>body{font:14px/1.5 system-ui;margin:2rem auto;max-width:64rem}svg{width:100%;height:auto;\
         background:#f8f9fb}pre{overflow:auto}</style><h1>Estimators on the same access lines</h1>\
         <p>Grey: what the line carries; lines: estimate (kbit/s) over seconds, cut at 4,000. Written by \
         <code>UPDATE_GENERATED=1 cargo test --workspace --test link_traces</code>.</p>",
    );
    write!(page, "<pre>{}</pre>", table(results)).expect("a string takes all");
    for (outcomes, trace) in results {
        let legend: String = outcomes
            .iter()
            .zip(COLOURS)
            .map(|((name, _), colour)| format!(" <b style=\"color:{colour}\">{name}</b>"))
            .collect();
        write!(page, "<h2>{}</h2><p>{}{legend}</p>{}", trace.name, trace.about, plot(outcomes))
            .expect("a string takes all");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/benchmarks");
    std::fs::create_dir_all(&folder).expect("docs can be written");
    std::fs::write(folder.join("link-traces.html"), page + "</html>\n").expect("docs can be written");
}

fn plot(outcomes: &[(&'static str, Outcome)]) -> String {
    let seconds = &outcomes[0].1.seconds;
    let line = |of: &[Second], value: fn(&Second) -> u64| -> String {
        let points = of.iter().enumerate().map(|(at, second)| {
            let (x, y) = (at * 1000 / of.len().max(1), 204 - value(second).min(4000) / 20);
            format!("{x},{y}")
        });
        points.collect::<Vec<_>>().join(" ")
    };
    let capacity = line(seconds, |second| second.capacity_kbps);
    let mut svg = format!(
        "<svg viewBox=\"0 0 1000 210\" role=\"img\"><polyline points=\"0,204 {capacity} 1000,204\" fill=\"#d5dbe5\"/>"
    );
    for ((_, outcome), colour) in outcomes.iter().zip(COLOURS) {
        let estimate = line(&outcome.seconds, |second| second.estimate_kbps);
        write!(svg, "<polyline points=\"{estimate}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>")
            .expect("a string takes all");
    }
    svg + "</svg>"
}
