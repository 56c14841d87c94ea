//! One program that sends or watches without a browser: it joins like anybody, then keeps its place
//! until its leg or its conference ends.
//!
//! Spawned by `visitors`. Speaks to the runner what a WebSocket speaks, so that WHIP, WHEP and browser
//! are the same Join. Decides nothing about the meeting.

use super::stage::{Stage, Target};
use super::{NoVisit, Order, Welcomed};
use crate::auth::Identity;
use crate::clock::Clock;
use crate::protocol::{
    ClientMessage, ComposedStanding, Refused, Request, ServerFrame, ServerMessage, Volatile,
};
use crate::runner::{Bring, Handle, Input, NoLeg, OfferTaken};
use crate::session::line::{ConnectionId, LineEnd, Outgoing, line};
use crate::session::next_connection;
use conference::PersonId;
use media_control::{Errand, Wish};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How long a program may stand in the waiting room; a request lasts 30 s at most.
const ADMIT_TIME: Duration = Duration::from_secs(20);
/// How long the media server may take for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// How long the answer waits for word of the composed picture.
const COMPOSED_TIME: Duration = Duration::from_secs(2);
/// How often the stage is looked at without news: who speaks may have spoken long enough now.
const STAGE_TURN: Duration = Duration::from_millis(500);

/// What the program came for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Publish { microphone: bool, camera: bool },
    View(Target),
}

/// What a visit begins with.
pub(super) struct Arrival {
    pub handle: Handle,
    /// Who holds the token; a viewer joins as somebody of its own.
    pub owner: PersonId,
    pub identity: Identity,
    pub clock: Clock,
    pub purpose: Purpose,
    pub sdp: String,
}

/// Why a visit is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The program said so.
    Deleted,
    /// Its media connection is gone: silent, closed, never made.
    MediaLost,
    /// Removed, or the conference ended.
    PlaceEnded,
    /// The program did not wait for its answer.
    GivenUp,
    /// It never came in.
    Refused,
}

impl End {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::MediaLost => "media_lost",
            Self::PlaceEnded => "place_ended",
            Self::GivenUp => "given_up",
            Self::Refused => "refused",
        }
    }
}

/// A visit that is going on.
struct Visit {
    id: ConnectionId,
    handle: Handle,
    end: LineEnd,
    clock: Clock,
    stage: Stage,
    is_viewer: bool,
}

/// Lives through one visit; `told` gets how it began.
pub(super) async fn live(
    arrival: Arrival,
    told: oneshot::Sender<Result<Welcomed, NoVisit>>,
    mut orders: mpsc::Receiver<Order>,
) -> End {
    let Arrival { handle, owner, identity, clock, purpose, sdp } = arrival;
    let id = next_connection();
    let (line, end) = line(id);
    if handle.inputs.send(Input::Connected { line, identity }).await.is_err() {
        // Who asked may have given up.
        let _ = told.send(Err(NoVisit::Busy));
        return End::Refused;
    }
    let (target, is_viewer) = match purpose {
        Purpose::View(target) => (target, true),
        Purpose::Publish { .. } => (Target::Stage, false),
    };
    let mut visit = Visit { id, handle, end, clock, stage: Stage::new(target), is_viewer };
    let ended = match visit.begin(purpose, owner, sdp).await {
        Ok(welcomed) => match told.send(Ok(welcomed)) {
            Ok(()) => visit.stay(&mut orders).await,
            Err(_) => End::GivenUp,
        },
        Err(reason) => {
            let _ = told.send(Err(reason));
            End::Refused
        }
    };
    visit.leave().await;
    ended
}

impl Visit {
    async fn begin(&mut self, purpose: Purpose, owner: PersonId, sdp: String) -> Result<Welcomed, NoVisit> {
        let (microphone, camera) = match purpose {
            Purpose::Publish { microphone, camera } => (microphone, camera),
            Purpose::View(_) => (false, false),
        };
        self.ask(Request::Hello { resume: None, last_seq: None, microphone, camera, moves: false }).await;
        match tokio::time::timeout(ADMIT_TIME, self.welcome()).await {
            Ok(entered) => entered?,
            Err(_) => return Err(NoVisit::NotAdmitted),
        }
        if !self.stage.has_target() {
            return Err(NoVisit::NoSuchParticipant);
        }
        let errand = if self.is_viewer {
            if let Some(wishes) = self.stage.turn(self.clock.now_ms()) {
                self.watch(wishes).await;
            }
            Errand::View { hears: self.stage.hears() }
        } else {
            Errand::Publish
        };
        let (taken, answer) = oneshot::channel();
        let owner = self.is_viewer.then_some(owner);
        let what = Bring::Offer { errand, owner, sdp, taken };
        // A runner that has ended drops the channel, which says the same.
        let _ = self.handle.inputs.send(Input::Bring { connection: self.id, what }).await;
        match tokio::time::timeout(ANSWER_TIME, answer).await {
            Ok(Ok(Ok(OfferTaken { sdp, relay }))) => {
                if self.stage.is_composed() {
                    // Silence is no refusal: the first picture may take longer than a program waits.
                    tokio::time::timeout(COMPOSED_TIME, self.composed()).await.unwrap_or(Ok(()))?;
                }
                Ok(Welcomed { sdp, relay })
            }
            Ok(Ok(Err(NoLeg::Malformed))) => Err(NoVisit::Malformed),
            Ok(Ok(Err(NoLeg::Unusable { detail }))) => Err(NoVisit::Unusable { detail }),
            Ok(Ok(Err(NoLeg::Busy)) | Err(_)) | Err(_) => Err(NoVisit::Busy),
        }
    }

