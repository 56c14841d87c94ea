//! What is counted between two reports.
//!
//! Written by everything in this program, read once a second by `process`.

use media_control::{MixerFigures, ProgrammeFigures};
use media_mix::error::Failure;
use media_mix::programme::Sent;
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
        self.spent(kind, 1, began.elapsed());
        done
    }

    /// Lets a programme encode its rungs, of which each counts.
    pub fn encoded(
        &mut self,
        work: impl FnOnce() -> Result<Vec<Sent>, Failure>,
    ) -> Result<Vec<Sent>, Failure> {
        let began = Instant::now();
        let sent = work()?;
        self.spent(Work::Encode, sent.len() as u32, began.elapsed());
        self.0.keyframes_sent += sent.iter().filter(|it| it.unit.is_key).count() as u32;
        Ok(sent)
    }

    fn spent(&mut self, kind: Work, pictures: u32, time: Duration) {
        let figures = &mut self.0;
        let (count, seconds) = match kind {
            Work::Decode => (&mut figures.decoded, &mut figures.decode_s),
            Work::Compose => (&mut figures.composed, &mut figures.compose_s),
            Work::Encode => (&mut figures.encoded, &mut figures.encode_s),
        };
        *count += pictures;
        *seconds += time.as_secs_f32();
    }

    /// The counts, which begin anew.
    pub fn take(&mut self) -> MixerFigures {
        std::mem::take(&mut self.0)
    }
}

/// Adds what was counted between two looks at the tally to the figures of one picture or conference.
pub fn add(figures: &mut ProgrammeFigures, before: &MixerFigures, after: &MixerFigures) {
    let micros = |of: fn(&MixerFigures) -> f32| ((of(after) - of(before)) * 1e6) as u32;
    figures.pictures += after.encoded - before.encoded;
    figures.decode_us += micros(|it| it.decode_s);
    figures.compose_us += micros(|it| it.compose_s);
    figures.encode_us += micros(|it| it.encode_s);
    figures.late_pictures += after.late_pictures - before.late_pictures;
    figures.keyframes_asked += after.keyframes_asked - before.keyframes_asked;
    figures.keyframes_wanted += after.keyframes_wanted - before.keyframes_wanted;
    figures.keyframes_sent += after.keyframes_sent - before.keyframes_sent;
}
