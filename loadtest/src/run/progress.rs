//! What a person at the terminal sees while a run goes on, and their Ctrl-C.
//!
//! Used by every run. Writes to standard error, and only where that is a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

static STOPPED: AtomicBool = AtomicBool::new(false);
const WIDTH: usize = 24;

extern "C" fn stop(_signal: libc::c_int) {
    // The second time nobody waits for a report.
    if STOPPED.swap(true, Ordering::Relaxed) {
        // SAFETY: ends the process; allowed in a signal handler.
        unsafe { libc::_exit(130) };
    }
}

/// Lets Ctrl-C and SIGTERM end the run early, with a report; the second one ends the program.
pub fn listen() {
    let handler = stop as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: the handler touches an atomic and nothing else.
    unsafe {
        libc::signal(libc::SIGINT, handler);
        libc::signal(libc::SIGTERM, handler);
    }
}

/// The live line of one run.
pub struct Progress {
    name: String,
    is_terminal: bool,
}

impl Progress {
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), is_terminal: std::io::stderr().is_terminal() }
    }

    /// Whether somebody wants the report now.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        STOPPED.load(Ordering::Relaxed)
    }

    /// How far a step is.
    pub fn show(&self, what: &str, done: usize, of: usize) {
        if self.is_terminal {
            let full = (WIDTH * done.min(of)).checked_div(of).unwrap_or(WIDTH);
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full));
            let _ = write!(std::io::stderr(), "\r\x1b[2K{:<10} {bar} {what}", self.name);
        }
    }

    /// Clears the line.
    pub fn done(&self) {
        if self.is_terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}
