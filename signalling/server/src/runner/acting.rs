//! Acts by the HTTP API: they go through the conference's task like those of the WebSocket.
//!
//! Part of the runner's task. Who asks acts as the participant they are, or from outside. The answer is
//! given when the rows are committed, never before.

use super::batch::{Answered, Batch};
use super::requests::{self, refused};
use super::task::Task;
use super::wording::Wording;
use crate::auth::Identity;
use crate::protocol::{Refused, Request};
use conference::floor::Target;
use conference::view::{ConferenceView, snapshot};
use conference::{Actor, Command, Event, Role, State};
use media_control::ParticipantId;
use tokio::sync::oneshot;

/// What is asked by the API.
#[derive(Debug)]
pub(crate) enum Act {
    /// About floor, agenda or roll call, in the words of the protocol.
    Course(Request),
    /// Mutes everybody but these; a site means all who stand for it.
    MuteAllBut(Vec<Target>),
    /// Calls the planned meeting off; whoever asks was found to be somebody who may edit it.
    Cancel,
    /// Takes that back.
    Restore,
}

/// The conference after an act, as the one who acted may see it.
#[derive(Debug)]
pub(crate) struct Acted {
    pub view: ConferenceView,
    /// How many microphones it has switched off.
    pub muted: u32,
}

impl Task {
    pub(super) fn act(
        &mut self,
        batch: &mut Batch,
        who: &Identity,
        act: Act,
        answer: oneshot::Sender<Result<Acted, Refused>>,
    ) {
        let actor = self.actor(who);
        let mut words = Wording::from(self.state.next_text());
        let own = matches!(act, Act::Course(Request::RequestFloor { participant: None, site: None, .. }));
        let command = match act {
            Act::Course(request) => requests::course(actor, request, &mut words),
            Act::MuteAllBut(spared) => {
                let except = self.spared(&spared);
                Some(Command::MuteAll { by: actor, except })
            }
            Act::Cancel => Some(Command::Cancel { by: actor }),
            Act::Restore => Some(Command::Restore { by: actor }),
        };
        // Only requests that are commands are made into acts.
        let Some(command) = command else { return };
        let before = batch.events.len();
        let person = own.then_some(who.person);
        let result = self.decide(batch, command, words.words(person)).map_err(refused);
        let muted = batch.events[before..].iter().map(muted).sum();
        batch.answered.push(Answered { answer, result: result.map(|()| muted), role: who.role });
    }

    /// The participant that `who` is, else somebody outside.
    fn actor(&self, who: &Identity) -> Actor {
        let inside = self.state.participants().iter().find(|p| p.person == who.person);
        let outside = Actor::Outside { person: who.person, role: who.role };
        inside.map_or(outside, |participant| Actor::Inside(participant.id))
    }

    fn spared(&self, spared: &[Target]) -> Vec<ParticipantId> {
        let stands = |participant: &conference::Participant| {
            spared.iter().any(|target| match target {
                Target::Participant(id) => participant.id == *id,
                Target::Site(site) => participant.site.as_ref() == Some(site),
            })
        };
        self.state.participants().iter().filter(|p| stands(p)).map(|p| p.id).collect()
    }

    /// Answers what was asked by the API; the rows are committed.
    pub(super) fn tell_answered(&self, answered: Vec<Answered>) {
        for Answered { answer, result, role } in answered {
            let acted = result.map(|muted| Acted { view: self.shown_to(role), muted });
            // Who asked may have gone.
            let _ = answer.send(acted);
        }
    }

    /// The conference as `role` may see it.
    pub(super) fn shown_to(&self, role: Role) -> ConferenceView {
        let state: &State = &self.state;
        snapshot(state, &self.texts, role)
    }
}

fn muted(event: &Event) -> u32 {
    match event {
        Event::AllMuted { participants, .. } => u32::try_from(participants.len()).unwrap_or(u32::MAX),
        _ => 0,
    }
}
