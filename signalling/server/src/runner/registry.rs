//! The running conferences of this process.
//!
//! Asked by `http` for the conference of a link and by the dispatcher of media events. Starts a
//! task on demand and never two for one conference; a task that ended makes room.

use super::agenda::planned_agenda;
use super::capacity::Capacity;
use super::composing::Programmes;
use super::legs::Legs;
use super::orders::MediaOrders;
use super::reach::Reach;
use super::statistics::ShardLoads;
use super::task::{Mailboxes, Task};
use super::{Handle, Input, MAILBOX_LIMIT, MEDIA_MAILBOX_LIMIT, Parts, Summary};
use crate::journal::{BatchText, JournalFailure};
use crate::protocol::statistics::ConferenceStatistics;
use crate::store::{Meeting, Meetings as _};
use conference::{Command, Event, SiteId, State, Timestamp, decide, evolve};
use media_control::{ConferenceId, MediaEvent};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OnceCell, mpsc, oneshot, watch};

/// Why a conference cannot be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenFailure {
    #[error("{limit} conferences are running, limit {limit}")]
    TooMany { limit: usize },
    #[error("the server is stopping")]
    Stopping,
    #[error(transparent)]
    Journal(#[from] JournalFailure),
}

/// A conference has no room for another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the conference is behind")]
pub(crate) struct Behind;

type Cell = Arc<OnceCell<Handle>>;

/// Every running conference.
pub(crate) struct Runners {
    parts: Arc<Parts>,
    reach: Arc<Reach>,
    shards: ShardLoads,
    limit: usize,
    cells: Mutex<HashMap<ConferenceId, Cell>>,
    is_stopping: AtomicBool,
}

impl Runners {
    pub(crate) fn new(parts: Parts, limit: usize) -> Self {
        let parts = Arc::new(parts);
        let reach = Reach::new(parts.clone());
        let (shards, cells) = (ShardLoads::default(), Mutex::default());
        Self { parts, reach, shards, limit, cells, is_stopping: AtomicBool::new(false) }
    }

    /// The running task of `meeting`, started if there is none.
    pub(crate) async fn open(&self, meeting: &Meeting) -> Result<Handle, OpenFailure> {
        loop {
            if self.is_stopping.load(Ordering::Acquire) {
                return Err(OpenFailure::Stopping);
            }
            let cell = self.cell(&meeting.id)?;
            let handle = match cell.get_or_try_init(|| self.start(meeting)).await {
                Ok(handle) => handle.clone(),
                Err(failure) => {
                    self.forget(&meeting.id, &cell);
                    return Err(failure.into());
                }
            };
            if !handle.inputs.is_closed() {
                return Ok(handle);
            }
            // The old task still lets go of its journal: two never write the same chain.
            ended(&handle).await;
            self.forget(&meeting.id, &cell);
        }
    }

    /// The last known summary, without starting anything.
    pub(crate) fn summary(&self, conference: &ConferenceId) -> Option<Summary> {
        let cells = self.lock();
        let handle = cells.get(conference)?.get()?;
        Some(handle.summary.borrow().clone())
    }

    /// The conferences in which somebody is.
    pub(crate) fn running(&self) -> Vec<ConferenceId> {
        let cells = self.lock();
        let holds = |cell: &Cell| cell.get().is_some_and(|handle| handle.summary.borrow().participants > 0);
        cells.iter().filter(|(_, cell)| holds(cell)).map(|(id, _)| id.clone()).collect()
    }

    /// Lets a conference that runs empty end, so that it begins anew with what is planned now.
    pub(crate) async fn renew(&self, conference: &ConferenceId) {
        let handle = self.lock().get(conference).and_then(|cell| cell.get().cloned());
        let Some(handle) = handle else { return };
        let (ends, told) = oneshot::channel();
        if handle.inputs.send(Input::Renew { ends }).await.is_ok() && told.await == Ok(true) {
            ended(&handle).await;
        }
    }

