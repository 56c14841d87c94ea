//! The program `diemcau-recorder`: hands composed pictures and their sound on as live streams, in a process of its own
//! because GStreamer does the work (docs/adr/0033).
//!
//! Started by `diemcau serve` and by nobody else.

mod hls;
mod intake;
mod live;
mod outlet;
mod plugins;
mod process;
mod sandbox;

use clap::Parser;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[derive(Debug, Parser)]
#[command(name = "diemcau-recorder", version, about = "Started by `diemcau serve`")]
struct Flags {
    /// What is written to standard error
    #[arg(long, default_value = "info")]
    log_filter: String,
    /// As JSON objects
    #[arg(long)]
    log_json: bool,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let filter = EnvFilter::builder().parse_lossy(&flags.log_filter);
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    if flags.log_json {
        lines.json().init();
    } else {
        lines.init();
    }
    match process::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tracing::error!(%failure, "recorder ends and is started again");
            ExitCode::FAILURE
        }
    }
}
