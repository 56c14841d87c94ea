//! Who is shown what.

use crate::script::Play;
use conference::floor::{FloorAsk, Grantee, Target};
use conference::view::{Audience, Delta, deltas, self_view, snapshot};
use conference::{Act, Command, Role, Timestamp, decide, evolve};
use media_control::ParticipantId;

fn play(script: &str) -> Play {
    let mut play = Play::new();
    script.split("; ").for_each(|statement| play.statement(statement));
    play
}

#[test]
fn waiting_room_is_shown_only_to_those_who_admit() {
    let play = play("open waiting; chair joins; an joins; chair admits an; binh joins");
    let seen = |role| snapshot(&play.state, &play.texts, role).waiting.len();
    assert_eq!(seen(Role::Chair), 1);
    assert_eq!(seen(Role::DutyOperator), 1);
    assert_eq!(seen(Role::Delegate), 0);
    assert!(!Audience::Whoever(Act::Admit).includes(ParticipantId(1), Role::Delegate));
}

#[test]
fn admission_tells_everyone_of_the_newcomer_and_doorkeepers_of_the_rest() {
    let mut play = play("open waiting; chair joins; an joins; binh joins");
    let by = play.place("chair");
    let events = decide(&play.state, Timestamp(0), Command::AdmitAll { by }).expect("allowed");
    events.iter().for_each(|event| evolve(&mut play.state, event));
    let told = deltas(&play.state, &events, &play.texts);
    let kinds: Vec<(Audience, bool)> =
        told.iter().map(|t| (t.to, matches!(t.delta, Delta::Joined { .. }))).collect();
    let (everyone, doorkeepers) = (Audience::Everyone, Audience::Whoever(Act::Admit));
    assert_eq!(kinds, [(everyone, true), (everyone, true), (doorkeepers, false)]);
}

#[test]
fn grant_is_told_before_the_hands_that_it_takes_down() {
    let mut play = play("chair joins; an joins; an raises");
    let (by, an) = (play.place("chair"), play.place("an"));
    let to = Grantee::Named(Target::Participant(an));
    let ask = FloorAsk::Grant { to, speaker: None, position: None, limit_ms: None, seen: None };
    let command = Command::Floor { by: by.into(), ask };
    let events = decide(&play.state, Timestamp(0), command).expect("allowed");
    events.iter().for_each(|event| evolve(&mut play.state, event));
    let told = deltas(&play.state, &events, &play.texts);
    let place = |is: fn(&Delta) -> bool| told.iter().position(|t| is(&t.delta)).expect("is told");
    let floor = place(|delta| matches!(delta, Delta::Floor { .. }));
    let hands = place(|delta| matches!(delta, Delta::Hands { hands } if hands.is_empty()));
    assert!(floor < hands, "{told:?}");
}

#[test]
fn erased_words_read_as_empty() {
    let mut play = play("an joins; an says xin-chao");
    play.texts = conference::Texts::new("Giao ban".to_owned(), String::new());
    let view = snapshot(&play.state, &play.texts, Role::Chair);
    assert_eq!((view.participants[0].name.as_str(), view.chat[0].text.as_str()), ("", ""));
}

#[test]
fn own_side_lists_what_the_table_allows() {
    let play = play("listener joins; chair joins");
    let own = |index: usize| self_view(&play.state, &play.state.participants()[index]).may;
    assert_eq!(own(0), [Act::Join, Act::Chat, Act::RaiseHand]);
    assert_eq!(own(1), Act::ALL);
}
