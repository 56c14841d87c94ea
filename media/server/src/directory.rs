//! Which shard each leg lives on. Asked by `server` for every order; pure, never sees a socket.
//!
//! A conference stays together on one shard, where no packet is copied, until that shard's budget is
//! used up; then it spreads over the others through the rings (ADR 0019).

use media_control::{ConferenceId, LegId, LegRefusal, ShardId};
use std::collections::HashMap;

/// Share of its core, per mille, from which a shard gets no more legs while another has room.
pub(crate) const BUSY_PER_MILLE: u32 = 600;

/// Legs and their shards; holds at most shards × limit legs.
pub(crate) struct Directory {
    legs: HashMap<LegId, (ShardId, ConferenceId)>,
    /// Number of the first shard.
    first: u16,
    /// Legs of each shard.
    counts: Vec<u32>,
    /// Most legs of one shard.
    limit: u32,
    /// Legs of one shard up to which a conference stays there.
    budget: u32,
}

impl Directory {
    pub(crate) fn new(first: u16, shards: u16, limit: u32, budget: u32) -> Self {
        Self { legs: HashMap::new(), first, counts: vec![0; usize::from(shards)], limit, budget }
    }

    /// Finds a shard for a new leg: `wanted` when it exists, else that of the conference while its
    /// budget lasts, else the one with the fewest legs. `load` tells the share of its core that the
    /// shard at a place uses, per mille.
    ///
    /// # Errors
    /// `LegTaken` when the leg is known, `Full` when there is no room.
    pub(crate) fn place(
        &mut self,
        leg: LegId,
        conference: &ConferenceId,
        wanted: Option<ShardId>,
        load: impl Fn(usize) -> u32,
    ) -> Result<ShardId, LegRefusal> {
        if self.legs.contains_key(&leg) {
            return Err(LegRefusal::LegTaken);
        }
        let named = wanted.and_then(|shard| shard.0.checked_sub(self.first)).map(usize::from);
        let named = named.filter(|place| *place < self.counts.len());
        let place = named.unwrap_or_else(|| self.best_for(conference, &load));
        let shard = ShardId(self.first + place as u16);
        let count = &mut self.counts[place];
        if *count >= self.limit {
            return Err(LegRefusal::Full { limit: self.limit });
        }
        *count += 1;
        self.legs.insert(leg, (shard, conference.clone()));
        Ok(shard)
    }

    /// Of the shards that have the conference the one with most of it, as long as one of them has
    /// budget left; else the emptiest that is not busy; else the emptiest.
    fn best_for(&self, conference: &ConferenceId, load: &impl Fn(usize) -> u32) -> usize {
        let mut of_it = vec![0_u32; self.counts.len()];
        for (shard, _) in self.legs.values().filter(|(_, of)| of == conference) {
            of_it[usize::from(shard.0 - self.first)] += 1;
        }
        let is_busy = |place: usize| load(place) >= BUSY_PER_MILLE;
        let places = || 0..self.counts.len();
        let with_it = places()
            .filter(|place| of_it[*place] > 0 && self.counts[*place] < self.budget && !is_busy(*place))
            .max_by_key(|place| (of_it[*place], usize::MAX - place));
        let emptiest = || places().min_by_key(|place| (is_busy(*place), self.counts[*place]));
        // A full shard is no shard for it, however calm it is.
        let has_room = |place: &usize| self.counts[*place] < self.limit;
        let calm = || places().filter(has_room).min_by_key(|place| (is_busy(*place), self.counts[*place]));
        with_it.or_else(calm).or_else(emptiest).unwrap_or(0)
    }

    /// Where `leg` lives.
    pub(crate) fn shard_of(&self, leg: LegId) -> Option<ShardId> {
        self.legs.get(&leg).map(|(shard, _)| *shard)
    }

    /// Forgets `leg`.
    pub(crate) fn remove(&mut self, leg: LegId) {
        if let Some((shard, _)) = self.legs.remove(&leg) {
            self.counts[usize::from(shard.0 - self.first)] -= 1;
        }
    }

    /// Forgets every leg of `conference`.
    pub(crate) fn remove_conference(&mut self, conference: &ConferenceId) {
        let Self { counts, first, .. } = self;
        self.legs.retain(|_, (shard, of)| {
            let stays = of != conference;
            if !stays {
                counts[usize::from(shard.0 - *first)] -= 1;
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conference(name: &str) -> ConferenceId {
        ConferenceId::new(name).expect("a good name")
    }

    fn calm(_: usize) -> u32 {
        0
    }

    #[test]
    fn legs_go_to_the_shard_with_the_fewest_once_the_budget_is_used_up() {
        let mut directory = Directory::new(4, 2, 2, 1);
        let demo = conference("demo");
        let mut place = |n, wanted: Option<u16>| directory.place(LegId(n), &demo, wanted.map(ShardId), calm);
        assert_eq!(place(1, Some(0)), Ok(ShardId(4)), "a shard that is not ours");
        assert_eq!(place(2, None), Ok(ShardId(5)));
        assert_eq!(place(3, Some(5)), Ok(ShardId(5)));
        assert_eq!(place(3, None), Err(LegRefusal::LegTaken));
        assert_eq!(place(4, Some(5)), Err(LegRefusal::Full { limit: 2 }));
        assert_eq!(place(5, None), Ok(ShardId(4)));
        assert_eq!(place(6, None), Err(LegRefusal::Full { limit: 2 }));
    }

    /// Where `legs` of each conference go, in turn, with a budget of 3 and these loads per mille.
    fn check(legs: &str, loads: [u32; 3], expected: &str) {
        let mut directory = Directory::new(0, 3, 10, 3);
        let placed = legs.chars().enumerate().map(|(n, of)| {
            let of = conference(&of.to_string());
            let shard = directory.place(LegId(n as u64), &of, None, |place| loads[place]);
            shard.map_or_else(|_| "-".to_owned(), |shard| shard.to_string())
        });
        assert_eq!(placed.collect::<String>(), expected, "{legs}");
    }

    #[test]
    fn conference_stays_together_until_the_budget_of_its_shard_is_used_up() {
        check("aaaaaaaaa", [0; 3], "000111222");
        check("aabbcc", [0; 3], "001122");
        // The budget is the shard's, whoever is on it.
        check("abcabcabc", [0; 3], "012012012");
        // Beyond the budget of all the emptiest takes more.
        check("aaaaaaaaaaaa", [0; 3], "000111222012");
    }

    #[test]
    fn busy_shard_gets_no_more_while_another_is_calm() {
        check("aaaaaa", [700, 0, 0], "111222");
        check("aaaa", [700, 800, 650], "0120");
    }

    #[test]
    fn room_is_free_again_when_a_leg_or_conference_ends() {
        let mut directory = Directory::new(0, 1, 2, 2);
        let (a, b) = (conference("a"), conference("b"));
        assert!(directory.place(LegId(1), &a, None, calm).is_ok());
        assert!(directory.place(LegId(2), &b, None, calm).is_ok());
        directory.remove(LegId(1));
        directory.remove(LegId(1));
        assert!(directory.place(LegId(3), &b, None, calm).is_ok());
        directory.remove_conference(&b);
        assert_eq!(directory.shard_of(LegId(3)), None);
        assert_eq!(directory.counts, [0]);
    }
}
