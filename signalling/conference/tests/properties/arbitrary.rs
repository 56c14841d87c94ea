//! Random commands and random rows over few people, so that they meet.

use crate::course;
use conference::view::LeaveReason;
use conference::{
    Arrival, By, Command, Event, MediaWish, Newcomer, PersonId, Role, Settings, State, TextId, Timestamp,
    WaitingEnd,
};
use media_control::ParticipantId;
use proptest::prelude::*;

/// One command and how long after the one before it is given.
#[derive(Clone, Debug)]
pub struct Step {
    pub later_ms: i64,
    command: Command,
}

impl Step {
    pub fn opening(settings: Settings) -> Self {
        Self { later_ms: 0, command: Command::Open { settings } }
    }

    /// Four sites are invited.
    pub fn inviting() -> Self {
        Self { later_ms: 0, command: Command::Invite { sites: course::SITES.map(course::site).to_vec() } }
    }

    /// The command, with the text numbers that `state` gives.
    pub fn command(&self, state: &State) -> Command {
        let next = state.next_text();
        match self.command.clone() {
            Command::Join { newcomer } => {
                Command::Join { newcomer: Newcomer { name: next, unit: next.next(), ..newcomer } }
            }
            Command::Chat { by, chars, .. } => Command::Chat { by, text: next, chars },
            other => course::numbered(other, next),
        }
    }
}

pub fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![
        Role::Chair,
        Role::Secretary,
        Role::Delegate,
        Role::Delegate,
        Role::Listener,
        Role::DutyOperator,
    ])
}

pub fn participant() -> impl Strategy<Value = ParticipantId> {
    (1..12_u32).prop_map(ParticipantId)
}

fn newcomer() -> impl Strategy<Value = Newcomer> {
    (1..7_u64, role(), any::<(bool, bool, bool, bool)>()).prop_map(|(person, role, flags)| Newcomer {
        person: PersonId(person),
        role,
        guest: flags.0,
        name: TextId(0),
        unit: TextId(0),
        site: (person % 2 == 0).then(|| course::site(course::SITES[person as usize % 4])),
        microphone: flags.1,
        camera: flags.2,
        moves: flags.3,
        deputy: person % 3 == 0,
    })
}

fn wish() -> impl Strategy<Value = MediaWish> {
    any::<(bool, bool, bool)>().prop_map(|(microphone, camera, screen)| MediaWish {
        microphone,
        camera,
        screen,
    })
}

pub fn step() -> impl Strategy<Value = Step> {
    let by = participant;
    let pair = || (participant(), participant());
    let command = prop_oneof![
        8 => newcomer().prop_map(|newcomer| Command::Join { newcomer }),
        1 => Just(Command::ServerStarted),
        1 => any::<bool>().prop_map(|waiting_room| Command::Adjust {
            settings: Settings { limit: 4, always_open: true, waiting_room, ..Settings::default() },
        }),
        2 => Just(Command::Tick),
        2 => by().prop_map(|participant| Command::Resume { participant }),
        3 => by().prop_map(|participant| Command::ConnectionLost { participant }),
        2 => by().prop_map(|by| Command::Leave { by }),
        4 => (by(), wish()).prop_map(|(by, wanted)| Command::SetMedia { by, wanted }),
        3 => by().prop_map(|by| Command::RaiseHand { by }),
        2 => (by(), prop::option::of(participant()))
            .prop_map(|(by, participant)| Command::LowerHand { by, participant }),
        3 => (by(), 0..2100_usize)
            .prop_map(|(by, chars)| Command::Chat { by, text: TextId(0), chars }),
        2 => pair().prop_map(|(by, participant)| Command::Mute { by, participant }),
        30 => course::command(),
        2 => pair().prop_map(|(by, participant)| Command::Remove { by, participant }),
        1 => (by(), any::<bool>()).prop_map(|(by, locked)| Command::Lock { by, locked }),
        1 => by().prop_map(|by| Command::OpenDoor { by }),
        2 => (by(), any::<bool>()).prop_map(|(by, enabled)| Command::WaitingRoom { by, enabled }),
        2 => pair().prop_map(|(by, participant)| Command::Admit { by, participant }),
        1 => by().prop_map(|by| Command::AdmitAll { by }),
        1 => by().prop_map(|by| Command::Cancel { by: by.into() }),
        1 => by().prop_map(|by| Command::Restore { by: by.into() }),
        1 => pair().prop_map(|(by, participant)| Command::TurnAway { by, participant }),
        1 => by().prop_map(|by| Command::EndForAll { by }),
        1 => (by(), any::<bool>()).prop_map(|(by, open)| Command::Live { by: by.into(), open }),
    ];
    (0..40_000_i64, command).prop_map(|(later_ms, command)| Step { later_ms, command })
}

