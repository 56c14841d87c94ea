//! `loadtest mix`. Its keys in JSON are read by other programs and stay as they are.

use super::cli::MixFlags;
use super::{SERVER_CORE, beside_us, command_line, machine, write};
use loadtest::error::Failure;
use loadtest::material::prepared;
use loadtest::peer::process::pin_to;
use loadtest::run::mix::{Cost, Wanted, gstreamer, ours};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Measures ours and GStreamer in turn.
///
/// # Errors
/// What kept ours from being measured, or the file from being written.
pub fn run(flags: MixFlags) -> Result<ExitCode, Failure> {
    let wanted = Wanted {
        layouts: flags.layouts,
        sources: flags.sources,
        seconds: flags.seconds,
        kinds: flags.kinds.name(),
        material: prepared("bench-material"),
        mix_load: flags.mix_load.unwrap_or_else(|| beside_us("mix-load")),
    };
    // What is started inherits it: all of it shares one core, however many threads it has.
    let _ = pin_to(SERVER_CORE);
    let mut costs = Vec::new();
    let mut others: Result<Vec<Cost>, Failure> = Ok(Vec::new());
    for run in 0..flags.runs {
        costs.push(ours(&wanted)?);
        // One that is missing now is missing in the next run too.
        if let Ok(before) = &mut others {
            match gstreamer(&wanted) {
                Ok(cost) => before.push(cost),
                Err(failure) => others = Err(failure),
            }
        }
        eprintln!("run {} of {} done", run + 1, flags.runs);
    }
    let mine = figures(&wanted, &costs);
    let peer = match &others {
        Ok(costs) => figures(&wanted, costs),
        Err(failure) => json!({ "skipped": failure.to_string() }),
    };
    let mut result = mine.clone();
    result["layouts"] = json!(wanted.layouts);
    result["sources"] = json!(wanted.sources);
    result["seconds"] = json!(wanted.seconds);
    result["kinds"] = json!(wanted.kinds);
    result["runs"] = json!(flags.runs);
    result["details"] = costs.last().map_or(Value::Null, |it| it.told.clone());
    result["peers"] = json!({ "gstreamer": peer });
    result["about"] = json!({
        "command": command_line(),
        "machine": machine::name(),
        "commit": machine::commit(),
        "date": machine::date(),
    });
    println!("{:<12} {:>16} {:>24}", "", "layouts a core", "% of a core a layout");
    for (name, it) in [("media-mix", &mine), ("gstreamer", &peer)] {
        match (it["layouts_per_core"].as_f64(), it["percent_core_per_layout"].as_f64()) {
            (Some(carried), Some(percent)) => println!("{name:<12} {carried:>16.2} {percent:>24.1}"),
            _ => println!("{name:<12} left out: {}", it["skipped"].as_str().unwrap_or_default()),
        }
    }
    write(flags.json.as_deref(), || format!("{result:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Medians, and the runs that they are of.
fn figures(wanted: &Wanted, costs: &[Cost]) -> Value {
    let mut percents: Vec<f64> = costs.iter().map(|it| wanted.percent_core_per_layout(it)).collect();
    percents.sort_by(f64::total_cmp);
    let percent = percents[percents.len() / 2];
    let rounded = |value: f64| (value * 1_000.0).round() / 1_000.0;
    json!({
        "layouts_per_core": rounded(100.0 / percent),
        "percent_core_per_layout": rounded(percent),
        "percent_core_per_layout_of_each_run": costs.iter().map(|it| rounded(wanted.percent_core_per_layout(it))).collect::<Vec<_>>(),
    })
}
