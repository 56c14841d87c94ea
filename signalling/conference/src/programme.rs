//! Composed pictures as far as the journal has them: that they were gone, and back.
//!
//! Called by `decide` and `evolve`. Who sees which picture is no fact of the meeting; that nobody did is one.

use crate::{Event, State, Timestamp};

/// The process that composes has ended, or shows pictures again.
pub(crate) fn note(state: &State, now: Timestamp, is_lost: bool) -> Vec<Event> {
    match (state.is_programme_lost, is_lost) {
        (false, true) => vec![Event::ProgrammeLost { at: now }],
        (true, false) => vec![Event::ProgrammeBack { at: now }],
        (false, false) | (true, true) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Newcomer, PersonId, Refusal, Role, Settings, decide, evolve};
    use media_control::{ConferenceId, ParticipantId};

    fn open() -> State {
        let mut state = State::new(ConferenceId::new("giao-ban").expect("a good name"));
        evolve(&mut state, &Event::Opened { settings: Settings::default() });
        state
    }

    #[test]
    fn loss_and_return_are_each_told_once() {
        let mut state = open();
        let mut told = Vec::new();
        for (at, is_lost) in [(1, false), (2, true), (3, true), (4, false), (5, false)] {
            let events =
                decide(&state, Timestamp(at), Command::NoteProgramme { is_lost }).expect("never refused");
            events.iter().for_each(|event| evolve(&mut state, event));
            told.extend(events);
        }
        let lost = Event::ProgrammeLost { at: Timestamp(2) };
        assert_eq!(told, [lost, Event::ProgrammeBack { at: Timestamp(4) }]);
    }

    #[test]
    fn nobody_gets_the_number_of_a_composed_picture() {
        let mut state = open();
        let newcomer = || Newcomer {
            person: PersonId(7),
            role: Role::Chair,
            name: state_text(),
            unit: state_text(),
            guest: false,
            microphone: false,
            camera: false,
            site: None,
            moves: false,
            deputy: false,
        };
        state.next_participant = ParticipantId::FIRST_PROGRAMME.0 - 1;
        let events =
            decide(&state, Timestamp(1), Command::Join { newcomer: newcomer() }).expect("the last number");
        events.iter().for_each(|event| evolve(&mut state, event));
        assert!(state.participants().iter().all(|it| !it.id.is_programme()));
        state.participants.clear();
        let refused = decide(&state, Timestamp(2), Command::Join { newcomer: newcomer() });
        assert!(matches!(refused, Err(Refusal::Full { .. })), "{refused:?}");
    }

    fn state_text() -> crate::TextId {
        crate::TextId(1)
    }
}
