//! The media of this machine as signalling sees it: shards here and in media processes, the mixer, and the
//! relay for locked networks.
//!
//! Made by `serve`. Hands each connection of the HTTPS port that is media to whom it belongs; knows
//! nothing of what is said on it.

use crate::config::OverHttps;
use crate::failure::Failure;
use crate::mixer::Mixer;
use crate::recorder::{Recorder, Ways};
use media_server::{MediaConfig, MediaProcesses, OPENING_BYTES, Opening, WorkerSettings};
use media_turn::{Relays, Way};
use signalling_server::protocol::Relay;
use signalling_server::{
    H264Encoder, LegId, MediaBusy, MediaCommand, MediaEvent, MediaPort, PortStream, RelayConnection,
};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// Longest that the first frame of ICE over TCP may take.
const OPENING_TIME: Duration = Duration::from_secs(5);

/// Shards and relay.
pub struct Media {
    server: Arc<MediaProcesses>,
    over_https: Option<Over>,
    mixer: Option<Mixer>,
    recorder: Option<Recorder>,
}

/// How to run the recorder.
pub struct RecorderSettings {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub ways: Ways,
}

/// How to run the mixer.
pub struct MixerSettings {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub encoder: H264Encoder,
}

struct Over {
    relays: Relays,
    url: Option<String>,
}

impl Media {
    /// Starts shards, media processes and, where they are there, mixer and recorder; `sink` gets their events.
    ///
    /// # Errors
    /// Whatever keeps them from starting.
    pub fn start(
        settings: MediaConfig,
        workers: &WorkerSettings,
        over_https: Option<&OverHttps>,
        mixer: Option<MixerSettings>,
        recorder: Option<RecorderSettings>,
        sink: Arc<dyn Fn(MediaEvent) -> bool + Send + Sync>,
    ) -> Result<Self, Failure> {
        // Relays reach the shards of every process by their ports.
        let all = settings.shards.saturating_mul(workers.count.saturating_add(1));
        let ways = MediaConfig { shards: all, ..settings.clone() }.relay_ways()?;
        let ways: Vec<Way> = ways.into_iter().map(|(candidate, socket)| Way { candidate, socket }).collect();
        let told = sink.clone();
        let server = Arc::new(MediaProcesses::start(settings, workers, Box::new(move |event| told(event)))?);
        let over_https = match over_https {
            Some(over) => Some(Over { relays: Relays::new(&ways)?, url: over.relay_url.clone() }),
            None => None,
        };
        let told = sink.clone();
        let mixer =
            mixer.map(|it| Mixer::start(&it.program, it.arguments, it.encoder, workers.relays(), told));
        let mixer = mixer.transpose().map_err(Failure::Mixer)?;
        // The mixer publishes to every process; the first one is always there.
        let recorder = recorder.zip(workers.relays().into_iter().next());
        let recorder =
            recorder.map(|(it, relay)| Recorder::start(&it.program, it.arguments, relay, it.ways, sink));
        let recorder = recorder.transpose().map_err(Failure::Recorder)?;
        Ok(Self { server, over_https, mixer, recorder })
    }

    /// Ends every leg.
    pub fn shutdown(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.stop();
        }
        if let Some(mixer) = &self.mixer {
            mixer.stop();
        }
        self.server.shutdown();
    }
}

impl MediaPort for Media {
    fn send(&self, command: MediaCommand) -> Result<(), MediaBusy> {
        match (command, &self.mixer, &self.recorder) {
            (MediaCommand::Compose { composition }, Some(mixer), _) => mixer.compose(*composition),
            (MediaCommand::StopComposing { conference, programme }, Some(mixer), _) => {
                mixer.stop_composing(conference, programme)
            }
            (MediaCommand::OpenLive { conference, programme }, _, Some(recorder)) => {
                recorder.open(conference, programme)
            }
            (MediaCommand::CloseLive { conference }, _, Some(recorder)) => recorder.close(conference),
            (command, ..) => self.server.send(command).map_err(|_full| MediaBusy),
        }
    }

    fn has_mixer(&self) -> bool {
        self.mixer.is_some()
    }

    fn has_recorder(&self) -> bool {
        self.mixer.is_some() && self.recorder.is_some()
    }

    fn take_bare(&self, connection: PortStream) {
        if self.over_https.is_none() {
            return;
        }
        let server = self.server.clone();
        tokio::spawn(async move {
            let handed = tokio::time::timeout(OPENING_TIME, hand_over(&server, connection)).await;
            if !matches!(handed, Ok(Ok(()))) {
                metrics::counter!("vc_http_port_ice_refused_total").increment(1);
            }
        });
    }

    fn take_relay(&self, connection: RelayConnection) {
        let Some(Over { relays, .. }) = &self.over_https else { return };
        let relays = relays.clone();
        tokio::spawn(async move {
            let RelayConnection { stream, listen, client } = connection;
            relays.serve(stream, listen, client).await;
        });
    }

    fn relay(&self, leg: LegId) -> Option<Relay> {
        let over = self.over_https.as_ref()?;
        let grant = over.relays.grant(leg.0)?;
        Some(Relay { username: grant.username, credential: grant.credential, url: over.url.clone() })
    }
}

/// Reads the first frame and gives the connection to the shard that it names.
async fn hand_over(server: &MediaProcesses, mut connection: PortStream) -> io::Result<()> {
    let mut held = Vec::with_capacity(OPENING_BYTES);
    let shard = loop {
        match server.look(&held) {
            Opening::Incomplete if held.len() < OPENING_BYTES => {
                if (&mut connection).take((OPENING_BYTES - held.len()) as u64).read_buf(&mut held).await? == 0
                {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Opening::Leg(shard) => break shard,
            Opening::Incomplete | Opening::Foreign => return Err(io::ErrorKind::InvalidData.into()),
        }
    };
    let stream = connection.into_tcp().into_std()?;
    server.adopt(shard, stream, &held).map_err(|_| io::ErrorKind::ResourceBusy.into())
}
