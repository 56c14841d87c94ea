//! What stands in a composed picture: whom it shows, how it is divided, what is written on it.
//!
//! Called by `composing` for each picture that somebody looks at. Follows from the committed state alone: the
//! stage decides the layout and whom it may show.

use conference::stage::{self, Layout, Shown};
use conference::view::Presence;
use conference::{MeetingKind, Participant, State, Texts};
use media_control::{
    Composed, Composition, LegId, MAX_COMPOSED, ParticipantId, PictureCodec, Source, Tiling,
};

/// Size and rate: what a meeting-room device takes, and 720p25 of faces needs.
const SIZE: (u16, u16) = (1280, 720);
const BITRATE_BPS: u32 = 1_500_000;

/// The picture of the stage, `without` one whose camera it leaves out.
pub(super) fn composition(
    state: &State,
    texts: &Texts,
    without: Option<ParticipantId>,
    (programme, [leg, voice]): (ParticipantId, [LegId; 2]),
) -> Composition {
    let mut shown = stage::shown(state);
    shown.pictures.retain(|id| Some(*id) != without);
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
            let is_seated = shown.pictures.contains(&it.id) || Some(it.id) == without;
            may_be_seen && is_sending(it, Source::Camera) && !is_seated
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
        programme,
        leg,
        codec: PictureCodec::H264,
        voice,
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

/// Who is seen large by all: whoever has the floor or the stage alone, else whoever speaks where the voice
/// decides. They get a picture of their own, without themselves.
pub(super) fn spotlit(state: &State, voice: Option<ParticipantId>) -> Option<ParticipantId> {
    let shown = stage::shown(state);
    match shown.layout {
        Layout::Gallery => None,
        Layout::Automatic | Layout::Content => shown.pictures.first().copied().or(voice),
        Layout::One | Layout::Two | Layout::Four => shown.pictures.first().copied(),
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
