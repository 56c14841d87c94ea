//! What a run found, for programs (JSON) and for people (a table, a page with plots).
//!
//! Used by the program once the runs are done. Judges nothing but whether the clients could follow.

pub mod baseline;
pub mod figure;
mod page;
mod scenario;

pub use page::{Drawn, page};
pub use scenario::{scenario_json, scenario_table};

use crate::run::engine::{Outcome, SATURATED};
use serde_json::{Map, Value, json};

fn rounded(value: f64, digits: i32) -> f64 {
    (value * 10f64.powi(digits)).round() / 10f64.powi(digits)
}

/// The four figures of a server, under the names that other programs read.
fn figures(outcome: &Outcome) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("us_cpu_per_packet".into(), json!(rounded(outcome.us_cpu_per_packet, 3)));
    map.insert("kib_per_receiver".into(), json!(rounded(outcome.kib_per_receiver, 1)));
    map.insert("delivered_ratio".into(), json!(rounded(outcome.delivered_ratio, 6)));
    map.insert("forward_delay_ms_p99".into(), json!(rounded(outcome.delay_p99_us as f64 / 1000.0, 3)));
    map
}

fn details(outcome: &Outcome) -> Value {
    let ms = |us: u64| us as f64 / 1000.0;
    let series = outcome.samples.iter().map(|it| {
        json!({
            "at_s": it.at.as_secs_f64(), "server_cpu": it.server_cpu, "client_cpu": it.client_cpu,
            "resident_bytes": it.resident_bytes, "packets_per_s": it.packets_per_s,
            "bits_per_s": it.bits_per_s, "loss_ratio": it.loss_ratio, "delay_ms_p50": ms(it.delay_p50_us), "delay_ms_p99": ms(it.delay_p99_us),
        })
    });
    json!({
        "receivers": outcome.receivers,
        "seconds": outcome.length.as_secs_f64(),
        "forward_delay_ms_p50": ms(outcome.delay_p50_us),
        "forward_delay_ms_highest": ms(outcome.delay_highest_us),
        "first_frame_ms_p95": figure::of(outcome, "first_frame_ms_p95"),
        "figures": figure::NAMES.iter()
            .filter_map(|(name, _)| Some(((*name).to_owned(), json!(rounded(figure::of(outcome, name)?, 6)))))
            .collect::<Map<_, _>>(),
        "receivers_without_picture": outcome.without_picture,
        "freezes": outcome.shown.freezes,
        "pictures_expected": outcome.shown.expected,
        "pictures_whole": outcome.shown.whole,
        "probe": outcome.probed.as_ref().map(|it| json!({
            "packets": it.packets, "expected": it.expected, "is_same": it.is_same, "said": it.said,
        })),
        "server_cpu": outcome.server_cpu,
        "client_cpu": outcome.client_cpu,
        "client_is_saturated": outcome.is_saturated(),
        "packets_sent": outcome.packets_sent,
        "packets_received": outcome.packets_received,
        "packets_dropped_at_clients": outcome.dropped_here,
        "packets_broken": outcome.broken,
        "packets_unknown": outcome.unknown,
        "packets_repaired": outcome.repaired,
        "packets_repeated": outcome.duplicates,
        "series": series.collect::<Vec<_>>(),
    })
}

/// One measured server, or why there is nothing to tell of it.
pub type Measured = (String, Result<Outcome, String>);

/// The result as other programs read it: the figures of our server, those of the others under
/// `peers`, and everything else under `about`.
#[must_use]
pub fn forward_json(measured: &[Measured], about: Value) -> Value {
    let mut root = Map::new();
    let (mut peers, mut skipped, mut more) = (Map::new(), Map::new(), Map::new());
    for (place, (name, result)) in measured.iter().enumerate() {
        match result {
            Ok(outcome) => {
                more.insert(name.clone(), details(outcome));
                if place == 0 {
                    root = figures(outcome);
                } else {
                    peers.insert(name.clone(), figures(outcome).into());
                }
            }
            Err(reason) => drop(skipped.insert(name.clone(), json!(reason))),
        }
    }
    let mut about = about;
    about["servers"] = more.into();
    about["skipped"] = skipped.into();
    root.insert("peers".into(), peers.into());
    root.insert("about".into(), about);
    root.into()
}

/// What must be known before a run is believed.
fn remarks(name: &str, it: &Outcome) -> Vec<String> {
    let mut notes = Vec::new();
    if it.is_saturated() {
        notes.push(format!(
            "{name}: the clients were too busy to judge it ({:.0} % of their core, limit {:.0} %; {} packets dropped \
             at their sockets)",
            it.client_cpu * 100.0,
            SATURATED * 100.0,
            it.dropped_here
        ));
    }
    if it.without_picture > 0 {
        let (without, all) = (it.without_picture, it.receivers);
        notes.push(format!(
            "{name}: {without} of {all} receivers had no whole picture within a minute of waiting"
        ));
    }
    if it.broken + it.unknown > 0 {
        notes.push(format!(
            "{name}: {} packets could not be opened, {} were not what was sent",
            it.broken, it.unknown
        ));
    }
    if let Some(probe) = &it.probed {
        let (packets, expected) = (probe.packets, probe.expected);
        notes.push(match (expected, probe.is_same && packets == expected) {
            (0, true) => format!("{name}: probe {}", probe.said),
            (_, true) => format!("{name}: probe agrees: {packets} packets; {}", probe.said),
            (_, false) => format!(
                "{name}: probe FAILED: {packets} of {expected} packets, contents {}; {}",
                if probe.is_same { "the same" } else { "different" },
                probe.said
            ),
        });
    }
    notes
}

/// The same as a table.
#[must_use]
pub fn forward_table(measured: &[Measured]) -> String {
    let mut lines = vec![format!(
        "{:<12} {:>9} {:>10} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "server", "receivers", "µs/packet", "KiB/recv", "delivered", "p50 ms", "p99 ms", "server", "clients"
    )];
    let mut notes = Vec::new();
    for (name, result) in measured {
        match result {
            Ok(it) => {
                lines.push(format!(
                    "{name:<12} {:>9} {:>10.2} {:>9.1} {:>8.3}% {:>9.2} {:>9.2} {:>6.0}% {:>6.0}%",
                    it.receivers,
                    it.us_cpu_per_packet,
                    it.kib_per_receiver,
                    it.delivered_ratio * 100.0,
                    it.delay_p50_us as f64 / 1000.0,
                    it.delay_p99_us as f64 / 1000.0,
                    it.server_cpu * 100.0,
                    it.client_cpu * 100.0,
                ));
                notes.extend(remarks(name, it));
            }
            Err(reason) => lines.push(format!("{name:<12} skipped: {reason}")),
        }
    }
    lines.extend(notes);
    lines.join("\n")
}
