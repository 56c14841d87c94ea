//! Which rates of one picture are encoded: at most two, by what its viewers' links carry.
//!
//! Fed by the mixer with what each part of the media server says its viewers need, asked before each picture.
//! A third rate would be a third encode for little: what two rates cannot serve well is served by the lower one.

use crate::codec::Bitrate;
use std::collections::BTreeMap;
use std::time::Duration;

/// Most encodes of one content.
pub const RUNGS: usize = 2;
/// A lower rate is made when it was needed for so long: whoever has just come needs one for a moment only,
/// until its link is known. A media server waits three seconds for a layer.
const RIPE: Duration = Duration::from_secs(2);
/// Below it no picture of a meeting can be looked at.
const LEAST: Bitrate = Bitrate::kbit(150);

/// A rate of a picture; all have its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rung {
    /// For links that carry hardly more than sound.
    Low,
    /// A third, for links that do not carry all.
    Middle,
    Full,
}

impl Rung {
    pub const ALL: [Self; 3] = [Self::Low, Self::Middle, Self::Full];

    /// Its rate where `full` is that of the whole: near what a media server takes the layers of a camera for.
    #[must_use]
    pub fn rate(self, full: Bitrate) -> Bitrate {
        let rate = match self {
            Self::Low => full.0 / 8,
            Self::Middle => full.0 / 3,
            Self::Full => full.0,
        };
        Bitrate(rate.max(LEAST.0))
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Who says what its viewers need: a connection to a media server, and a shard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Teller {
    pub link: usize,
    pub shard: u8,
}

/// What all viewers of one picture need.
#[derive(Clone, Debug)]
pub struct RungNeeds {
    /// Bits by [`Rung`]; at most one entry for each shard there is.
    told: BTreeMap<Teller, u8>,
    /// Since when each is needed.
    since: [Option<Duration>; Rung::ALL.len()],
    made: Vec<Rung>,
}

impl Default for RungNeeds {
    fn default() -> Self {
        Self { told: BTreeMap::new(), since: [None; Rung::ALL.len()], made: vec![Rung::Full] }
    }
}

impl RungNeeds {
    /// Replaces what the viewers behind `teller` need, as bits low, middle, full.
    pub fn tell(&mut self, now: Duration, teller: Teller, bits: u8) {
        self.told.insert(teller, bits);
        let needed = self.told.values().fold(0, |all, bits| all | bits);
        for (rung, since) in Rung::ALL.into_iter().zip(&mut self.since) {
            *since = (needed & rung.bit() != 0).then(|| since.unwrap_or(now));
        }
    }

    /// The rungs to encode now, lowest first: one where one serves all, never none.
    pub fn rungs(&mut self, now: Duration) -> &[Rung] {
        let is_wanted = |rung: &Rung| {
            let since = self.since[*rung as usize];
            let is_made = self.made.contains(rung) || *rung == Rung::Full;
            since.is_some_and(|since| is_made || now.saturating_sub(since) >= RIPE)
        };
        let wanted: Vec<Rung> = Rung::ALL.into_iter().filter(is_wanted).collect();
        if let [lowest, .., highest] = wanted[..] {
            self.made = vec![lowest, highest];
        } else if !wanted.is_empty() {
            self.made = wanted;
        } else if self.since.iter().all(Option::is_none) {
            self.made = vec![Rung::Full];
        }
        // Else what is needed is not ripe: what is made goes on until it is.
        &self.made
    }
}
