//! Tells what has been committed: deltas, whole pictures, answers, ends.
//!
//! Part of the runner's task, called only after the journal has the events. A place whose line is
//! full or gone keeps its messages and is noted in `cut`.

use super::batch::{Arrived, Batch};
use super::task::Task;
use crate::protocol::{CloseCode, EndReason, Refused, ServerFrame, ServerMessage, Volatile};
use crate::session::line::Line;
use crate::session::outbox::Missed;
use crate::session::resume;
use axum::extract::ws::Utf8Bytes;
use conference::view::{LeaveReason, deltas, self_view, snapshot};
use conference::{Event, Role, WaitingEnd};
use media_control::ParticipantId;

fn json(message: &ServerMessage) -> Utf8Bytes {
    serde_json::to_string(message).expect("messages are plain fields").into()
}

pub(super) fn volatile(message: Volatile) -> Utf8Bytes {
    let frame = ServerFrame::Volatile(message);
    serde_json::to_string(&frame).expect("messages are plain fields").into()
}

impl Task {
    /// Tells everybody concerned about a committed batch.
    pub(super) fn tell(&mut self, batch: Batch) {
        for arrived in &batch.arrivals {
            if arrived.seen.is_some() {
                self.tell_missed(*arrived);
            }
        }
        if !batch.events.is_empty() {
            self.tell_deltas(&batch.events);
        }
        let has_events = !batch.events.is_empty();
        if has_events || !batch.arrivals.is_empty() {
            self.tell_newcomers();
        }
        for reply in &batch.replies {
            let message = match &reply.result {
                Ok(()) => Volatile::Done { id: reply.id },
                Err(refused) => Volatile::Refused { id: reply.id, refusal: refused.clone() },
            };
            let holds = |line: &Line| line.id == reply.connection;
            let place = self.places.get(&reply.participant);
            if place.and_then(|place| place.line.as_ref()).is_some_and(holds) {
                self.tell_volatile(reply.participant, volatile(message));
            }
        }
        self.tell_answered(batch.answered);
        for (role, answer) in batch.shown {
            // Who asked may have gone.
            let _ = answer.send(self.shown_to(role));
        }
        // Most rounds only carry media news or answers: they cost nothing for each participant.
        if !has_events {
            return;
        }
        self.tell_departed(&batch.events);
        self.tell_media();
        let summary = self.summarise();
        self.summary.send_if_modified(|old| {
            let is_new = *old != summary;
            *old = summary;
            is_new
        });
    }

    /// Refuses a request of a connection without a place.
    pub(super) fn refuse(&self, line: &mut Line, id: u32, refusal: Refused) {
        // A cut line closes by itself.
        let _ = line.tell(volatile(Volatile::Refused { id, refusal }));
    }

    fn tell_deltas(&mut self, events: &[Event]) {
        let told: Vec<_> = deltas(&self.state, events, &self.texts)
            .into_iter()
            .map(|told| (told.to, json(&ServerMessage::Delta { delta: told.delta })))
            .collect();
        let welcomed: Vec<(ParticipantId, Role)> = self
            .state
            .participants()
            .iter()
            .filter(|p| self.places.get(&p.id).is_some_and(|place| place.is_welcomed))
            .map(|p| (p.id, self.state.role_of(p)))
            .collect();
        for (participant, role) in welcomed {
            for (audience, message) in &told {
                if audience.includes(participant, role) {
                    self.tell_reliable(participant, message);
                }
            }
        }
    }

    /// A resumed connection: what it missed, or the mark that it must get the whole picture.
    fn tell_missed(&mut self, arrived: Arrived) {
        let participant = arrived.participant;
        let resume = self.resume_token(participant);
        let you = self.state.participant(participant).map(|own| self_view(&self.state, own));
        let Some(place) = self.places.get_mut(&participant) else { return };
        let Some(line) = place.line.as_mut().filter(|line| line.id == arrived.connection) else {
            return;
        };
        let missed = place.outbox.missed_after(arrived.seen.unwrap_or(0));
        // Who waits is always told the place in the queue again, after what was missed.
        place.waiting_told = None;
        let (Missed::Frames(frames), true) = (missed, place.is_welcomed || you.is_none()) else {
            place.is_welcomed = false;
            return;
        };
        let resumed = you.map(|you| volatile(Volatile::Resumed { you, resume }));
        let told = resumed.into_iter().chain(frames).try_for_each(|frame| line.tell(frame));
        if told.is_err() {
            self.cut_off(participant);
        } else {
            self.tell_media_again(participant);
        }
    }

