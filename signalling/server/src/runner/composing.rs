//! The composed picture of one conference: what the mixer is to make while somebody looks at it.
//!
//! Part of the runner's task. Follows from the committed state alone: the stage decides the layout and whom it
//! may show. One picture for all who look at it, however many they are.

use super::batch::Batch;
use super::task::Task;
use conference::stage::{self, Layout, Shown};
use conference::view::Presence;
use conference::{Command, MeetingKind, Participant, State, Texts};
use media_control::{
    Composed, Composition, LegId, MAX_COMPOSED, MediaCommand, ParticipantId, PictureCodec, ProgrammeNews,
    Source, Tiling,
};

/// Size and rate: what a meeting-room device takes, and 720p25 of faces needs.
const SIZE: (u16, u16) = (1280, 720);
const BITRATE_BPS: u32 = 1_500_000;
/// The composed picture for all.
const FOR_ALL: ParticipantId = ParticipantId::FIRST_PROGRAMME;

/// A composed picture that was ordered.
#[derive(Debug)]
pub(super) struct Programme {
    leg: LegId,
    ordered: Composition,
}

impl Task {
    /// After each round: orders the picture that is looked at now, if it is another one than before.
    pub(super) fn tell_mixer(&mut self) {
        let is_watched = self.places.values().any(|place| {
            let watched = place.leg.iter().flat_map(|leg| &leg.watching);
            watched.into_iter().any(|wish| wish.participant.is_programme())
        });
        if !is_watched {
            return self.stop_composing();
        }
        let leg = match &self.programme {
            Some(programme) => programme.leg,
            None => self.parts.legs.open(self.state.id()),
        };
        let ordered = composition(&self.state, &self.texts, leg);
        if self.programme.as_ref().is_some_and(|programme| programme.ordered == ordered) {
            return;
        }
        self.orders.push(MediaCommand::Compose { composition: Box::new(ordered.clone()) });
        self.programme = Some(Programme { leg, ordered });
    }

    pub(super) fn stop_composing(&mut self) {
        let Some(programme) = self.programme.take() else { return };
        self.parts.legs.close(programme.leg);
        let conference = self.state.id().clone();
        self.orders.push(MediaCommand::StopComposing { conference, programme: FOR_ALL });
    }

    /// The mixer or its supervisor tells of a composed picture.
    pub(super) fn take_programme(
        &mut self,
        batch: &mut Batch,
        programme: ParticipantId,
        news: &ProgrammeNews,
    ) {
        let conference = self.state.id();
        let is_lost = match news {
            ProgrammeNews::Shown => false,
            ProgrammeNews::Lost => {
                tracing::warn!(%conference, %programme, "composed picture lost, another mixer is started");
                true
            }
            ProgrammeNews::Refused { refusal } => {
                tracing::warn!(%conference, %programme, %refusal, "picture is not composed");
                metrics::counter!("vc_runner_programmes_refused_total").increment(1);
                return;
            }
        };
        let done = self.decide(batch, Command::NoteProgramme { is_lost }, None);
        debug_assert!(done.is_ok(), "a note is never refused");
    }
}

/// The picture for all.
fn composition(state: &State, texts: &Texts, leg: LegId) -> Composition {
    let shown = stage::shown(state);
    let presenter = state.presenter().filter(|it| it.presence() == Presence::Here);
    let content = presenter.filter(|_| matches!(shown.layout, Layout::Content | Layout::Automatic));
    let mut people: Vec<Composed> = Vec::new();
    people.extend(content.map(|it| composed(it, Source::Screen, texts)));
    let on_stage = shown.pictures.iter().filter_map(|id| state.participant(*id));
    people.extend(on_stage.map(|it| composed(it, Source::Camera, texts)));
    let pinned_people = people.len();
    if has_others(&shown) {
        let others = state.participants().iter().filter(|it| {
            let is_free = state.kind() != MeetingKind::Lecture && state.stage().free;
            let may_be_seen = is_free || stage::is_on_stage(state, &shown, it.id, Source::Camera);
            may_be_seen && is_sending(it, Source::Camera) && !shown.pictures.contains(&it.id)
        });
        people.extend(others.map(|it| composed(it, Source::Camera, texts)));
    }
    people.truncate(MAX_COMPOSED);
    let tiling = tiling(shown.layout, content.is_some(), people.len());
    // Whoever is on the stage has a seat of theirs; content comes first where there is some.
    let pinned = (0..pinned_people.min(people.len())).map(|at| (at as u8, at as u16)).collect();
    let open = state.agenda().open();
    Composition {
        conference: state.id().clone(),
        programme: FOR_ALL,
        leg,
        codec: PictureCodec::H264,
        tiling,
        width: SIZE.0,
        height: SIZE.1,
        bitrate_bps: BITRATE_BPS,
        people,
        pinned,
        secrecy: texts.label.clone(),
        agenda: open.map_or_else(String::new, |item| texts.text(item.plan.title).to_owned()),
    }
}

/// Whether others than those on the stage have seats.
fn has_others(shown: &Shown) -> bool {
    let is_fixed = matches!(shown.layout, Layout::One | Layout::Two | Layout::Four);
    !is_fixed || shown.pictures.is_empty()
}

fn is_sending(participant: &Participant, source: Source) -> bool {
    let is_on = if source == Source::Screen { participant.screen } else { participant.camera };
    is_on && participant.presence() == Presence::Here
}

fn composed(participant: &Participant, source: Source, texts: &Texts) -> Composed {
    let person = texts.text(participant.name);
    let (name, person) = match &participant.site {
        Some(site) => (texts.site(site), person),
        None => (person, ""),
    };
    Composed {
        participant: participant.id,
        source,
        name: name.to_owned(),
        person: person.to_owned(),
        is_muted: !participant.microphone,
        is_sending: is_sending(participant, source),
    }
}

/// The seats for so many.
fn tiling(layout: Layout, has_content: bool, people: usize) -> Tiling {
    match layout {
        _ if has_content => Tiling::ContentAndRow,
        Layout::One => Tiling::Full,
        Layout::Two => Tiling::OneAndOne,
        Layout::Four => Tiling::Grid2,
        Layout::Gallery => match people {
            0..=1 => Tiling::Full,
            2..=4 => Tiling::Grid2,
            5..=9 => Tiling::Grid3,
            10..=16 => Tiling::Grid4,
            _ => Tiling::Grid5,
        },
        Layout::Automatic | Layout::Content => match people {
            0..=1 => Tiling::Full,
            2 => Tiling::OneAndOne,
            3..=4 => Tiling::OneAndThree,
            5..=6 => Tiling::OneAndFive,
            _ => Tiling::OneAndSeven,
        },
    }
}
