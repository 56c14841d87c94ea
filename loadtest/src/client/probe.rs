//! A receiver that shares no code with us: a process on the whole async `webrtc` stack (`loadtest/webrtc-rs`).
//!
//! Started by the engine where set-up has built it. It takes part as one more viewer, through the driver of
//! whatever server is measured; what it counts must be what the bulk clients count, or both our sides share
//! a fault.

use super::crowd::Crowd;
use super::description::{Description, Outside};
use crate::error::Failure;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// The program, where set-up puts it.
pub const PROGRAM: &str = "webrtc-rs-probe";

/// The process and its two ends.
struct Line {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refused(said: impl ToString) -> Failure {
    Failure::Refused { name: "probe", said: said.to_string() }
}

impl Line {
    fn ask(&mut self, word: &str, text: &str) -> Result<String, Failure> {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        writeln!(self.input, "{word} {hex}").map_err(refused)?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).map_err(refused)?;
        let (word, rest) = answer.trim().split_once(' ').unwrap_or((answer.trim(), ""));
        match word {
            "sdp" => from_hex(rest).ok_or_else(|| refused("an answer that is no text")),
            "ok" | "count" => Ok(rest.to_owned()),
            "failed" => Err(refused(from_hex(rest).unwrap_or_default())),
            _ => Err(refused("it ended")),
        }
    }
}

fn from_hex(hex: &str) -> Option<String> {
    let digits: Option<Vec<u8>> = hex.chars().map(|it| it.to_digit(16).map(|it| it as u8)).collect();
    let bytes = digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    String::from_utf8(bytes).ok()
}

/// A running probe.
pub struct Probe(Arc<Mutex<Line>>);

impl Probe {
    /// Starts it from the folder of programs.
    ///
    /// # Errors
    /// `Absent` when set-up has not built it, `System`.
    pub fn start(programs: &Path, addresses: &[Ipv4Addr]) -> Result<Self, Failure> {
        let program = programs.join(PROGRAM);
        if !program.is_file() {
            return Err(Failure::Absent { name: "probe", lacking: "run `make setup-bench`".to_owned() });
        }
        let mut command = Command::new(program);
        command.args(addresses.iter().map(ToString::to_string));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let failed = Failure::system("probe");
        let mut child = command.spawn().map_err(failed)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(refused("no pipes"));
        };
        Ok(Self(Arc::new(Mutex::new(Line { child, input, output: BufReader::new(output) }))))
    }

    /// It as a client that a driver may bring in.
    #[must_use]
    pub fn client(&self, crowd: &Crowd) -> Description {
        crowd.outsider(Box::new(Talk(Arc::clone(&self.0))))
    }

    /// Packets with content so far, and the sum of the hashes of their ends.
    ///
    /// # Errors
    /// `Refused` when it has ended.
    pub fn count(&self) -> Result<(u64, u64), Failure> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner).ask("count", "")?;
        let numbers = told.split_once(' ').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        numbers.ok_or_else(|| refused("no numbers"))
    }
}

/// Offers and answers on behalf of the process.
struct Talk(Arc<Mutex<Line>>);

impl Talk {
    fn ask(&self, word: &str, text: &str) -> Result<String, Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ask(word, text)
    }
}

impl Outside for Talk {
    fn offer(&mut self) -> Result<String, Failure> {
        self.ask("offer", "")
    }

    fn take_answer(&mut self, sdp: &str) -> Result<(), Failure> {
        self.ask("answer", sdp).map(drop)
    }

    fn answer(&mut self, offer: &str) -> Result<String, Failure> {
        self.ask("remote", offer)
    }
}
