//! Recorded and modelled access lines, read from `traces/`.
//!
//! One line a change: time in ms, capacity in kbit/s and, if wanted, loss in percent. Capacities hold
//! until the next line; the last line says when the trace ends.

use std::path::Path;

/// What a line does from a moment on.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub from_ms: u64,
    pub kbps: u64,
    pub loss_percent: u64,
}

/// One access line.
#[derive(Clone, Debug)]
pub struct Trace {
    pub name: String,
    /// First comment of the file.
    pub about: String,
    pub delay_ms: u64,
    /// Length of the queue at the narrow place: at the mean capacity it drains in this time.
    pub queue_ms: u64,
    pub weather: Vec<Weather>,
    pub end_ms: u64,
}

impl Trace {
    /// Reads every trace, by name.
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/link_traces/traces");
        let mut files: Vec<_> =
            folder.read_dir().expect("traces are there").map(|file| file.expect("entry").path()).collect();
        files.sort();
        files.iter().map(|file| Self::read(file)).collect()
    }

    fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).expect("readable");
        let name = file.file_stem().and_then(|name| name.to_str()).expect("named").to_owned();
        let about = text.lines().next().and_then(|line| line.strip_prefix("# ")).expect("says what it is");
        let mut trace =
            Self { name, about: about.to_owned(), delay_ms: 0, queue_ms: 0, weather: Vec::new(), end_ms: 0 };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<_> = line.split_ascii_whitespace().collect();
            let number = |word: &str| word.parse::<u64>().unwrap_or_else(|_| panic!("{file:?}: {line}"));
            match words[..] {
                ["delay_ms", ms] => trace.delay_ms = number(ms),
                ["queue_ms", ms] => trace.queue_ms = number(ms),
                [ms, "end"] => trace.end_ms = number(ms),
                [ms, kbps] | [ms, kbps, _] => {
                    let loss_percent = words.get(2).map_or(0, |loss| number(loss));
                    trace.weather.push(Weather { from_ms: number(ms), kbps: number(kbps), loss_percent });
                }
                _ => panic!("{file:?}: {line}"),
            }
        }
        trace
    }

    pub fn at(&self, ms: u64) -> Weather {
        let next = self.weather.partition_point(|weather| weather.from_ms <= ms);
        self.weather[next.saturating_sub(1)]
    }

    /// Mean capacity in kbit/s.
    pub fn mean_kbps(&self) -> u64 {
        (0..self.end_ms).step_by(10).map(|ms| self.at(ms).kbps).sum::<u64>() / (self.end_ms / 10).max(1)
    }
}
