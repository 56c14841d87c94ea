//! The loop of one conference: take inputs, decide, commit, tell.
//!
//! Spawned by `runner::registry`. Alone changes the state; waits for nothing but its mailboxes,
//! the clock and the journal. Never tells anybody what is not committed.

use super::batch::{Batch, INPUT_LIMIT, Reply};
use super::composing::Programmes;
use super::orders::MediaOrders;
use super::place::Place;
use super::requests::{command, refused};
use super::wording::Wording;
use super::{Input, Parts, Summary};
use crate::auth::Identity;
use crate::journal::{self, BatchText, JournalFailure};
use crate::protocol::{ClientMessage, CloseCode, Refused, Request};
use crate::session::line::{ConnectionId, Line};
use conference::{Command, Event, Phase, Refusal, Role, State, TextId, Texts, Timestamp, decide, evolve};
use media_control::{MediaEvent, ParticipantId, Speaker};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use unicode_normalization::UnicodeNormalization as _;

/// A conference in which nobody is and whom nobody visits ends its task after this time.
const IDLE_LIMIT: Duration = Duration::from_secs(60);
/// How long to wait before orders that the media server had no room for are sent again.
const MEDIA_RETRY: Duration = Duration::from_millis(20);
/// Words kept above those in use before the unused are forgotten.
const SPARE_TEXTS: usize = 256;

/// Words that a command may bring into use, and whose they are.
pub(super) struct Words {
    pub person: Option<conference::PersonId>,
    pub bodies: Vec<(TextId, String)>,
}

/// One running conference.
pub(super) struct Task {
    pub parts: Arc<Parts>,
    pub state: State,
    pub texts: Texts,
    pub places: BTreeMap<ParticipantId, Place>,
    pub connections: HashMap<ConnectionId, ParticipantId>,
    /// Connections that have not taken a place yet; bounded by the connections of the process.
    pub doorstep: HashMap<ConnectionId, (Line, Identity)>,
    pub orders: MediaOrders,
    pub speakers: Vec<Speaker>,
    /// The composed pictures that somebody looks at.
    pub programmes: Programmes,
    /// The recorder was told to let it out.
    pub is_live: bool,
    pub summary: watch::Sender<Summary>,
    /// Places whose line was cut while telling.
    pub cut: Vec<ParticipantId>,
    /// Places whose line had ended when it was told something; what the connection said last still waits.
    pub ended: Vec<ParticipantId>,
}

/// The mailboxes of a task.
pub(super) struct Mailboxes {
    pub inputs: mpsc::Receiver<Input>,
    pub media: mpsc::Receiver<MediaEvent>,
}

impl Task {
    /// Runs until the conference is idle, the server stops or the journal fails.
    pub(super) async fn run(mut self, mut mail: Mailboxes) {
        let conference = self.state.id().clone();
        match self.serve(&mut mail).await {
            Ok(code) => self.close_all(code),
            Err(failure) => {
                tracing::error!(%conference, %failure, "journal failed, clients are sent back");
                metrics::counter!("vc_runner_journal_failures_total").increment(1);
                self.close_all(CloseCode::ServerFailure);
            }
        }
        // Who came between the decision to end and this line comes back to a new task.
        mail.inputs.close();
        while let Ok(input) = mail.inputs.try_recv() {
            if let Input::Connected { line, .. } = input {
                line.close(CloseCode::ServerFailure);
            }
        }
        self.parts.journal.unload(&conference).await;
        tracing::info!(%conference, "conference task ended");
    }

    async fn serve(&mut self, mail: &mut Mailboxes) -> Result<CloseCode, JournalFailure> {
        self.settle(Batch::default()).await?;
        loop {
            let mut batch = Batch::default();
            let is_idle = self.places.is_empty() && self.doorstep.is_empty();
            let deadline = self.state.next_deadline();
            tokio::select! {
                biased;
                Some(event) = mail.media.recv() => self.take_media(&mut batch, event),
                input = mail.inputs.recv() => {
                    let Some(input) = input else { return Ok(CloseCode::Stopping) };
                    if self.take(&mut batch, input) == Flow::Stop {
                        self.settle(batch).await?;
                        return Ok(CloseCode::Stopping);
                    }
                }
                () = reached(&self.parts, deadline) => self.tick(&mut batch),
                () = std::future::ready(()), if !self.ended.is_empty() => {}
                () = tokio::time::sleep(MEDIA_RETRY), if self.orders.are_waiting() => {}
                () = tokio::time::sleep(IDLE_LIMIT), if is_idle && deadline.is_none() => {
                    return Ok(CloseCode::ServerFailure);
                }
            }
            for _ in 0..INPUT_LIMIT {
                let Ok(input) = mail.inputs.try_recv() else {
                    self.lose_ended(&mut batch);
                    break;
                };
                if self.take(&mut batch, input) == Flow::Stop {
                    self.settle(batch).await?;
                    return Ok(CloseCode::Stopping);
                }
            }
            self.settle(batch).await?;
        }
    }

