//! Which process each leg lives in. Asked by `processes` for every order; pure.

use media_control::{ConferenceId, LegId, LegRefusal, ShardId};
use std::collections::HashMap;

/// Legs and their processes. Process 0 is this one and always there.
pub(super) struct Placement {
    legs: HashMap<LegId, (usize, ConferenceId)>,
    processes: Vec<Process>,
    /// Shards of each process, numbered on from process to process.
    shards: u16,
    /// Most legs of one process.
    limit: u32,
}

#[derive(Clone, Copy)]
struct Process {
    is_up: bool,
    legs: u32,
}

impl Placement {
    pub(super) fn new(processes: usize, shards: u16, limit_per_shard: u32) -> Self {
        let processes = (0..processes).map(|number| Process { is_up: number == 0, legs: 0 }).collect();
        let limit = limit_per_shard.saturating_mul(u32::from(shards));
        Self { legs: HashMap::new(), processes, shards: shards.max(1), limit }
    }

    /// Finds a process for a new leg: that of the wanted shard while it is up, else the one with the
    /// fewest legs.
    ///
    /// # Errors
    /// `LegTaken` when the leg is known, `Full` when there is no room.
    pub(super) fn place(
        &mut self,
        leg: LegId,
        conference: &ConferenceId,
        wanted: Option<ShardId>,
    ) -> Result<usize, LegRefusal> {
        if self.legs.contains_key(&leg) {
            return Err(LegRefusal::LegTaken);
        }
        let named = wanted.map(|shard| usize::from(shard.0 / self.shards));
        let named = named.filter(|place| self.processes.get(*place).is_some_and(|process| process.is_up));
        let place = named.unwrap_or_else(|| self.least_loaded());
        let process = &mut self.processes[place];
        if process.legs >= self.limit {
            return Err(LegRefusal::Full { limit: self.limit });
        }
        process.legs += 1;
        self.legs.insert(leg, (place, conference.clone()));
        Ok(place)
    }

    fn least_loaded(&self) -> usize {
        let up = self.processes.iter().enumerate().filter(|(_, process)| process.is_up);
        up.min_by_key(|(_, process)| process.legs).map_or(0, |(place, _)| place)
    }

    /// Where `leg` lives.
    pub(super) fn process_of(&self, leg: LegId) -> Option<usize> {
        self.legs.get(&leg).map(|(place, _)| *place)
    }

    /// Forgets `leg`.
    pub(super) fn remove(&mut self, leg: LegId) {
        if let Some((place, _)) = self.legs.remove(&leg) {
            self.processes[place].legs -= 1;
        }
    }

    /// Forgets every leg of `conference`.
    pub(super) fn remove_conference(&mut self, conference: &ConferenceId) {
        let ended: Vec<LegId> =
            self.legs.iter().filter(|(_, (_, of))| of == conference).map(|(leg, _)| *leg).collect();
        ended.into_iter().for_each(|leg| self.remove(leg));
    }

    /// The process takes legs from now on.
    pub(super) fn is_up(&mut self, place: usize) {
        self.processes[place].is_up = true;
    }

    /// The process is gone; answers the legs that it had.
    pub(super) fn is_gone(&mut self, place: usize) -> Vec<LegId> {
        self.processes[place].is_up = false;
        let mut lost: Vec<LegId> =
            self.legs.iter().filter(|(_, (at, _))| *at == place).map(|(leg, _)| *leg).collect();
        lost.sort_unstable();
        lost.iter().for_each(|leg| self.remove(*leg));
        lost
    }

    /// Legs of each process.
    pub(super) fn loads(&self) -> impl Iterator<Item = u32> {
        self.processes.iter().map(|process| process.legs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_go_to_the_emptiest_process_that_is_up_and_leave_with_it() {
        let demo = ConferenceId::new("demo").expect("a good name");
        let mut placement = Placement::new(3, 2, 1);
        let place =
            |p: &mut Placement, leg, wanted: Option<u16>| p.place(LegId(leg), &demo, wanted.map(ShardId));
        assert_eq!(place(&mut placement, 1, Some(4)), Ok(0), "only this process is up");
        placement.is_up(2);
        assert_eq!(place(&mut placement, 2, None), Ok(2));
        assert_eq!(place(&mut placement, 3, Some(5)), Ok(2));
        assert_eq!(place(&mut placement, 3, None), Err(LegRefusal::LegTaken));
        assert_eq!(place(&mut placement, 4, Some(4)), Err(LegRefusal::Full { limit: 2 }));
        assert_eq!(place(&mut placement, 5, None), Ok(0));
        assert_eq!(placement.is_gone(2), [LegId(2), LegId(3)]);
        assert_eq!(placement.loads().collect::<Vec<_>>(), [2, 0, 0]);
        assert_eq!(place(&mut placement, 6, Some(4)), Err(LegRefusal::Full { limit: 2 }));
        placement.is_up(2);
        assert_eq!(place(&mut placement, 6, None), Ok(2));
        placement.remove_conference(&demo);
        assert_eq!(placement.loads().sum::<u32>(), 0);
        assert_eq!(placement.process_of(LegId(6)), None);
    }
}
