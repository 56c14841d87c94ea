//! The recorder beside the server: started, told which meetings go out live, and told anew when another process takes
//! its place.
//!
//! Made by `media`. The process itself is `diemcau-recorder`, which lies beside this program and loads what this one
//! must not (docs/adr/0026, 0033).

use crate::mixer::Sink;
use media_server::workers::{Worker, WorkerLimits, WorkerNews, WorkerPlan};
use signalling_server::{
    ConferenceId, MediaBusy, MediaEvent, Outlet, OutletState, ParticipantId, RecorderFigures, RecorderOrder,
    RecorderReport, RecorderStart,
};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The program's name.
pub const PROGRAM: &str = "diemcau-recorder";
/// Memory of the process: some megabytes a pipeline, and what waits in it.
const MEMORY_BYTES: u64 = 1 << 30;
/// Descriptors, as many as the process allows itself.
const FILES: u64 = 1_024;
/// Meetings that go out at once: as many as are composed.
const LIVES: u16 = 16;

type Orders = Arc<Mutex<BTreeMap<ConferenceId, ParticipantId>>>;

/// Where live streams go.
pub struct Ways {
    /// Folder of playlists and segments.
    pub folder: PathBuf,
    pub rtmp_url: Option<String>,
    pub srt_url: Option<String>,
}

/// The supervised recorder. Dropping it stops it.
pub struct Recorder {
    worker: Arc<Mutex<Option<Worker>>>,
    orders: Orders,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nobody panics while holding one; if it happened all the same, the value is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn message(order: &RecorderOrder) -> Vec<u8> {
    serde_json::to_vec(order).expect("orders have no value without JSON")
}

impl Recorder {
    /// Starts `program`, which connects to `relay`.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        program: &Path,
        arguments: Vec<String>,
        relay: PathBuf,
        ways: Ways,
        sink: Sink,
    ) -> io::Result<Self> {
        let Ways { folder, rtmp_url, srt_url } = ways;
        let start =
            RecorderStart { relay, folder, memory_bytes: MEMORY_BYTES, lives: LIVES, rtmp_url, srt_url };
        let plan = WorkerPlan {
            name: "recorder".to_owned(),
            program: program.to_owned(),
            arguments,
            limits: WorkerLimits { memory_bytes: MEMORY_BYTES, files: FILES },
            first: message(&RecorderOrder::Start(start)),
        };
        let (orders, worker) = (Orders::default(), Arc::new(Mutex::new(None::<Worker>)));
        let hear = hearing(orders.clone(), worker.clone(), sink);
        // Held meanwhile, so that the first words of the process find the way to answer.
        let mut place = lock(&worker);
        *place = Some(Worker::start(plan, hear)?);
        drop(place);
        Ok(Self { worker, orders })
    }

    /// Has a composed picture go out, from now on and by every process that comes.
    ///
    /// # Errors
    /// [`MediaBusy`]: the process is far behind; nothing has changed.
    pub fn open(&self, conference: ConferenceId, programme: ParticipantId) -> Result<(), MediaBusy> {
        let mut orders = lock(&self.orders);
        self.tell(&RecorderOrder::OpenLive { conference: conference.clone(), programme })?;
        orders.insert(conference, programme);
        Ok(())
    }

    /// Ends a live stream.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn close(&self, conference: ConferenceId) -> Result<(), MediaBusy> {
        let mut orders = lock(&self.orders);
        self.tell(&RecorderOrder::CloseLive { conference: conference.clone() })?;
        orders.remove(&conference);
        Ok(())
    }

    /// Tells the process that is there; one that is not there hears all orders when it comes.
    fn tell(&self, order: &RecorderOrder) -> Result<(), MediaBusy> {
        let worker = lock(&self.worker);
        match worker.as_ref().filter(|worker| worker.is_there()) {
            Some(worker) => worker.send(message(order)).map_err(|_| MediaBusy),
            None => Ok(()),
        }
    }

    /// Ends the process.
    pub fn stop(&self) {
        let worker = lock(&self.worker).take();
        if let Some(worker) = worker {
            worker.stop();
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What is done with the news of the process.
fn hearing(
    orders: Orders,
    worker: Arc<Mutex<Option<Worker>>>,
    sink: Sink,
) -> impl Fn(WorkerNews) + Send + 'static {
    let tell = move |conference: ConferenceId, outlet: Outlet, state: OutletState| {
        let labels = [("outlet", outlet.name()), ("state", state.name())];
        metrics::counter!("vc_live_changes_total", &labels).increment(1);
        if !sink(MediaEvent::Live { conference, outlet, state }) {
            metrics::counter!("vc_media_sink_full_events_total", "shard" => "none").increment(1);
        }
    };
    move |news| match news {
        WorkerNews::Said(bytes) => match serde_json::from_slice(&bytes) {
            Ok(RecorderReport::Ready { .. }) => {
                let orders = lock(&orders);
                let worker = lock(&worker);
                let Some(worker) = worker.as_ref() else { return };
                for (conference, programme) in orders.iter() {
                    let (conference, programme) = (conference.clone(), *programme);
                    // The queue of a new process holds thousands, the orders are few.
                    let _ = worker.send(message(&RecorderOrder::OpenLive { conference, programme }));
                }
            }
            Ok(RecorderReport::Outlet { conference, outlet, state }) => tell(conference, outlet, state),
            Ok(RecorderReport::TooMany { conference, limit }) => {
                tracing::warn!(%conference, limit, "as many live streams go out already as are allowed");
                tell(conference, Outlet::Hls, OutletState::Taken);
            }
            Ok(RecorderReport::Counted(figures)) => publish(&figures),
            Err(error) => tracing::error!(%error, "recorder said what cannot be read"),
        },
        WorkerNews::Gone => {
            publish(&RecorderFigures::default());
            let conferences: Vec<ConferenceId> = lock(&orders).keys().cloned().collect();
            for conference in conferences {
                tell(conference, Outlet::Hls, OutletState::Failed);
            }
        }
    }
}

fn publish(figures: &RecorderFigures) {
    metrics::gauge!("vc_live_streams").set(f64::from(figures.lives));
    let counters = [
        ("vc_live_pictures_total", figures.pictures),
        ("vc_live_sounds_total", figures.sounds),
        ("vc_live_segments_total", figures.segments),
        ("vc_live_lost_pictures_total", figures.lost_pictures),
        ("vc_live_dropped_total", figures.dropped),
        ("vc_live_restarts_total", figures.restarts),
    ];
    for (name, count) in counters {
        metrics::counter!(name).increment(u64::from(count));
    }
}
