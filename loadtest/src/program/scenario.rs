//! `loadtest scenario`: reads one, plays it, tells what came out and what was hoped for.

use super::cli::ScenarioFlags;
use super::{CLIENT_CORE, command_line, machine, prepare, write};
use loadtest::client::Setting;
use loadtest::error::Failure;
use loadtest::material::{Stock, prepared};
use loadtest::report::baseline::{Baseline, Earlier};
use loadtest::report::{Drawn, page, scenario_json, scenario_table};
use loadtest::run::scenario::{Played, play_all};
use loadtest::scenario::{KNOWN, Script, file, known};
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Plays the scenario with ours, then the others.
///
/// # Errors
/// A scenario that cannot be read, or a file that cannot be written; what kept ours from being measured.
pub fn run(flags: ScenarioFlags) -> Result<ExitCode, Failure> {
    let script = changed(read(&flags.scenario)?, &flags);
    let launch = prepare(flags.diemcau.clone());
    let stock = Arc::new(Stock::open(&prepared("bench-material")));
    let material = if stock.is_real { "camera" } else { "made up" };
    let setting = Setting::new(CLIENT_CORE, stock, script.profile);
    let servers: Vec<String> =
        std::iter::once("diemcau".to_owned()).chain(flags.peers.iter().cloned()).collect();
    let played = play_all(script, &launch, &setting, &servers, flags.runs as usize);
    println!("{}", scenario_table(&played));
    let about = Earlier {
        date: machine::date(),
        machine: machine::name(),
        commit: machine::commit(),
        command: command_line(),
        figures: std::collections::BTreeMap::new(),
    };
    write(flags.json.as_deref(), || {
        let told = json!({
            "date": about.date, "machine": about.machine, "commit": about.commit, "command": about.command,
            "material": material,
        });
        format!("{:#}\n", scenario_json(&played, told))
    })?;
    write(flags.html.as_deref(), || {
        page(&played.script.title, &drawn(&played), &scenario_table(&played), &about.command)
    })?;
    if let Some(file) = &flags.baseline {
        let mut baseline = Baseline::open(file)?;
        baseline.compared(&played, &about.machine).iter().for_each(|it| println!("{it}"));
        if flags.save {
            baseline.take(&played, &about);
            baseline.write(file)?;
        }
    }
    let is_measured = played.cases.first().is_some_and(|it| it.runs.is_ok());
    let is_reached = played.judged.iter().all(|it| it.is_reached);
    let good = is_measured && (is_reached || !flags.strict);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(name: &str) -> Result<Script, Failure> {
    if let Some(text) = known(name) {
        return file::read(name, text).map_err(|wrong| Failure::Scenario { file: name.to_owned(), wrong });
    }
    let failed = |failure: std::io::Error| {
        let all = KNOWN.map(|(name, _)| name).join(", ");
        Failure::File {
            file: name.to_owned(),
            said: format!("{failure}; scenarios that come with this program: {all}"),
        }
    };
    let text = std::fs::read_to_string(name).map_err(failed)?;
    let stem = std::path::Path::new(name).file_stem().map_or_else(|| name.into(), |it| it.to_string_lossy());
    file::read(&stem, &text).map_err(|wrong| Failure::Scenario { file: name.to_owned(), wrong })
}

/// The scenario as the flags change it.
fn changed(mut script: Script, flags: &ScenarioFlags) -> Script {
    if let Some(seconds) = flags.seconds.filter(|it| it.is_finite() && *it > 0.0) {
        let length = Duration::from_secs_f64(seconds);
        let share = seconds / script.length.as_secs_f64();
        script.events.iter_mut().for_each(|it| it.at = it.at.mul_f64(share));
        script.groups.iter_mut().for_each(|it| it.at = it.at.map(|at| at.mul_f64(share)));
        script.length = length;
    }
    let most = |it: &&mut loadtest::scenario::Group| it.counts.iter().max().copied();
    if !flags.receivers.is_empty()
        && let Some(group) = script.groups.iter_mut().filter(|it| it.watches.is_some()).max_by_key(most)
    {
        group.counts = flags.receivers.clone();
    }
    script.seed = flags.seed.map_or(script.seed, u64::from);
    script
}

fn drawn(played: &Played) -> Vec<Drawn<'_>> {
    let several = played.script.cases() > 1;
    let line = |it: &loadtest::run::scenario::Case| {
        if several { format!("{} {}", it.server, it.receivers) } else { it.server.clone() }
    };
    let last = |it| -> Option<Drawn<'_>> {
        let it: &loadtest::run::scenario::Case = it;
        Some((line(it), it.runs.as_ref().ok()?.last()?))
    };
    played.cases.iter().filter_map(last).collect()
}
