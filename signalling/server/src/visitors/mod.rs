//! Programs that take part without a browser: encoders (WHIP) and players (WHEP).
//!
//! Called by `http::visitors`. Keeps the table of their resources, bounded for each token, each
//! conference and in all; a visit itself is a task of `visit`.

pub(crate) mod sdp;
pub(crate) mod stage;
mod visit;

use crate::auth::Identity;
use crate::clock::Clock;
use crate::config::Limits;
use crate::protocol::{Refused, Relay};
use crate::runner::Handle;
use conference::PersonId;
use media_control::ConferenceId;
use stage::Target;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use visit::{Arrival, Purpose};

/// Orders that wait for one visit; a program sends one at a time.
const ORDER_LIMIT: usize = 4;
/// How long the visit that a newer one of the same token replaces may take to end.
const REPLACE_TIME: Duration = Duration::from_secs(5);
/// How long an ICE restart may take to be answered.
const RESTART_TIME: Duration = Duration::from_secs(5);

/// Why somebody cannot come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoVisit {
    #[error("the offer is no session description")]
    Malformed,
    #[error("the offer cannot be used: {detail}")]
    Unusable { detail: String },
    #[error("the conference refuses")]
    Refused(Refused),
    #[error("nobody opened the waiting room in time")]
    NotAdmitted,
    #[error("turned away in the waiting room")]
    TurnedAway,
    #[error("no such participant")]
    NoSuchParticipant,
    #[error("nobody composes pictures here")]
    NoMixer,
    #[error("so many pictures are composed that there is no room for one more")]
    TooManyComposed,
    #[error("the encoder of the composed picture cannot be made")]
    NoEncoder,
    #[error("a limit is reached, or a part of the server is not there")]
    Busy,
}

impl NoVisit {
    /// The word for somebody who is kept out by the state of the conference.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => visit::word(refusal),
            Self::TurnedAway => "turned_away",
            Self::NoSuchParticipant => "no_such_participant",
            Self::NoMixer => "no_mixer",
            Self::TooManyComposed => "too_many",
            Self::NoEncoder => "no_encoder",
            _ => "refused",
        }
    }
}

/// How a visit begins.
#[derive(Debug)]
pub(crate) struct Welcomed {
    pub sdp: String,
    pub relay: Option<Relay>,
}

/// What is asked of a visit from outside.
#[derive(Debug)]
pub(crate) enum Order {
    End,
    Restart { ufrag: String, pwd: String, restarted: oneshot::Sender<String> },
}

/// Which way media flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// WHIP.
    In,
    /// WHEP.
    Out,
}

impl Way {
    const fn word(self) -> &'static str {
        match self {
            Self::In => "whip",
            Self::Out => "whep",
        }
    }
}

/// What a program wants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Publish { microphone: bool, camera: bool },
    View(Target),
}

struct Entry {
    conference: ConferenceId,
    owner: PersonId,
    way: Way,
    /// Names the present ICE session (RFC 9725 section 4.3.1).
    tag: String,
    credentials: Option<(String, String)>,
    orders: mpsc::Sender<Order>,
    ended: Arc<Notify>,
}

/// A resource as its owner may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub tag: String,
    /// The credentials that the program has given last.
    pub credentials: Option<(String, String)>,
}

/// The resources of this process.
pub(crate) struct Visitors {
    clock: Clock,
    per_conference: usize,
    per_person: usize,
    table: Mutex<HashMap<String, Entry>>,
}

