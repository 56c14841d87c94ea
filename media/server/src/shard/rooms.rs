//! The conferences that have legs on this shard, and which other shards need their packets.
//! Owned by the loop; a room goes when its last local leg has gone.

use media_control::ConferenceId;
use media_core::room::{Room, RoomCounters, RoomEvent, RoomLimits};
use media_core::stream::ids::{LegKey, ParticipantKey, SourceKind};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
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
    /// It listens, with or without legs.
    is_attending: bool,
}

impl Elsewhere {
    fn is_empty(&self) -> bool {
        self.legs.is_empty() && !self.is_attending
    }
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
        if self.remote_legs.get(&leg).is_some_and(|(home, _)| *home != shard) {
            // The first shard that has it keeps it.
            return false;
        }
        let told = self.elsewhere[shard].entry(conference.clone()).or_default();
        let is_first = told.is_empty();
        told.legs.insert(leg, participant);
        self.remote_legs.insert(leg, (shard, conference.clone()));
        if let Some(seat) = self.place_of(conference).and_then(|place| self.at(place)) {
            // Said twice is no fault; a full room shows in its own counters.
            let _ = seat.room.join_remote(now, leg, participant);
        }
        is_first
    }

    /// Forgets a leg on `shard`.
    pub(crate) fn left_elsewhere(&mut self, now: Instant, shard: usize, leg: LegKey) {
        let Some((_, conference)) = self.take_remote(shard, leg) else {
            return;
        };
        let mut is_last = false;
        if let Some(told) = self.elsewhere[shard].get_mut(&conference) {
            told.legs.remove(&leg);
            is_last = told.is_empty();
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

    fn take_remote(&mut self, shard: usize, leg: LegKey) -> Option<(usize, ConferenceId)> {
        let is_there = self.remote_legs.get(&leg).is_some_and(|(home, _)| *home == shard);
        if is_there { self.remote_legs.remove(&leg) } else { None }
    }

    /// Notes that `shard` listens to a conference, or no longer. `true` when nothing of it was there.
    pub(crate) fn attends_elsewhere(
        &mut self,
        shard: usize,
        conference: &ConferenceId,
        is_attending: bool,
    ) -> bool {
        let told = self.elsewhere[shard].entry(conference.clone()).or_default();
        let was_empty = told.is_empty();
        told.is_attending = is_attending;
        if !told.is_empty() {
            return was_empty;
        }
        self.elsewhere[shard].remove(conference);
        if let Some(seat) = self.place_of(conference).and_then(|place| self.at(place)) {
            seat.room.shard_left(shard);
        }
        false
    }

    /// Forgets everything that `shard` told.
    pub(crate) fn shard_gone(&mut self, now: Instant, shard: usize) {
        for (conference, told) in std::mem::take(&mut self.elsewhere[shard]) {
            for leg in told.legs.keys() {
                self.remote_legs.remove(leg);
            }
            let Some(seat) = self.place_of(&conference).and_then(|place| self.at(place)) else { continue };
            for leg in told.legs.keys() {
                seat.room.leave(now, *leg);
            }
            seat.room.shard_left(shard);
        }
    }

    /// The conferences that have legs here.
    pub(crate) fn conferences(&self) -> Vec<ConferenceId> {
        self.by_conference.keys().cloned().collect()
    }

    /// The shard of that number, if there can be one.
    pub(crate) fn shard_numbered(&self, number: u64) -> Option<usize> {
        usize::try_from(number).ok().filter(|shard| *shard < self.elsewhere.len())
    }

    /// Which shards elsewhere than `here` need the packets of this source of the room at `place`.
    pub(crate) fn wanted_away(&self, here: &Range<usize>, place: usize, picture: Picture) -> u64 {
        let away = (0..self.elsewhere.len()).filter(|shard| !here.contains(shard));
        away.filter(|shard| self.is_wanted_by(*shard, place, picture))
            .fold(0, |mask, shard| mask | 1 << shard)
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
        // Most shards that could be have never said anything.
        let told = &self.elsewhere[shard];
        !told.is_empty()
            && told
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
    use media_core::room::{LocalLeg, SLOTS, SlotSsrcs, Takes};
    use media_core::stream::ids::SourceKinds;

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
        rooms.left_elsewhere(now, 2, LegKey(5));
        assert!(rooms.is_wanted_by(1, here, camera), "only its own shard takes a leg out");
        rooms.left_elsewhere(now, 1, LegKey(5));
        assert!(!rooms.is_wanted_by(1, here, camera));
    }

    #[test]
    fn conference_has_more_legs_than_one_shard_carries() {
        let (mut rooms, demo, now) = rooms();
        let here = rooms.open(now, &demo);
        for number in 0..1_200 {
            let shard = 1 + number as usize % 2;
            rooms.joined_elsewhere(now, shard, &demo, LegKey(number), ParticipantKey(number as u32));
        }
        let own = LocalLeg {
            leg: LegKey(5_000),
            participant: ParticipantKey(5_000),
            allowed: SourceKinds::ALL,
            slots: [SlotSsrcs { media: 1, rtx: 0 }; SLOTS],
            feedback_ssrc: 9,
            takes: Takes::ALL,
        };
        assert_eq!(rooms.at(here).expect("open").room.join(now, &own), Ok(()));
    }

    #[test]
    fn shard_that_is_gone_takes_its_legs_and_wishes_along() {
        let (mut rooms, demo, now) = rooms();
        let here = rooms.open(now, &demo);
        let camera = (ParticipantKey(1), SourceKind::Camera);
        rooms.joined_elsewhere(now, 1, &demo, LegKey(5), ParticipantKey(2));
        rooms.joined_elsewhere(now, 2, &demo, LegKey(5), ParticipantKey(2));
        rooms.wanted_elsewhere(1, &demo, camera, true);
        assert_eq!(rooms.wanted_away(&(0..1), here, camera), 1 << 1);
        assert_eq!(rooms.remote_leg(LegKey(5)), Some((1, Some(here))), "the first shard keeps a leg");
        rooms.shard_gone(now, 1);
        assert_eq!((rooms.wanted_away(&(0..1), here, camera), rooms.remote_leg(LegKey(5))), (0, None));
        assert!(rooms.attends_elsewhere(2, &demo, true));
        assert_eq!(rooms.wanted_away(&(0..1), here, (ParticipantKey(1), SourceKind::Microphone)), 1 << 2);
        assert!(!rooms.attends_elsewhere(2, &demo, false));
        assert_eq!(rooms.wanted_away(&(0..1), here, (ParticipantKey(1), SourceKind::Microphone)), 0);
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
