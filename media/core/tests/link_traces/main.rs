//! Estimators on the same access lines: measured LTE and UMTS, modelled leased lines, ADSL, Wi-Fi.
//!
//! `cargo test --test link_traces -- --nocapture` prints the table; with `UPDATE_GENERATED=1` it
//! also writes `docs/benchmarks/link-traces.html`, which holds the plots.

#![allow(clippy::disallowed_methods)]

mod contenders;
mod report;
mod road;
mod trace;

use contenders::{Interceptor, LossAlone, Ours};
use media_core::bwe::LinkEstimate;
use road::{Estimator, Outcome};
use std::time::Instant;
use trace::Trace;

fn outcomes(trace: &Trace) -> Vec<(&'static str, Outcome)> {
    let start = Instant::now();
    let mut contenders: [Box<dyn Estimator>; 3] = [
        Box::new(Ours(LinkEstimate::new(start))),
        Box::new(Interceptor::new()),
        Box::new(LossAlone(LinkEstimate::new(start))),
    ];
    contenders.iter_mut().map(|it| (it.name(), road::run(trace, it.as_mut(), start))).collect()
}

#[test]
fn our_estimate_serves_every_line_and_voice_does_not_suffer() {
    let results: Vec<_> = Trace::all().into_iter().map(|trace| (outcomes(&trace), trace)).collect();
    print!("{}", report::table(&results));
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        report::write(&results);
    }
    for (outcomes, trace) in &results {
        let ours = &outcomes[0].1;
        let name = &trace.name;
        assert!(ours.used_percent >= 55, "{name}: {} % used", ours.used_percent);
        assert!(
            ours.voice_lost_permille <= 60,
            "{name}: {} per mille of voice lost",
            ours.voice_lost_permille
        );
        assert!(ours.voice_p50_ms <= 200, "{name}: voice p50 {} ms late", ours.voice_p50_ms);
        let theirs = &outcomes[1].1;
        let (own, other) =
            ((ours.voice_p50_ms, ours.voice_p95_ms), (theirs.voice_p50_ms, theirs.voice_p95_ms));
        assert!(own.0 <= other.0 && own.1 <= other.1, "{name}: voice {own:?} ms late, by theirs {other:?}");
    }
}
