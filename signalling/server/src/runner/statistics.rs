//! Figures of media as those who look after a meeting see them: of every place, of every shard.
//!
//! Places keep the newest that media told of their leg; `http` asks for all of a conference at once.
//! Nothing is kept longer than [`FRESH_MS`], and nothing changes the meeting.

use super::place::Place;
use super::task::Task;
use crate::protocol::statistics::{
    ConferenceStatistics, LinkStatistics, ParticipantStatistics, ShardStatistics,
};
use conference::view::Presence;
use media_control::{LegStats, ShardId, ShardLoad, StreamList};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Media tells figures every 2 s; what is three times as old is not true any more.
pub(super) const FRESH_MS: i64 = 6_000;
/// Most shards whose load is kept, as many as a server can have.
const MAX_SHARDS: usize = 64;

/// The newest figures of a leg.
#[derive(Clone, Copy, Debug)]
pub(super) struct LegNews {
    pub at_ms: i64,
    pub stats: LegStats,
    pub streams: StreamList,
}

/// The newest load of every shard of this server, in its own process and in others.
#[derive(Debug, Default)]
pub(crate) struct ShardLoads(Mutex<BTreeMap<ShardId, (i64, ShardLoad)>>);

impl ShardLoads {
    /// Notes what a shard told.
    pub(super) fn note(&self, now_ms: i64, load: ShardLoad) {
        let mut loads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if loads.len() < MAX_SHARDS || loads.contains_key(&load.shard) {
            loads.insert(load.shard, (now_ms, load));
        }
    }

    /// The loads that are still true, by the number of the shard.
    pub(crate) fn fresh(&self, now_ms: i64) -> Vec<ShardStatistics> {
        let loads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = loads.values().filter(|(at_ms, _)| now_ms - at_ms < FRESH_MS);
        fresh.map(|(_, load)| ShardStatistics::from(*load)).collect()
    }
}

impl Task {
    /// Everybody's media connection now, without the shards.
    pub(super) fn statistics(&self) -> ConferenceStatistics {
        let now_ms = self.parts.clock.now_ms();
        let of = |participant: &conference::Participant| ParticipantStatistics {
            participant: participant.id,
            name: self.texts.text(participant.name).to_owned(),
            unit: self.texts.text(participant.unit).to_owned(),
            role: participant.role,
            is_here: participant.presence() == Presence::Here,
            link: self.places.get(&participant.id).and_then(|place| link(now_ms, place)),
        };
        let participants = self.state.participants().iter().map(of).collect();
        let programmes = self.programme_statistics(now_ms);
        let programmes = (!programmes.is_empty()).then_some(programmes);
        ConferenceStatistics { at_ms: now_ms, participants, shards: None, programmes }
    }
}

fn link(now_ms: i64, place: &Place) -> Option<LinkStatistics> {
    let leg = place.leg.as_ref()?;
    let news = leg.news.as_ref().filter(|news| now_ms - news.at_ms < FRESH_MS)?;
    let streams = Vec::from(news.streams);
    Some(LinkStatistics::new(leg.shard?, leg.via, &news.stats, &streams))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(shard: u16) -> ShardLoad {
        ShardLoad {
            shard: ShardId(shard),
            cpu: 0.5,
            legs: 3,
            conferences: 1,
            received_pps: 1,
            sent_pps: 2,
            received_bps: 3,
            sent_bps: 4,
            relayed_pps: 5,
            waiting_packets: 6,
            ring_packets: 7,
            longest_turn_us: 8,
            dropped_pps: 9,
        }
    }

    #[test]
    fn shards_are_bounded_and_forgotten_when_they_fall_silent() {
        let loads = ShardLoads::default();
        (0..100).for_each(|shard| loads.note(1_000, load(shard)));
        assert_eq!(loads.fresh(1_000).len(), MAX_SHARDS);
        loads.note(5_000, load(7));
        let left: Vec<_> = loads.fresh(1_000 + FRESH_MS).iter().map(|told| told.shard).collect();
        assert_eq!(left, [ShardId(7)]);
    }
}
