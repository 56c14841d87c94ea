//! The mixer beside the server: started, told what to compose, and told anew when another process takes its place.
//!
//! Made by `media`. Knows of each conference only which pictures were ordered; the process itself is
//! `diemcau-mixer`, which lies beside this program and links what this one must not (docs/adr/0026, 0029).

use media_server::workers::{Worker, WorkerLimits, WorkerNews, WorkerPlan};
use signalling_server::{
    Composition, ConferenceId, H264Encoder, MediaBusy, MediaEvent, MixerFigures, MixerOrder, MixerReport,
    MixerStart, ParticipantId, ProgrammeNews, SoundFigures,
};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The program's name.
pub const PROGRAM: &str = "diemcau-mixer";
/// Memory of the process: 64 sources at 720p with their decoders, and the pictures of all outputs.
const MEMORY_BYTES: u64 = 2 << 30;
/// Descriptors before the process lowers them itself.
const FILES: u64 = 256;
/// Composed pictures at once; a core carries about six of 720p25.
const PROGRAMMES: u16 = 16;

type Name = (ConferenceId, ParticipantId);
type Orders = Arc<Mutex<BTreeMap<Name, Composition>>>;

/// Takes what happened; `false` when there was no room.
pub type Sink = Arc<dyn Fn(MediaEvent) -> bool + Send + Sync>;

/// The supervised mixer. Dropping it stops it.
pub struct Mixer {
    worker: Arc<Mutex<Option<Worker>>>,
    orders: Orders,
}