    /// The whole picture to everyone admitted who has a line and not the picture, and the place in
    /// the queue to everyone who waits.
    fn tell_newcomers(&mut self) {
        let due = |place: &super::place::Place| !place.is_welcomed && place.line.is_some();
        let new: Vec<ParticipantId> =
            self.places.iter().filter(|(_, place)| due(place)).map(|(id, _)| *id).collect();
        for participant in new {
            let Some(admitted) = self.state.participant(participant) else { continue };
            let message = ServerMessage::Welcome {
                you: self_view(&self.state, admitted),
                resume: self.resume_token(participant),
                server_time_ms: self.parts.clock.now_ms(),
                conference: Box::new(snapshot(&self.state, &self.texts, self.state.role_of(admitted))),
            };
            if let Some(place) = self.places.get_mut(&participant) {
                place.is_welcomed = true;
                place.waiting_told = None;
            }
            self.tell_reliable(participant, &json(&message));
            self.tell_media_again(participant);
        }
        let waiting: Vec<ParticipantId> =
            self.state.waiting().iter().map(|w| w.arrival.participant).collect();
        for (participant, at) in waiting.into_iter().zip(1_u32..) {
            let place = self.places.get(&participant);
            let is_due = place.is_some_and(|p| p.line.is_some() && p.waiting_told != Some(at));
            if is_due {
                let resume = self.resume_token(participant);
                if let Some(place) = self.places.get_mut(&participant) {
                    place.waiting_told = Some(at);
                }
                self.tell_reliable(participant, &json(&ServerMessage::Waiting { place: at, resume }));
            }
        }
    }

    /// Last words to those who are no longer in the conference, and the end of their places.
    fn tell_departed(&mut self, events: &[Event]) {
        let state = &self.state;
        let is_gone =
            |id: &ParticipantId| state.participant(*id).is_none() && state.waiting_place(*id).is_none();
        let departed: Vec<ParticipantId> = self.places.keys().copied().filter(is_gone).collect();
        let ends: Vec<_> = departed
            .into_iter()
            .map(|participant| {
                let (reason, by) = end_of(participant, events);
                let by = by.and_then(|by| self.places.get(&by)).map(|place| place.name.clone());
                (participant, reason, by)
            })
            .collect();
        for (participant, reason, by) in ends {
            self.tell_reliable(participant, &json(&ServerMessage::Ended { reason, by }));
            self.close_leg(participant);
            let Some(place) = self.places.remove(&participant) else { continue };
            if let Some(line) = place.line {
                self.connections.remove(&line.id);
                line.close(CloseCode::PlaceEnded);
            }
        }
        self.cut.retain(|participant| self.places.contains_key(participant));
    }

    pub(super) fn tell_reliable(&mut self, participant: ParticipantId, message: &Utf8Bytes) {
        let Some(place) = self.places.get_mut(&participant) else { return };
        let frame = place.outbox.push(message);
        if let Some(line) = place.line.as_mut()
            && line.tell(frame).is_err()
        {
            self.cut_off(participant);
        }
    }

    pub(super) fn tell_volatile(&mut self, participant: ParticipantId, frame: Utf8Bytes) {
        let Some(place) = self.places.get_mut(&participant) else { return };
        if let Some(line) = place.line.as_mut()
            && line.tell(frame).is_err()
        {
            self.cut_off(participant);
        }
    }

    fn cut_off(&mut self, participant: ParticipantId) {
        let line = self.places.get(&participant).and_then(|place| place.line.as_ref());
        if line.is_some_and(Line::is_ended) {
            // Its last words may be that it leaves: they come before it counts as lost.
            if !self.ended.contains(&participant) {
                self.ended.push(participant);
            }
            return;
        }
        if let Some(line) = self.places.get_mut(&participant).and_then(|place| place.line.take()) {
            self.connections.remove(&line.id);
            self.cut.push(participant);
        }
    }

    fn resume_token(&self, participant: ParticipantId) -> String {
        let state = &self.state;
        let person = match state.participant(participant) {
            Some(admitted) => Some(admitted.person),
            None => state.waiting_place(participant).map(|(_, w)| w.arrival.person),
        };
        // A place that is in neither list is told that it has ended, and gets no token.
        person.map_or_else(String::new, |person| {
            let now_ms = self.parts.clock.now_ms();
            resume::issue(&self.parts.key, state.id(), person, participant, now_ms)
        })
    }
}

/// Why `participant` is out, and who caused it.
fn end_of(participant: ParticipantId, events: &[Event]) -> (EndReason, Option<ParticipantId>) {
    let own = events.iter().rev().find_map(|event| match *event {
        Event::Left { participant: left, reason, by } if left == participant => {
            let reason = match reason {
                LeaveReason::Removed => EndReason::Removed,
                LeaveReason::Ended => EndReason::Ended,
                LeaveReason::Left | LeaveReason::Lost => EndReason::Left,
            };
            Some((reason, by))
        }
        Event::WaitingEnded { participant: left, reason, by } if left == participant => {
            let reason = match reason {
                WaitingEnd::TurnedAway => EndReason::TurnedAway,
                WaitingEnd::Left | WaitingEnd::Lost => EndReason::Left,
            };
            Some((reason, by))
        }
        Event::Ended { by } => Some((EndReason::Ended, Some(by))),
        _ => None,
    });
    own.unwrap_or((EndReason::Ended, None))
}
