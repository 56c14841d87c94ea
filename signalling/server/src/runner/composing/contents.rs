//! What stands in a composed picture: whom it shows, how it is divided, what is written on it.
//!
//! Called by `composing` for each picture that somebody looks at. Follows from the committed state alone: the
//! stage decides the layout and whom it may show.

use conference::arranging::{Arrangement, SeatHolder};
use conference::stage::{self, Layout, Shown};
use conference::view::Presence;
use conference::{MeetingKind, Participant, SiteId, State, Texts};
use media_control::{
    Composed, Composition, LegId, MAX_COMPOSED, ParticipantId, PictureCodec, Source, Tiling,
};

/// Size and rate: what a meeting-room device takes, and 720p25 of faces needs.
const SIZE: (u16, u16) = (1280, 720);
const BITRATE_BPS: u32 = 1_500_000;

/// Which picture is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    /// As somebody has chosen; else the picture follows the stage.
    pub arrangement: Option<&'a Arrangement>,
    /// Whose camera it leaves out.
    pub without: Option<ParticipantId>,
    pub programme: ParticipantId,
    /// Of its picture and of its sound.
    pub legs: [LegId; 2],
    pub codec: PictureCodec,
}

/// The picture of the stage as it stands.
pub(super) fn composition(state: &State, texts: &Texts, order: Order<'_>) -> Composition {
    let mut shown = stage::shown(state);
    shown.pictures.retain(|id| Some(*id) != order.without);
    let presenter = state.presenter().filter(|it| it.presence() == Presence::Here);
    let has_content = match order.arrangement {
        Some(arrangement) => arrangement.tiling.has_content(),
        None => matches!(shown.layout, Layout::Content | Layout::Automatic),
    };
    let content = presenter.filter(|_| has_content);
    let mut people: Vec<Composed> = Vec::new();
    people.extend(content.map(|it| composed(state, it, Source::Screen, texts)));
    let on_stage = shown.pictures.iter().filter_map(|id| state.participant(*id));
    people.extend(on_stage.map(|it| composed(state, it, Source::Camera, texts)));
    let on_stage = people.len();
    if order.arrangement.is_some() || has_others(&shown) {
        let others = state.participants().iter().filter(|it| {
            let is_free = state.kind() != MeetingKind::Lecture && state.stage().free;
            let may_be_seen = is_free || stage::is_on_stage(state, &shown, it.id, Source::Camera);
            let is_seated = shown.pictures.contains(&it.id) || Some(it.id) == order.without;
            may_be_seen && is_sending(it, Source::Camera) && !is_seated
        });
        people.extend(others.map(|it| composed(state, it, Source::Camera, texts)));
    }
    // Room for those whose seats are given.
    people.truncate(MAX_COMPOSED - order.arrangement.map_or(0, |it| it.seats.len()).min(MAX_COMPOSED));
    let (tiling, pinned) = match order.arrangement {
        Some(arrangement) => {
            let pinned = given(state, texts, (arrangement, order.without), content.is_some(), &mut people);
            (arrangement.tiling, pinned)
        }
        None => {
            // Whoever is on the stage has a seat of theirs; content comes first where there is some.
            let pinned = (0..on_stage.min(people.len())).map(|at| (at as u8, at as u16)).collect();
            (tiling(shown.layout, content.is_some(), people.len()), pinned)
        }
    };
    let open = state.agenda().open();
    let [leg, voice] = order.legs;
    Composition {
        conference: state.id().clone(),
        programme: order.programme,
        leg,
        codec: order.codec,
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

/// The seats that were given, and what is shared on its own; who has a seat is among the people. The large seat
/// is for whoever has the floor unless somebody else was chosen for it.
fn given(
    state: &State,
    texts: &Texts,
    (arrangement, without): (&Arrangement, Option<ParticipantId>),
    has_content: bool,
    people: &mut Vec<Composed>,
) -> Vec<(u8, u16)> {
    let mut pinned = Vec::new();
    if has_content {
        pinned.push((0, 0));
    }
    for given in arrangement.seats.iter().filter(|it| !(has_content && it.seat == 0)) {
        let holder = match &given.holder {
            SeatHolder::Site { site } => Some(site),
            SeatHolder::Patrol => state.patrol().and_then(|patrol| patrol.site.as_ref()),
            SeatHolder::Queue => None,
        };
        let participant = match &given.holder {
            SeatHolder::Queue => state.hands().first().and_then(|id| state.participant(*id)),
            SeatHolder::Site { .. } | SeatHolder::Patrol => holder.and_then(|site| state.stands_for(site)),
        };
        let one = match (participant.filter(|it| Some(it.id) != without), holder) {
            (Some(participant), _) => composed(state, participant, Source::Camera, texts),
            // Nobody stands for it: its name keeps the seat.
            (None, Some(site)) => Composed { name: caption(state, texts, site).to_owned(), ..absent() },
            (None, None) => absent(),
        };
        let known = people.iter().position(|it| {
            it.participant == one.participant
                && it.source == one.source
                && it.participant != absent().participant
        });
        let at = known.unwrap_or(people.len());
        if known.is_none() {
            people.push(one);
        }
        pinned.push((given.seat, at as u16));
    }
    let floor = state.floor().turn().map(|turn| turn.participant).filter(|id| Some(*id) != without);
    let holder =
        floor.and_then(|id| people.iter().position(|it| it.participant == id && it.source == Source::Camera));
    let is_free = !pinned.iter().any(|(seat, at)| *seat == 0 || Some(usize::from(*at)) == holder);
    if let Some(at) = holder.filter(|_| arrangement.tiling.has_main() && is_free) {
        pinned.push((0, at as u16));
    }
    pinned
}

/// Keeps a seat for somebody who is not there.
const fn absent() -> Composed {
    Composed {
        // Nobody's number.
        participant: ParticipantId(0),
        source: Source::Camera,
        name: String::new(),
        person: String::new(),
        is_muted: false,
        is_sending: false,
    }
}

/// Who is seen large by all: whoever has the floor or the stage alone, else whoever speaks where the voice
/// decides. They get a picture of their own, without themselves.
pub(super) fn spotlit(state: &State, voice: Option<ParticipantId>) -> Option<ParticipantId> {
    let shown = stage::shown(state);
    let floor = state.floor().turn().map(|turn| turn.participant);
    if let Some(arrangement) = &state.arrangements().for_all {
        return floor.or(voice).filter(|_| arrangement.tiling.has_main());
    }
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

fn composed(state: &State, participant: &Participant, source: Source, texts: &Texts) -> Composed {
    let turn = state.floor().turn().filter(|turn| turn.participant == participant.id);
    let own = texts.text(participant.name);
    // Who speaks behind the device, and as what, once they were given the floor so.
    let speaker = turn.and_then(|turn| turn.speaker).map_or(own, |it| texts.text(it));
    let position = turn.and_then(|turn| turn.position).map_or("", |it| texts.text(it));
    let (name, person) = match &participant.site {
        Some(site) => (caption(state, texts, site), speaker),
        None if speaker == own => (own, ""),
        None => (own, speaker),
    };
    let said = [person, position].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>();
    Composed {
        participant: participant.id,
        source,
        name: name.to_owned(),
        person: said.join(" – "),
        is_muted: !participant.microphone,
        is_sending: is_sending(participant, source),
    }
}

/// What stands under a site: what was written for this meeting, else its name.
fn caption<'a>(state: &State, texts: &'a Texts, site: &'a SiteId) -> &'a str {
    let own = state.invited(site).and_then(|site| site.caption).map_or("", |it| texts.text(it));
    if own.is_empty() { texts.site(site) } else { own }
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