    /// Everybody's media connection in a running conference; `None` when it does not run.
    ///
    /// # Errors
    /// [`Behind`]: the conference has no room for a question now.
    pub(crate) async fn statistics(
        &self,
        conference: &ConferenceId,
    ) -> Result<Option<ConferenceStatistics>, Behind> {
        let inputs = {
            let cells = self.lock();
            cells.get(conference).and_then(|cell| Some(cell.get()?.inputs.clone()))
        };
        let Some(inputs) = inputs.filter(|inputs| !inputs.is_closed()) else { return Ok(None) };
        let (answer, told) = oneshot::channel();
        match inputs.try_send(Input::Statistics { answer }) {
            Ok(()) => Ok(told.await.ok()),
            Err(TrySendError::Full(_)) => Err(Behind),
            Err(TrySendError::Closed(_)) => Ok(None),
        }
    }

    /// Whether pictures can be composed.
    pub(crate) fn has_recorder(&self) -> bool {
        self.parts.media.has_recorder()
    }

    pub(crate) fn has_mixer(&self) -> bool {
        self.parts.media.has_mixer()
    }

    /// The places of this server.
    pub(crate) fn capacity(&self) -> &Capacity {
        &self.parts.capacity
    }

    /// The load of every shard of this server.
    pub(crate) const fn shards(&self) -> &ShardLoads {
        &self.shards
    }

    /// The check legs of the connection test.
    pub(crate) fn reach(&self) -> &Arc<Reach> {
        &self.reach
    }

    /// Hands a media event to its conference; dropped and counted when there is none or it is
    /// behind.
    pub(crate) fn dispatch(&self, event: MediaEvent) {
        if self.reach.take(&event) {
            return;
        }
        let conference = match &event {
            MediaEvent::Load { load } => {
                self.shards.note(self.parts.clock.now_ms(), *load);
                return;
            }
            MediaEvent::LegOffer { leg, .. }
            | MediaEvent::LegAnswer { leg, .. }
            | MediaEvent::LegRestarted { leg, .. }
            | MediaEvent::LegRefused { leg, .. }
            | MediaEvent::LegConnected { leg, .. }
            | MediaEvent::LegLost { leg, .. }
            | MediaEvent::Slots { leg, .. }
            | MediaEvent::LayersNeeded { leg, .. }
            | MediaEvent::Stats { leg, .. } => self.legs().conference_of(*leg),
            MediaEvent::SourceStarted { conference, .. }
            | MediaEvent::SourceStopped { conference, .. }
            | MediaEvent::Programme { conference, .. }
            | MediaEvent::Live { conference, .. }
            | MediaEvent::Speakers { conference, .. } => Some(conference.clone()),
        };
        let media = conference.and_then(|conference| {
            let cells = self.lock();
            Some(cells.get(&conference)?.get()?.media.clone())
        });
        let Some(media) = media else {
            metrics::counter!("vc_runner_media_events_dropped_total", "why" => "no_conference").increment(1);
            return;
        };
        if media.try_send(event).is_err() {
            metrics::counter!("vc_runner_media_events_dropped_total", "why" => "behind").increment(1);
        }
    }

