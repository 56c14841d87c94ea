//! The mixer beside the server: started, told what to compose, and told anew when another process takes its place.
//!
//! Made by `media`. Knows of each conference only which pictures were ordered; the process itself is
//! `diemcau-mixer`, which lies beside this program and links what this one must not (docs/adr/0026, 0029).

use crate::keeper::{Keeper, Standing, Told, message};
use media_server::workers::{WorkerLimits, WorkerPlan};
use signalling_server::{
    Composition, ConferenceId, H264Encoder, MediaBusy, MediaEvent, MixerFigures, MixerOrder, MixerReport,
    MixerStart, ParticipantId, ProgrammeNews, SoundFigures,
};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The program's name.
pub const PROGRAM: &str = "diemcau-mixer";
/// Memory of the process: 64 sources at 720p with their decoders, and the pictures of all outputs.
const MEMORY_BYTES: u64 = 2 << 30;
/// Descriptors before the process lowers them itself.
const FILES: u64 = 256;
/// Composed pictures at once; a core carries about six of 720p25.
const PROGRAMMES: u16 = 16;

type Name = (ConferenceId, ParticipantId);

/// Takes what happened; `false` when there was no room.
pub type Sink = Arc<dyn Fn(MediaEvent) -> bool + Send + Sync>;

/// The supervised mixer. Dropping it stops it.
pub struct Mixer(Keeper<Name, MixerOrder>);

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
        let hear = move |orders: &Standing<_, _>, told| hear(orders, told, &sink);
        Ok(Self(Keeper::start(plan, hear)?))
    }

    /// Has a picture composed, from now on and by every process that comes.
    ///
    /// # Errors
    /// [`MediaBusy`]: the process is far behind; nothing has changed.
    pub fn compose(&self, composition: Composition) -> Result<(), MediaBusy> {
        let name = (composition.conference.clone(), composition.programme);
        self.0.give(name, MixerOrder::Compose(Box::new(composition)))
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
        let end = MixerOrder::Stop { conference: conference.clone(), programme };
        self.0.take_back(&(conference, programme), &end)
    }

    /// Ends the process.
    pub fn stop(&self) {
        self.0.stop();
    }
}

/// What is done with what the process tells.
fn hear(orders: &Standing<Name, MixerOrder>, told: Told<MixerReport>, sink: &Sink) {
    let tell = |(conference, programme): Name, news: ProgrammeNews| {
        if !sink(MediaEvent::Programme { conference, programme, news }) {
            metrics::counter!("vc_media_sink_full_events_total", "shard" => "none").increment(1);
        }
    };
    match told {
        Told::Report(MixerReport::Ready { .. }) => orders.repeat(),
        Told::Report(MixerReport::Programme { conference, programme, news }) => {
            let name = (conference, programme);
            if matches!(news, ProgrammeNews::Refused { .. }) {
                orders.forget(&name);
            }
            tell(name, news);
        }
        Told::Report(MixerReport::Counted(figures)) => publish(&figures),
        Told::Gone => {
            publish(&MixerFigures::default());
            orders.subjects().into_iter().for_each(|name| tell(name, ProgrammeNews::Lost));
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
