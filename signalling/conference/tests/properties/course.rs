//! Random commands and rows about the course of a meeting: floor, stage, agenda, roll call.

use crate::arbitrary::{participant, role};
use conference::agenda::{AgendaAsk, AgendaEvent, ItemAsk, ItemPlan};
use conference::arranging::{Arrangement, GivenSeat, SeatHolder};
use conference::floor::{FloorAsk, FloorEvent, Grantee, Queue, Target, TurnEnd};
use conference::patrol::{PatrolAsk, PatrolEvent};
use conference::presiding::{Deputy, PresidingEvent};
use conference::roll_call::{RollCallAsk, RollCallEvent, SiteResult};
use conference::speaking::Microphones;
use conference::stage::{Layout, Stage};
use conference::{Actor, By, Command, Event, MeetingKind, PersonId, Said, SiteId, TextId, Timestamp};
use media_control::{ParticipantId, Tiling};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

pub const SITES: [&str; 4] = ["bg", "bg-lang-giang", "xa-tan-my", "xa-nghia-phuong"];

pub fn site(id: &str) -> SiteId {
    SiteId::new(id).expect("a site")
}

fn a_site() -> impl Strategy<Value = SiteId> {
    select(vec!["bg", "bg-lang-giang", "xa-tan-my", "nowhere"]).prop_map(site)
}

fn some() -> impl Strategy<Value = Vec<ParticipantId>> {
    prop::collection::vec(participant(), 0..4)
}

/// Numbers are given by [`numbered`].
fn said() -> impl Strategy<Value = Said> {
    (0..5_usize, 0..2_u64).prop_map(|(chars, text)| Said { text: TextId(text), chars: chars * 80 })
}

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        8 => participant().prop_map(Actor::Inside),
        1 => (1..9_u64, role()).prop_map(|(person, role)| Actor::Outside { person: PersonId(person), role }),
    ]
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![participant().prop_map(Target::Participant), a_site().prop_map(Target::Site)]
}

fn queue() -> impl Strategy<Value = Queue> {
    select(vec![Queue::Speech, Queue::Question])
}

fn layout() -> impl Strategy<Value = Layout> {
    select(vec![Layout::Automatic, Layout::One, Layout::Two, Layout::Four, Layout::Gallery, Layout::Content])
}

fn result() -> impl Strategy<Value = SiteResult> {
    select(vec![SiteResult::Present, SiteResult::NoSound, SiteResult::NoPicture, SiteResult::Absent])
}

fn floor() -> impl Strategy<Value = FloorAsk> {
    let to = || prop_oneof![queue().prop_map(Grantee::Next), target().prop_map(Grantee::Named)];
    prop_oneof![
        4 => (of(target()), queue(), of(said()))
            .prop_map(|(who, queue, subject)| FloorAsk::Request { who, queue, subject }),
        1 => (of(target()), of(queue())).prop_map(|(who, queue)| FloorAsk::Withdraw { who, queue }),
        1 => (target(), queue(), 0..5_u32).prop_map(|(who, queue, place)| FloorAsk::Move { who, queue, place }),
        5 => (to(), of(said()), of(said()), of(500..100_000_u32), of(0..4_u32)).prop_map(
            |(to, speaker, position, limit_ms, seen)| {
                FloorAsk::Grant { to, speaker, position, limit_ms, seen }
            }
        ),
        2 => of(0..4_u32).prop_map(|seen| FloorAsk::Release { seen }),
        1 => (0..100_000_u32).prop_map(|limit_ms| FloorAsk::Time { limit_ms }),
        1 => any::<bool>().prop_map(|open| FloorAsk::Registration { open }),
    ]
}

fn agenda() -> impl Strategy<Value = AgendaAsk> {
    let item = (of(1..4_u32), said(), of(said()), 0..2000_u32)
        .prop_map(|(item, title, speakers, minutes)| ItemAsk { item, title, speakers, minutes });
    prop_oneof![
        2 => prop::collection::vec(item, 0..4).prop_map(|items| AgendaAsk::Set { items }),
        2 => (1..5_u32).prop_map(|item| AgendaAsk::Open { item }),
        1 => Just(AgendaAsk::Close),
        1 => (1..5_u32, said()).prop_map(|(item, conclusion)| AgendaAsk::Conclude { item, conclusion }),
    ]
}

fn roll_call() -> impl Strategy<Value = RollCallAsk> {
    prop_oneof![
        2 => any::<bool>().prop_map(|failed| RollCallAsk::Start { failed }),
        1 => a_site().prop_map(|site| RollCallAsk::Call { site }),
        4 => (a_site(), result(), of(said()), of(0..20_000_u32), of(said()), of(Just(Timestamp(0)))).prop_map(
            |(site, result, note, people, names, seen)| {
                RollCallAsk::Mark { site, result, note, people, names, seen }
            }
        ),
        1 => Just(RollCallAsk::Pause),
        1 => Just(RollCallAsk::Finish),
    ]
}

