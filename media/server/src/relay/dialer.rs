//! Calls another relay again and again: at once, then after growing pauses. Driven by `endpoint`; each
//! attempt waits on a thread of its own, since a node far away may take seconds to answer.

use crate::sys::poll::Waker;
use media_relay::{Address, Way, WayFailure};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

/// Pause after the first failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A connection that stood this long ends well, and the next call is made at once.
const STOOD_WELL: Duration = Duration::from_secs(10);

/// What came of a call.
pub(crate) type Answer = (usize, Result<Way, WayFailure>);

/// One relay to call.
pub(crate) struct Dialer {
    number: usize,
    address: Address,
    pause: Duration,
    /// `None` while a call is under way or the connection stands.
    call_at: Option<Instant>,
    stands_since: Option<Instant>,
}

impl Dialer {
    pub(crate) fn new(number: usize, address: Address, now: Instant) -> Self {
        Self { number, address, pause: FIRST_PAUSE, call_at: Some(now), stands_since: None }
    }

    /// Calls when it is time to; the answer goes to `answers` and `waker`.
    pub(crate) fn call_if_due(&mut self, now: Instant, answers: &SyncSender<Answer>, waker: &Waker) {
        if self.call_at.is_none_or(|at| now < at) {
            return;
        }
        self.call_at = None;
        let (number, address) = (self.number, self.address.clone());
        let (answers, waker) = (answers.clone(), waker.clone());
        let calls = std::thread::Builder::new().name("relay-call".to_owned()).spawn(move || {
            // Nobody hears it when the endpoint has ended meanwhile.
            let _ = answers.send((number, Way::connect(&address)));
            waker.wake();
        });
        if calls.is_err() {
            self.failed(now);
        }
    }

    /// The connection stands.
    pub(crate) fn stands(&mut self, now: Instant) {
        self.stands_since = Some(now);
    }

    /// The call was in vain, or the connection has ended.
    pub(crate) fn failed(&mut self, now: Instant) {
        let stood = self.stands_since.take().map(|since| now.saturating_duration_since(since));
        if stood.is_some_and(|stood| stood >= STOOD_WELL) {
            self.pause = FIRST_PAUSE;
        }
        self.call_at = Some(now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
