//! What may stand on the command line. Read by `program`; holds no behaviour.

use clap::{Args, Parser, Subcommand, ValueEnum};
use loadtest::client::{Codec, Profile};
use std::path::PathBuf;

/// Real WebRTC clients in great number, and what a server does for them.
#[derive(Debug, Parser)]
#[command(name = "loadtest", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// One sender, N receivers: cost and delay of a forwarded packet, beside other servers
    Forward(ForwardFlags),
    /// Leads a full meeting of ours by the HTTP API: roll call, floor, mute of all, a command while all come in
    ///
    /// Each site sends a camera and a voice and watches the stage and some others. Prints how long who leads
    /// waits, and how long it takes until each site is told.
    Lead(LeadFlags),
    /// Plays a scenario: who joins when, sends and watches what, on which link, what breaks
    ///
    /// Comes with bursts, spaced, curve, meeting, memory, storm, loss, narrowed and speaker; any other name is
    /// that of a TOML file (docs/benchmarks/scenarios.md tells what may stand in one). Prints each figure and
    /// whether it was reached. Ctrl-C ends it early and still reports.
    Scenario(ScenarioFlags),
    /// Keeps sites in a conference of a running server, with picture and sound, until Ctrl-C
    ///
    /// Each site is a guest with a camera and a voice that watches the stage and some others; one that falls
    /// out comes back. For `diemcau serve --demo`: loadtest sites --conference demo --count 20
    Sites(SitesFlags),
    /// Composes and encodes layouts of a hall of cameras, mixes 277 microphones: what it costs, beside GStreamer
    ///
    /// Needs the prepared films and speech (make setup-bench) and the program mix-load. CPU time is counted, not the
    /// clock's; GStreamer has one pipeline a layout with the same layers, tiles and settings of x264.
    Mix(MixFlags),
    /// One composed picture, then N players of it: CPU time that one more adds to our server, and encodes
    ///
    /// Cameras come by WHIP, players by WHEP. CPU time is that of all processes of the server, the mixer among
    /// them, so diemcau-mixer must lie beside diemcau. Ctrl-C ends it without a result.
    Viewers(ViewersFlags),
}

#[derive(Debug, Args)]
pub struct ViewersFlags {
    /// Players of the composed picture
    #[arg(long, default_value_t = 277, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=380))]
    pub count: usize,
    /// Cameras in the picture
    #[arg(long, default_value_t = 4, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=16))]
    pub cameras: usize,
    /// Seconds that are counted with one player, and again with all
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    /// File for the result
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// The server's program [default: beside this program]
    #[arg(long)]
    pub diemcau: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct MixFlags {
    /// Distinct layouts, 720p at 25 pictures a second
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub layouts: u32,
    /// Cameras
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=25))]
    pub sources: u32,
    /// Seconds of media
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
    /// 4×4 in other orders, or several kinds with one large picture
    #[arg(long, value_enum, default_value_t = Kinds::Grid)]
    pub kinds: Kinds,
    /// How often each is run; figures are medians
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=25))]
    pub runs: u32,
    /// File for the result
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// The program that composes [default: beside this program]
    #[arg(long)]
    pub mix_load: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kinds {
    Grid,
    Mixed,
}

impl Kinds {
    /// As mix-load has it on its command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Mixed => "mixed",
        }
    }
}

#[derive(Debug, Args)]
pub struct ForwardFlags {
    /// Receivers
    #[arg(long, default_value_t = 277)]
    pub receivers: usize,
    /// Seconds of media that are counted
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// How the packets of a picture leave the sender
    #[arg(long, value_enum, default_value_t = Sent::Bursts)]
    pub profile: Sent,
    /// Codec of the picture
    #[arg(long, value_enum, default_value_t = Picture::Vp8)]
    pub codec: Picture,
    /// Servers to measure beside ours, by name: janus, livekit, galene, webrtc-rs
    #[arg(long, value_delimiter = ',')]
    pub peers: Vec<String>,
    /// File for the result
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// File for a page with plots
    #[arg(long)]
    pub html: Option<PathBuf>,
    /// The server's program [default: beside this program]
    #[arg(long)]
    pub diemcau: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ScenarioFlags {
    /// Name of a scenario that comes with this program, or a TOML file
    pub scenario: String,
    /// Servers to measure beside ours, by name: janus, livekit, galene, webrtc-rs
    #[arg(long, value_delimiter = ',')]
    pub peers: Vec<String>,
    /// How often each is run; figures are medians
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=25))]
    pub runs: u64,
    /// Seconds of media that are counted, instead of the scenario's; events keep their place in the whole
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Receivers of the largest group that watches, instead of the scenario's; several with commas
    #[arg(long, value_delimiter = ',')]
    pub receivers: Vec<usize>,
    /// Where the chance of bad links begins, instead of the scenario's
    #[arg(long)]
    pub seed: Option<u32>,
    /// File for the result
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// File for a page with plots
    #[arg(long)]
    pub html: Option<PathBuf>,
    /// File of earlier figures to compare with
    #[arg(long)]
    pub baseline: Option<PathBuf>,
    /// Puts the figures of this run into the file of --baseline
    #[arg(long, requires = "baseline")]
    pub save: bool,
    /// Fails when a figure is missed, or was not measured
    #[arg(long)]
    pub strict: bool,
    /// The server's program [default: beside this program]
    #[arg(long)]
    pub diemcau: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LeadFlags {
    /// Sites
    #[arg(long, default_value_t = 277, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=277))]
    pub sites: usize,
    /// How often the floor is given
    #[arg(long, default_value_t = 30)]
    pub grants: usize,
    /// How often all are muted
    #[arg(long, default_value_t = 20)]
    pub mutes: usize,
    /// Small pictures that each site watches beside the large one
    #[arg(long, default_value_t = 8)]
    pub thumbnails: usize,
    /// File for the result
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Folder for the sheets of the roll call and the server's store, for other readers
    #[arg(long)]
    pub keep: Option<PathBuf>,
    /// The server's program [default: beside this program]
    #[arg(long)]
    pub diemcau: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SitesFlags {
    /// Sites
    #[arg(long, default_value_t = 10)]
    pub count: usize,
    /// Conference, as in its link /c/ID; must take guests
    #[arg(long)]
    pub conference: String,
    /// The server, https://HOST[:PORT]
    #[arg(long, default_value = "https://localhost:8443")]
    pub url: String,
    /// PEM root by which the server is believed; not needed on this machine
    #[arg(long)]
    pub ca: Option<PathBuf>,
    /// Believe any certificate
    #[arg(long)]
    pub insecure: bool,
    /// Small pictures that each site watches beside the large one
    #[arg(long, default_value_t = 8)]
    pub thumbnails: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Sent {
    Bursts,
    Spaced,
}

impl From<Sent> for Profile {
    fn from(sent: Sent) -> Self {
        match sent {
            Sent::Bursts => Self::Bursts,
            Sent::Spaced => Self::Spaced,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Picture {
    Vp8,
    H264,
}

impl From<Picture> for Codec {
    fn from(picture: Picture) -> Self {
        match picture {
            Picture::Vp8 => Self::Vp8,
            Picture::H264 => Self::H264,
        }
    }
}