impl Visitors {
    pub(crate) fn new(limits: &Limits, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            per_conference: limits.visitors_per_conference,
            per_person: limits.visitors_per_person,
            table: Mutex::default(),
        })
    }

    /// Lets a program in: key of its resource, tag of its ICE session, and the answer.
    ///
    /// `owner` holds the token, `identity` is who joins: for a viewer somebody of its own.
    ///
    /// # Errors
    /// [`NoVisit`]; nothing is left of the attempt then.
    pub(crate) async fn come(
        self: &Arc<Self>,
        conference: &ConferenceId,
        handle: Handle,
        owner: PersonId,
        identity: Identity,
        wanted: Wanted,
        sdp: String,
    ) -> Result<(String, String, Welcomed), NoVisit> {
        let (way, purpose) = match wanted {
            Wanted::Publish { microphone, camera } => (Way::In, Purpose::Publish { microphone, camera }),
            Wanted::View(target) => (Way::Out, Purpose::View(target)),
        };
        if way == Way::In {
            self.replace(conference, owner).await;
        }
        let (orders, order_mail) = mpsc::channel(ORDER_LIMIT);
        let credentials = self::sdp::ice_credentials(&sdp);
        let (key, tag, ended) = self.reserve(conference, owner, way, credentials, orders)?;
        let (told, begun) = oneshot::channel();
        let arrival = Arrival { handle, owner, identity, clock: self.clock.clone(), purpose, sdp };
        let (visitors, own, of) = (self.clone(), key.clone(), conference.clone());
        tokio::spawn(async move {
            let end = visit::live(arrival, told, order_mail).await;
            visitors.forget(&own);
            ended.notify_waiters();
            tracing::info!(conference = %of, way = way.word(), why = end.word(), "visitor ended");
            metrics::counter!("vc_visitors_ended_total", "way" => way.word(), "why" => end.word())
                .increment(1);
        });
        let welcomed = begun.await.unwrap_or(Err(NoVisit::Busy))?;
        tracing::info!(%conference, way = way.word(), "visitor came");
        metrics::counter!("vc_visitors_total", "way" => way.word()).increment(1);
        Ok((key, tag, welcomed))
    }

    /// What `owner` may know of the resource `key`; `None` when it is not there or somebody else's.
    pub(crate) fn known(
        &self,
        conference: &ConferenceId,
        way: Way,
        key: &str,
        owner: PersonId,
    ) -> Option<Known> {
        let table = self.lock();
        let entry = table.get(key)?;
        let is_own = entry.conference == *conference && entry.way == way && entry.owner == owner;
        is_own.then(|| Known { tag: entry.tag.clone(), credentials: entry.credentials.clone() })
    }

    /// Ends the visit behind `key` and waits until its place is given up.
    pub(crate) async fn end(&self, key: &str) {
        let Some((orders, ended)) = self.lock().get(key).map(|it| (it.orders.clone(), it.ended.clone()))
        else {
            return;
        };
        let over = ended.notified();
        tokio::pin!(over);
        over.as_mut().enable();
        // It may have ended between the look and here.
        if orders.send(Order::End).await.is_err() || !self.lock().contains_key(key) {
            return;
        }
        let _ = tokio::time::timeout(REPLACE_TIME, over).await;
    }

    /// Restarts ICE of the visit behind `key`: the new tag and the fragment that answers.
    pub(crate) async fn restart(&self, key: &str, ufrag: String, pwd: String) -> Option<(String, String)> {
        let orders = self.lock().get(key).map(|entry| entry.orders.clone())?;
        let (restarted, fragment) = oneshot::channel();
        let credentials = Some((ufrag.clone(), pwd.clone()));
        orders.send(Order::Restart { ufrag, pwd, restarted }).await.ok()?;
        let fragment = tokio::time::timeout(RESTART_TIME, fragment).await.ok()?.ok()?;
        let tag = fresh_tag();
        let mut table = self.lock();
        let entry = table.get_mut(key)?;
        entry.credentials = credentials;
        entry.tag.clone_from(&tag);
        Some((tag, fragment))
    }

    /// Ends an encoder of the same token: one that has crashed comes back before we miss it.
    async fn replace(&self, conference: &ConferenceId, owner: PersonId) {
        let is_same =
            |entry: &Entry| entry.way == Way::In && entry.owner == owner && entry.conference == *conference;
        let older = self.lock().iter().find(|(_, entry)| is_same(entry)).map(|(key, _)| key.clone());
        if let Some(key) = older {
            metrics::counter!("vc_visitors_replaced_total").increment(1);
            self.end(&key).await;
        }
    }

    fn reserve(
        &self,
        conference: &ConferenceId,
        owner: PersonId,
        way: Way,
        credentials: Option<(String, String)>,
        orders: mpsc::Sender<Order>,
    ) -> Result<(String, String, Arc<Notify>), NoVisit> {
        let mut table = self.lock();
        let here = table.values().filter(|entry| entry.conference == *conference).count();
        let own = table.values().filter(|entry| entry.owner == owner).count();
        if here >= self.per_conference || own >= self.per_person {
            metrics::counter!("vc_visitors_refused_total").increment(1);
            return Err(NoVisit::Busy);
        }
        // Nobody finds a resource by trying names.
        let key = hex::encode(rand::random::<[u8; 16]>());
        let (tag, ended) = (fresh_tag(), Arc::new(Notify::new()));
        let conference = conference.clone();
        let entry =
            Entry { conference, owner, way, tag: tag.clone(), credentials, orders, ended: ended.clone() };
        table.insert(key.clone(), entry);
        metrics::gauge!("vc_visitors").set(table.len() as f64);
        Ok((key, tag, ended))
    }

    fn forget(&self, key: &str) {
        let mut table = self.lock();
        table.remove(key);
        metrics::gauge!("vc_visitors").set(table.len() as f64);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Entry>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fresh_tag() -> String {
    format!("\"{}\"", hex::encode(rand::random::<[u8; 8]>()))
}
