//! The program `mix-load`: composes pictures or mixes sound for a while, as fast as it can.
//!
//! Started by `loadtest mix`, which measures it from outside; a program of its own because it links FFmpeg
//! (docs/adr/0026). Prints what it did as JSON.

mod hall;
mod layouts;
mod pictures;
mod sound;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use std::time::Duration;

#[derive(Debug, Parser)]
#[command(name = "mix-load", version)]
struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Decodes a hall of cameras, composes and encodes layouts of it
    Pictures(pictures::Flags),
    /// Mixes a hall of microphones and encodes what is taken
    Sound(sound::Flags),
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Material(#[from] loadtest::error::Failure),
    #[error(transparent)]
    Mix(#[from] media_mix::error::Failure),
    #[error("{file}: {source}")]
    File { file: String, source: std::io::Error },
}

fn main() -> ExitCode {
    let told = match Flags::parse().what {
        What::Pictures(flags) => pictures::measure(&flags),
        What::Sound(flags) => sound::measure(&flags),
    };
    match told {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("mix-load: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Processor time of this process so far.
fn spent() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills in a live value of the kind that it wants.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
