//! The thread that mixes sound: its own connections to the media servers, a round of every conference each 20 ms.
//!
//! Started by `process` before it is locked in, since no thread can be started afterwards, and told what to do by
//! it. Apart from the pictures, so that no sound waits for a picture that is being encoded. Whatever ends it ends
//! the process.

use crate::clock;
use crate::talk::Talk;
use media_control::{ConferenceId, LegId, ParticipantId, SoundFigures};
use media_mix::seating::Loudness;
use media_mix::sound::TICK;
use media_relay::{ConferenceWord, Cut, LegWord, News, PacketHead, Put, RelayClient};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Orders that wait: several for each programme.
const ORDERS: usize = 256;
/// As far behind, rounds are left out instead of made up for.
const BEHIND: Duration = Duration::from_millis(100);
/// News taken from one media server before a round gets its turn.
const NEWS_PER_TURN: usize = 512;
/// Between two words about the clock of a stream.
const CLOCK_EVERY: Duration = Duration::from_secs(1);

/// What `process` asks for.
#[derive(Clone, Debug)]
pub enum VoiceOrder {
    /// The mixed sound of the conference goes with this programme, over this leg.
    Accompany { conference: ConferenceId, programme: ParticipantId, leg: LegId },
    /// No longer.
    LeaveOut { conference: ConferenceId, programme: ParticipantId },
    /// Packets of voices of the conference wait at least so long.
    HoldBack { conference: ConferenceId, least: Duration },
}

/// Why there is no sound any more, which ends the process.
#[derive(Debug, thiserror::Error)]
pub enum Silenced {
    #[error("a media server is gone: {0}")]
    Cut(#[from] Cut),
    #[error("the thread of the voices has ended")]
    Ended,
    #[error("the thread of the voices does not take orders any more")]
    Stuck,
}

/// What both threads look at.
#[derive(Debug, Default)]
struct Shared {
    figures: SoundFigures,
    speaking: BTreeMap<ConferenceId, Vec<(ParticipantId, Loudness)>>,
    /// How old voices are when they go out, in µs.
    ages: BTreeMap<ConferenceId, u64>,
}

/// The thread as `process` has it.
pub struct Voices {
    orders: SyncSender<VoiceOrder>,
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<Result<(), Cut>>>,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    // Figures and lists are good at any moment.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Voices {
    /// Starts the thread over connections of its own. `epoch` differs from that of any process before.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(links: Vec<RelayClient>, epoch: u32) -> io::Result<Self> {
        let (orders, received) = sync_channel(ORDERS);
        let shared = Arc::<Mutex<Shared>>::default();
        let choir = Choir {
            links,
            orders: received,
            shared: shared.clone(),
            talks: BTreeMap::new(),
            legs: HashMap::new(),
            epoch,
        };
        let thread = std::thread::Builder::new().name("voices".to_owned()).spawn(move || choir.run())?;
        Ok(Self { orders, shared, thread: Some(thread) })
    }

    /// # Errors
    /// [`Silenced`].
    pub fn order(&self, order: VoiceOrder) -> Result<(), Silenced> {
        self.orders.try_send(order).map_err(|_| Silenced::Stuck)
    }

    /// # Errors
    /// [`Silenced`]: the thread has ended.
    pub fn check(&mut self) -> Result<(), Silenced> {
        if !self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            return Ok(());
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(Err(cut))) => Err(Silenced::Cut(cut)),
            _ => Err(Silenced::Ended),
        }
    }

    /// What was done since the last call.
    #[must_use]
    pub fn take_figures(&self) -> SoundFigures {
        std::mem::take(&mut lock(&self.shared).figures)
    }

    /// Who is heard in a conference now, as their decoded sound shows.
    #[must_use]
    pub fn speaking(&self, conference: &ConferenceId) -> Vec<(ParticipantId, Loudness)> {
        lock(&self.shared).speaking.get(conference).cloned().unwrap_or_default()
    }

    /// How old voices of a conference are when they go out, in µs; `None` while nobody is heard.
    #[must_use]
    pub fn age_us(&self, conference: &ConferenceId) -> Option<u64> {
        lock(&self.shared).ages.get(conference).copied()
    }
}

/// The thread's own side.
struct Choir {
    links: Vec<RelayClient>,
    orders: Receiver<VoiceOrder>,
    shared: Arc<Mutex<Shared>>,
    talks: BTreeMap<ConferenceId, Talk>,
    /// The conference of each connection that was told.
    legs: HashMap<LegId, ConferenceId>,
    epoch: u32,
}

impl Choir {
    /// Until a media server is gone, or nobody orders any more.
    fn run(mut self) -> Result<(), Cut> {
        let (mut round_at, mut clock_at) = (Instant::now() + TICK, Instant::now());
        loop {
            loop {
                match self.orders.try_recv() {
                    Ok(order) => self.obey(order),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Ok(()),
                }
            }
            self.take_news()?;
            let now = Instant::now();
            if now >= round_at {
                let behind = now.saturating_duration_since(round_at);
                if behind > BEHIND {
                    let missed = (behind.as_millis() / TICK.as_millis()) as u32;
                    round_at += TICK * missed;
                    lock(&self.shared).figures.missed_rounds += missed;
                }
                self.round(now.saturating_duration_since(round_at));
                round_at += TICK;
            }
            if now >= clock_at {
                clock_at = now + CLOCK_EVERY;
                self.tell_clocks();
            }
            RelayClient::wait_any(&self.links, round_at.saturating_duration_since(Instant::now()));
        }
    }