fn patrol() -> impl Strategy<Value = PatrolAsk> {
    prop_oneof![
        2 => (prop::collection::vec(a_site(), 0..3), 0..9000_u32, any::<bool>())
            .prop_map(|(sites, stay_ms, everybody)| PatrolAsk::Start { sites, stay_ms, everybody }),
        1 => of(a_site()).prop_map(|site| PatrolAsk::Turn { site }),
        1 => Just(PatrolAsk::Stop),
    ]
}

fn arrangement() -> impl Strategy<Value = Arrangement> {
    let holder = prop_oneof![
        2 => a_site().prop_map(|site| SeatHolder::Site { site }),
        1 => select(vec![SeatHolder::Queue, SeatHolder::Patrol]),
    ];
    let seats = prop::collection::vec((0..5_u8, holder), 0..3);
    (select(Tiling::ALL.to_vec()), seats).prop_map(|(tiling, seats)| Arrangement {
        tiling,
        seats: seats.into_iter().map(|(seat, holder)| GivenSeat { seat, holder }).collect(),
    })
}

pub fn command() -> impl Strategy<Value = Command> {
    let by = actor;
    let kind = select(vec![MeetingKind::Normal, MeetingKind::Lecture, MeetingKind::Questioning]);
    let microphones = select(vec![Microphones::Open, Microphones::Floor]);
    prop_oneof![
        2 => (by(), some()).prop_map(|(by, except)| Command::MuteAll { by, except }),
        1 => by().prop_map(|by| Command::UndoMute { by }),
        1 => (by(), microphones).prop_map(|(by, microphones)| Command::Microphones { by, microphones }),
        8 => (by(), floor()).prop_map(|(by, ask)| Command::Floor { by, ask }),
        2 => (by(), layout(), some(), any::<bool>())
            .prop_map(|(by, layout, chosen, free)| Command::SetStage { by, layout, chosen, free }),
        2 => (by(), prop::collection::vec(a_site(), 0..3), of(arrangement()))
            .prop_map(|(by, sites, arrangement)| Command::ArrangePicture { by, sites, arrangement }),
        2 => (by(), a_site(), of(said()))
            .prop_map(|(by, site, caption)| Command::SetCaption { by, site, caption }),
        1 => (by(), kind).prop_map(|(by, kind)| Command::SetKind { by, kind }),
        1 => (by(), of(participant()))
            .prop_map(|(by, participant)| Command::NameDeputy { by, participant }),
        3 => (by(), agenda()).prop_map(|(by, ask)| Command::Agenda { by, ask }),
        5 => (by(), roll_call()).prop_map(|(by, ask)| Command::RollCall { by, ask }),
        1 => (by(), participant(), of(a_site()))
            .prop_map(|(by, participant, site)| Command::Seat { by, participant, site }),
        1 => (by(), prop::collection::vec(a_site(), 0..3))
            .prop_map(|(by, sites)| Command::CallAbsent { by, sites }),
        2 => (by(), patrol()).prop_map(|(by, ask)| Command::Patrol { by, ask }),
    ]
}

/// The command with texts numbered from `next` on.
pub fn numbered(command: Command, next: TextId) -> Command {
    let at = |said: Option<Said>, skip: u64| said.map(|said| Said { text: TextId(next.0 + skip), ..said });
    match command {
        Command::Floor { by, ask: FloorAsk::Request { who, queue, subject } } => {
            Command::Floor { by, ask: FloorAsk::Request { who, queue, subject: at(subject, 0) } }
        }
        Command::Floor { by, ask: FloorAsk::Grant { to, speaker, position, limit_ms, seen } } => {
            let (speaker, position) = (at(speaker, 0), at(position, 1));
            Command::Floor { by, ask: FloorAsk::Grant { to, speaker, position, limit_ms, seen } }
        }
        Command::Agenda { by, ask: AgendaAsk::Set { mut items } } => {
            for (place, item) in (0_u64..).zip(&mut items) {
                item.title.text = TextId(next.0 + 2 * place);
                item.speakers = at(item.speakers, 2 * place + 1);
            }
            Command::Agenda { by, ask: AgendaAsk::Set { items } }
        }
        Command::Agenda { by, ask: AgendaAsk::Conclude { item, conclusion } } => {
            let conclusion = Said { text: next, ..conclusion };
            Command::Agenda { by, ask: AgendaAsk::Conclude { item, conclusion } }
        }
        Command::RollCall { by, ask: RollCallAsk::Mark { site, result, note, people, names, seen } } => {
            let (note, names) = (at(note, 0), at(names, 1));
            Command::RollCall { by, ask: RollCallAsk::Mark { site, result, note, people, names, seen } }
        }
        Command::SetCaption { by, site, caption } => {
            Command::SetCaption { by, site, caption: at(caption, 0) }
        }
        other => other,
    }
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![
        participant().prop_map(By::Participant),
        (1..9_u64).prop_map(|person| By::Person { person: PersonId(person) }),
    ]
}

fn at() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

fn text() -> impl Strategy<Value = Option<TextId>> {
    of(any::<u64>().prop_map(TextId))
}

