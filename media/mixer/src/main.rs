//! The program `diemcau-mixer`: composes pictures of conferences in a process of its own, because it decodes
//! what strangers send with libraries written in C (docs/adr/0026, 0029).
//!
//! Started by `diemcau serve` and by nobody else; `sandbox-check` shows what it is kept from.

mod camera;
mod clock;
mod feed;
mod hall;
mod ladder;
mod leaving;
mod lips;
mod output;
mod payload;
mod process;
mod reorder;
mod sandbox;
mod talk;
mod tally;
mod voices;

use clap::{Parser, Subcommand};
use media_mix::caption::Typeface;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[derive(Debug, Parser)]
#[command(name = "diemcau-mixer", version, about = "Started by `diemcau serve`")]
struct Flags {
    /// What is written to standard error
    #[arg(long, default_value = "info")]
    log_filter: String,
    /// As JSON objects
    #[arg(long)]
    log_json: bool,
    /// The font of all words on pictures
    #[arg(long, default_value = Typeface::DEFAULT_FILE)]
    font: PathBuf,
    /// A PNG picture in the corner of all composed pictures
    #[arg(long)]
    logo: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Locks itself in, tries what it should not be able to do, and tells how that went
    #[command(hide = true)]
    SandboxCheck,
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
    payload::hush();
    if matches!(flags.what, Some(What::SandboxCheck)) {
        return match sandbox::check() {
            Ok(told) => {
                println!("{told}");
                ExitCode::SUCCESS
            }
            Err(failure) => {
                eprintln!("diemcau-mixer: {failure}");
                ExitCode::FAILURE
            }
        };
    }
    match process::run(&flags.font, flags.logo.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tracing::error!(%failure, "mixer ends and is started again");
            ExitCode::FAILURE
        }
    }
}
