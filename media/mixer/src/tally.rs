//! What is counted between two reports.
//!
//! Written by everything in this program, read once a second by `process`.

use media_control::MixerFigures;
use std::time::{Duration, Instant};

/// Counts since the last report.
#[derive(Debug, Default)]
pub struct Tally(pub MixerFigures);

/// Which work a time was spent on.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    Decode,
    Compose,
    Encode,
}

impl Tally {
    /// Does `work` and adds the time that it took.
    pub fn timed<T>(&mut self, kind: Work, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let done = work();
        self.spent(kind, began.elapsed());
        done
    }

    fn spent(&mut self, kind: Work, time: Duration) {
        let figures = &mut self.0;
        let (count, seconds) = match kind {
            Work::Decode => (&mut figures.decoded, &mut figures.decode_s),
            Work::Compose => (&mut figures.composed, &mut figures.compose_s),
            Work::Encode => (&mut figures.encoded, &mut figures.encode_s),
        };
        *count += 1;
        *seconds += time.as_secs_f32();
    }

    /// The counts, which begin anew.
    pub fn take(&mut self) -> MixerFigures {
        std::mem::take(&mut self.0)
    }
}