fn floor_event() -> impl Strategy<Value = FloorEvent> {
    let end = select(vec![TurnEnd::Released, TurnEnd::Lost]);
    prop_oneof![
        (participant(), queue(), text(), at(), by()).prop_map(|(participant, queue, subject, at, by)| {
            FloorEvent::Requested { participant, queue, subject, at, by }
        }),
        (participant(), queue()).prop_map(|(participant, queue)| FloorEvent::Withdrawn {
            participant,
            queue,
            by: None
        }),
        (participant(), queue(), any::<u32>(), by())
            .prop_map(|(participant, queue, place, by)| FloorEvent::Moved { participant, queue, place, by }),
        (any::<u32>(), participant(), of(queue()), text(), at(), any::<bool>(), by()).prop_map(
            |(turn, participant, queue, speaker, at, opens, by)| FloorEvent::Granted {
                turn,
                participant,
                queue,
                speaker,
                position: None,
                at,
                limit_ms: turn,
                opens,
                by,
            }
        ),
        at().prop_map(|until| FloorEvent::Held { until }),
        participant().prop_map(|participant| FloorEvent::Resumed { participant }),
        (participant(), at(), any::<u64>(), end, any::<bool>(), of(by())).prop_map(
            |(participant, at, spoke_ms, end, closes, by)| FloorEvent::Released {
                participant,
                at,
                spoke_ms,
                end,
                closes,
                by
            }
        ),
    ]
}

fn roll_call_event() -> impl Strategy<Value = RollCallEvent> {
    let sites = || prop::collection::vec(a_site(), 0..4);
    prop_oneof![
        (any::<u32>(), at(), sites(), some(), by()).prop_map(|(number, at, sites, closes, by)| {
            RollCallEvent::Started { number, at, sites, closes, by }
        }),
        (a_site(), at(), some(), some(), by())
            .prop_map(|(site, at, closes, opens, by)| RollCallEvent::Called { site, at, closes, opens, by }),
        (a_site(), result(), text(), of(any::<u32>()), at(), by()).prop_map(
            |(site, result, note, people, at, by)| RollCallEvent::Marked {
                site,
                result,
                note,
                people,
                names: None,
                at,
                by
            }
        ),
        (some(), by()).prop_map(|(closes, by)| RollCallEvent::Walked { closes, by }),
        (some(), by()).prop_map(|(closes, by)| RollCallEvent::Paused { closes, by }),
        by().prop_map(|by| RollCallEvent::Continued { by }),
        (at(), some(), by()).prop_map(|(at, closes, by)| RollCallEvent::Finished { at, closes, by }),
    ]
}

fn agenda_event() -> impl Strategy<Value = AgendaEvent> {
    let plan = (0..5_u32, any::<u64>()).prop_map(|(item, title)| ItemPlan {
        item,
        title: TextId(title),
        speakers: None,
        minutes: item,
    });
    prop_oneof![
        (prop::collection::vec(plan, 0..4), by()).prop_map(|(items, by)| AgendaEvent::Set { items, by }),
        (0..5_u32, at(), by()).prop_map(|(item, at, by)| AgendaEvent::Opened { item, at, by }),
        (0..5_u32, at(), any::<u64>(), by()).prop_map(|(item, at, took_ms, by)| AgendaEvent::Closed {
            item,
            at,
            took_ms,
            by
        }),
    ]
}

/// Any row, also one that no rule would ever have let through.
pub fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => floor_event().prop_map(Event::Floor),
        3 => roll_call_event().prop_map(Event::RollCall),
        2 => agenda_event().prop_map(Event::Agenda),
        1 => (some(), by(), at()).prop_map(|(participants, by, until)| Event::AllMuted { participants, by, until }),
        1 => (some(), by()).prop_map(|(participants, by)| Event::MuteUndone { participants, by }),
        1 => (layout(), some(), by()).prop_map(|(layout, chosen, by)| Event::StageSet {
            stage: Stage { layout, chosen, free: true },
            by
        }),
        1 => (prop::collection::vec(a_site(), 0..3), of(arrangement()), by()).prop_map(|(sites, arrangement, by)| {
            Event::PictureArranged { sites, arrangement, by }
        }),
        1 => (a_site(), text(), by()).prop_map(|(site, caption, by)| Event::CaptionSet { site, caption, by }),
        1 => prop::collection::vec(a_site(), 0..4).prop_map(|sites| Event::SitesInvited { sites }),
        1 => (participant(), of(a_site()), by())
            .prop_map(|(participant, site, by)| Event::Seated { participant, site, by }),
        1 => (participant(), of(participant())).prop_map(|(participant, from)| {
            Event::Presiding(PresidingEvent::Taken { participant, from })
        }),
        1 => (participant(), 1..9_u64, by()).prop_map(|(participant, person, by)| {
            let deputy = Some(Deputy { person: PersonId(person), participant });
            Event::Presiding(PresidingEvent::DeputyNamed { deputy, by })
        }),
        1 => (of(a_site()), at(), by()).prop_map(|(site, until, by)| {
            Event::Patrol(PatrolEvent::Started { sites: Vec::new(), stay_ms: 2000, everybody: true, site, until, by })
        }),
    ]
}
