//! What a viewer without hands looks at: the participant it named, the stage, or the composed picture of it.
//!
//! Fed by `visit` with what the conference tells everybody. Pure: `now_ms` comes from the caller. The
//! stage is a shared screen, else who speaks, else who spoke last, else the chair, else anybody with a
//! camera.

use conference::Role;
use conference::view::{ConferenceView, Delta, ParticipantView, Presence};
use media_control::{ParticipantId, Source, Speaker, Wish};

/// A face stays on the stage at least so long: a cough does not switch the picture.
const HOLD_MS: i64 = 2_000;
/// Height that is asked for; the link and the layers decide what comes.
const HEIGHT_PX: u16 = 1_080;

/// What a viewer asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Stage,
    /// What the mixer makes of the stage: everybody in one picture.
    Composed,
    Participant {
        participant: ParticipantId,
        source: Source,
    },
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    id: ParticipantId,
    role: Role,
    camera: bool,
    screen: bool,
}

impl From<&ParticipantView> for Seen {
    fn from(view: &ParticipantView) -> Self {
        let is_here = view.presence == Presence::Here;
        Self { id: view.id, role: view.role, camera: view.camera && is_here, screen: view.screen && is_here }
    }
}

/// The conference as far as a viewer must know it.
#[derive(Debug)]
pub(crate) struct Stage {
    target: Target,
    people: Vec<Seen>,
    speakers: Vec<ParticipantId>,
    shown: Option<(ParticipantId, Source)>,
    shown_at_ms: i64,
}

