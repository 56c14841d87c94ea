//! The recorder beside the server: started, told which meetings go out live, and told anew when another process takes
//! its place.
//!
//! Made by `media`. The process itself is `diemcau-recorder`, which lies beside this program and loads what this one
//! must not (docs/adr/0026, 0033).

use crate::keeper::{Keeper, Standing, Told, message};
use crate::mixer::Sink;
use media_server::workers::{WorkerLimits, WorkerPlan};
use signalling_server::{
    ConferenceId, MediaBusy, MediaEvent, Outlet, OutletState, ParticipantId, RecorderFigures, RecorderOrder,
    RecorderReport, RecorderStart,
};
use std::io;
use std::path::{Path, PathBuf};

/// The program's name.
pub const PROGRAM: &str = "diemcau-recorder";
/// Memory of the process: some megabytes a pipeline, and what waits in it.
const MEMORY_BYTES: u64 = 1 << 30;
/// Descriptors, as many as the process allows itself.
const FILES: u64 = 1_024;
/// Meetings that go out at once: as many as are composed.
const LIVES: u16 = 16;

/// Where live streams go.
pub struct Ways {
    /// Folder of playlists and segments.
    pub folder: PathBuf,
    pub rtmp_url: Option<String>,
    pub srt_url: Option<String>,
}

/// The supervised recorder. Dropping it stops it.
pub struct Recorder(Keeper<ConferenceId, RecorderOrder>);

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
        let hear = move |orders: &Standing<_, _>, told| hear(orders, told, &sink);
        Ok(Self(Keeper::start(plan, hear)?))
    }

    /// Has a composed picture go out, from now on and by every process that comes.
    ///
    /// # Errors
    /// [`MediaBusy`]: the process is far behind; nothing has changed.
    pub fn open(&self, conference: ConferenceId, programme: ParticipantId) -> Result<(), MediaBusy> {
        let order = RecorderOrder::OpenLive { conference: conference.clone(), programme };
        self.0.give(conference, order)
    }

    /// Ends a live stream.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn close(&self, conference: ConferenceId) -> Result<(), MediaBusy> {
        let end = RecorderOrder::CloseLive { conference: conference.clone() };
        self.0.take_back(&conference, &end)
    }

    /// Ends the process.
    pub fn stop(&self) {
        self.0.stop();
    }
}

/// What is done with what the process tells.
fn hear(orders: &Standing<ConferenceId, RecorderOrder>, told: Told<RecorderReport>, sink: &Sink) {
    let tell = |conference: ConferenceId, outlet: Outlet, state: OutletState| {
        let labels = [("outlet", outlet.name()), ("state", state.name())];
        metrics::counter!("vc_live_changes_total", &labels).increment(1);
        if !sink(MediaEvent::Live { conference, outlet, state }) {
            metrics::counter!("vc_media_sink_full_events_total", "shard" => "none").increment(1);
        }
    };
    match told {
        Told::Report(RecorderReport::Ready { .. }) => orders.repeat(),
        Told::Report(RecorderReport::Outlet { conference, outlet, state }) => tell(conference, outlet, state),
        Told::Report(RecorderReport::TooMany { conference, limit }) => {
            tracing::warn!(%conference, limit, "as many live streams go out already as are allowed");
            tell(conference, Outlet::Hls, OutletState::Taken);
        }
        Told::Report(RecorderReport::Counted(figures)) => publish(&figures),
        Told::Gone => {
            publish(&RecorderFigures::default());
            let failed = |conference| tell(conference, Outlet::Hls, OutletState::Failed);
            orders.subjects().into_iter().for_each(failed);
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