    fn obey(&mut self, order: VoiceOrder) {
        match order {
            VoiceOrder::Accompany { conference, programme, leg } => {
                if !self.talks.contains_key(&conference) {
                    match Talk::new(self.epoch) {
                        Ok(talk) => self.talks.insert(conference.clone(), talk),
                        Err(failure) => {
                            tracing::warn!(%conference, %failure, "composed pictures have no sound");
                            return;
                        }
                    };
                    self.links.iter_mut().for_each(|link| link.attend(&conference, true));
                }
                let is_news = self.talks.get_mut(&conference).is_some_and(|it| it.accompany(programme, leg));
                for link in self.links.iter_mut().filter(|_| is_news) {
                    link.publish(&conference, leg, programme);
                }
            }
            VoiceOrder::HoldBack { conference, least } => {
                if let Some(talk) = self.talks.get_mut(&conference) {
                    talk.hold_back(least);
                }
            }
            VoiceOrder::LeaveOut { conference, programme } => {
                let Some(talk) = self.talks.get_mut(&conference) else { return };
                let leg = talk.leave_out(programme);
                let is_over = talk.is_over();
                for link in &mut self.links {
                    leg.into_iter().for_each(|leg| link.withdraw(leg));
                    if is_over {
                        link.attend(&conference, false);
                    }
                }
                if is_over {
                    self.talks.remove(&conference);
                    self.legs.retain(|_, of| *of != conference);
                    let mut shared = lock(&self.shared);
                    shared.speaking.remove(&conference);
                    shared.ages.remove(&conference);
                }
            }
        }
    }

    fn take_news(&mut self) -> Result<(), Cut> {
        for link in 0..self.links.len() {
            for _ in 0..NEWS_PER_TURN {
                let Some(news) = self.links[link].next(Duration::ZERO)? else { break };
                self.take(link, news);
            }
        }
        Ok(())
    }

    fn take(&mut self, link: usize, news: News) {
        match news {
            News::Conference { conference, word: ConferenceWord::Joined { leg, participant } } => {
                let Some(talk) = self.talks.get_mut(&conference) else { return };
                if talk.joined(leg, participant) {
                    self.legs.insert(leg, conference);
                }
            }
            News::Leg { leg, word: LegWord::Left, .. } => {
                if let Some(talk) = self.legs.remove(&leg).and_then(|of| self.talks.get_mut(&of)) {
                    talk.left(leg);
                }
            }
            News::Leg {
                leg, word: LegWord::ClockMap { source, layer, ntp, timestamp, arrived_us }, ..
            } => {
                let at_us = self.links[link].to_ours(arrived_us);
                if let Some(talk) = self.legs.get(&leg).and_then(|of| self.talks.get_mut(of)) {
                    talk.note_clock(at_us, leg, (source, layer), ntp, timestamp);
                }
            }
            News::Packet { head, payload } => {
                if let Some(talk) = self.legs.get(&head.stream.leg).and_then(|of| self.talks.get_mut(of)) {
                    talk.packet(&head, &payload);
                }
            }
            News::Greeted(_) | News::Leg { .. } | News::Conference { .. } => {}
        }
    }

    /// 20 ms of every conference, `late` after their time.
    fn round(&mut self, late: Duration) {
        let Some(now_us) = self.links.first().map(RelayClient::now_us) else { return };
        let at_us = now_us.saturating_sub(late.as_micros() as u64);
        // Nobody else writes them.
        let mut tally = std::mem::take(&mut lock(&self.shared).figures);
        tally.heard = 0;
        for (conference, talk) in &mut self.talks {
            let sounds = talk.round(at_us, &mut tally);
            let mut shared = lock(&self.shared);
            let speaking = shared.speaking.entry(conference.clone()).or_default();
            speaking.clear();
            speaking.extend_from_slice(talk.speaking());
            match talk.age_us() {
                Some(age_us) => shared.ages.insert(conference.clone(), age_us),
                None => shared.ages.remove(conference),
            };
            drop(shared);
            tally.heard += talk.speaking().len() as u32;
            if sounds.is_empty() {
                continue;
            }
            for head in talk.heads(at_us) {
                for sound in &sounds {
                    let head = PacketHead { audience: sound.audience, ..head };
                    for link in &mut self.links {
                        tally.dropped_packets += u32::from(link.send(head, &sound.payload) == Put::Dropped);
                    }
                }
            }
        }
        lock(&self.shared).figures = tally;
    }

    fn tell_clocks(&mut self) {
        let ntp = clock::ntp_now();
        for talk in self.talks.values() {
            for link in &mut self.links {
                let now_us = link.now_us();
                talk.clocks(now_us).for_each(|(stream, stamp)| link.tell_clock(stream, ntp, stamp));
            }
        }
    }
}