fn arrival() -> impl Strategy<Value = Arrival> {
    (participant(), newcomer(), 1..20_u64).prop_map(|(participant, newcomer, text)| Arrival {
        participant,
        person: newcomer.person,
        role: newcomer.role,
        name: TextId(text),
        unit: TextId(text.saturating_mul(u64::MAX / 4)),
        site: newcomer.site,
        microphone: newcomer.microphone,
        camera: newcomer.camera,
    })
}

/// Any row, also one that no rule would ever have let through.
pub fn event() -> impl Strategy<Value = Event> {
    let one = participant;
    let by = || prop::option::of(participant());
    let at = || any::<i64>().prop_map(Timestamp);
    let reason = prop::sample::select(vec![LeaveReason::Left, LeaveReason::Removed]);
    let end = prop::sample::select(vec![WaitingEnd::Left, WaitingEnd::TurnedAway]);
    prop_oneof![
        1 => Just(Event::Opened { settings: Settings::default() }),
        1 => Just(Event::Adjusted { settings: Settings::default() }),
        1 => at().prop_map(|at| Event::Cancelled { by: By::Participant(ParticipantId(1)), at }),
        1 => at().prop_map(|at| Event::Restored { by: By::Person { person: PersonId(1) }, at }),
        1 => Just(Event::Reopened {}),
        1 => arrival().prop_map(Event::Joined),
        1 => (arrival(), at()).prop_map(|(arrival, at)| Event::WaitingStarted { arrival, at }),
        1 => (one(), by()).prop_map(|(participant, by)| Event::Admitted { participant, by }),
        1 => (one(), end, by())
            .prop_map(|(participant, reason, by)| { Event::WaitingEnded { participant, reason, by } }),
        1 => (one(), at()).prop_map(|(participant, until)| Event::Reconnecting { participant, until }),
        1 => one().prop_map(|participant| Event::Returned { participant }),
        1 => (one(), reason, by()).prop_map(|(participant, reason, by)| Event::Left { participant, reason, by }),
        1 => (one(), wish(), by()).prop_map(|(participant, wish, by)| Event::MediaSet {
            participant,
            microphone: wish.microphone,
            camera: wish.camera,
            screen: wish.screen,
            by,
        }),
        1 => (one(), one()).prop_map(|(participant, by)| Event::Muted { participant, by }),
        1 => one().prop_map(|participant| Event::HandRaised { participant }),
        1 => (one(), by()).prop_map(|(participant, by)| Event::HandLowered { participant, by }),
        1 => (any::<u64>(), one(), any::<u64>(), at()).prop_map(|(message, from, text, at)| {
            Event::ChatPosted { message, from, text: TextId(text), at }
        }),
        1 => (any::<bool>(), by()).prop_map(|(locked, by)| Event::LockSet { locked, by }),
        1 => one().prop_map(|by| Event::DoorOpened { by }),
        1 => (any::<bool>(), one()).prop_map(|(enabled, by)| Event::WaitingRoomSet { enabled, by }),
        1 => one().prop_map(|by| Event::Ended { by }),
        20 => course::event(),
    ]
}
