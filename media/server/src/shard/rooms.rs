//! The conferences that have legs on this shard, and which other shards need their packets.
//! Owned by the loop; a room goes when its last local leg has gone.

use media_control::ConferenceId;
use media_core::room::{Room, RoomCounters, RoomEvent, RoomLimits};
use media_core::stream::ids::{LegKey, ParticipantKey, SourceKind};
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// A picture that somebody looks at.
pub(crate) type Picture = (ParticipantKey, SourceKind);

/// One conference here and its other legs elsewhere.
pub(crate) struct RoomSeat {
    pub(crate) conference: ConferenceId,
    pub(crate) room: Room,
    /// Legs of this conference on this shard.
    pub(crate) local: Vec<LegKey>,
    /// What the viewers of this shard look at.
    pub(crate) wanted_here: HashSet<Picture>,
    /// Packets wait for a flush.
    pub(crate) has_packets: bool,
    /// Counts of the room that the shard's own contain already.
    pub(crate) counted: RoomCounters,
}

/// What another shard told about one conference; kept even while no leg of it is here.
#[derive(Default)]
pub(crate) struct Elsewhere {
    pub(crate) legs: HashMap<LegKey, ParticipantKey>,
    pub(crate) wanted: HashSet<Picture>,
}

/// Shard and conference of each leg that lives elsewhere.
pub(crate) type RemoteLegs = HashMap<LegKey, (usize, ConferenceId)>;

/// All conferences of one shard.
pub(crate) struct Rooms {
    places: Vec<Option<RoomSeat>>,
    free: Vec<usize>,
    by_conference: HashMap<ConferenceId, usize>,
    /// For each other shard, what it told.
    elsewhere: Vec<HashMap<ConferenceId, Elsewhere>>,
    remote_legs: RemoteLegs,
    limits: RoomLimits,
}

