//! The figures that a run may be judged by, under the names that scenarios and results use.
//!
//! The only place that knows how a figure is made of an outcome.

use crate::run::engine::Outcome;
use std::time::Duration;

/// Name and meaning of each.
pub const NAMES: [(&str, &str); 23] = [
    ("us_cpu_per_packet", "CPU time of the server for each packet that a client received, µs"),
    ("kib_per_receiver", "memory for each receiver, KiB"),
    ("delivered_ratio", "packets that arrived, of those that should have"),
    ("forward_delay_ms_p50", "time inside the server, half of the packets, ms"),
    ("forward_delay_ms_p99", "time inside the server, 99 of 100 packets, ms"),
    ("jitter_ms_p95", "jitter of a picture's packets, 95 of 100 clients, ms"),
    ("first_frame_ms_p95", "from the exchange of descriptions to the first whole key frame, ms"),
    ("join_to_picture_ms_p95", "from the begin of joining to the first whole key frame, ms"),
    ("key_wait_ms_p95", "from being connected to the first whole key frame, ms"),
    ("all_connected_s", "from the first that began to join to the last that was connected, s"),
    ("pictures_in_time_ratio", "pictures whole within 400 ms of their first packet, of all there should be"),
    ("frozen_ratio", "share of the time that pictures stood still"),
    ("receivers_per_core", "receivers that one core would carry at this cost"),
    ("memory_growth_ratio", "growth of the server's memory after the first eighth of the run"),
    ("narrowed_s", "until a client uses 80 % of the best that fits its narrowed link, s"),
    ("narrowed_used_ratio", "share of the best that fits that is used from then on"),
    ("narrowed_queue_ms_p95", "queue before the narrow place as long as it is narrow, ms"),
    ("narrowed_settled_queue_ms_p95", "the same without the first 8 s, ms"),
    ("restored_s", "until everything is back after the link was freed, s"),
    ("speaker_ms_p95", "from giving the floor to the new speaker's whole picture at the others, ms"),
    ("speaker_seen_ratio", "speaker changes that were seen, of all at all receivers"),
    ("key_requests_per_change", "key frames asked of the senders for one speaker change, at most"),
    (
        "cost_rise_above_50",
        "largest rise of the cost of a packet from one count of receivers to the next, above 50",
    ),
];

/// The figure of this name, where the run has it.
#[must_use]
pub fn of(outcome: &Outcome, name: &str) -> Option<f64> {
    let ms = |us: u64| us as f64 / 1_000.0;
    let seconds = |it: Duration| if it == Duration::MAX { f64::INFINITY } else { it.as_secs_f64() };
    let ratio = |part: u64, all: u64| (all > 0).then(|| part as f64 / all as f64);
    let shown = &outcome.shown;
    match name {
        "us_cpu_per_packet" => Some(outcome.us_cpu_per_packet),
        "kib_per_receiver" => Some(outcome.kib_per_receiver),
        "delivered_ratio" => Some(outcome.delivered_ratio),
        "forward_delay_ms_p50" => Some(ms(outcome.delay_p50_us)),
        "forward_delay_ms_p99" => Some(ms(outcome.delay_p99_us)),
        "jitter_ms_p95" => Some(ms(outcome.jitter_p95_us)),
        "first_frame_ms_p95" => Some(seconds(outcome.first_frame_p95) * 1_000.0),
        "join_to_picture_ms_p95" => Some(seconds(outcome.join_to_picture_p95) * 1_000.0),
        "key_wait_ms_p95" => Some(seconds(outcome.key_wait_p95) * 1_000.0),
        "all_connected_s" => Some(seconds(outcome.all_connected)),
        "pictures_in_time_ratio" => ratio(shown.in_time.min(shown.expected), shown.expected),
        "frozen_ratio" => (!shown.watched.is_zero()).then(|| seconds(shown.frozen) / seconds(shown.watched)),
        "receivers_per_core" => {
            (outcome.server_cpu > 0.0).then(|| outcome.receivers as f64 / outcome.server_cpu)
        }
        "memory_growth_ratio" => outcome.memory_growth,
        "narrowed_s" => outcome.narrowed.map(|it| it.found_s),
        "narrowed_used_ratio" => outcome.narrowed.map(|it| it.used),
        "narrowed_settled_queue_ms_p95" => outcome.narrowed.map(|it| ms(it.settled_queue_p95_us)),
        "narrowed_queue_ms_p95" => outcome.narrowed.map(|it| ms(it.queue_p95_us)),
        "restored_s" => outcome.narrowed.map(|it| it.restored_s),
        "speaker_ms_p95" => outcome.speakers.map(|it| ms(it.p95_us)),
        "speaker_seen_ratio" => outcome.speakers.and_then(|it| ratio(it.seen, it.expected)),
        "key_requests_per_change" => outcome.speakers.map(|it| it.most_key_requests as f64),
        _ => None,
    }
}

/// Largest rise of the cost above 50 receivers, of runs in rising order of receivers.
#[must_use]
pub fn cost_rise(costs: &[(usize, f64)]) -> Option<f64> {
    let pairs = costs.windows(2).filter(|pair| pair[0].0 >= 50);
    pairs.map(|pair| pair[1].1 / pair[0].1).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_falls_has_a_rise_below_one() {
        assert_eq!(cost_rise(&[(10, 1.0), (50, 4.0), (277, 2.0), (600, 1.0)]), Some(0.5));
        assert_eq!(cost_rise(&[(10, 1.0), (50, 4.0)]), None);
    }
}
