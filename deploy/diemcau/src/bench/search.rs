//! Looks for the greatest number of receivers that a machine carries, with as few tries as will do.
//!
//! Asked by `bench` before each run and told its verdict after it. Pure: knows no server and no clock.

/// Receivers of the first try.
const FIRST: u32 = 50;
/// A range this small is not searched further: one in ten of what is carried,
const FINE_SHARE: u32 = 10;
/// and never less than this.
const FINE_LEAST: u32 = 5;

/// What a run has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Carried,
    /// Too slow, or something was lost.
    Broke,
    /// The clients of the run needed more than their core: nothing is known of the server.
    ClientsTooSlow,
}

/// Doubles until it breaks, then halves what is between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    carried: u32,
    broke: Option<u32>,
    most: u32,
    is_cut_short: bool,
}

impl Search {
    /// `most` receivers are enough to know.
    #[must_use]
    pub const fn up_to(most: u32) -> Self {
        Self { carried: 0, broke: None, most, is_cut_short: false }
    }

    /// Receivers of the next run; `None` when the answer is known well enough.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        let fine = (self.carried / FINE_SHARE).max(FINE_LEAST);
        match self.broke {
            _ if self.is_cut_short || self.carried >= self.most => None,
            None if self.carried == 0 => Some(FIRST.min(self.most)),
            None => Some((self.carried * 2).min(self.most)),
            Some(broke) if self.carried == 0 => (broke > 1).then_some(broke / 2),
            Some(broke) => (broke - self.carried > fine).then_some((self.carried + broke) / 2),
        }
    }

    pub fn take(&mut self, receivers: u32, verdict: Verdict) {
        match verdict {
            Verdict::Carried => self.carried = self.carried.max(receivers),
            Verdict::Broke => self.broke = Some(self.broke.map_or(receivers, |it| it.min(receivers))),
            Verdict::ClientsTooSlow => self.is_cut_short = true,
        }
    }

    /// The greatest number that was carried.
    #[must_use]
    pub const fn carried(&self) -> u32 {
        self.carried
    }

    /// More might be carried, but the clients could not tell.
    #[must_use]
    pub const fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches on a machine that carries `carries` and whose clients are good for `clients`.
    fn check(carries: u32, clients: u32, most: u32, expected: (u32, &[u32])) {
        let mut search = Search::up_to(most);
        let mut tried = Vec::new();
        while let Some(receivers) = search.next() {
            tried.push(receivers);
            let verdict = match receivers {
                _ if receivers > clients => Verdict::ClientsTooSlow,
                _ if receivers > carries => Verdict::Broke,
                _ => Verdict::Carried,
            };
            search.take(receivers, verdict);
        }
        assert_eq!((search.carried(), tried.as_slice()), expected);
        assert_eq!(search.is_cut_short(), tried.last().is_some_and(|last| *last > clients));
    }

    #[test]
    fn a_strong_machine_is_doubled_up_to_what_its_shards_take() {
        check(2_000, 9_999, 480, (480, &[50, 100, 200, 400, 480]));
    }

    #[test]
    fn the_breaking_point_is_found_within_a_tenth() {
        check(277, 9_999, 480, (275, &[50, 100, 200, 400, 300, 250, 275]));
    }

    #[test]
    fn a_weak_machine_is_halved_down_to_one() {
        check(20, 9_999, 480, (18, &[50, 25, 12, 18, 21]));
        check(0, 9_999, 480, (0, &[50, 25, 12, 6, 3, 1]));
    }

    #[test]
    fn clients_that_cannot_follow_end_the_search() {
        check(2_000, 300, 480, (200, &[50, 100, 200, 400]));
    }
}