    /// Returns when the place is taken; in a waiting room that may last.
    async fn welcome(&mut self) -> Result<(), NoVisit> {
        loop {
            let heard = self.hear().await;
            self.acknowledge(heard.as_ref()).await;
            match heard {
                None => return Err(NoVisit::Busy),
                Some(ServerFrame::Reliable {
                    message: ServerMessage::Welcome { conference, .. }, ..
                }) => {
                    self.stage.welcome(&conference);
                    return Ok(());
                }
                Some(ServerFrame::Reliable { message: ServerMessage::Ended { .. }, .. }) => {
                    return Err(NoVisit::TurnedAway);
                }
                Some(ServerFrame::Volatile(Volatile::Refused { refusal, .. })) => {
                    return Err(NoVisit::Refused(refusal));
                }
                Some(_) => {}
            }
        }
    }

    /// Returns when the composed picture is there, or with why it is not made.
    async fn composed(&mut self) -> Result<(), NoVisit> {
        loop {
            let heard = self.hear().await;
            self.acknowledge(heard.as_ref()).await;
            match heard {
                None => return Err(NoVisit::Busy),
                Some(ServerFrame::Volatile(Volatile::Composed { standing })) => match standing {
                    ComposedStanding::Making => {}
                    ComposedStanding::Shown | ComposedStanding::Lost => return Ok(()),
                    ComposedStanding::NoMixer => return Err(NoVisit::NoMixer),
                    ComposedStanding::TooMany => return Err(NoVisit::TooManyComposed),
                    ComposedStanding::NoEncoder => return Err(NoVisit::NoEncoder),
                },
                Some(frame) => match self.note(frame) {
                    None => {}
                    Some(End::PlaceEnded) => return Err(NoVisit::TurnedAway),
                    Some(_) => return Err(NoVisit::Busy),
                },
            }
        }
    }

    /// Keeps the place until something ends it.
    async fn stay(&mut self, orders: &mut mpsc::Receiver<Order>) -> End {
        let mut turn = tokio::time::interval(STAGE_TURN);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Restart { ufrag, pwd, restarted }) => {
                        let what = Bring::Restart { ufrag, pwd, restarted };
                        let _ = self.handle.inputs.send(Input::Bring { connection: self.id, what }).await;
                    }
                    Some(Order::End) | None => return End::Deleted,
                },
                heard = self.hear() => {
                    self.acknowledge(heard.as_ref()).await;
                    let Some(frame) = heard else { return End::PlaceEnded };
                    if let Some(end) = self.note(frame) {
                        return end;
                    }
                }
                _ = turn.tick(), if self.is_viewer => {}
            }
            if self.is_viewer
                && let Some(wishes) = self.stage.turn(self.clock.now_ms())
            {
                self.watch(wishes).await;
            }
        }
    }

    fn note(&mut self, frame: ServerFrame) -> Option<End> {
        match frame {
            ServerFrame::Reliable { message, .. } => match message {
                ServerMessage::Welcome { conference, .. } => self.stage.welcome(&conference),
                ServerMessage::Delta { delta } => self.stage.change(&delta),
                ServerMessage::Ended { .. } => return Some(End::PlaceEnded),
                ServerMessage::Waiting { .. } => {}
            },
            ServerFrame::Volatile(Volatile::MediaLost { .. }) => return Some(End::MediaLost),
            ServerFrame::Volatile(Volatile::Speakers { speakers }) => self.stage.speakers(&speakers),
            ServerFrame::Volatile(_) => {}
        }
        None
    }

    /// Tells the runner that it need not keep `heard` for us.
    async fn acknowledge(&self, heard: Option<&ServerFrame>) {
        if let Some(ServerFrame::Reliable { seq, .. }) = heard {
            self.ask(Request::Ack { seq: *seq }).await;
        }
    }

    /// The next frame; `None` when the runner has closed or cut the line. May be given up while it waits.
    async fn hear(&mut self) -> Option<ServerFrame> {
        loop {
            let outgoing = tokio::select! {
                biased;
                _ = self.end.cut.wait() => return None,
                outgoing = self.end.outgoing.recv() => outgoing,
            };
            let Some(Outgoing::Frame(text)) = outgoing else { return None };
            self.end.sent(&text);
            // What a newer version tells must be passed over, here as in any client.
            let Ok(frame) = serde_json::from_str::<ServerFrame>(text.as_str()) else { continue };
            return Some(frame);
        }
    }

    async fn watch(&self, wishes: Vec<Wish>) {
        self.ask(Request::Watch { wishes }).await;
    }

    async fn ask(&self, request: Request) {
        let message = ClientMessage { id: 1, request };
        // A runner that has ended says so through the line.
        let _ = self.handle.inputs.send(Input::Ask { connection: self.id, message }).await;
    }

    async fn leave(self) {
        self.ask(Request::Leave {}).await;
        let _ = self.handle.inputs.send(Input::Gone { connection: self.id }).await;
    }
}

/// The protocol's word for why somebody does not come in.
pub(super) fn word(refusal: &Refused) -> &'static str {
    match refusal {
        Refused::Locked {} => "locked",
        Refused::ConferenceEnded {} => "conference_ended",
        Refused::NotOpen {} => "not_open",
        Refused::TooEarly { .. } => "too_early",
        Refused::InsideElsewhere {} => "inside_elsewhere",
        _ => "refused",
    }
}
