//! What composing pictures and mixing sound costs: processor time of a program that does it.
//!
//! Called by the program. Measures ours and GStreamer in the same way: as a child process on one core, by the
//! processor time that the system has counted when it ended.

mod gstreamer;
pub mod sound;

pub use gstreamer::gstreamer;

use crate::error::Failure;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Pictures a second of every film and every layout.
const PICTURES_PER_SECOND: u32 = 25;
/// Share of the pictures that must have been encoded for a run to count.
const WHOLE: f64 = 0.98;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub layouts: u32,
    pub sources: u32,
    pub seconds: u32,
    /// As `mix-load` calls them.
    pub kinds: &'static str,
    /// Folder of the prepared films.
    pub material: PathBuf,
    /// The program that composes ours.
    pub mix_load: PathBuf,
}

/// What a run cost.
#[derive(Clone, Debug)]
pub struct Cost {
    /// Processor time of all of it, start included.
    pub cpu: Duration,
    /// What ours told of itself.
    pub told: Value,
}

impl Wanted {
    const fn pictures(&self) -> u32 {
        self.seconds * PICTURES_PER_SECOND
    }

    /// How many such layouts one core carries in time.
    #[must_use]
    pub fn layouts_per_core(&self, cost: &Cost) -> f64 {
        100.0 / self.percent_core_per_layout(cost)
    }

    #[must_use]
    pub fn percent_core_per_layout(&self, cost: &Cost) -> f64 {
        100.0 * cost.cpu.as_secs_f64() / f64::from(self.seconds) / f64::from(self.layouts)
    }

    fn mix_load(&self) -> Command {
        let mut command = Command::new(&self.mix_load);
        command.arg("pictures");
        for (flag, value) in
            [("--layouts", self.layouts), ("--sources", self.sources), ("--seconds", self.seconds)]
        {
            command.args([flag, &value.to_string()]);
        }
        command.args(["--kinds", self.kinds]).arg("--material").arg(&self.material);
        command
    }
}

/// Ours.
///
/// # Errors
/// `Absent` without the program, `NotStarted` when it ends with an error or left pictures out.
pub fn ours(wanted: &Wanted) -> Result<Cost, Failure> {
    let (cpu, output) = spent(wanted.mix_load(), "mix-load")?;
    let told: Value = serde_json::from_str(&output).map_err(|_| not_started("mix-load", &output))?;
    let pictures = told["pictures"].as_array().map_or(0, |it| it.iter().filter_map(Value::as_u64).sum());
    whole("mix-load", wanted, pictures)?;
    Ok(Cost { cpu, told })
}

fn whole(name: &'static str, wanted: &Wanted, pictures: u64) -> Result<(), Failure> {
    let expected = f64::from(wanted.pictures()) * f64::from(wanted.layouts);
    if pictures as f64 >= expected * WHOLE {
        return Ok(());
    }
    Err(not_started(name, &format!("{pictures} pictures of {expected} were encoded")))
}

/// Runs a program to its end: its processor time, and what it wrote on standard output.
fn spent(mut command: Command, name: &'static str) -> Result<(Duration, String), Failure> {
    let before = children();
    let output = command.stdin(Stdio::null()).output().map_err(|failure| match failure.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::Absent { name, lacking: format!("no program {}", command.get_program().display()) }
        }
        _ => Failure::NotStarted { name, said: failure.to_string() },
    })?;
    if !output.status.success() {
        return Err(not_started(name, &String::from_utf8_lossy(&output.stderr)));
    }
    Ok((children() - before, String::from_utf8_lossy(&output.stdout).into_owned()))
}

fn not_started(name: &'static str, said: &str) -> Failure {
    Failure::NotStarted { name, said: said.trim().lines().next_back().unwrap_or_default().to_owned() }
}

/// Processor time of all children that have ended.
fn children() -> Duration {
    // SAFETY: zero means something for every field; the call fills in a live value of the kind that it wants.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let length = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000);
    length(usage.ru_utime) + length(usage.ru_stime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_carries_as_many_layouts_as_its_time_is_enough_for() {
        let wanted = Wanted {
            layouts: 6,
            sources: 16,
            seconds: 10,
            kinds: "grid",
            material: PathBuf::new(),
            mix_load: PathBuf::new(),
        };
        let cost = Cost { cpu: Duration::from_secs(12), told: Value::Null };
        assert!((wanted.percent_core_per_layout(&cost) - 20.0).abs() < 1e-9);
        assert!((wanted.layouts_per_core(&cost) - 5.0).abs() < 1e-9);
        assert!(whole("x", &wanted, 6 * 250).is_ok());
        assert!(whole("x", &wanted, 6 * 240).is_err());
    }

    #[test]
    fn a_program_that_is_not_there_is_told_by_name() {
        let lacking = spent(Command::new("/nowhere/mix-load"), "mix-load").expect_err("is not there");
        assert_eq!(lacking.to_string(), "mix-load is not here: no program /nowhere/mix-load");
    }
}
