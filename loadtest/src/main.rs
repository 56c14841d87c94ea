//! The program `loadtest`: measures this server and others with real clients.
//!
//! Reads the command line, runs, writes the result. Exit status 0 when our own server was measured.

use clap::{Parser, Subcommand, ValueEnum};
use loadtest::client::{Codec, Profile};
use loadtest::error::Failure;
use loadtest::material::{Stock, prepared};
use loadtest::peer::process::pin_to;
use loadtest::peer::{Launch, namespace};
use loadtest::report::{Measured, forward_json, forward_table, page};
use loadtest::run::forward::{Wanted, measure};
use loadtest::run::{progress, sites};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Cores of the server and of the clients.
const SERVER_CORE: usize = 0;
const CLIENT_CORE: usize = 1;

/// Real WebRTC clients in great number, and what a server does for them.
#[derive(Debug, Parser)]
#[command(name = "loadtest", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One sender, N receivers: cost and delay of a forwarded packet, beside other servers
    Forward {
        /// Receivers
        #[arg(long, default_value_t = 277)]
        receivers: usize,
        /// Seconds of media that are counted
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// How the packets of a picture leave the sender
        #[arg(long, value_enum, default_value_t = Sent::Bursts)]
        profile: Sent,
        /// Codec of the picture
        #[arg(long, value_enum, default_value_t = Picture::Vp8)]
        codec: Picture,
        /// Servers to measure beside ours, by name: janus, livekit, galene, webrtc-rs
        #[arg(long, value_delimiter = ',')]
        peers: Vec<String>,
        /// File for the result
        #[arg(long)]
        json: Option<PathBuf>,
        /// File for a page with plots
        #[arg(long)]
        html: Option<PathBuf>,
        /// The server's program [default: beside this program]
        #[arg(long)]
        diemcau: Option<PathBuf>,
    },
    /// Keeps sites in a conference of a running server, with picture and sound, until Ctrl-C
    Sites {
        /// Sites
        #[arg(long, default_value_t = 10)]
        count: usize,
        /// Conference, as in its link /c/ID; must take guests
        #[arg(long)]
        conference: String,
        /// The server, https://HOST[:PORT]
        #[arg(long, default_value = "https://localhost:8443")]
        url: String,
        /// PEM root by which the server is believed; not needed on this machine
        #[arg(long)]
        ca: Option<PathBuf>,
        /// Believe any certificate
        #[arg(long)]
        insecure: bool,
        /// Small pictures that each site watches beside the large one
        #[arg(long, default_value_t = 8)]
        thumbnails: usize,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sent {
    Bursts,
    Spaced,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Picture {
    Vp8,
    H264,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Forward { receivers, seconds, profile, codec, peers, json, html, diemcau } => {
            forward(receivers, seconds, profile, codec, peers, (json, html), diemcau)
        }
        Command::Sites { count, conference, url, ca, insecure, thumbnails } => {
            progress::listen();
            let stock = Arc::new(Stock::open(&prepared("bench-material")));
            let core = Some(CLIENT_CORE);
            let wanted = sites::Wanted { count, conference, url, ca, insecure, stock, core, thumbnails };
            sites::keep(&wanted).map_or_else(|failure| complain(&failure.to_string()), |()| ExitCode::SUCCESS)
        }
    }
}

fn forward(
    receivers: usize,
    seconds: u64,
    profile: Sent,
    codec: Picture,
    peers: Vec<String>,
    (json, html): (Option<PathBuf>, Option<PathBuf>),
    diemcau: Option<PathBuf>,
) -> ExitCode {
    progress::listen();
    // Before anything starts a thread. Our server alone needs no network of its own.
    if !peers.is_empty()
        && let Err(failure) = namespace::enter()
    {
        eprintln!("loadtest: {failure}; some servers cannot be measured");
    }
    // Everything of ours stays off the server's core; on a machine with one there is no choice.
    let _ = pin_to(CLIENT_CORE);
    let diemcau = diemcau.unwrap_or_else(|| beside_us("diemcau"));
    let launch =
        Launch { core: SERVER_CORE, places: receivers + 1, diemcau, programs: prepared("bench-programs") };
    let wanted = Wanted {
        receivers,
        length: Duration::from_secs(seconds),
        profile: match profile {
            Sent::Bursts => Profile::Bursts,
            Sent::Spaced => Profile::Spaced,
        },
        codec: match codec {
            Picture::Vp8 => Codec::Vp8,
            Picture::H264 => Codec::H264,
        },
        stock: Arc::new(Stock::open(&prepared("bench-material"))),
        core: CLIENT_CORE,
    };
    let names = std::iter::once("diemcau".to_owned()).chain(peers);
    let measured: Vec<Measured> = names
        .map(|name| {
            let result = measure(&name, &launch, &wanted).map_err(|failure| failure.to_string());
            (name, result)
        })
        .collect();
    let table = forward_table(&measured);
    println!("{table}");
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    let about = json!({
        "command": command,
        "profile": format!("{profile:?}").to_lowercase(),
        "codec": codec_name(codec),
        "material": if wanted.stock.is_real { "camera" } else { "made up" },
    });
    let written = write(json, || format!("{:#}\n", forward_json(&measured, about)))
        .and_then(|()| write(html, || page(&measured, &table, &command)));
    match (written, &measured[0].1) {
        (Ok(()), Ok(_)) => ExitCode::SUCCESS,
        (Err(failure), _) => complain(&failure.to_string()),
        (_, Err(said)) => complain(said),
    }
}

fn write(file: Option<PathBuf>, text: impl FnOnce() -> String) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    std::fs::write(&file, text())
        .map_err(|failure| Failure::File { file: file.display().to_string(), said: failure.to_string() })
}

fn complain(said: &str) -> ExitCode {
    eprintln!("loadtest: {said}");
    ExitCode::FAILURE
}

const fn codec_name(codec: Picture) -> &'static str {
    match codec {
        Picture::Vp8 => Codec::Vp8.name(),
        Picture::H264 => Codec::H264.name(),
    }
}

/// A program in the folder of this one.
fn beside_us(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().map_or_else(|| name.into(), |folder| folder.join(name))
}
