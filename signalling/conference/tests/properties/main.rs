//! What holds for every sequence of commands and every sequence of rows.

mod arbitrary;
mod client;
mod course;

use arbitrary::{Step, event, step};
use client::Clients;
use conference::arranging::MAX_GROUPS;
use conference::floor::Queue;
use conference::role::may;
use conference::stage::{MAX_ON_STAGE, shown};
use conference::{Act, Event, Settings, State, Texts, Timestamp, decide, evolve};
use media_control::{ConferenceId, ParticipantId};
use proptest::prelude::*;
use std::collections::HashSet;

fn fresh() -> State {
    State::new(ConferenceId::new("bat-ky").expect("a good id"))
}

fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> State {
    let mut state = fresh();
    events.into_iter().for_each(|event| evolve(&mut state, event));
    state
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain values")
}

/// Plays the steps; `after` sees each batch of events and the state after it.
fn play(steps: &[Step], mut after: impl FnMut(&State, &[Event], &Texts)) -> Vec<Event> {
    let mut state = fresh();
    let mut texts = Texts::new("Họp".to_owned(), "Nội bộ".to_owned());
    let mut rows = Vec::new();
    let mut now = Timestamp(0);
    let opens = Some(Timestamp(60_000));
    let settings = Settings { limit: 4, always_open: true, opens, ..Settings::default() };
    let open = Step::opening(settings);
    for step in [&open, &Step::inviting()].into_iter().chain(steps) {
        now = now.plus_ms(step.later_ms);
        let command = step.command(&state);
        let Ok(events) = decide(&state, now, command.clone()) else { continue };
        assert_eq!(decide(&state, now, command), Ok(events.clone()), "decide is a function");
        for id in events.iter().flat_map(Event::texts) {
            texts.insert(id, format!("text {id}"));
        }
        events.iter().for_each(|event| evolve(&mut state, event));
        after(&state, &events, &texts);
        rows.extend(events);
    }
    rows
}

/// What holds of floor, stage and roll call, whatever was asked.
fn consistent_course(state: &State, inside: &HashSet<ParticipantId>) {
    for queue in [Queue::Speech, Queue::Question] {
        let waiting: HashSet<_> = state.floor().queue(queue).iter().map(|r| r.participant).collect();
        assert_eq!(waiting.len(), state.floor().queue(queue).len(), "somebody waits twice");
        assert!(waiting.is_subset(inside));
    }
    if let Some(turn) = state.floor().turn() {
        assert!(inside.contains(&turn.participant) || turn.held_until.is_some(), "nobody has the floor");
        let holder = state.participant(turn.participant);
        assert!(holder.is_none_or(|p| p.gone_until.is_none() || turn.held_until.is_some()));
    }
    let shown = shown(state);
    assert!(shown.pictures.len() <= MAX_ON_STAGE && shown.pictures.iter().all(|id| inside.contains(id)));
    assert!(state.stage().chosen.iter().all(|id| inside.contains(id)));
    assert!(state.agenda().items().iter().filter(|item| item.opened.is_some()).count() <= 1);
    let groups = &state.arrangements().groups;
    let grouped: Vec<_> = groups.iter().flat_map(|group| &group.sites).collect();
    assert!(groups.len() <= MAX_GROUPS && groups.iter().all(|group| !group.sites.is_empty()));
    assert!(grouped.iter().enumerate().all(|(at, site)| !grouped[..at].contains(site)), "in two groups");
    assert!(grouped.iter().all(|site| state.invited(site).is_some()));
    let roll = state.roll_call();
    if let Some(site) = roll.and_then(|roll| roll.on_stage()) {
        assert!(state.invited(site).is_some());
        let may_speak =
            |p: &&conference::Participant| p.site.as_ref() == Some(site) || may(state.role_of(p), Act::Mute);
        let heard = state.participants().iter().filter(|p| p.microphone);
        let others: Vec<_> = heard.filter(|p| !may_speak(p)).collect();
        assert!(others.is_empty(), "heard while {site} is called: {others:?}");
    }
}

/// What holds after every batch of events; `given` are the numbers that participants got so far.
fn consistent(state: &State, events: &[Event], given: &mut HashSet<ParticipantId>) {
    for event in events {
        if let Event::Joined(arrival) | Event::WaitingStarted { arrival, .. } = event {
            assert!(given.insert(arrival.participant), "number given twice");
        }
    }
    let inside: HashSet<_> = state.participants().iter().map(|p| p.id).collect();
    assert_eq!(inside.len(), state.participants().len());
    let hands: HashSet<_> = state.hands().iter().copied().collect();
    assert_eq!(hands.len(), state.hands().len());
    assert!(hands.is_subset(&inside));
    consistent_course(state, &inside);
    assert!(state.waiting().iter().all(|w| !inside.contains(&w.arrival.participant)));
    assert!(state.participants().iter().filter(|p| p.screen).count() <= 1);
    assert!(state.participants().iter().all(|p| p.muted_by.is_none() || !p.microphone));
    assert!(state.used_texts().iter().all(|text| *text < state.next_text()));
}

proptest! {
    #[test]
    fn state_stays_consistent(steps in prop::collection::vec(step(), 0..80)) {
        let mut given = HashSet::new();
        play(&steps, |state, events, _| consistent(state, events, &mut given));
    }

    #[test]
    fn rows_read_back_replay_to_the_same_state(steps in prop::collection::vec(step(), 0..80)) {
        let mut last = fresh();
        let rows = play(&steps, |state, _, _| last = state.clone());
        let stored: Vec<Event> =
            rows.iter().map(|row| serde_json::from_str(&json(row)).expect("own row")).collect();
        prop_assert_eq!(&stored, &rows);
        let state = replay(&stored);
        prop_assert_eq!(&state, &last);
        let snapshot: State = serde_json::from_str(&json(&state)).expect("own snapshot");
        prop_assert_eq!(snapshot, state);
    }

    #[test]
    fn snapshot_is_the_fold_of_an_earlier_one_and_the_deltas(
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut clients = Clients::default();
        play(&steps, |state, events, texts| clients.tell(state, events, texts));
    }

    #[test]
    fn evolve_takes_any_rows_in_any_order(events in prop::collection::vec(event(), 0..60)) {
        let state = replay(&events);
        prop_assert!(state.hands().iter().all(|hand| state.participant(*hand).is_some()));
        prop_assert_eq!(&state, &replay(&events));
    }
}

/// Everything above in one walk, for many more sequences than a quick run has time for.
#[test]
#[ignore = "100,000 sequences take minutes: make test-slow"]
fn a_hundred_thousand_sequences_keep_every_rule_and_replay_to_the_same_state() {
    const SEQUENCES: u32 = 100_000;
    let config = ProptestConfig { cases: SEQUENCES, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let sequence = prop::collection::vec(step(), 0..80);
    let done = runner.run(&sequence, |steps| {
        let mut given = HashSet::new();
        let mut clients = Clients::default();
        let mut last = fresh();
        let rows = play(&steps, |state, events, texts| {
            consistent(state, events, &mut given);
            clients.tell(state, events, texts);
            last.clone_from(state);
        });
        prop_assert_eq!(replay(&rows), last);
        Ok(())
    });
    done.expect("every sequence keeps every rule");
}
