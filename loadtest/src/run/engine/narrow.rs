//! What a client on a link that was narrowed got out of it, from how much it had received when.
//!
//! Called once a run is over. Pure arithmetic on samples; knows no client.

use std::time::Duration;

/// The picture counts as full again at this share of what it was.
const FULL: f64 = 0.95;
/// What fits has been found at this share of the best that fits.
pub const USED: f64 = 0.8;
/// A rate is looked at over this time.
const WINDOW: Duration = Duration::from_secs(2);

/// How many bytes of pictures had come at a time, as they are on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Received {
    pub at: Duration,
    pub bytes: u64,
}

/// A part of a run in which the link was narrow.
#[derive(Clone, Copy, Debug)]
pub struct Narrow {
    pub from: Duration,
    pub until: Duration,
    pub rate_bps: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coped {
    /// Until the best that fits was used; `None` if it never was.
    pub found_after: Option<Duration>,
    /// Share of the best that fits that was used from then on.
    pub used: f64,
    /// Until everything was there again after the link was freed.
    pub restored_after: Option<Duration>,
}

/// The largest sum of layers below `limit`: of each picture one or none.
///
/// `pictures` holds the rates of the layers that each picture may have.
#[must_use]
pub fn best_set(pictures: &[Vec<f64>], limit: f64) -> f64 {
    let Some((first, rest)) = pictures.split_first() else { return 0.0 };
    let without = best_set(rest, limit);
    let with = first.iter().filter(|it| **it <= limit).map(|it| it + best_set(rest, limit - it));
    with.fold(without, f64::max)
}

/// Bits a second between two times.
fn rate(samples: &[Received], from: Duration, until: Duration) -> Option<f64> {
    let bytes_at = |time: Duration| {
        let after = samples.iter().position(|it| it.at >= time)?;
        let (b, a) = (samples[after], samples[after.saturating_sub(1)]);
        let between = (b.at - a.at).as_secs_f64();
        let share = if between > 0.0 { (time.saturating_sub(a.at)).as_secs_f64() / between } else { 1.0 };
        Some(a.bytes as f64 + (b.bytes - a.bytes) as f64 * share)
    };
    let seconds = until.checked_sub(from)?.as_secs_f64();
    (seconds > 0.0).then(|| Some((bytes_at(until)? - bytes_at(from)?) * 8.0 / seconds))?
}

/// How one client coped. `layers` are the rates on the wire of the layers of each picture watched, `voices_bps`
/// is what sound takes of it.
#[must_use]
pub fn coped(samples: &[Received], narrow: Narrow, layers: &[Vec<f64>], voices_bps: f64) -> Option<Coped> {
    let before = rate(samples, narrow.from.saturating_sub(WINDOW * 2), narrow.from)?;
    let limit = narrow.rate_bps as f64 - voices_bps;
    let best = best_set(layers, limit);
    let step = Duration::from_millis(250);
    let found_after =
        (0..).map(|it| step * it).take_while(|it| narrow.from + *it + WINDOW <= narrow.until).find(|it| {
            let from = narrow.from + *it;
            let now = rate(samples, from, from + WINDOW);
            let on = rate(samples, from, narrow.until);
            [now, on].iter().all(|it| it.is_some_and(|it| it >= best * USED))
        });
    let used_from =
        narrow.from + found_after.unwrap_or(Duration::from_secs(8)).min(narrow.until - narrow.from);
    let used = rate(samples, used_from, narrow.until).unwrap_or(0.0) / best.max(1.0);
    let last = samples.last()?.at;
    let restored_after =
        (0..).map(|it| step * it).take_while(|it| narrow.until + *it + WINDOW <= last).find(|it| {
            rate(samples, narrow.until + *it, narrow.until + *it + WINDOW)
                .is_some_and(|it| it >= before * FULL)
        });
    Some(Coped { found_after, used, restored_after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_set_is_the_largest_that_fits() {
        let stage = vec![150.0, 500.0, 2_000.0];
        let small = vec![150.0];
        let pictures = [stage, small.clone(), small];
        for (limit, best) in
            [(100.0, 0.0), (160.0, 150.0), (600.0, 500.0), (700.0, 650.0), (9_000.0, 2_300.0)]
        {
            assert_eq!(best_set(&pictures, limit), best, "{limit}");
        }
    }

    /// Samples every 250 ms of a client that gets `rate(second)` bits a second.
    fn samples(seconds: u64, rate: impl Fn(f64) -> f64) -> Vec<Received> {
        let mut bytes = 0.0;
        let one = |step: u64| {
            let at = Duration::from_millis(step * 250);
            bytes += if step == 0 { 0.0 } else { rate(at.as_secs_f64() - 0.125) / 8.0 / 4.0 };
            Received { at, bytes: bytes as u64 }
        };
        (0..=seconds * 4).map(one).collect()
    }

    #[test]
    fn finding_the_best_set_and_coming_back_are_timed_from_the_change() {
        let narrow =
            Narrow { from: Duration::from_secs(10), until: Duration::from_secs(30), rate_bps: 600_000 };
        let layers = [vec![150e3, 500e3, 2_000e3]];
        let rate = |second: f64| match second {
            it if it < 10.0 => 2_000e3,
            it if it < 13.0 => 150e3,
            it if it < 30.0 => 500e3,
            it if it < 34.0 => 500e3,
            _ => 2_000e3,
        };
        let coped = coped(&samples(45, rate), narrow, &layers, 40e3).expect("samples");
        let found = coped.found_after.expect("found").as_secs_f64();
        assert!((2.0..=3.0).contains(&found), "{found}");
        assert!((0.95..=1.05).contains(&coped.used), "{}", coped.used);
        let restored = coped.restored_after.expect("restored").as_secs_f64();
        assert!((3.5..=4.25).contains(&restored), "{restored}");
    }

    #[test]
    fn a_client_that_stays_small_never_finds_it() {
        let narrow =
            Narrow { from: Duration::from_secs(10), until: Duration::from_secs(30), rate_bps: 600_000 };
        let rate = |second: f64| if second < 10.0 { 2_000e3 } else { 150e3 };
        let coped = coped(&samples(45, rate), narrow, &[vec![150e3, 500e3, 2_000e3]], 0.0).expect("samples");
        assert_eq!((coped.found_after, coped.restored_after), (None, None));
    }
}
