//! The stage set for all: how many pictures, whose, and whether viewers may look around.
//!
//! Called by `decide`, `evolve`, the views, and by the runner, which asks [`may_watch`] for each wish.
//! What is on the stage follows from the state: a called site, a patrol, the floor, then what was chosen.

use crate::actor::Actor;
use crate::{Act, Event, MeetingKind, Participant, Refusal, Role, State, speaking};
use media_control::{ParticipantId, Source};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most participants that can be set on the stage.
pub const MAX_ON_STAGE: usize = 4;

/// How the pictures stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Each viewer's own choice.
    #[default]
    Automatic,
    One,
    Two,
    Four,
    Gallery,
    /// What is shared, large, and who speaks beside it.
    Content,
}

/// What was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub layout: Layout,
    /// Chosen for the stage, first one first.
    pub chosen: Vec<ParticipantId>,
    /// Viewers may look at others as well.
    pub free: bool,
}

impl Default for Stage {
    fn default() -> Self {
        Self { layout: Layout::Automatic, chosen: Vec::new(), free: true }
    }
}

/// Why somebody is on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageOf {
    Nobody,
    Chosen,
    Floor,
    RollCall,
    Patrol,
}

/// What everybody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub layout: Layout,
    pub of: StageOf,
    pub pictures: Vec<ParticipantId>,
}

/// What is on the stage now.
#[must_use]
pub fn shown(state: &State) -> Shown {
    let of_site = |site| state.stands_for(site).map(|p| p.id).into_iter().collect::<Vec<_>>();
    if let Some(site) = state.roll_call.as_ref().and_then(|roll| roll.on_stage()) {
        return Shown { layout: Layout::One, of: StageOf::RollCall, pictures: of_site(site) };
    }
    if let Some(site) = state.patrol.as_ref().and_then(|patrol| patrol.on_stage()) {
        return Shown { layout: Layout::One, of: StageOf::Patrol, pictures: of_site(site) };
    }
    let layout = state.stage.layout;
    let holder = state.floor.turn().map(|turn| turn.participant);
    let holder = holder.filter(|holder| state.participant(*holder).is_some());
    let chosen = state.stage.chosen.iter().copied();
    let mut pictures: Vec<ParticipantId> = holder.into_iter().collect();
    pictures.extend(chosen.filter(|id| Some(*id) != holder));
    let room = match layout {
        Layout::One => 1,
        Layout::Two => 2,
        Layout::Automatic | Layout::Four | Layout::Gallery | Layout::Content => MAX_ON_STAGE,
    };
    let of = match (holder, pictures.is_empty()) {
        (Some(_), _) => StageOf::Floor,
        (None, false) => StageOf::Chosen,
        (None, true) => StageOf::Nobody,
    };
    let is_fixed = matches!(layout, Layout::One | Layout::Two | Layout::Four);
    if is_fixed && pictures.len() < room {
        pictures.extend(state.presiding().map(|chair| chair.id).filter(|chair| !pictures.contains(chair)));
    }
    pictures.truncate(room);
    Shown { layout, of, pictures }
}

/// May `viewer` look at that source of `target` now? Who leads may look at anybody: that is the preview
/// before somebody goes on the stage.
#[must_use]
pub fn may_watch(state: &State, viewer: &Participant, target: ParticipantId, source: Source) -> bool {
    looks_around(state, viewer) || is_on_stage(state, &shown(state), target, source)
}

/// Whether `viewer` may look at anybody.
#[must_use]
pub fn looks_around(state: &State, viewer: &Participant) -> bool {
    let is_audience = state.kind == MeetingKind::Lecture && viewer.role == Role::Listener;
    speaking::leads(state, viewer) || (state.stage.free && !is_audience)
}

/// Whether that source of `target` belongs to what everybody may see.
#[must_use]
pub fn is_on_stage(state: &State, shown: &Shown, target: ParticipantId, source: Source) -> bool {
    if matches!(source, Source::Screen | Source::ScreenAudio) {
        return state.participant(target).is_some_and(|p| p.screen);
    }
    // Without a set stage the one who presides is what there is to see.
    shown.pictures.contains(&target)
        || state.presiding == Some(target)
        || (shown.layout == Layout::Gallery && state.kind != MeetingKind::Lecture)
}

pub(crate) fn set(
    state: &State,
    by: Actor,
    layout: Layout,
    chosen: Vec<ParticipantId>,
    free: bool,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::SetStage)?;
    if chosen.len() > MAX_ON_STAGE {
        return Err(Refusal::StageFull { limit: u32::try_from(MAX_ON_STAGE).unwrap_or(u32::MAX) });
    }
    for (place, participant) in chosen.iter().enumerate() {
        state.admitted(*participant)?;
        if chosen[..place].contains(participant) {
            return Err(Refusal::StageFull { limit: u32::try_from(MAX_ON_STAGE).unwrap_or(u32::MAX) });
        }
    }
    let stage = Stage { layout, chosen, free };
    if state.stage == stage {
        return Ok(Vec::new());
    }
    Ok(vec![Event::StageSet { stage, by }])
}

pub(crate) fn set_kind(state: &State, by: Actor, kind: MeetingKind) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::SetStage)?;
    Ok((state.kind != kind).then_some(Event::KindSet { kind, by }).into_iter().collect())
}
