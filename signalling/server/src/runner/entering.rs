//! From the doorstep to a place: first hello, resume, and taking over a broken place.
//!
//! Part of the runner's task. A resume token proves the place and the identity proves the person;
//! both must fit.

use super::batch::{Arrived, Batch};
use super::capacity::Share;
use super::requests::refused;
use super::task::{Task, Words};
use crate::auth::Identity;
use crate::protocol::{CloseCode, EndReason, Refused, Request, ServerMessage};
use crate::session::line::{ConnectionId, Line};
use crate::session::outbox::Outbox;
use crate::session::resume;
use conference::role::may;
use conference::{Act, Command, Entered, Newcomer, SiteId, Timestamp, entered};
use media_control::ParticipantId;

/// What a first hello says beside who it is.
#[derive(Clone, Copy, Debug)]
struct Greeting {
    microphone: bool,
    camera: bool,
    moves: bool,
}

impl Task {
    /// A message of a connection that has no place.
    pub(super) fn ask_at_the_door(
        &mut self,
        batch: &mut Batch,
        connection: ConnectionId,
        id: u32,
        request: Request,
    ) {
        let Some((mut line, identity)) = self.doorstep.remove(&connection) else { return };
        let Request::Hello { resume, last_seq, microphone, camera, moves } = request else {
            self.refuse(&mut line, id, Refused::HelloExpected {});
            self.doorstep.insert(connection, (line, identity));
            return;
        };
        let Some(token) = resume else {
            match self.join(batch, &identity, Greeting { microphone, camera, moves }) {
                Ok((participant, share)) => {
                    self.take_place(batch, line, &identity, participant, None);
                    self.hold_share(participant, share);
                }
                Err(refusal) => {
                    self.refuse(&mut line, id, refusal);
                    line.close(CloseCode::NotLetIn);
                }
            }
            return;
        };
        match self.resume(batch, &identity, &token) {
            Ok(participant) => {
                let seen = Some(last_seq.unwrap_or(0));
                self.take_place(batch, line, &identity, participant, seen);
                self.hold_share(participant, None);
            }
            // The client begins again with a fresh hello on the same connection.
            Err(refusal) => {
                self.refuse(&mut line, id, refusal);
                self.doorstep.insert(connection, (line, identity));
            }
        }
    }

    fn join(
        &mut self,
        batch: &mut Batch,
        identity: &Identity,
        greeting: Greeting,
    ) -> Result<(ParticipantId, Option<Share>), Refused> {
        let name = self.state.next_text();
        let unit = name.next();
        let newcomer = Newcomer {
            person: identity.person,
            role: identity.role,
            guest: identity.guest,
            name,
            unit,
            site: self.site_of(identity),
            microphone: greeting.microphone,
            camera: greeting.camera,
            moves: greeting.moves,
            deputy: identity.deputy,
        };
        let now = Timestamp(self.parts.clock.now_ms());
        let events = conference::decide(&self.state, now, Command::Join { newcomer });
        let events = events.map_err(refused)?;
        let place = entered(&events);
        let share = match place {
            Some(Entered::New(_) | Entered::Waiting(_)) => {
                let capacity = &self.parts.capacity;
                let leads = may(identity.role, Act::EnterDirectly) || identity.deputy;
                Some(capacity.take(leads).ok_or(Refused::ServerFull { limit: capacity.limit() })?)
            }
            Some(Entered::Back(_)) | None => None,
        };
        let bodies = vec![(name, identity.name.clone()), (unit, identity.unit.clone())];
        let words = Words { person: Some(identity.person), bodies };
        self.carry_out(batch, events, Some(words));
        match place {
            Some(Entered::New(participant) | Entered::Waiting(participant)) => Ok((participant, share)),
            Some(Entered::Back(participant)) => {
                // A new page in the old place: it has seen nothing of what was numbered before.
                self.send_elsewhere(participant);
                if let Some(place) = self.places.get_mut(&participant) {
                    place.taken_ms = now.0;
                    place.outbox = Outbox::default();
                    place.is_welcomed = false;
                    place.waiting_told = None;
                }
                Ok((participant, None))
            }
            None => Err(Refused::NotAllowed {}),
        }
    }

    /// The invited site for which somebody stands: the one of the token; else, for who did not choose the
    /// own name, the one that has the name of the unit or of the person.
    fn site_of(&self, identity: &Identity) -> Option<SiteId> {
        if identity.site.is_some() || identity.guest {
            return identity.site.clone();
        }
        let is_named = |site: &&conference::InvitedSite| {
            let name = self.texts.site(&site.id);
            name == identity.unit || name == identity.name
        };
        self.state.sites().iter().find(is_named).map(|site| site.id.clone())
    }

    fn resume(
        &mut self,
        batch: &mut Batch,
        identity: &Identity,
        token: &str,
    ) -> Result<ParticipantId, Refused> {
        let now_ms = self.parts.clock.now_ms();
        let (conference, person) = (self.state.id(), identity.person);
        let held = resume::verify(&self.parts.key, conference, person, token, now_ms)
            .map_err(|_| Refused::BadResume {})?;
        let participant = held.participant;
        // A laptop that wakes up must not snatch the place back from the telephone it was moved to.
        if self.places.get(&participant).is_some_and(|place| held.issued_ms < place.taken_ms) {
            return Err(Refused::BadResume {});
        }
        // A token for a place that has ended in the meantime is as good as none.
        self.decide(batch, Command::Resume { participant }, None).map_err(|_| Refused::BadResume {})?;
        Ok(participant)
    }

    /// Gives the place to `line`; a connection that has it still is told so and closed.
    fn take_place(
        &mut self,
        batch: &mut Batch,
        line: Line,
        identity: &Identity,
        participant: ParticipantId,
        seen: Option<u64>,
    ) {
        let connection = line.id;
        self.send_elsewhere(participant);
        let place = self.places.entry(participant).or_default();
        place.name.clone_from(&identity.name);
        place.line = Some(line);
        self.connections.insert(connection, participant);
        batch.arrivals.push(Arrived { participant, connection, seen });
    }

    /// Holds the place's part of the server: a newcomer's, or the one that was held before. Who was in
    /// before a restart has none yet and gets it whatever the limit is.
    fn hold_share(&mut self, participant: ParticipantId, share: Option<Share>) {
        let Some(place) = self.places.get_mut(&participant) else { return };
        let held = share.or_else(|| place.share.take());
        place.share = Some(held.unwrap_or_else(|| self.parts.capacity.keep()));
    }

    /// Tells a connection that still has the place that it is taken over, and closes it.
    fn send_elsewhere(&mut self, participant: ParticipantId) {
        let Some(place) = self.places.get_mut(&participant) else { return };
        let Some(mut before) = place.line.take() else { return };
        self.connections.remove(&before.id);
        let ended = ServerMessage::Ended { reason: EndReason::JoinedElsewhere, by: None };
        let json = serde_json::to_string(&ended).expect("messages are plain fields");
        // Numbered like all that went before, or the client takes it for a repetition.
        let last_word = place.outbox.last_word(&json);
        if before.tell(last_word).is_ok() {
            before.close(CloseCode::JoinedElsewhere);
        }
    }
}
