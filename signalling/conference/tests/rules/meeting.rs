//! The words of the script language for the course of a meeting: floor, stage, agenda, roll call.

use crate::script::Play;
use conference::agenda::{AgendaAsk, ItemAsk};
use conference::floor::{FloorAsk, Grantee, Queue, Target};
use conference::patrol::PatrolAsk;
use conference::roll_call::{RollCallAsk, SiteResult};
use conference::speaking::Microphones;
use conference::stage::{Layout, shown};
use conference::{Actor, Command, MeetingKind, Said, SiteId};
use media_control::ParticipantId;

fn site(id: &str) -> SiteId {
    SiteId::new(id).expect("a site")
}

fn queue(words: &[&str]) -> Queue {
    if words.contains(&"question") { Queue::Question } else { Queue::Speech }
}

/// The command of `who verb rest…`.
pub fn command(play: &mut Play, by: ParticipantId, verb: &str, rest: &[&str]) -> Option<Command> {
    let actor = Actor::Inside(by);
    let floor = |ask| Some(Command::Floor { by: actor, ask });
    let roll = |ask| Some(Command::RollCall { by: actor, ask });
    match (verb, rest) {
        ("asks", ["question"]) => {
            floor(FloorAsk::Request { who: None, queue: Queue::Question, subject: None })
        }
        ("grants", ["next", rest @ ..]) => grant(actor, Grantee::Next(queue(rest)), rest),
        ("grants", ["site", id, rest @ ..]) => grant(actor, Grantee::Named(Target::Site(site(id))), rest),
        ("grants", [who, rest @ ..]) => {
            let who = play.place(who);
            grant(actor, Grantee::Named(Target::Participant(who)), rest)
        }
        ("releases", _) => floor(FloorAsk::Release { seen: seen(rest) }),
        ("withdraws", _) => floor(FloorAsk::Withdraw { who: None, queue: None }),
        ("moves", [who, place]) => {
            let who = Target::Participant(play.place(who));
            floor(FloorAsk::Move { who, queue: Queue::Speech, place: place.parse().expect("a place") })
        }
        ("closes", ["registration"]) => floor(FloorAsk::Registration { open: false }),
        ("undoes", []) => Some(Command::UndoMute { by: actor }),
        ("lets", ["floor", "speak"]) => {
            Some(Command::Microphones { by: actor, microphones: Microphones::Floor })
        }
        ("lets", ["all", "speak"]) => {
            Some(Command::Microphones { by: actor, microphones: Microphones::Open })
        }
        ("stages", [layout, people @ ..]) => {
            let free = !people.contains(&"fixed");
            let people = people.iter().filter(|word| **word != "fixed");
            let chosen = people.map(|who| play.place(who)).collect();
            Some(Command::SetStage { by: actor, layout: layout_of(layout), chosen, free })
        }
        ("lectures", []) => Some(Command::SetKind { by: actor, kind: MeetingKind::Lecture }),
        ("names", [who]) => {
            let participant = Some(play.place(who));
            Some(Command::NameDeputy { by: actor, participant })
        }
        ("plans", titles) => {
            let mut next = play.state.next_text();
            let mut item = |title: &&str| {
                let said = Said { text: next, chars: title.chars().count() };
                play.texts.insert(next, (*title).to_owned());
                next = next.next();
                ItemAsk { item: None, title: said, speakers: None, minutes: 10 }
            };
            let items = titles.iter().map(&mut item).collect();
            Some(Command::Agenda { by: actor, ask: AgendaAsk::Set { items } })
        }
        ("begins", [item]) => {
            let item = item.parse().expect("an item");
            Some(Command::Agenda { by: actor, ask: AgendaAsk::Open { item } })
        }
        ("calls", ["roll"]) => roll(RollCallAsk::Start { failed: false }),
        ("calls", ["roll", "again"]) => roll(RollCallAsk::Start { failed: true }),
        ("calls", ["absent"]) => Some(Command::CallAbsent { by: actor, sites: Vec::new() }),
        ("calls", [id]) => roll(RollCallAsk::Call { site: site(id) }),
        ("pauses", []) => roll(RollCallAsk::Pause),
        ("finishes", []) => roll(RollCallAsk::Finish),
        ("marks", [id, result]) => {
            let result = match *result {
                "present" => SiteResult::Present,
                "no-sound" => SiteResult::NoSound,
                "no-picture" => SiteResult::NoPicture,
                _ => SiteResult::Absent,
            };
            roll(RollCallAsk::Mark {
                site: site(id),
                result,
                note: None,
                people: None,
                names: None,
                seen: None,
            })
        }
        ("seats", [who, id]) => {
            let participant = play.place(who);
            Some(Command::Seat { by: actor, participant, site: Some(site(id)) })
        }
        ("patrols", [seconds, rest @ ..]) => {
            let stay_ms = seconds.parse::<u32>().expect("seconds") * 1000;
            let everybody = rest.contains(&"everybody");
            let ask = PatrolAsk::Start { sites: Vec::new(), stay_ms, everybody };
            Some(Command::Patrol { by: actor, ask })
        }
        _ => None,
    }
}

fn grant(by: Actor, to: Grantee, rest: &[&str]) -> Option<Command> {
    let ask = FloorAsk::Grant { to, speaker: None, position: None, limit_ms: None, seen: seen(rest) };
    Some(Command::Floor { by, ask })
}

fn seen(words: &[&str]) -> Option<u32> {
    words.iter().find_map(|word| word.strip_prefix("seen=")?.parse().ok())
}

fn layout_of(word: &str) -> Layout {
    match word {
        "one" => Layout::One,
        "two" => Layout::Two,
        "four" => Layout::Four,
        "gallery" => Layout::Gallery,
        "content" => Layout::Content,
        _ => Layout::Automatic,
    }
}

/// How the course of the meeting stands, one line a thing.
pub fn lines(play: &Play) -> Vec<(&'static str, Vec<String>)> {
    let state = &play.state;
    let waits = state.floor().queue(Queue::Question).iter().map(|r| play.name(r.participant));
    let turn = state.floor().turn().map(|turn| {
        let held = if turn.held_until.is_some() { " held" } else { "" };
        format!("{}{held}", play.name(turn.participant))
    });
    let pictures = shown(state).pictures;
    let presiding = state.presiding().filter(|p| p.role != conference::Role::Chair);
    let found = state.sites().iter().filter_map(|site| {
        let found = site.found.as_ref()?;
        Some(format!("{}={:?}", site.id, found.result))
    });
    let called = state.roll_call().and_then(|roll| roll.on_stage()).map(ToString::to_string);
    vec![
        ("questions", waits.collect()),
        ("floor", turn.into_iter().collect()),
        ("stage", pictures.iter().map(|id| play.name(*id)).collect()),
        ("presides", presiding.map(|p| play.name(p.id)).into_iter().collect()),
        ("called", called.into_iter().collect()),
        ("found", found.collect()),
    ]
}
