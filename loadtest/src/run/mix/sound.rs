//! What mixing sound costs: hundreds of microphones, of which a few are heard.
//!
//! Called by the program after the pictures. Ours and GStreamer's are measured like the pictures: from outside.

use super::{Cost, Wanted, not_started, spent};
use crate::error::Failure;
use crate::material::Voice;
use crate::peer::process::Processes;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// Microphones that send, voices at once, and encodes: one for all, the others for three who speak.
pub const SOURCES: u32 = 277;
pub const HEARD: u32 = 5;
pub const ENCODES: u32 = 4;
/// Share of a core that it may take.
pub const AIM_PERCENT: f64 = 5.0;
/// Seconds of sound; the start of the program, which is in the figure, is then a small part.
const SECONDS: u32 = 30;
/// What of the voices and encodes there must have been in the mean for a run to count.
const WHOLE: f64 = 0.95;

/// What a run of ours cost, in percent of a core, and what it told of itself.
///
/// # Errors
/// `Absent` without the program, `NotStarted` when it ends with an error or heard too few.
pub fn ours(wanted: &Wanted) -> Result<(f64, Value), Failure> {
    let mut command = Command::new(&wanted.mix_load);
    command.arg("sound").arg("--material").arg(&wanted.material);
    let numbers =
        [("--sources", SOURCES), ("--heard", HEARD), ("--encodes", ENCODES), ("--seconds", SECONDS)];
    for (flag, value) in numbers {
        command.args([flag, &value.to_string()]);
    }
    let (cpu, output) = spent(command, "mix-load")?;
    let told: Value = serde_json::from_str(&output).map_err(|_| not_started("mix-load", &output))?;
    let is_whole = |key: &str, of: u32| told[key].as_f64().is_some_and(|it| it >= WHOLE * f64::from(of));
    if !(is_whole("heard", HEARD) && is_whole("encodes", ENCODES)) {
        return Err(not_started("mix-load", &format!("too few were heard: {told}")));
    }
    Ok((percent(&Cost { cpu, told: Value::Null }, Duration::from_secs(SECONDS.into())), told))
}

/// What GStreamer takes to decode and mix as many and to encode the sum once, in percent of a core. It cannot
/// leave out who is silent, nor mix for each speaker but by a mixer more for each.
///
/// # Errors
/// `Absent` when its tools are missing, `NotStarted` when it failed.
pub fn gstreamer(wanted: &Wanted) -> Result<f64, Failure> {
    const NAME: &str = "gstreamer";
    let length = Voice::open(&wanted.material)?.length();
    let place = Processes::new(NAME)?;
    let mixed = place.folder().join("mixed.ogg");
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q").args(sink(&mixed.display().to_string()));
    let speech = wanted.material.join("speech.ogg").display().to_string();
    for _ in 0..SOURCES {
        command.args(source(&speech));
    }
    let (cpu, _) = spent(command, NAME)?;
    if std::fs::metadata(&mixed).map_or(0, |it| it.len()) < 10_000 {
        return Err(not_started(NAME, "no sound came out"));
    }
    Ok(percent(&Cost { cpu, told: Value::Null }, length))
}

fn percent(cost: &Cost, media: Duration) -> f64 {
    100.0 * cost.cpu.as_secs_f64() / media.as_secs_f64()
}

/// What `media-mix` sets for libopus, in the words of the element.
fn sink(file: &str) -> Vec<String> {
    let words = "audiomixer name=m ! audio/x-raw,format=S16LE,rate=48000,channels=1 \
        ! opusenc bitrate=40000 complexity=5 audio-type=voice ! oggmux ! filesink";
    words.split_ascii_whitespace().map(str::to_owned).chain([format!("location={file}")]).collect()
}

fn source(file: &str) -> Vec<String> {
    let words = "! oggdemux ! opusdec ! audio/x-raw,rate=48000,channels=1 ! m.";
    let words = words.split_ascii_whitespace().map(str::to_owned);
    ["filesrc".to_owned(), format!("location={file}")].into_iter().chain(words).collect()
}