/// The program of that name beside this one, if it is there.
#[must_use]
pub fn beside(name: &str) -> Option<PathBuf> {
    // Not `/proc/self/exe` itself: the folder is what is asked for.
    let own = std::env::current_exe().ok()?;
    let program = own.parent()?.join(name);
    program.is_file().then_some(program)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nobody panics while holding one; if it happened all the same, the value is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn message(order: &MixerOrder) -> Vec<u8> {
    serde_json::to_vec(order).expect("orders have no value without JSON")
}

impl Mixer {
    /// Starts `program`, which connects to all `relays`.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        program: &Path,
        arguments: Vec<String>,
        encoder: H264Encoder,
        relays: Vec<PathBuf>,
        sink: Sink,
    ) -> io::Result<Self> {
        let start = MixerStart { relays, memory_bytes: MEMORY_BYTES, programmes: PROGRAMMES, encoder };
        let plan = WorkerPlan {
            name: "mixer".to_owned(),
            program: program.to_owned(),
            arguments,
            limits: WorkerLimits { memory_bytes: MEMORY_BYTES, files: FILES },
            first: message(&MixerOrder::Start(start)),
        };
        let (orders, worker) = (Orders::default(), Arc::new(Mutex::new(None::<Worker>)));
        let hear = hearing(orders.clone(), worker.clone(), sink);
        // Held meanwhile, so that the first words of the process find the way to answer.
        let mut place = lock(&worker);
        *place = Some(Worker::start(plan, hear)?);
        drop(place);
        Ok(Self { worker, orders })
    }

    /// Has a picture composed, from now on and by every process that comes.
    ///
    /// # Errors
    /// [`MediaBusy`]: the process is far behind; nothing has changed.
    pub fn compose(&self, composition: Composition) -> Result<(), MediaBusy> {
        let mut orders = lock(&self.orders);
        let name = (composition.conference.clone(), composition.programme);
        self.tell(&MixerOrder::Compose(Box::new(composition.clone())))?;
        orders.insert(name, composition);
        Ok(())
    }

    /// Ends a composed picture.
    ///
    /// # Errors
    /// As [`Self::compose`].
    pub fn stop_composing(
        &self,
        conference: ConferenceId,
        programme: ParticipantId,
    ) -> Result<(), MediaBusy> {
        let mut orders = lock(&self.orders);
        self.tell(&MixerOrder::Stop { conference: conference.clone(), programme })?;
        orders.remove(&(conference, programme));
        Ok(())
    }

    /// Tells the process that is there; one that is not there hears all orders when it comes.
    fn tell(&self, order: &MixerOrder) -> Result<(), MediaBusy> {
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

impl Drop for Mixer {
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
    let tell = move |(conference, programme): Name, news: ProgrammeNews| {
        if !sink(MediaEvent::Programme { conference, programme, news }) {
            metrics::counter!("vc_media_sink_full_events_total", "shard" => "none").increment(1);
        }
    };
    move |news| match news {
        WorkerNews::Said(bytes) => match serde_json::from_slice(&bytes) {
            Ok(MixerReport::Ready { .. }) => {
                let orders = lock(&orders);
                let worker = lock(&worker);
                let Some(worker) = worker.as_ref() else { return };
                for order in orders.values() {
                    // The queue of a new process holds thousands, the orders are few.
                    let _ = worker.send(message(&MixerOrder::Compose(Box::new(order.clone()))));
                }
            }
            Ok(MixerReport::Programme { conference, programme, news }) => {
                if matches!(news, ProgrammeNews::Refused { .. }) {
                    lock(&orders).remove(&(conference.clone(), programme));
                }
                tell((conference, programme), news);
            }
            Ok(MixerReport::Counted(figures)) => publish(&figures),
            Err(error) => tracing::error!(%error, "mixer said what cannot be read"),
        },
        WorkerNews::Gone => {
            publish(&MixerFigures::default());
            let names: Vec<Name> = lock(&orders).keys().cloned().collect();
            for name in names {
                tell(name, ProgrammeNews::Lost);
            }
        }
    }
}

fn publish(figures: &MixerFigures) {
    let gauges = [
        ("vc_mixer_programmes", figures.programmes),
        ("vc_mixer_encoders", figures.encoders),
        ("vc_mixer_ladder_step", u32::from(figures.ladder_step)),
        ("vc_mixer_sources", figures.sources),
        ("vc_mixer_waiting_packets", figures.waiting_packets),
    ];
    for (name, value) in gauges {
        metrics::gauge!(name).set(f64::from(value));
    }
    let counters = [
        ("vc_mixer_late_pictures_total", figures.late_pictures),
        ("vc_mixer_broken_pictures_total", figures.broken_pictures),
        ("vc_mixer_missed_turns_total", figures.missed_turns),
        ("vc_mixer_dropped_packets_total", figures.dropped_packets),
        ("vc_mixer_keyframes_asked_total", figures.keyframes_asked),
        ("vc_mixer_keyframes_wanted_total", figures.keyframes_wanted),
        ("vc_mixer_keyframes_sent_total", figures.keyframes_sent),
    ];
    for (name, count) in counters {
        metrics::counter!(name).increment(u64::from(count));
    }
    publish_sound(&figures.sound);
    let work = [
        ("decode", figures.decoded, figures.decode_s),
        ("compose", figures.composed, figures.compose_s),
        ("encode", figures.encoded, figures.encode_s),
    ];
    for (work, pictures, seconds) in work {
        metrics::counter!("vc_mixer_pictures_total", "work" => work).increment(u64::from(pictures));
        metrics::gauge!("vc_mixer_busy_ratio", "work" => work).set(f64::from(seconds));
        if pictures > 0 {
            let each = f64::from(seconds) / f64::from(pictures);
            metrics::histogram!("vc_mixer_picture_seconds", "work" => work).record(each);
        }
    }
}

fn publish_sound(figures: &SoundFigures) {
    metrics::gauge!("vc_mixer_voices").set(f64::from(figures.heard));
    let counters = [
        ("vc_mixer_voice_packets_total", figures.decoded),
        ("vc_mixer_voice_broken_total", figures.broken),
        ("vc_mixer_voice_recovered_total", figures.recovered),
        ("vc_mixer_voice_concealed_total", figures.concealed),
        ("vc_mixer_missed_rounds_total", figures.missed_rounds),
        ("vc_mixer_dropped_sound_total", figures.dropped_packets),
    ];
    for (name, count) in counters {
        metrics::counter!(name).increment(u64::from(count));
    }
    for (work, frames, seconds) in
        [("mix", figures.rounds, figures.mix_s), ("encode", figures.encoded, figures.encode_s)]
    {
        metrics::counter!("vc_mixer_sounds_total", "work" => work).increment(u64::from(frames));
        metrics::gauge!("vc_mixer_sound_busy_ratio", "work" => work).set(f64::from(seconds));
        if frames > 0 {
            let each = f64::from(seconds) / f64::from(frames);
            metrics::histogram!("vc_mixer_sound_seconds", "work" => work).record(each);
        }
    }
}