    /// Commits and tells `batch`, and then what came of telling it.
    async fn settle(&mut self, mut batch: Batch) -> Result<(), JournalFailure> {
        loop {
            if !batch.events.is_empty() {
                self.commit(&mut batch).await?;
            }
            self.tell(batch);
            self.tell_mixer();
            self.tell_recorder();
            self.orders.send(&*self.parts.media);
            self.forget_unused_texts();
            if self.cut.is_empty() {
                return Ok(());
            }
            batch = Batch::default();
            for participant in std::mem::take(&mut self.cut) {
                self.lose_connection(&mut batch, participant);
            }
        }
    }

    async fn commit(&mut self, batch: &mut Batch) -> Result<(), JournalFailure> {
        let started = std::time::Instant::now();
        let rows = journal::Batch {
            conference: self.state.id().clone(),
            at: Timestamp(self.parts.clock.now_ms()),
            events: batch.events.clone(),
            texts: std::mem::take(&mut batch.texts),
        };
        let committed = self.parts.writer.commit(rows).await?;
        self.tell_outside(&batch.events);
        metrics::histogram!("vc_runner_commit_seconds").record(started.elapsed());
        if committed.snapshot_due {
            let (journal, state) = (self.parts.journal.clone(), self.state.clone());
            tokio::spawn(async move {
                if let Err(failure) = journal.save_snapshot(&state, committed.last_seq).await {
                    tracing::warn!(conference = %state.id(), %failure, "snapshot not saved");
                }
            });
        }
        Ok(())
    }

    fn take(&mut self, batch: &mut Batch, input: Input) -> Flow {
        match input {
            Input::Connected { line, identity } => {
                self.doorstep.insert(line.id, (line, identity));
            }
            Input::Ask { connection, message } => self.ask(batch, connection, message),
            Input::Bring { connection, what } => self.bring(connection, what),
            Input::SignedOut { connection } => {
                if let Some(&participant) = self.connections.get(&connection) {
                    self.take_leg(participant);
                }
            }
            Input::Gone { connection } => {
                self.doorstep.remove(&connection);
                if let Some(participant) = self.connections.remove(&connection) {
                    if let Some(place) = self.places.get_mut(&participant) {
                        place.line = None;
                    }
                    self.lose_connection(batch, participant);
                }
            }
            Input::Statistics { answer } => {
                // Who asked may have gone.
                let _ = answer.send(self.statistics());
            }
            Input::Act { who, act, answer } => self.act(batch, &who, act, answer),
            Input::Show { role, answer } => {
                // What is decided in this round is not kept yet: shown with it, after the commit.
                batch.shown.push((role, answer));
            }
            Input::Renew { ends } => {
                let state = &self.state;
                let nobody = self.doorstep.is_empty() && batch.arrivals.is_empty();
                let is_empty = nobody && state.participants().is_empty() && state.waiting().is_empty();
                let _ = ends.send(is_empty);
                if is_empty {
                    return Flow::Stop;
                }
            }
            Input::Stop => return Flow::Stop,
        }
        Flow::GoOn
    }

    fn ask(&mut self, batch: &mut Batch, connection: ConnectionId, message: ClientMessage) {
        let ClientMessage { id, request } = message;
        if self.doorstep.contains_key(&connection) {
            return self.ask_at_the_door(batch, connection, id, request);
        }
        // A message may still be under way when its place has ended.
        let Some(&participant) = self.connections.get(&connection) else { return };
        let result = match request {
            Request::Ack { seq } => {
                if let Some(place) = self.places.get_mut(&participant) {
                    place.outbox.acknowledge(seq);
                }
                return;
            }
            Request::Hello { .. } => Err(Refused::HelloExpected {}),
            Request::Chat { text } => self.chat(batch, participant, &text),
            Request::OpenMedia {} => match self.open_media(participant, id) {
                Ok(()) => return,
                Err(refused) => Err(refused),
            },
            Request::Answer { leg, sdp } => self.answer(participant, leg, sdp),
            Request::RestartIce { leg } => self.restart_ice(participant, leg),
            Request::Watch { wishes } => self.watch(participant, wishes),
            Request::OpenLive {} if !self.parts.media.has_recorder() => Err(Refused::NoRecorder {}),
            request => {
                let mut wording = Wording::from(self.state.next_text());
                // Words about one's own wish go with the person; notes and agenda belong to the meeting.
                let own = matches!(request, Request::RequestFloor { participant: None, site: None, .. });
                let person = self.state.participant(participant).filter(|_| own).map(|p| p.person);
                match command(participant, request, &mut wording) {
                    Some(command) => self.decide(batch, command, wording.words(person)).map_err(refused),
                    None => return,
                }
            }
        };
        batch.replies.push(Reply { connection, participant, id, result });
    }

