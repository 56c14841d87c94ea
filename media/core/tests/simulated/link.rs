//! A one-way link with loss, delay, reordering and a narrow place, driven by a fixed seed.
//!
//! Used by `world`. Time is handed in; nothing sleeps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// SplitMix64: small, seeded, the same everywhere.
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }
}

/// What a link does to packets.
#[derive(Clone, Copy)]
pub struct Weather {
    pub loss_percent: u64,
    pub delay_ms: u64,
    /// Added at random, so that packets overtake one another.
    pub spread_ms: u64,
    /// Narrow place; a packet that would wait longer than 150 ms there is dropped.
    pub limit_bps: Option<u64>,
}

impl Default for Weather {
    fn default() -> Self {
        Self { loss_percent: 0, delay_ms: 10, spread_ms: 0, limit_bps: None }
    }
}

pub struct Link {
    pub weather: Weather,
    pub dropped: u64,
    dice: Dice,
    free_at: Instant,
    flying: BinaryHeap<Reverse<(Instant, u64, Vec<u8>)>>,
    count: u64,
}

impl Link {
    pub fn new(now: Instant, seed: u64, weather: Weather) -> Self {
        let flying = BinaryHeap::new();
        Self { weather, dropped: 0, dice: Dice(seed), free_at: now, flying, count: 0 }
    }

    /// What is under way arrives nowhere.
    pub fn clear(&mut self) {
        self.flying.clear();
    }

    pub fn send(&mut self, now: Instant, bytes: Vec<u8>) {
        if self.dice.below(100) < self.weather.loss_percent {
            self.dropped += 1;
            return;
        }
        let mut leaves = now;
        if let Some(limit_bps) = self.weather.limit_bps {
            self.free_at = self.free_at.max(now);
            if self.free_at - now > Duration::from_millis(150) {
                self.dropped += 1;
                return;
            }
            self.free_at += Duration::from_micros(bytes.len() as u64 * 8_000_000 / limit_bps);
            leaves = self.free_at;
        }
        let spread = self.dice.below(self.weather.spread_ms * 1000 + 1);
        let delay = Duration::from_micros(self.weather.delay_ms * 1000 + spread);
        self.count += 1;
        self.flying.push(Reverse((leaves + delay, self.count, bytes)));
    }

    pub fn arrived(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.flying.peek().filter(|next| next.0.0 <= now)?;
        self.flying.pop().map(|next| next.0.2)
    }
}
