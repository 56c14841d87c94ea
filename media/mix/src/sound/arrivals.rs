//! How late packets of a source come, and how long they had better wait therefore.
//!
//! Called by [`super::Jitter`] for each packet. Pure: positions and moments are ticks of the 48 kHz clock.

use super::{RATE, ms};
use std::time::Duration;

/// Slices of the spread, 5 ms each, up to more than the longest delay.
const SLICES: usize = 48;
const SLICE: i64 = ms(5);
/// What a packet's place in the spread still weighs at the next one: 250 packets are remembered, 5 s.
const FORGET: f32 = 0.996;
/// Share of packets that have come when they are due.
const IN_TIME: f32 = 0.97;
/// How long the quickest way is remembered, at least; twice that at most.
const SPAN: i64 = 2 * RATE as i64;
/// What a recent loss still weighs at the next packet.
const LOSS_FORGET: f32 = 0.99;
/// Losses, smoothed, from which the delay leaves room for the copy in the packet behind.
const LOSSY: f32 = 0.01;

/// Longest and shortest delay of a buffer, and what it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub least: i64,
    pub most: i64,
}

impl Bounds {
    pub fn new(least: Duration, most: Duration) -> Self {
        let length = |of: Duration| (of.as_micros() as i64).saturating_mul(i64::from(RATE)) / 1_000_000;
        let least = length(least).clamp(0, ms(200));
        Self { least, most: length(most).clamp(least, ms(200)) }
    }
}

/// What is known of a source's way here.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    /// Arrival less timestamp of the quickest packet, of this span and the one before.
    quickest: [Option<i64>; 2],
    span_began: i64,
    spread: [f32; SLICES],
    lossy: f32,
}

impl Arrivals {
    pub fn new() -> Self {
        let mut spread = [0.0; SLICES];
        // Until more is known, 30 ms.
        spread[5] = 20.0;
        Self { quickest: [None; 2], span_began: i64::MIN, spread, lossy: 0.0 }
    }

    /// A packet with this timestamp came at that moment.
    pub fn note(&mut self, timestamp: i64, arrival: i64) {
        let transit = arrival - timestamp;
        if self.span_began == i64::MIN || arrival - self.span_began >= SPAN {
            let is_next = self.span_began != i64::MIN && arrival - self.span_began < 2 * SPAN;
            self.quickest = [None, if is_next { self.quickest[0] } else { None }];
            self.span_began = arrival;
        }
        self.quickest[0] = Some(self.quickest[0].map_or(transit, |it| it.min(transit)));
        let behind = transit - self.base().unwrap_or(transit);
        let slice = (behind / SLICE).clamp(0, SLICES as i64 - 1) as usize;
        for weight in &mut self.spread {
            *weight *= FORGET;
        }
        self.spread[slice] += 1.0;
        self.lossy *= LOSS_FORGET;
    }

    pub fn note_loss(&mut self) {
        self.lossy += 1.0 - LOSS_FORGET;
    }

    /// Arrival less timestamp of the quickest packet lately.
    pub fn base(&self) -> Option<i64> {
        self.quickest.into_iter().flatten().min()
    }

    /// How long a packet waits after the quickest could have been here.
    pub fn delay(&self, bounds: Bounds) -> i64 {
        let wanted = self.spread.iter().sum::<f32>() * IN_TIME;
        let mut sum = 0.0;
        let in_time = self.spread.iter().position(|weight| {
            sum += weight;
            sum >= wanted
        });
        let copies = if self.lossy > LOSSY { ms(20) } else { 0 };
        let slice = in_time.unwrap_or(SLICES - 1) as i64 + 1;
        (slice * SLICE + copies).clamp(bounds.least, bounds.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { least: ms(20), most: ms(200) };

    fn after(count: i64, late: impl Fn(i64) -> i64) -> Arrivals {
        let mut arrivals = Arrivals::new();
        for number in 0..count {
            arrivals.note(number * ms(20), number * ms(20) + ms(7) + late(number));
        }
        arrivals
    }

    #[test]
    fn an_even_way_gets_the_least_delay() {
        let even = after(500, |_| 0);
        assert_eq!(even.delay(BOUNDS), ms(20));
        assert_eq!(even.base(), Some(ms(7)));
    }

    #[test]
    fn an_uneven_way_gets_what_most_packets_need() {
        let uneven = after(1_000, |number| ms(10) * (number * 7 % 9));
        assert!((ms(80)..=ms(95)).contains(&uneven.delay(BOUNDS)), "{}", uneven.delay(BOUNDS));
        assert_eq!(after(1_000, |number| ms(700) * (number % 2)).delay(BOUNDS), ms(200));
    }

    #[test]
    fn a_way_that_became_longer_is_the_new_ground() {
        let longer = after(1_000, |number| if number < 500 { 0 } else { ms(100) });
        assert_eq!(longer.base(), Some(ms(107)));
        assert!(longer.delay(BOUNDS) <= ms(120));
    }

    #[test]
    fn losses_leave_room_for_the_copy_in_the_packet_behind() {
        let mut lossy = after(1_000, |_| 0);
        (0..3).for_each(|_| lossy.note_loss());
        assert_eq!(lossy.delay(BOUNDS), ms(25));
    }
}
