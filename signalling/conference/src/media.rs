//! Rules of sending: wishes, mutes, the one presenter.
//!
//! Called by `decide`; [`allowed_sources`] is what the runner tells the media server. A source is
//! allowed only while it is shown as on, so nobody is heard or seen without the others knowing.

use crate::role::may;
use crate::{Act, Event, MediaWish, Participant, Refusal, State, speaking};
use media_control::{ParticipantId, Source, SourceSet};

/// What `participant` may send now: what is shown as on.
#[must_use]
pub fn allowed_sources(participant: &Participant) -> SourceSet {
    let mut allowed = SourceSet::NONE;
    if participant.microphone {
        allowed = allowed.with(Source::Microphone);
    }
    if participant.camera {
        allowed = allowed.with(Source::Camera);
    }
    if participant.screen {
        allowed = allowed.with(Source::Screen).with(Source::ScreenAudio);
    }
    allowed
}

/// What each participant may send now, in order of admission.
#[must_use]
pub fn media_plan(state: &State) -> Vec<(ParticipantId, SourceSet)> {
    state.participants.iter().map(|p| (p.id, allowed_sources(p))).collect()
}

pub(crate) fn set(state: &State, by: ParticipantId, wanted: MediaWish) -> Result<Vec<Event>, Refusal> {
    let asker = state.admitted(by)?;
    // Only what is switched on anew needs the right: switching off is always possible.
    let switched_on = [
        (wanted.camera && !asker.camera, Act::SendPicture),
        (wanted.screen && !asker.screen, Act::ShareScreen),
    ];
    if switched_on.iter().any(|(on, act)| *on && !may(asker.role, *act)) {
        return Err(Refusal::NotAllowed);
    }
    if wanted.microphone && !asker.microphone {
        speaking::may_switch_on(state, asker)?;
    }
    let MediaWish { microphone, camera, screen } = wanted;
    if (asker.microphone, asker.camera, asker.screen) == (microphone, camera, screen) {
        return Ok(Vec::new());
    }
    let mut events = Vec::new();
    if screen && !asker.screen {
        events.extend(take_over_screen(state, asker)?);
    }
    events.push(Event::MediaSet { participant: by, microphone, camera, screen, by: None });
    Ok(events)
}

/// One presenter at a time. Whoever may share takes over, but the screen of a role that leads
/// (one that may mute others) gives way only to another such role.
fn take_over_screen(state: &State, asker: &Participant) -> Result<Option<Event>, Refusal> {
    let Some(presenter) = state.presenter() else {
        return Ok(None);
    };
    if speaking::leads(state, presenter) && !speaking::leads(state, asker) {
        return Err(Refusal::ScreenTaken { by: presenter.id });
    }
    Ok(Some(Event::MediaSet {
        participant: presenter.id,
        microphone: presenter.microphone,
        camera: presenter.camera,
        screen: false,
        by: Some(asker.id),
    }))
}

pub(crate) fn mute(
    state: &State,
    by: ParticipantId,
    participant: ParticipantId,
) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Mute)?;
    let target = state.admitted(participant)?;
    Ok(if target.microphone { vec![Event::Muted { participant, by }] } else { Vec::new() })
}
