//! The command line, and what each command does with it.
//!
//! Called by `main` alone. Prints results on standard output, everything else on standard error.

mod cli;
mod forward;
mod lead;
mod machine;
mod mix;
mod scenario;
mod viewers;

use clap::Parser as _;
use cli::{Cli, Command, SitesFlags};
use loadtest::error::Failure;
use loadtest::material::{Stock, prepared};
use loadtest::peer::process::pin_to;
use loadtest::peer::{Launch, namespace};
use loadtest::run::{progress, sites};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Cores of the server and of the clients.
const SERVER_CORE: usize = 0;
const CLIENT_CORE: usize = 1;

/// Does what the command line asks for.
pub fn run() -> ExitCode {
    let command = Cli::parse().command;
    open_many();
    let done = match command {
        Command::Forward(flags) => forward::run(flags),
        Command::Lead(flags) => lead::run(flags),
        Command::Scenario(flags) => scenario::run(flags),
        Command::Sites(flags) => keep_sites(flags),
        Command::Mix(flags) => mix::run(flags),
        Command::Viewers(flags) => viewers::run(flags),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("loadtest: {failure}");
        ExitCode::FAILURE
    })
}

/// Lets this process, and the servers that it starts, have as many sockets as the system allows: each client
/// has two, and the usual limit is 1,024.
fn open_many() {
    // SAFETY: both calls get a live value of the kind that they want.
    unsafe {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
}

fn keep_sites(flags: SitesFlags) -> Result<ExitCode, Failure> {
    let SitesFlags { count, conference, url, ca, insecure, thumbnails } = flags;
    progress::listen();
    let stock = Arc::new(Stock::open(&prepared("bench-material")));
    let wanted = sites::Wanted { count, conference, url, ca, insecure, stock, thumbnails };
    sites::keep(&wanted).map(|()| ExitCode::SUCCESS)
}

/// Gets this process ready to measure, and says how servers are to be started.
fn prepare(diemcau: Option<PathBuf>) -> Launch {
    progress::listen();
    // Before anything starts a thread.
    if let Err(failure) = namespace::enter() {
        eprintln!("loadtest: {failure}; measured in the network of this machine, some servers cannot be");
    }
    // Everything of ours stays off the server's core; on a machine with one there is no choice.
    let _ = pin_to(CLIENT_CORE);
    let diemcau = diemcau.unwrap_or_else(|| beside_us("diemcau"));
    Launch { core: SERVER_CORE, places: 0, diemcau, programs: prepared("bench-programs") }
}

/// A program in the folder of this one.
fn beside_us(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().map_or_else(|| name.into(), |folder| folder.join(name))
}

fn write(file: Option<&Path>, text: impl FnOnce() -> String) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    let failed = |failure: std::io::Error| Failure::File {
        file: file.display().to_string(),
        said: failure.to_string(),
    };
    std::fs::write(file, text()).map_err(failed)
}

fn command_line() -> String {
    std::env::args().collect::<Vec<_>>().join(" ")
}
