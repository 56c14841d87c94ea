//! The program `loadtest`: measures this server and others with real clients.
//!
//! Reads the command line and calls what is asked for. Exit status 0 when our own server was measured.

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::run()
}