    fn chat(&mut self, batch: &mut Batch, by: ParticipantId, text: &str) -> Result<(), Refused> {
        let body: String = text.trim().nfc().collect();
        let (text, chars) = (self.state.next_text(), body.chars().count());
        let person = self.state.participant(by).map(|participant| participant.person);
        let words = Words { person, bodies: vec![(text, body)] };
        self.decide(batch, Command::Chat { by, text, chars }, Some(words)).map_err(refused)
    }

    /// Decides `command` and carries its events out; they are told when the batch is committed.
    pub(super) fn decide(
        &mut self,
        batch: &mut Batch,
        command: Command,
        words: Option<Words>,
    ) -> Result<(), Refusal> {
        let events = decide(&self.state, Timestamp(self.parts.clock.now_ms()), command)?;
        self.carry_out(batch, events, words);
        Ok(())
    }

    pub(super) fn carry_out(&mut self, batch: &mut Batch, events: Vec<Event>, words: Option<Words>) {
        if let Some(Words { person, bodies }) = words {
            let used: Vec<TextId> = events.iter().flat_map(Event::texts).collect();
            for (id, body) in bodies {
                if used.contains(&id) {
                    self.texts.insert(id, body.clone());
                    batch.texts.push(BatchText { id, person, body });
                }
            }
        }
        for event in events {
            evolve(&mut self.state, &event);
            batch.events.push(event);
        }
    }

    fn tick(&mut self, batch: &mut Batch) {
        let done = self.decide(batch, Command::Tick, None);
        debug_assert!(done.is_ok(), "a tick is never refused");
    }

    /// Those whose line has ended and who have said nothing about it: their connection's task has failed.
    fn lose_ended(&mut self, batch: &mut Batch) {
        for participant in std::mem::take(&mut self.ended) {
            let Some(place) = self.places.get_mut(&participant) else { continue };
            let Some(line) = place.line.take_if(|line| line.is_ended()) else { continue };
            self.connections.remove(&line.id);
            self.lose_connection(batch, participant);
        }
    }

    fn lose_connection(&mut self, batch: &mut Batch, participant: ParticipantId) {
        let done = self.decide(batch, Command::ConnectionLost { participant }, None);
        debug_assert!(done.is_ok(), "a lost connection is never refused");
    }

    fn forget_unused_texts(&mut self) {
        // Cheap upper estimate first: the exact list is built only when much may be unused.
        let inside = (self.state.participants().len() + self.state.waiting().len()) * 2;
        if self.texts.len() > inside + self.state.chat().len() * 2 + SPARE_TEXTS {
            self.texts.keep_only_used(&self.state);
        }
    }

    fn close_all(&mut self, code: CloseCode) {
        self.stop_live();
        self.stop_all_composing();
        self.orders.send(&*self.parts.media);
        for place in self.places.values_mut() {
            if let Some(line) = place.line.take() {
                line.close(code);
            }
            if let Some(leg) = &place.leg {
                self.parts.legs.close(leg.id);
            }
        }
        for (_, (line, _)) in self.doorstep.drain() {
            line.close(code);
        }
    }

    /// What the lobby shows of the conference now.
    pub(super) fn summarise(&self) -> Summary {
        let state = &self.state;
        let chair = state.participants().iter().find(|p| p.role == Role::Chair);
        Summary {
            open: state.phase() == Phase::Open || state.settings().always_open,
            ended: state.phase() == Phase::Ended && !state.settings().always_open,
            locked: state.is_locked(),
            waiting_room: state.has_waiting_room(),
            participants: u32::try_from(state.participants().len()).unwrap_or(u32::MAX),
            opens: state.opens(),
            chair: chair.map_or_else(String::new, |p| self.texts.text(p.name).to_owned()),
        }
    }
}

/// Whether the loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    GoOn,
    Stop,
}

async fn reached(parts: &Parts, deadline: Option<Timestamp>) {
    match deadline {
        Some(at) => parts.clock.reached(at.0).await,
        None => std::future::pending().await,
    }
}
