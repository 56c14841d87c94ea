//! Orders of one conference that the media server has not taken yet.
//!
//! Part of the runner's task. Of each leg the newest of a kind waits and no other: somebody who comes
//! into a full media server waits for its turn and is never refused for what others have ordered
//! before, and what waits is bounded by the legs, however often their wishes change meanwhile.

use crate::media_port::MediaPort;
use media_control::{ConferenceId, LegId, MediaCommand, ParticipantId};
use std::collections::{BTreeMap, VecDeque};

/// From so many waiting orders on, a program that can come again is told to.
const CROWDED: usize = 1024;

/// What the newest order takes the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Open,
    Answer,
    Restart,
    Allow,
    Watch,
    SpeaksAs,
    Close,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Leg(LegId, Kind),
    Conference(ConferenceId),
    Programme(ConferenceId, ParticipantId),
    Live(ConferenceId),
}

impl Key {
    fn of(command: &MediaCommand) -> Self {
        let (leg, kind) = match command {
            MediaCommand::OpenLeg { leg, .. } | MediaCommand::TakeOffer { leg, .. } => (leg, Kind::Open),
            MediaCommand::Answer { leg, .. } => (leg, Kind::Answer),
            MediaCommand::RestartIce { leg } | MediaCommand::TakeRestart { leg, .. } => (leg, Kind::Restart),
            MediaCommand::Allow { leg, .. } => (leg, Kind::Allow),
            MediaCommand::Watch { leg, .. } => (leg, Kind::Watch),
            MediaCommand::SpeaksAs { leg, .. } => (leg, Kind::SpeaksAs),
            MediaCommand::CloseLeg { leg } => (leg, Kind::Close),
            MediaCommand::CloseConference { conference } => return Self::Conference(conference.clone()),
            MediaCommand::Compose { composition } => {
                return Self::Programme(composition.conference.clone(), composition.programme);
            }
            MediaCommand::StopComposing { conference, programme } => {
                return Self::Programme(conference.clone(), *programme);
            }
            MediaCommand::OpenLive { conference, .. } | MediaCommand::CloseLive { conference } => {
                return Self::Live(conference.clone());
            }
        };
        Self::Leg(*leg, kind)
    }

    fn is_of(&self, leg: LegId) -> bool {
        matches!(self, Self::Leg(own, _) if *own == leg)
    }
}

/// Orders in the order given, kept until the media server takes them.
#[derive(Debug, Default)]
pub(super) struct MediaOrders {
    turns: VecDeque<Key>,
    waiting: BTreeMap<Key, MediaCommand>,
}

impl MediaOrders {
    /// Appends an order. One of the same kind for the same leg that still waits is replaced where it is; a
    /// leg that is closed needs nothing else any more, and nothing at all when the media server has never
    /// heard of it.
    pub(super) fn push(&mut self, command: MediaCommand) {
        let key = Key::of(&command);
        if let MediaCommand::CloseLeg { leg } = command {
            let is_unknown = self.waiting.contains_key(&Key::Leg(leg, Kind::Open));
            self.turns.retain(|turn| !turn.is_of(leg));
            self.waiting.retain(|turn, _| !turn.is_of(leg));
            if is_unknown {
                return;
            }
        }
        if self.waiting.insert(key.clone(), command).is_none() {
            self.turns.push_back(key);
        }
    }

    /// Whether so many wait that a program which can come again should.
    pub(super) fn are_crowded(&self) -> bool {
        self.turns.len() >= CROWDED
    }

    /// Whether some could not be sent yet.
    pub(super) fn are_waiting(&self) -> bool {
        !self.turns.is_empty()
    }