impl Stage {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, people: Vec::new(), speakers: Vec::new(), shown: None, shown_at_ms: 0 }
    }

    /// The whole picture, on arrival.
    pub(crate) fn welcome(&mut self, view: &ConferenceView) {
        self.people = view.participants.iter().map(Seen::from).collect();
    }

    /// One committed change.
    pub(crate) fn change(&mut self, delta: &Delta) {
        match delta {
            Delta::Joined { participant } => self.people.push(participant.into()),
            Delta::Changed { participant, .. } => {
                if let Some(known) = self.people.iter_mut().find(|it| it.id == participant.id) {
                    *known = participant.into();
                }
            }
            Delta::Left { participant, .. } => self.people.retain(|it| it.id != *participant),
            _ => {}
        }
    }

    /// Who speaks now, loudest first.
    pub(crate) fn speakers(&mut self, speakers: &[Speaker]) {
        self.speakers = speakers.iter().map(|speaker| speaker.participant).collect();
    }

    /// Whether the composed picture is looked at.
    pub(crate) fn is_composed(&self) -> bool {
        self.target == Target::Composed
    }

    /// Whether the participant that was asked for is there; true for the stage.
    pub(crate) fn has_target(&self) -> bool {
        match self.target {
            Target::Stage | Target::Composed => true,
            Target::Participant { participant, .. } => self.people.iter().any(|it| it.id == participant),
        }
    }

    /// Whose voice alone the viewer hears; `None` for the loudest.
    pub(crate) fn hears(&self) -> Option<ParticipantId> {
        match self.target {
            Target::Stage => None,
            // The mixed sound goes with the composed picture.
            Target::Composed => Some(ParticipantId::FIRST_PROGRAMME),
            Target::Participant { participant, .. } => Some(participant),
        }
    }

    /// The picture to ask for, when it is another one than before.
    pub(crate) fn turn(&mut self, now_ms: i64) -> Option<Vec<Wish>> {
        let wanted = self.wanted(now_ms);
        if wanted == self.shown {
            return None;
        }
        self.shown = wanted;
        self.shown_at_ms = now_ms;
        let wish = |(participant, source)| Wish { participant, source, height_px: HEIGHT_PX };
        Some(wanted.map(wish).into_iter().collect())
    }

    fn wanted(&self, now_ms: i64) -> Option<(ParticipantId, Source)> {
        match self.target {
            Target::Participant { participant, source } => return Some((participant, source)),
            Target::Composed => return Some((ParticipantId::FIRST_PROGRAMME, Source::Camera)),
            Target::Stage => {}
        }
        if let Some(presenter) = self.people.iter().find(|it| it.screen) {
            return Some((presenter.id, Source::Screen));
        }
        let camera_of =
            |id: ParticipantId| self.people.iter().find(|it| it.id == id && it.camera).map(|it| it.id);
        let on_stage =
            self.shown.filter(|shown| shown.1 == Source::Camera).and_then(|shown| camera_of(shown.0));
        let speaker = self.speakers.iter().find_map(|id| camera_of(*id));
        let is_held = on_stage.is_some() && now_ms.saturating_sub(self.shown_at_ms) < HOLD_MS;
        let chair = || self.people.iter().find(|it| it.camera && it.role == Role::Chair).map(|it| it.id);
        let anybody = || self.people.iter().find(|it| it.camera).map(|it| it.id);
        let chosen = if is_held { on_stage } else { speaker.or(on_stage) };
        chosen.or_else(chair).or_else(anybody).map(|id| (id, Source::Camera))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: u32, role: Role, camera: bool, screen: bool) -> ParticipantView {
        ParticipantView {
            id: ParticipantId(id),
            name: String::new(),
            unit: String::new(),
            role,
            presence: Presence::Here,
            microphone: true,
            camera,
            screen,
            muted_by: None,
            site: None,
            spoken: None,
        }
    }

    fn speaks(stage: &mut Stage, ids: &[u32]) {
        let speaker = |id: &u32| Speaker { participant: ParticipantId(*id), level_dbov: 30 };
        stage.speakers(&ids.iter().map(speaker).collect::<Vec<_>>());
    }

    fn shows(stage: &mut Stage, now_ms: i64) -> Option<(u32, Source)> {
        stage.turn(now_ms);
        stage.shown.map(|(id, source)| (id.0, source))
    }

    #[test]
    fn stage_shows_the_chair_until_somebody_speaks_and_keeps_who_spoke_last() {
        let mut stage = Stage::new(Target::Stage);
        for (id, role) in [(1, Role::Delegate), (2, Role::Chair), (3, Role::Delegate)] {
            stage.change(&Delta::Joined { participant: person(id, role, true, false) });
        }
        assert_eq!(shows(&mut stage, 0), Some((2, Source::Camera)));
        speaks(&mut stage, &[3]);
        assert_eq!(shows(&mut stage, HOLD_MS - 1), Some((2, Source::Camera)), "a cough is no speech");
        assert_eq!(shows(&mut stage, HOLD_MS), Some((3, Source::Camera)));
        speaks(&mut stage, &[]);
        assert_eq!(shows(&mut stage, 60_000), Some((3, Source::Camera)));
        stage.change(&Delta::Changed { participant: person(3, Role::Delegate, false, false), by: None });
        assert_eq!(shows(&mut stage, 60_001), Some((2, Source::Camera)), "without a camera nobody stays");
    }

    #[test]
    fn shared_screen_takes_the_stage_at_once_and_gives_it_back() {
        let mut stage = Stage::new(Target::Stage);
        stage.change(&Delta::Joined { participant: person(1, Role::Delegate, true, false) });
        assert_eq!(shows(&mut stage, 0), Some((1, Source::Camera)));
        stage.change(&Delta::Joined { participant: person(2, Role::Delegate, false, true) });
        assert_eq!(shows(&mut stage, 1), Some((2, Source::Screen)));
        let reason = conference::view::LeaveReason::Left;
        stage.change(&Delta::Left { participant: ParticipantId(2), reason });
        assert_eq!(shows(&mut stage, 2), Some((1, Source::Camera)));
    }

    #[test]
    fn speaker_without_a_camera_leaves_the_stage_to_the_next_one() {
        let mut stage = Stage::new(Target::Stage);
        stage.change(&Delta::Joined { participant: person(1, Role::Delegate, false, false) });
        assert_eq!(shows(&mut stage, 0), None);
        stage.change(&Delta::Joined { participant: person(2, Role::Delegate, true, false) });
        stage.change(&Delta::Joined { participant: person(3, Role::Delegate, true, false) });
        speaks(&mut stage, &[1, 3]);
        assert_eq!(shows(&mut stage, HOLD_MS), Some((3, Source::Camera)));
    }

    #[test]
    fn named_participant_is_watched_whoever_speaks() {
        let target = Target::Participant { participant: ParticipantId(2), source: Source::Camera };
        let mut stage = Stage::new(target);
        stage.change(&Delta::Joined { participant: person(1, Role::Chair, true, true) });
        assert!(!stage.has_target());
        stage.change(&Delta::Joined { participant: person(2, Role::Delegate, true, false) });
        assert!(stage.has_target());
        assert_eq!(stage.turn(0).map(|wishes| wishes.len()), Some(1));
        speaks(&mut stage, &[1]);
        assert_eq!(stage.turn(9_000), None, "nothing new is asked for");
        assert_eq!(stage.hears(), Some(ParticipantId(2)));
    }
}
