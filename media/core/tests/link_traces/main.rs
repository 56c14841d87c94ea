//! Estimators on the same access lines, measured LTE and UMTS, modelled leased lines, ADSL, Wi-Fi; and
//! what a viewer of a whole meeting gets over each of them.
//!
//! `cargo test --test link_traces -- --nocapture` prints the tables; with `UPDATE_GENERATED=1` it
//! also writes `docs/benchmarks/link-traces.html` and `allocation.html`, which hold the plots.

#![allow(clippy::disallowed_methods)]

mod allocation;
mod contenders;
#[path = "../simulated/link.rs"]
#[allow(dead_code, reason = "shared with simulated_room")]
mod link;
mod plots;
mod report;
mod road;
#[path = "../simulated/sender.rs"]
#[allow(dead_code, reason = "shared with simulated_room")]
mod sender;
mod trace;
#[path = "../simulated/viewer.rs"]
#[allow(dead_code, reason = "shared with simulated_room")]
mod viewer;

use allocation::Second;
use contenders::{Interceptor, LossAlone, Ours};
use media_core::bwe::LinkEstimate;
use road::{Estimator, Outcome};
use std::time::Instant;
use trace::Trace;

/// What the whole meeting takes: stage, document, eight small pictures, two voices.
const MEETING_KBPS: u64 = 1_750 + 850 + 8 * 160 + 90;

/// What each line must carry at least: voice, stage and document in percent of the seconds, small
/// pictures in tenths, use of the line in percent.
const LEAST: [(&str, [u64; 5]); 13] = [
    ("bufferbloat", [95, 98, 95, 35, 80]),
    ("commune-300k", [98, 98, 0, 0, 65]),
    ("commune-600k", [98, 98, 0, 15, 75]),
    ("cut", [98, 98, 98, 78, 64]),
    ("fibre", [100, 100, 100, 80, 94]),
    ("lte-driving", [85, 97, 88, 62, 75]),
    ("lte-weak", [90, 98, 88, 60, 72]),
    ("narrowed", [94, 95, 55, 50, 88]),
    ("policer", [98, 98, 0, 10, 68]),
    ("radio-loss", [98, 98, 98, 78, 62]),
    ("steps", [95, 98, 72, 45, 74]),
    ("umts-driving", [65, 80, 42, 30, 66]),
    ("wifi-stalls", [95, 98, 98, 78, 82]),
];

/// A line of a meeting in figures, for the table and the assertions.
struct Served {
    /// Seconds in which the voice of the stage lost nothing more than the line itself lost, in percent.
    voice_percent: u64,
    /// Delay of voice beyond the empty line, 95 of 100 seconds.
    voice_p95_ms: u64,
    /// Seconds in which the stage moved, the document moved, in percent.
    stage_percent: u64,
    document_percent: u64,
    /// Small pictures that moved, on average, of eight.
    small_tenths: u64,
    used_percent: u64,
}

impl Served {
    fn of(trace: &Trace, seconds: &[Second]) -> Self {
        // Without a line nothing can be served.
        let up: Vec<_> = seconds.iter().skip(3).filter(|second| second.capacity_kbps > 60).collect();
        let percent = |holds: &dyn Fn(&Second) -> bool| {
            up.iter().filter(|second| holds(second)).count() as u64 * 100 / up.len() as u64
        };
        let mut delays: Vec<_> =
            up.iter().map(|second| second.slowest_voice_ms.saturating_sub(trace.delay_ms)).collect();
        delays.sort_unstable();
        let sum = |of: fn(&Second) -> u64| up.iter().map(|second| of(second)).sum::<u64>();
        let carried = |second: &Second| second.kbps.iter().take(4).sum::<u64>();
        let wanted = |second: &Second| second.capacity_kbps.min(MEETING_KBPS);
        Self {
            voice_percent: percent(&|second| second.voices + second.lost_voices >= 45),
            voice_p95_ms: delays[delays.len() * 95 / 100],
            stage_percent: percent(&|second| second.stage >= 5),
            document_percent: percent(&|second| second.document >= 5),
            small_tenths: sum(|second| second.small) * 10 / up.len() as u64,
            used_percent: sum(carried) * 100 / sum(wanted),
        }
    }
}

/// The best set of layers beside two voices on 600 kbit/s: the stage in its middle size.
const BEST_AT_600_KBPS: u64 = 510 + 41;

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
        // On a line that is used more often a picture's packet is just leaving.
        let packet_ms = (road::PACKET_BYTES * 8).div_ceil(trace.mean_kbps().max(1));
        assert!(
            own.0 <= other.0 + packet_ms && own.1 <= other.1,
            "{name}: voice {own:?} ms late, by theirs {other:?}"
        );
    }
}

#[test]
fn sound_comes_first_then_the_stage_then_the_document_then_small_pictures() {
    let results: Vec<_> = Trace::all()
        .into_iter()
        .map(|trace| {
            let seconds = allocation::run(&trace);
            (Served::of(&trace, &seconds), seconds, trace)
        })
        .collect();
    print!("{}", plots::table(&results));
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        plots::write(&results);
    }
    for (served, seconds, trace) in &results {
        let name = trace.name.as_str();
        let (_, least) = LEAST.into_iter().find(|(of, _)| *of == name).expect("every trace has its least");
        let seen = [
            served.voice_percent,
            served.stage_percent,
            served.document_percent,
            served.small_tenths,
            served.used_percent,
        ];
        assert!(
            seen.iter().zip(least).all(|(seen, least)| *seen >= least),
            "{name}: {seen:?}, least {least:?}"
        );
        // A queue of somebody else's, or a line that is gone, delays whatever is sent.
        let own_delay = match name {
            _ if name.starts_with("umts") || name.starts_with("lte") => 7_000,
            _ => 520,
        };
        assert!(served.voice_p95_ms <= own_delay, "{name}: {} ms", served.voice_p95_ms);
        // After an outage the larger picture waits a little longer for its key frame.
        let turned_round = seconds.iter().skip(3).filter(|it| it.stage == 0 && it.small > 0).count();
        assert!(
            turned_round * 20 <= seconds.len(),
            "{name}: {turned_round} s with small pictures, yet no stage"
        );
    }
}

#[test]
fn line_that_is_narrowed_and_freed_again_is_used_within_eight_and_ten_seconds() {
    let trace = Trace::all().into_iter().find(|trace| trace.name == "narrowed").expect("it is there");
    let seconds = allocation::run(&trace);
    let carried = |second: &Second| second.kbps.iter().take(4).sum::<u64>();
    let narrow = &seconds[28..50];
    let used = narrow.iter().map(carried).sum::<u64>() * 100 / (narrow.len() as u64 * BEST_AT_600_KBPS);
    assert!(used >= 80, "{used} % of the best set of layers 8 s after the line was narrowed");
    let mut delays: Vec<_> = narrow.iter().map(|it| it.slowest_voice_ms - trace.delay_ms).collect();
    delays.sort_unstable();
    assert!(delays[delays.len() * 95 / 100] <= 150, "the slowest words of each second: {delays:?} ms");
    let freed = &seconds[60..];
    let least = freed.iter().map(carried).min().unwrap_or(0);
    assert!(least * 100 >= MEETING_KBPS * 90, "{least} kbit/s 10 s after the line was freed");
}