    /// Sends as many as the media server takes.
    pub(super) fn send(&mut self, port: &dyn MediaPort) {
        while let Some(command) = self.turns.front().and_then(|turn| self.waiting.get(turn)) {
            if port.send(command.clone()).is_err() {
                metrics::counter!("vc_runner_media_busy_total").increment(1);
                return;
            }
            if let Some(turn) = self.turns.pop_front() {
                self.waiting.remove(&turn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media_port::MediaBusy;
    use media_control::{Source, SourceSet, Wish};
    use proptest::prelude::*;
    use std::sync::Mutex;

    /// Takes so many orders and keeps them.
    struct Port {
        room: Mutex<usize>,
        taken: Mutex<Vec<MediaCommand>>,
    }

    impl Port {
        fn with_room(room: usize) -> Self {
            Self { room: Mutex::new(room), taken: Mutex::default() }
        }

        fn taken(&self) -> Vec<MediaCommand> {
            self.taken.lock().unwrap().clone()
        }
    }

    impl MediaPort for Port {
        fn send(&self, command: MediaCommand) -> Result<(), MediaBusy> {
            let mut room = self.room.lock().unwrap();
            *room = room.checked_sub(1).ok_or(MediaBusy)?;
            self.taken.lock().unwrap().push(command);
            Ok(())
        }
    }

    fn open(leg: u64) -> MediaCommand {
        MediaCommand::OpenLeg {
            leg: LegId(leg),
            conference: ConferenceId::new("giao-ban").unwrap(),
            participant: ParticipantId(leg as u32),
            allowed: SourceSet::ALL,
            shard: None,
        }
    }

    fn watch(leg: u64, participant: u32) -> MediaCommand {
        let wish = Wish { participant: ParticipantId(participant), source: Source::Camera, height_px: 180 };
        MediaCommand::Watch { leg: LegId(leg), wishes: vec![wish] }
    }

    fn close(leg: u64) -> MediaCommand {
        MediaCommand::CloseLeg { leg: LegId(leg) }
    }

    #[test]
    fn newest_wishes_take_the_turn_of_the_older_ones() {
        let mut orders = MediaOrders::default();
        for command in [open(1), watch(1, 7), open(2), watch(2, 7), watch(1, 8), watch(1, 9)] {
            orders.push(command);
        }
        let port = Port::with_room(usize::MAX);
        orders.send(&port);
        assert_eq!(port.taken(), [open(1), watch(1, 9), open(2), watch(2, 7)]);
        assert!(!orders.are_waiting());
    }

    #[test]
    fn leg_that_was_never_opened_is_never_closed() {
        let mut orders = MediaOrders::default();
        orders.push(open(1));
        orders.send(&Port::with_room(1));
        for command in [watch(1, 7), open(2), watch(2, 7), close(2), close(1)] {
            orders.push(command);
        }
        let port = Port::with_room(usize::MAX);
        orders.send(&port);
        assert_eq!(port.taken(), [close(1)]);
    }

    #[test]
    fn province_whose_wishes_change_all_the_time_waits_in_a_bounded_line() {
        let mut orders = MediaOrders::default();
        let port = Port::with_room(0);
        for leg in 0..277 {
            orders.push(open(leg));
            for viewer in 0..=leg {
                orders.push(watch(viewer, leg as u32));
            }
            orders.send(&port);
        }
        assert_eq!(orders.turns.len(), 2 * 277);
        assert_eq!(orders.waiting.len(), 2 * 277);
    }

    proptest! {
        /// However the media server falls behind, what it has taken in the end comes to the same as all orders
        /// in their order.
        #[test]
        fn what_is_left_out_changes_nothing(
            steps in prop::collection::vec((0_u8..4, 0_u64..4, 0_u32..9, 0_usize..4), 0..60),
        ) {
            let mut orders = MediaOrders::default();
            let (mut all, mut taken, mut used) = (Vec::new(), Vec::new(), 0);
            let mut current = [None::<u64>; 4];
            for (what, place, wish, room) in steps {
                let own = &mut current[place as usize];
                let command = match (what, *own) {
                    (0, None) => {
                        used += 1;
                        *own = Some(used);
                        open(used)
                    }
                    (1, Some(leg)) => {
                        *own = None;
                        close(leg)
                    }
                    (_, Some(leg)) => watch(leg, wish),
                    (_, None) => continue,
                };
                all.push(command.clone());
                orders.push(command);
                let port = Port::with_room(room);
                orders.send(&port);
                taken.extend(port.taken());
            }
            let port = Port::with_room(usize::MAX);
            orders.send(&port);
            taken.extend(port.taken());
            prop_assert_eq!(outcome(&taken), outcome(&all));
            prop_assert!(orders.waiting.is_empty() && !orders.are_waiting());
        }
    }

    /// The legs that are open after `commands`, with their wishes.
    fn outcome(commands: &[MediaCommand]) -> BTreeMap<LegId, Vec<Wish>> {
        let mut legs = BTreeMap::new();
        for command in commands {
            match command {
                MediaCommand::OpenLeg { leg, .. } => drop(legs.insert(*leg, Vec::new())),
                MediaCommand::Watch { leg, wishes } => {
                    if let Some(own) = legs.get_mut(leg) {
                        own.clone_from(wishes);
                    }
                }
                MediaCommand::CloseLeg { leg } => {
                    assert!(legs.remove(leg).is_some(), "a leg is closed once and after it was opened");
                }
                _ => {}
            }
        }
        legs
    }
}
