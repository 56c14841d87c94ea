//! What a person at the terminal sees while a run goes on, and their Ctrl-C.
//!
//! Used by every run. Writes to standard error, and only where that is a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// Second of the first signal on the monotonic clock; 0 before it.
static STOPPED_S: AtomicU64 = AtomicU64::new(0);
/// A signal counts as the second one this many seconds after the first: `timeout` sends two at once.
const IMPATIENCE_S: u64 = 2;
const WIDTH: usize = 24;

extern "C" fn stop(_signal: libc::c_int) {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live value; the call is allowed in a signal handler.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    let now_s = (time.tv_sec as u64).max(1);
    let first_s = STOPPED_S.load(Ordering::Relaxed);
    if first_s == 0 {
        STOPPED_S.store(now_s, Ordering::Relaxed);
    } else if now_s >= first_s + IMPATIENCE_S {
        // The second time nobody waits for a report.
        // SAFETY: ends the process; allowed in a signal handler.
        unsafe { libc::_exit(130) };
    }
}

/// Lets Ctrl-C and SIGTERM end the run early, with a report; the second one ends the program.
pub fn listen() {
    let handler = stop as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: the handler touches an atomic and the clock and nothing else.
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
        STOPPED_S.load(Ordering::Relaxed) != 0
    }

    /// How far a step is.
    pub fn show(&self, what: &str, done: usize, of: usize) {
        if self.is_terminal {
            let full = (WIDTH * done.min(of)).checked_div(of).unwrap_or(WIDTH);
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full));
            let _ = write!(std::io::stderr(), "\r\x1b[2K{:<10} {bar} {what}", self.name);
        }
    }

    /// Tells something that a person, or a program that waits for it, wants to keep: a line of its own.
    pub fn tell(&self, line: &str) {
        self.done();
        eprintln!("{}: {line}", self.name);
    }

    /// Clears the line.
    pub fn done(&self) {
        if self.is_terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}