impl Rooms {
    pub(crate) fn new(shards: usize, limits: RoomLimits) -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
            by_conference: HashMap::new(),
            elsewhere: (0..shards).map(|_| HashMap::new()).collect(),
            remote_legs: HashMap::new(),
            limits,
        }
    }

    /// The room of `conference`, made when it is not there, with the remote legs already in it.
    pub(crate) fn open(&mut self, now: Instant, conference: &ConferenceId) -> usize {
        if let Some(place) = self.by_conference.get(conference) {
            return *place;
        }
        let mut room = Room::new(now, self.limits);
        for told in self.elsewhere.iter().filter_map(|shard| shard.get(conference)) {
            for (leg, participant) in &told.legs {
                // A full room shows as missing participants and in the room's own counters.
                let _ = room.join_remote(now, *leg, *participant);
            }
        }
        let seat = RoomSeat {
            conference: conference.clone(),
            room,
            local: Vec::new(),
            wanted_here: HashSet::new(),
            has_packets: false,
            counted: RoomCounters::default(),
        };
        let place = self.free.pop().unwrap_or(self.places.len());
        if place == self.places.len() {
            self.places.push(Some(seat));
        } else {
            self.places[place] = Some(seat);
        }
        self.by_conference.insert(conference.clone(), place);
        place
    }

    /// Closes the room at `place` when no local leg is in it.
    pub(crate) fn close_if_empty(&mut self, place: usize) {
        let Some(seat) = self.places.get(place).and_then(Option::as_ref) else { return };
        if seat.local.is_empty() {
            self.by_conference.remove(&seat.conference);
            self.places[place] = None;
            self.free.push(place);
        }
    }

    pub(crate) fn at(&mut self, place: usize) -> Option<&mut RoomSeat> {
        self.places.get_mut(place)?.as_mut()
    }

    pub(crate) fn place_of(&self, conference: &ConferenceId) -> Option<usize> {
        self.by_conference.get(conference).copied()
    }

    /// One more than the last place in use; places below may be empty.
    pub(crate) fn end(&self) -> usize {
        self.places.len()
    }

    /// Notes a leg on `shard`. `true` when it is the first of its conference there.
    pub(crate) fn joined_elsewhere(
        &mut self,
        now: Instant,
        shard: usize,
        conference: &ConferenceId,
        leg: LegKey,
        participant: ParticipantKey,
    ) -> bool {
        let told = self.elsewhere[shard].entry(conference.clone()).or_default();
        let is_first = told.legs.is_empty();
        told.legs.insert(leg, participant);
        self.remote_legs.insert(leg, (shard, conference.clone()));
        if let Some(seat) = self.place_of(conference).and_then(|place| self.at(place)) {
            // Said twice is no fault; a full room shows in its own counters.
            let _ = seat.room.join_remote(now, leg, participant);
        }
        is_first
    }

    /// Forgets a leg on another shard.
    pub(crate) fn left_elsewhere(&mut self, now: Instant, leg: LegKey) {
        let Some((shard, conference)) = self.remote_legs.remove(&leg) else { return };
        let mut is_last = false;
        if let Some(told) = self.elsewhere[shard].get_mut(&conference) {
            told.legs.remove(&leg);
            is_last = told.legs.is_empty();
            if is_last {
                self.elsewhere[shard].remove(&conference);
            }
        }
        if let Some(seat) = self.place_of(&conference).and_then(|place| self.at(place)) {
            seat.room.leave(now, leg);
            if is_last {
                seat.room.shard_left(shard);
            }
        }
    }

    /// Notes that a viewer on `shard` looks at a picture, or no longer does.
    pub(crate) fn wanted_elsewhere(
        &mut self,
        shard: usize,
        conference: &ConferenceId,
        picture: Picture,
        is_wanted: bool,
    ) {
        let Some(told) = self.elsewhere[shard].get_mut(conference) else { return };
        if is_wanted {
            told.wanted.insert(picture);
        } else {
            told.wanted.remove(&picture);
        }
    }

    /// Whether `shard` needs the packets of this source of the room at `place`.
    pub(crate) fn is_wanted_by(&self, shard: usize, place: usize, picture: Picture) -> bool {
        let Some(seat) = self.places.get(place).and_then(Option::as_ref) else { return false };
        self.elsewhere[shard]
            .get(&seat.conference)
            .is_some_and(|told| !picture.1.is_video() || told.wanted.contains(&picture))
    }

    /// Whether a shard with a lower number has legs of `conference`: that one then tells what one
    /// shard of a conference has to tell.
    pub(crate) fn has_legs_below(&self, shard: usize, conference: &ConferenceId) -> bool {
        self.elsewhere[..shard].iter().any(|told| told.contains_key(conference))
    }

    /// Hands what happened in the room at `place` to `tell`, beside the homes of remote legs.
    pub(crate) fn events_of(&mut self, place: usize, mut tell: impl FnMut(RoomEvent<'_>, &RemoteLegs)) {
        let Self { places, remote_legs, .. } = self;
        if let Some(seat) = places.get_mut(place).and_then(Option::as_mut) {
            seat.room.events(&mut |event| tell(event, remote_legs));
        }
    }

    /// Where a remote leg lives and the number of its room here.
    pub(crate) fn remote_leg(&self, leg: LegKey) -> Option<(usize, Option<usize>)> {
        let (shard, conference) = self.remote_legs.get(&leg)?;
        Some((*shard, self.place_of(conference)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms() -> (Rooms, ConferenceId, Instant) {
        let demo = ConferenceId::new("demo").expect("a good name");
        (Rooms::new(3, RoomLimits::default()), demo, Instant::now())
    }

    #[test]
    fn pictures_go_only_where_somebody_looks_and_voices_everywhere() {
        let (mut rooms, demo, now) = rooms();
        let here = rooms.open(now, &demo);
        let camera = (ParticipantKey(1), SourceKind::Camera);
        assert!(rooms.joined_elsewhere(now, 1, &demo, LegKey(5), ParticipantKey(2)));
        assert!(!rooms.joined_elsewhere(now, 1, &demo, LegKey(5), ParticipantKey(2)));
        assert!(!rooms.is_wanted_by(1, here, camera));
        assert!(rooms.is_wanted_by(1, here, (ParticipantKey(1), SourceKind::Microphone)));
        rooms.wanted_elsewhere(1, &demo, camera, true);
        assert!(rooms.is_wanted_by(1, here, camera));
        assert!(!rooms.is_wanted_by(2, here, camera));
        rooms.left_elsewhere(now, LegKey(5));
        assert!(!rooms.is_wanted_by(1, here, camera));
    }

    #[test]
    fn lowest_shard_of_a_conference_tells_for_all() {
        let (mut rooms, demo, now) = rooms();
        assert!(!rooms.has_legs_below(2, &demo));
        rooms.joined_elsewhere(now, 1, &demo, LegKey(5), ParticipantKey(2));
        assert!(rooms.has_legs_below(2, &demo));
        assert!(!rooms.has_legs_below(1, &demo));
    }
}