    /// Ends every task: sessions are told, what was decided is committed.
    pub(crate) async fn stop(&self, grace: Duration) {
        self.is_stopping.store(true, Ordering::Release);
        let cells: Vec<Cell> = self.lock().drain().map(|(_, cell)| cell).collect();
        let handles: Vec<Handle> = cells.iter().filter_map(|cell| cell.get().cloned()).collect();
        let all = async {
            for handle in &handles {
                // A task that has ended already is what we want.
                let _ = handle.inputs.send(Input::Stop).await;
            }
            for handle in &handles {
                ended(handle).await;
            }
        };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!("some conferences did not stop in time");
        }
    }

    fn legs(&self) -> &Legs {
        &self.parts.legs
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ConferenceId, Cell>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cell(&self, conference: &ConferenceId) -> Result<Cell, OpenFailure> {
        let mut cells = self.lock();
        if let Some(cell) = cells.get(conference) {
            return Ok(cell.clone());
        }
        if cells.len() >= self.limit {
            let is_over = |cell: &Cell| cell.get().is_some_and(|handle| handle.inputs.is_closed());
            cells.retain(|_, cell| !is_over(cell));
        }
        if cells.len() >= self.limit {
            metrics::counter!("vc_runner_refused_total").increment(1);
            return Err(OpenFailure::TooMany { limit: self.limit });
        }
        let cell = Cell::default();
        cells.insert(conference.clone(), cell.clone());
        Ok(cell)
    }

    fn forget(&self, conference: &ConferenceId, cell: &Cell) {
        let mut cells = self.lock();
        if cells.get(conference).is_some_and(|found| Arc::ptr_eq(found, cell)) {
            cells.remove(conference);
        }
    }

    async fn start(&self, meeting: &Meeting) -> Result<Handle, JournalFailure> {
        let loaded = self.parts.journal.load(&meeting.id).await?;
        let mut state = loaded.state;
        let now = Timestamp(self.parts.clock.now_ms());
        let mut events = Vec::new();
        let begin = [
            Command::Open { settings: meeting.settings },
            Command::Adjust { settings: meeting.settings },
            Command::Invite { sites: self.invited(&meeting.id).await? },
            Command::ServerStarted,
        ];
        for command in begin {
            // None is ever refused.
            for event in decide(&state, now, command).unwrap_or_default() {
                evolve(&mut state, &event);
                events.push(event);
            }
        }
        let mut texts = loaded.texts;
        let agenda = planned_agenda(&self.parts.store, meeting, &state, &texts, now).await?;
        let mut words = Vec::new();
        if let Some((set, bodies)) = agenda {
            set.iter().for_each(|event| evolve(&mut state, event));
            events.extend(set);
            for (id, body) in bodies {
                texts.insert(id, body.clone());
                words.push(BatchText { id, person: None, body });
            }
        }
        self.commit(&state, now, events, words).await?;
        let (inputs, input_mail) = mpsc::channel(MAILBOX_LIMIT);
        let (media, media_mail) = mpsc::channel(MEDIA_MAILBOX_LIMIT);
        let (summary, seen) = watch::channel(Summary::default());
        let task = Task {
            parts: self.parts.clone(),
            state,
            texts,
            places: BTreeMap::new(),
            connections: HashMap::new(),
            doorstep: HashMap::new(),
            orders: MediaOrders::default(),
            speakers: Vec::new(),
            programmes: Programmes::default(),
            is_live: false,
            summary,
            cut: Vec::new(),
            ended: Vec::new(),
        };
        task.summary.send_replace(task.summarise());
        tracing::info!(conference = %meeting.id, rows = loaded.replayed_rows, "conference task started");
        metrics::counter!("vc_runner_started_total").increment(1);
        tokio::spawn(task.run(Mailboxes { inputs: input_mail, media: media_mail }));
        Ok(Handle { inputs, media, summary: seen })
    }

    /// The invited sites in their order.
    async fn invited(&self, conference: &ConferenceId) -> Result<Vec<SiteId>, JournalFailure> {
        let sites = self.parts.store.invited_sites(conference).await?;
        Ok(sites.iter().filter_map(|site| SiteId::new(&site.id).ok()).collect())
    }

    async fn commit(
        &self,
        state: &State,
        at: Timestamp,
        events: Vec<Event>,
        texts: Vec<BatchText>,
    ) -> Result<(), JournalFailure> {
        if !events.is_empty() {
            let conference = state.id().clone();
            let batch = crate::journal::Batch { conference, at, events, texts };
            self.parts.writer.commit(batch).await?;
        }
        Ok(())
    }
}

/// Returns when the task behind `handle` has let go of everything: its summary ends with it.
async fn ended(handle: &Handle) {
    let mut summary = handle.summary.clone();
    while summary.changed().await.is_ok() {}
}
