//! One way out of one meeting: a thread that has a pipeline made, feeds it, and has another made when it fails.
//!
//! Used by `live`. What one outlet does, hangs in or fails at is felt by no other: what it has no room for is
//! dropped here, and its pipeline is torn down on its own thread.

mod hls;
mod pipeline;
mod push;

use crate::intake::{Picture, parameter_sets};
use hls::Hls;
use media_control::{Outlet as Kind, OutletState};
use push::Push;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

/// Pictures and sounds that wait: 5 s.
const QUEUE: usize = 400;
/// How often a pipeline is looked after when nothing comes.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Pauses after a failure double from the first to the last.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// One that ran so long was well; the next pause is the first again.
const RAN_WELL: Duration = Duration::from_secs(60);

/// Something to hand on.
#[derive(Clone, Debug)]
pub enum Media {
    Picture(Picture),
    /// 20 ms of two channels.
    Sound {
        at_us: u64,
        samples: Arc<[i16]>,
    },
}

/// Why a pipeline ended.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("plugin of GStreamer is missing or refuses: {0}")]
    Build(#[from] gstreamer::glib::BoolError),
    #[error("pipeline does not start: {0}")]
    Start(#[from] gstreamer::StateChangeError),
    #[error("{element}: {text}")]
    Said { element: String, text: String },
    #[error("nothing has gone out for {0:?}")]
    Stands(Duration),
    #[error("files cannot be written: {0}")]
    Files(#[from] std::io::Error),
    #[error("what a pipeline made cannot be read")]
    Output,
}

/// Where a way leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    Folder(PathBuf),
    Rtmp(String),
    Srt(String),
}

impl Goal {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Folder(_) => Kind::Hls,
            Self::Rtmp(_) => Kind::Rtmp,
            Self::Srt(_) => Kind::Srt,
        }
    }
}

/// A running pipeline.
trait Pipe {
    /// Takes one more; times are µs since the pipeline's beginning.
    fn push(&mut self, at_us: u64, media: &Media) -> Result<(), Failure>;
    /// Looks after it: what it made, what it says.
    fn look(&mut self) -> Result<(), Failure>;
    /// Lets it end well.
    fn end(&mut self) -> Result<(), Failure>;
    /// Whether something has gone out.
    fn is_running(&self) -> bool;
    fn segments(&mut self) -> u32;
}

fn pipe(goal: &Goal, began_us: u64, sets: &[u8]) -> Result<Box<dyn Pipe>, Failure> {
    Ok(match goal {
        Goal::Folder(path) => Box::new(Hls::begin(path.clone(), began_us, sets)?),
        Goal::Rtmp(url) => Box::new(Push::rtmp(url)?),
        Goal::Srt(url) => Box::new(Push::srt(url)?),
    })
}

/// What an outlet counts.
#[derive(Default)]
pub struct Counts {
    pub segments: AtomicU32,
    pub dropped: AtomicU32,
    pub restarts: AtomicU32,
}

/// Takes the state of an outlet whenever it changes.
pub type Tell = Box<dyn Fn(Kind, OutletState) + Send>;

/// See the module's text. Dropping it ends the way, in its own time.
pub struct Outlet {
    queue: SyncSender<Media>,
    counts: Arc<Counts>,
}

impl Outlet {
    /// Begins with the first key picture.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn open(goal: Goal, counts: Arc<Counts>, tell: Tell) -> std::io::Result<Self> {
        let (queue, received) = sync_channel(QUEUE);
        let run = Run { goal, received, counts: counts.clone(), tell, state: OutletState::Waiting };
        let name = format!("out-{}", run.goal.kind().name());
        std::thread::Builder::new().name(name).spawn(move || run.run())?;
        Ok(Self { queue, counts })
    }

    /// Hands one on, without waiting.
    pub fn put(&self, media: Media) {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(media) {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How a pipeline ended.
enum Ended {
    /// Nobody hands anything on any more.
    Closed,
    /// The picture changes its form: another pipeline begins with it.
    Changed(Picture),
    Failed(Failure),
}

struct Run {
    goal: Goal,
    received: Receiver<Media>,
    counts: Arc<Counts>,
    tell: Tell,
    state: OutletState,
}

impl Run {
    fn run(mut self) {
        self.set(OutletState::Waiting, true);
        let (mut pause, mut changed) = (PAUSES.0, None);
        loop {
            let key = match changed.take() {
                Some(key) => key,
                None => match self.first_key() {
                    Some(key) => key,
                    None => return,
                },
            };
            let began = Instant::now();
            match self.feed(&key) {
                Ended::Closed => return,
                Ended::Changed(key) => changed = Some(key),
                Ended::Failed(failure) => {
                    if began.elapsed() >= RAN_WELL {
                        pause = PAUSES.0;
                    }
                    let way = self.goal.kind().name();
                    tracing::warn!(way, %failure, again_in = ?pause, "live stream does not go out this way");
                    self.counts.restarts.fetch_add(1, Ordering::Relaxed);
                    self.set(OutletState::Failed, false);
                    if !self.wait(pause) {
                        return;
                    }
                    pause = (pause * 2).min(PAUSES.1);
                }
            }
        }
    }

    fn set(&mut self, state: OutletState, is_first: bool) {
        if self.state != state || is_first {
            self.state = state;
            (self.tell)(self.goal.kind(), state);
        }
    }

    /// Passes everything over until a picture that a pipeline can begin with.
    fn first_key(&self) -> Option<Picture> {
        loop {
            if let Media::Picture(picture) = self.received.recv().ok()?
                && picture.is_key
            {
                return Some(picture);
            }
        }
    }

    /// Passes everything over for a while; `false` when it is over.
    fn wait(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.received.recv_timeout(left) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    /// Runs one pipeline to its end.
    fn feed(&mut self, key: &Picture) -> Ended {
        let Some(sets) = parameter_sets(&key.bytes) else { return Ended::Failed(Failure::Output) };
        let mut pipe = match pipe(&self.goal, key.at_us, &sets) {
            Ok(pipe) => pipe,
            Err(failure) => return Ended::Failed(failure),
        };
        let mut next = Some(Media::Picture(key.clone()));
        loop {
            let media = match next.take() {
                Some(media) => Some(media),
                None => match self.received.recv_timeout(LOOK_EVERY) {
                    Ok(media) => Some(media),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => {
                        return match pipe.end() {
                            Ok(()) => Ended::Closed,
                            Err(failure) => {
                                tracing::warn!(%failure, "the end of a live stream is lost");
                                Ended::Closed
                            }
                        };
                    }
                },
            };
            if let Some(Media::Picture(picture)) = &media
                && picture.is_key
                && parameter_sets(&picture.bytes).as_ref() != Some(&sets)
            {
                return Ended::Changed(picture.clone());
            }
            let done = media.map_or(Ok(()), |media| {
                let (Media::Picture(Picture { at_us, .. }) | Media::Sound { at_us, .. }) = &media;
                // Sound from before the first picture.
                let at_us = at_us.checked_sub(key.at_us);
                at_us.map_or(Ok(()), |at_us| pipe.push(at_us, &media))
            });
            if let Err(failure) = done.and_then(|()| pipe.look()) {
                return Ended::Failed(failure);
            }
            self.counts.segments.fetch_add(pipe.segments(), Ordering::Relaxed);
            if pipe.is_running() {
                self.set(OutletState::Running, false);
            }
        }
    }
}
